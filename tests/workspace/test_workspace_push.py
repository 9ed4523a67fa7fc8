"""Pushing to a branch of ours, and to no other; and a job's commits as bytes for another host."""

import pytest

from app.domain.errors import Conflict, Defect, NotFound, Refused
from workers.workspace.bundle import bundle, unbundle
from workers.workspace.commit import keep
from workers.workspace.mirror import Mirror
from workers.workspace.push import Pushed, push

TOKEN = "ghs_token-for-tests"
BRANCH = "handoff/12-dates"


@pytest.fixture
async def made(job):
    job.agent("echo changed > README.md")
    commit = await job.commit()
    await keep(job.mirror, commit, "job-7")
    return commit


@pytest.fixture
def pushed(job, made, server):
    async def to(branch: str = BRANCH, *, expected: str | None = None, sha: str = made.sha) -> Pushed:
        return await push(
            job.mirror, sha, branch,
            url=server.url, token=TOKEN, expected=expected, default_branch="main", prefix="handoff/",
        )  # fmt: skip

    return to


async def test_a_new_branch_is_made_and_a_second_push_finds_it_there(pushed, origin, made):
    assert await pushed() is Pushed.PUSHED
    assert origin.head(BRANCH) == made.sha
    assert await pushed() is Pushed.ALREADY_THERE


async def test_our_branch_moves_on_even_backwards(pushed, origin, made, job):
    await pushed()
    assert await pushed(expected=made.sha, sha=job.base) is Pushed.PUSHED
    assert origin.head(BRANCH) == job.base


async def test_a_branch_that_somebody_else_made_or_moved_is_left_alone(pushed, origin, made):
    theirs = origin.commit({"theirs": "x"}, branch=BRANCH)
    with pytest.raises(Conflict, match="Somebody pushed to the branch in the meantime"):
        await pushed()
    with pytest.raises(Conflict):
        await pushed(expected=made.sha)
    assert origin.head(BRANCH) == theirs


async def test_a_branch_that_somebody_deleted_is_a_conflict(pushed, origin, made):
    with pytest.raises(Conflict):
        await pushed(expected=made.sha)
    assert origin.head(BRANCH) == ""


@pytest.mark.parametrize("branch", ["main", "feature", "refs/heads/main", "", "handoff"])
async def test_no_other_branch_is_ever_pushed(pushed, origin, job, branch):
    with pytest.raises(Defect, match="only branches beginning with 'handoff/' are ever pushed"):
        await pushed(branch)
    assert origin.head("main") == job.base


async def test_the_default_branch_is_not_pushed_even_if_it_has_our_prefix(job, made, server, origin):
    with pytest.raises(Defect):
        await push(
            job.mirror, made.sha, "handoff/main",
            url=server.url, token=TOKEN, expected=None, default_branch="handoff/main", prefix="handoff/",
        )  # fmt: skip
    assert origin.head("handoff/main") == ""


@pytest.mark.parametrize("branch", ["handoff/..", "handoff/a b", "handoff/x:main", "handoff/x.lock"])
async def test_a_name_that_is_no_branch_is_our_mistake(pushed, branch):
    with pytest.raises(Defect):
        await pushed(branch)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: GH006: Protected branch update failed for refs/heads/x.", "branch protection or a rule"),
        ("error: GH013: Repository rule violations found for refs/heads/x.", "branch protection or a rule"),
        (
            "error: GH013: Repository rule violations found\n- GITHUB PUSH PROTECTION\n- Push cannot contain secrets",
            "looks like a secret",
        ),
    ],
    ids=["protected", "rules", "secret"],
)
async def test_what_githubs_rules_refuse_is_a_sentence_with_a_next_step(pushed, origin, said, sentence):
    origin.refuse(said)
    with pytest.raises(Refused, match=sentence):
        await pushed()


async def test_a_change_of_workflows_without_the_permission_is_said_to_be_that(pushed, origin):
    what = "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`"
    origin.refuse_ref(f"{what} without `workflows` permission")
    with pytest.raises(Refused, match=r"changes files in \.github/workflows and the App may not"):
        await pushed()


async def test_a_refusal_that_nobody_knows_is_passed_on(pushed, origin):
    origin.refuse_ref("the moon is in the wrong house")
    with pytest.raises(Refused, match="GitHub refused the push: the moon is in the wrong house"):
        await pushed()


async def test_a_race_lost_on_the_server_is_a_conflict(pushed, origin):
    origin.refuse_ref("cannot lock ref 'refs/heads/handoff/12-dates': reference already exists")
    with pytest.raises(Conflict):
        await pushed()


async def test_a_token_that_is_not_accepted_is_a_matter_of_access(pushed, server):
    server.status = 403
    with pytest.raises(Refused, match="did not accept the App's access"):
        await pushed()


async def test_another_host_takes_a_job_up_from_a_bundle(job, made, origin, tmp_path):
    data = await bundle(job.mirror, job.base, made.sha)
    other = Mirror.of(tmp_path / "other", "acme", "widgets")
    await other.fetch(origin.url, None)
    assert await unbundle(other, data, "job-7") == made.sha
    assert await other.job_head("job-7") == made.sha
    assert await other.has(made.sha)


async def test_a_bundle_that_does_not_fit_is_refused(job, made, origin, tmp_path):
    data = await bundle(job.mirror, job.base, made.sha)
    origin.run("checkout", "--quiet", "--orphan", "fresh")
    origin.commit({"README.md": "another history\n"})
    other = Mirror.of(tmp_path / "other", "acme", "widgets")
    await other.fetch(origin.url, None)
    for wrong in (data, b"", b"nonsense", data[:-30]):
        with pytest.raises(Refused, match="does not fit the repository"):
            await unbundle(other, wrong, "job-7")
    assert await other.job_head("job-7") is None


async def test_a_bundle_has_a_limit_and_needs_its_commits(job, made):
    with pytest.raises(Refused, match="more than 0 MB"):
        await bundle(job.mirror, job.base, made.sha, limit_bytes=10)
    with pytest.raises(NotFound):
        await bundle(job.mirror, job.base, "0" * 40)
