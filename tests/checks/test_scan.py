"""What is found in a change before it may leave, and what is not taken for it."""

import base64

import pytest

from app.domain.policy import Policy
from workers.checks.scan import scan, secret_in


def added(path: str, *lines: str) -> bytes:
    body = "".join(f"+{line}\n" for line in lines)
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1,{len(lines)} @@\n{body}"
    ).encode()


def sentences(policy: Policy, paths: list[str], *diffs: bytes | None) -> list[str]:
    commits = [(f"{n}" * 40, diff) for n, diff in enumerate(diffs, start=1)]
    return [p.because for p in scan(policy, paths=paths, diff=b"", commits=commits)]


SECRETS = [
    ("GitHub Token", "ghp_" + "aB3d" * 9),
    ("AWS Access Key", "AKIA" + "QWERTYUIOPASDFGH"),
    ("Private Key", "-----BEGIN RSA PRIVATE KEY-----"),
    ("OpenAI Token", "sk-" + "a" * 20 + "T3BlbkFJ" + "b" * 20),
    ("Slack Token", "xoxb-" + "123456789012-abcdefghijkl"),
    ("Basic Auth Credentials", "https://ada:hunter2secret@example.com/x"),
]


@pytest.mark.parametrize(("kind", "value"), SECRETS)
def test_a_secret_is_found_and_named_but_never_repeated(kind: str, value: str):
    [sentence] = sentences(Policy(), [], added("a.py", "x = 1", f'token = "{value}"'))

    assert sentence == f"`a.py` line 2 looks like it holds a secret ({kind}), in commit `1111111111`"


def test_a_secret_that_a_later_commit_removes_is_in_the_history_all_the_same():
    removed = added("a.py", "nothing").replace(b"+nothing", b"-nothing")

    assert len(sentences(Policy(), [], added("a.py", SECRETS[0][1]), removed)) == 1


def test_the_author_cannot_wave_a_secret_through():
    line = f'token = "{SECRETS[0][1]}"  # pragma: allowlist secret'

    assert secret_in(line) == "GitHub Token"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "password = os.environ['PASSWORD']",
        "sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
        base64.b64encode(b"just some text that is encoded").decode(),
        "https://example.com/user:name",
    ],
)
def test_ordinary_lines_are_no_secrets(line: str):
    assert secret_in(line) is None


@pytest.mark.parametrize(
    ("path", "protected"),
    [
        (".github/workflows/ci.yml", True),
        (".github/workflows/deep/er.yml", True),
        (".github/handoff.yml", True),
        (".github/other.yml", False),
        ("docs/.github/workflows/ci.yml", False),
        ("secrets/a", True),
        ("secrets", False),
        ("a/b.lock", True),
        ("b.lock", True),
    ],
)
def test_protected_paths_are_globs_over_the_whole_path(path: str, protected: bool):
    policy = Policy(protected_paths=(*Policy().protected_paths, "secrets/**", "**/*.lock"))

    assert bool(sentences(policy, [path])) is protected


@pytest.mark.parametrize(
    ("paths", "problems"),
    [
        ([".github/handoff.yml"], []),
        (
            [".github/handoff.yml", "src/a.py"],
            ["it changes `src/a.py`, and nothing but `.github/handoff.yml` was to be changed"],
        ),
        (
            [".github/workflows/ci.yml"],
            [
                "it changes `.github/workflows/ci.yml`, and nothing but `.github/handoff.yml` was to be changed"
            ],
        ),
    ],
)
def test_what_is_there_to_change_one_path_may_change_that_and_nothing_else(paths, problems):
    found = scan(Policy(), paths=paths, diff=b"", commits=[], only_path=".github/handoff.yml")

    assert [problem.because for problem in found] == problems


def test_the_one_path_is_searched_for_secrets_and_measured_like_any_other():
    diff = added(".github/handoff.yml", f"- curl -u {SECRETS[0][1]} https://example.com")
    path = ".github/handoff.yml"

    [secret] = scan(Policy(), paths=[path], diff=diff, commits=[("1" * 40, diff)], only_path=path)
    [size] = scan(Policy(), paths=[path], diff=None, commits=[], only_path=path)

    assert "looks like it holds a secret (GitHub Token)" in secret.because
    assert "its diff has more than" in size.because


def test_size_is_counted_in_files_and_bytes():
    policy = Policy(changed_files_limit=2, diff_bytes_limit=1_000_000)

    assert sentences(policy, ["a", "b"]) == []
    assert sentences(policy, ["a", "b", "c"]) == ["it changes 3 files, and at most 2 are allowed"]
    [problem] = scan(policy, paths=[], diff=None, commits=[])
    assert problem.because == "its diff has more than the 1.0 MB that are allowed"


def test_a_commit_that_is_too_large_to_be_searched_is_not_pushed():
    assert sentences(Policy(), [], None) == ["commit `1111111111` is too large to be searched for secrets"]
