"""The main story on a real project: pathspec, with the 119 tests of its own, and a mistake that it really has.

`+=` extends the list that a `PathSpec` was made from, so it changes every other one made from the same list.
"""

import textwrap
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from app.domain.job import Phase
from tests.real.sdist import download, source_files
from tests.world.repository import git, make_repository
from tests.world.scripts import DONE
from tests.world.setting import Story

POLICY = "checks:\n- name: unittest\n  run: python3 -m unittest -q\n"
MODULE, TESTS = "pathspec/pathspec.py", "tests/test_03_pathspec.py"
SUITE = {"do": "run", "command": "python3 -m unittest -q"}

SHARED = "\t\t\tself.patterns += other.patterns"
OWN = "\t\t\tself.patterns = [*self.patterns, *other.patterns]"
NEXT_TEST = "\tdef test_04_len(self):"
NEW_TEST = textwrap.indent(
    '''
def test_03_iadd_leaves_others_alone(self):
	"""
	Test that :data:`+=` does not change another spec made from the same list.
	"""
	patterns = list(PathSpec.from_lines('gitwildmatch', ['a.txt']).patterns)
	spec, other = PathSpec(patterns), PathSpec(patterns)
	spec += PathSpec.from_lines('gitwildmatch', ['b.txt'])
	self.assertEqual((len(spec), len(other)), (2, 1))
'''.lstrip("\n"),
    "\t",
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The project's files, as its authors published them."""
    return source_files(download(tmp_path_factory.mktemp("sdist")))


@pytest.fixture
def story_on_it(
    project: dict[str, str], tmp_path: Path, story_with: Callable[..., AbstractAsyncContextManager[Story]]
) -> AbstractAsyncContextManager[Story]:
    source = make_repository(tmp_path / "pathspec", project | {".github/handoff.yml": POLICY})
    return story_with(source=source)


async def test_a_mistake_of_a_real_project_is_mended_checked_and_reviewed(
    story_on_it: AbstractAsyncContextManager[Story], project: dict[str, str], tmp_path: Path
) -> None:
    line = project[MODULE].splitlines().index(SHARED) + 1
    async with story_on_it as story:
        story.agent.agent_does(
            {"do": "replace", "path": TESTS, "old": NEXT_TEST, "new": f"{NEW_TEST}\n{NEXT_TEST}"},
            SUITE,
            {"do": "replace", "path": MODULE, "old": SHARED, "new": OWN},
            SUITE,
            {"do": "outcome", "outcome": {**DONE, "title": "Let += leave other specs alone"}},
        )
        story.agent.reviewer_finds({"path": MODULE, "line": line, "title": "A tuple becomes a list"})
        number = await story.hand_over("`+=` on one PathSpec changes another")

        job = await story.until_phase(number, Phase.IN_REVIEW)

        pull = await story.pull_of(job)
        assert (pull["title"], pull["draft"]) == ("Let += leave other specs alone", False)
        [check] = job.work.checks or ()
        assert check.passed
        assert "Ran 120 tests" in check.tail
        assert [(each["path"], each["line"]) for each in pull["review_comment_list"]] == [(MODULE, line)]
        path = Path((await story.state())["path"])
        changed = git(path, "diff", "--numstat", f"main...{job.work.branch}")
        assert changed.splitlines() == [f"1\t1\t{MODULE}", f"9\t0\t{TESTS}"]
        [written, *_] = await story.ledger.runs(job.id)
        seen = tmp_path / "data" / "runs" / written.id / "events.jsonl"
        assert "AssertionError: Tuples differ: (2, 2) != (2, 1)" in seen.read_text()


async def test_a_change_that_breaks_a_real_project_is_quoted_and_not_published(
    story_on_it: AbstractAsyncContextManager[Story],
) -> None:
    async with story_on_it as story:
        story.agent.agent_does(
            {
                "do": "replace",
                "path": "pathspec/patterns/gitwildmatch.py",
                "old": "\t\t\t\tinclude = False",
                "new": "\t\t\t\tinclude = True",
            },
            {"do": "outcome", "outcome": {**DONE, "how_checked": "All 119 tests pass."}},
        )
        number = await story.hand_over("Simplify negation")

        job = await story.until_held(number)

        [check] = job.work.checks or ()
        told = (await story.comments(number))[-1]
        assert (check.passed, "failed" in check.summary) == (False, True), check.summary
        assert check.summary in told
        assert "AssertionError" in told
        assert await story.pulls() == []
