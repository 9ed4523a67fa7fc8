"""Whose a workspace is, and that every workspace can be removed."""

import asyncio
import os
import subprocess
from dataclasses import replace

import pytest

from app.domain.errors import Defect
from workers.cage.execute import execute
from workers.cage.ownership import prepare, reclaim, remove_tree
from workers.cage.spec import CageSpec, How, Identity


async def test_a_workspace_that_resists_is_removed(sandbox, spec, folder):
    script = """
        mkdir -p closed/inner; touch closed/inner/file; chmod 000 closed/inner closed; chmod 500 .
        mkdir "$HOME/odd"; cd "$HOME/odd"; ln -s / root; mkfifo pipe; touch -- "-rf" "$(printf 'new\\nline')"
        depth=0; while [ $depth -lt 1500 ]; do mkdir d && cd d; depth=$((depth+1)); done; echo made
    """
    assert (await execute(spec(script), sandbox)).output_tail == b"made\n"
    await remove_tree(folder / "workspace")
    await remove_tree(folder / "home")
    assert [path.name[:7] for path in folder.iterdir()] == ["records"]


async def test_removing_what_is_gone_is_fine_and_a_link_is_only_a_link(tmp_path):
    await remove_tree(tmp_path / "nothing")
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    (tmp_path / "link").symlink_to(kept)
    await remove_tree(tmp_path / "link")
    assert kept.stat().st_mode & 0o777 == 0o500
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
async def test_giving_a_workspace_away_follows_no_link(spec, folder):
    outside = folder / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (folder / "workspace" / "folder").symlink_to(outside)
    (folder / "workspace" / "file").symlink_to(outside / "file")
    await prepare(spec("true"), Identity())
    assert (folder / "workspace").stat().st_uid == 65534
    assert (folder / "workspace" / "file").lstat().st_uid == 65534
    assert outside.stat().st_uid == (outside / "file").stat().st_uid == 0


async def test_what_the_command_made_can_be_read_again(sandbox, spec, folder):
    await execute(spec("mkdir closed; echo text > closed/file; chmod 000 closed/file closed"), sandbox)
    await reclaim(folder / "workspace")
    script = 'cat "$1"/closed/file; stat -c %u "$1"'
    read = await asyncio.to_thread(
        subprocess.run, ["sh", "-c", script, "sh", folder / "workspace"], capture_output=True, check=False
    )
    assert read.stdout == f"text\n{os.geteuid()}\n".encode()


def test_a_spec_that_would_let_the_command_write_its_own_record_is_refused(spec, folder):
    with pytest.raises(Defect, match="where it cannot write"):
        replace(spec("true"), records=folder / "home" / "records")
    with pytest.raises(Defect, match="absolute"):
        replace(spec("true"), readable=(folder.relative_to("/"),))
    with pytest.raises(Defect, match="needs a command"):
        CageSpec(command=(), workspace=folder / "workspace", home=folder / "home", records=folder / "records")


async def test_a_link_in_place_of_the_record_is_refused(sandbox, spec, folder):
    refused = spec("echo overwritten")
    refused.records.mkdir()
    (refused.records / "output.log").symlink_to(folder / "victim")
    assert (await execute(refused, sandbox)).how is How.LOST
    assert not (folder / "victim").exists()
