"""A shared checkout in a cage: git works in it as usual, and neither the mirror nor the host's commit is harmed."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime

from workers.cage.execute import execute
from workers.cage.spec import How
from workers.workspace.checkout import check_out
from workers.workspace.commit import commit_workspace
from workers.workspace.git import git
from workers.workspace.mirror import Mirror

PERSON = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


async def test_an_agent_works_with_git_and_its_tricks_stay_in_the_cage(sandbox, spec, folder):
    origin = folder / "origin"
    setup = "git init -q -b main . && echo hello > README.md && git add . && git commit -qm first"
    subprocess.run(["sh", "-ec", f"mkdir {origin}; cd {origin}; {setup}"], env=PERSON, check=True)  # noqa: ASYNC221 -- set-up
    (folder / "data").mkdir(mode=0o700)
    mirror = Mirror.of(folder / "data", "acme", "widgets")
    await mirror.fetch(f"file://{origin}", None)
    base = await mirror.head_of("main")
    workspace = await check_out(mirror, base, folder / "data" / "run" / "workspace")
    before = {path: path.stat().st_mtime_ns for path in mirror.path.rglob("*")}
    script = f"""
        git log --oneline | wc -l; git show HEAD:README.md
        echo changed > README.md; git -c user.name=agent -c user.email=agent@example.com commit -qam mine
        git config filter.evil.clean "touch {folder}/canary; cat"; echo '* filter=evil' > .gitattributes
        mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch {folder}/canary' > .git/hooks/pre-commit
        chmod +x .git/hooks/pre-commit
        git -C {mirror.path} config core.hooksPath /tmp; git -C {mirror.path} update-ref refs/heads/main HEAD; git gc -q
        ls {folder}/data
    """
    ended = await execute(replace(spec(script), workspace=workspace, readable=(mirror.objects,)), sandbox)
    assert ended.how is How.EXITED
    lines = ended.output_tail.decode().splitlines()
    assert lines[:2] == ["1", "hello"]
    assert lines[-2:] == ["mirrors", "run"]
    assert {path: path.stat().st_mtime_ns for path in mirror.path.rglob("*")} == before
    made = await commit_workspace(
        workspace,
        mirror=mirror,
        git_dir=folder / "data" / "run" / "commit.git",
        base_sha=base,
        message="Change",
        author_name="handoff[bot]",
        author_email="handoff@example.com",
        at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    assert await git("show", f"{made.sha}:README.md", git_dir=made.git_dir) == b"changed\n"
    assert not (folder / "canary").exists()
