"""What a hostile command cannot see, change or become. Each test runs a real script in every cage there is here."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from workers.cage.view import interpreter

HERE = Path(__file__).resolve()
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make what is refused")


async def test_the_workers_environment_and_processes_cannot_be_read(cage):
    result = await cage.run(
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'; echo read everything"
    )
    assert "read everything" in result.output
    assert cage.secret not in result.output
    assert "drive.py" not in result.output


async def test_only_the_processes_of_the_cage_are_there(cage):
    result = await cage.run("ls /proc | grep -c '^[0-9]'")
    assert int(result.output) <= 5


async def test_the_first_process_can_be_neither_looked_into_nor_traced_nor_made_to_work_for_the_command(cage):
    """It has no filter and no limits: whoever has it has namespaces, keyrings and as many processes as they like."""
    python = "/usr/bin/python3" if cage.who == "plain" else interpreter()
    trace = "import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(0x4206, 1, None, None) == 0)"
    result = await cage.run(
        f"""
        ls -l /proc/1/fd/ /proc/1/root/ && echo looked into
        cat /proc/1/environ && echo read
        echo > /proc/1/mem && echo written to
        {python} -I -c '{trace}' || echo traced
        kill -INT 1; kill -TERM 1; sleep 0.2; echo here
        """
    )
    assert result.code == 0, result
    assert result.output.endswith("here\n")
    assert not {"looked into", "read", "written to", "traced"} & {*result.output.splitlines()}


async def test_the_environment_is_what_the_spec_says_and_nothing_else(cage):
    result = await cage.run("env -u PWD -u SHLVL -u _ | sort", environment={"MODEL": "small", "LANG": "C"})
    assert result.output.splitlines() == [
        f"HOME={cage.folder}/home",
        "LANG=C",
        "MODEL=small",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TMPDIR=/tmp",
    ]


async def test_files_of_the_host_and_of_other_jobs_are_not_there(cage):
    others = [cage.folder / "ledger.sqlite", cage.folder / "runs" / "7" / "workspace" / "code.py"]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("private")
        path.chmod(0o666)
    result = await cage.run(f"cat {others[0]} {others[1]} {HERE} /etc/shadow; ls {cage.folder}")
    assert result.output.count("No such file or directory") == 4
    assert result.output.splitlines()[4:] == ["home", "workspace"]


async def test_a_link_out_of_the_workspace_leads_nowhere(cage):
    secret = cage.folder / "secret"
    secret.write_text("private")
    secret.chmod(0o666)
    (cage.folder / "workspace" / "link").symlink_to(secret)
    result = await cage.run("cat link; echo overwritten > link")
    assert "private" not in result.output
    assert secret.read_text() == "private"


async def test_what_is_readable_can_be_read_and_not_changed(cage):
    mirror = cage.folder / "mirror"
    (mirror / "objects").mkdir(parents=True)
    (mirror / "config").write_text("[core]\n")
    (mirror / "objects" / "blob").write_text("content")
    for path in (mirror, mirror / "objects", mirror / "config", mirror / "objects" / "blob"):
        path.chmod(0o777)
    script = f"""
        cat {mirror}/objects/blob
        echo evil > {mirror}/objects/blob; echo evil > {mirror}/objects/new; rm {mirror}/objects/blob
        echo evil > {mirror}/config; mkdir {mirror}/hooks
        mount -o remount,rw,bind {mirror}/objects; echo evil > {mirror}/objects/blob
    """
    result = await cage.run(script, readable=[str(mirror / "objects")])
    assert result.output.startswith("content")
    assert sorted(path.name for path in mirror.rglob("*")) == ["blob", "config", "objects"]
    assert (mirror / "objects" / "blob").read_text() == "content"
    assert (mirror / "config").read_text() == "[core]\n"


async def test_nothing_but_workspace_home_and_scratch_can_be_written(cage):
    places = "/ /usr /usr/bin /etc /etc/ssl /dev /proc /run /run/cage /proc/sys/kernel"
    result = await cage.run(
        f"for place in {places}; do touch $place/x 2>/dev/null && echo $place; done;"
        f"touch {cage.folder}/x 2>/dev/null;"
        'for place in . "$HOME" /tmp /dev/shm; do touch $place/x && echo $place; done'
    )
    assert result.output.split() == [".", f"{cage.folder}/home", "/tmp", "/dev/shm"]
    assert not (cage.folder / "x").exists()
    assert (cage.folder / "workspace" / "x").stat().st_uid == cage.uid
    assert (cage.folder / "home" / "x").stat().st_uid == cage.uid


async def test_there_are_no_rights_and_no_way_to_get_any(cage):
    result = await cage.run("grep -E '^(Cap|NoNewPrivs)' /proc/self/status")
    lines = dict(line.split(":\t") for line in result.output.splitlines())
    assert lines.pop("NoNewPrivs") == "1"
    assert len(lines) == 5
    assert {int(rights, 16) for rights in lines.values()} == {0}


async def test_a_user_namespace_within_gives_no_way_out(cage):
    script = """
        unshare -Urm sh -c '
            mount -o remount,rw,bind /usr; touch /usr/x
            umount /etc/ssl; umount -l /usr
            mount -o remount,rw /; touch /x
            mknod disk b 254 0; mknod null c 1 3
            ls /usr/bin/env'
        unshare -Urmpf sh -c 'mount -t proc proc /proc; cat /proc/[0-9]*/environ' | tr '\\0' '\\n'
    """
    result = await cage.run(script)
    assert cage.secret not in result.output
    assert not os.access("/usr/x", os.F_OK)
    assert list((cage.folder / "workspace").iterdir()) == []


async def test_devices_cannot_be_made(cage):
    result = await cage.run(
        "mknod disk b 254 0; mknod /tmp/disk b 254 0; mknod null c 1 3; ls /dev/mem /dev/kmsg /dev/fuse"
    )
    assert result.output.count("Operation not permitted") == 3
    assert result.output.count("No such file") == 3


async def test_there_is_no_terminal_and_no_input(cage):
    result = await cage.run(
        "wc -c; tty; (: < /dev/tty) && echo terminal; ps -o sid= -p $$ | tr -d ' '; echo $$"
    )
    lines = result.output.splitlines()
    assert lines[0] == "0"
    assert "not a tty" in lines
    assert "terminal" not in lines
    assert lines[-1] == lines[-2]


async def test_killing_everything_kills_the_cage_alone(cage):
    outside = await asyncio.create_subprocess_exec(
        "sleep", "600", user=None if cage.who == "me" else cage.uid
    )
    try:
        result = await cage.run("kill -9 -1; kill -9 1; echo still here")
        assert result.output.strip().endswith("still here")
        assert outside.returncode is None
    finally:
        outside.kill()
        await outside.wait()


@ROOT_ONLY
async def test_a_file_of_roots_stays_closed_even_where_it_can_be_seen(cage):
    secret = cage.folder / "secret"
    secret.write_text("private")
    secret.chmod(0o600)
    os.chown(secret, 0, 0)
    if cage.who == "plain":
        pytest.skip("a plain user cannot even mount it")
    result = await cage.run(f"ls {secret}; cat {secret}", readable=[str(secret)])
    assert result.output.splitlines() == [str(secret), f"cat: {secret}: Permission denied"]


@ROOT_ONLY
async def test_a_program_that_would_become_root_does_not(cage):
    tool = cage.folder / "id"
    shutil.copy("/usr/bin/id", tool)
    os.chown(tool, 0, 0)
    tool.chmod(0o4755)
    result = await cage.run(f"{tool} -u", readable=[str(tool)])
    assert result.output.strip() == str(cage.uid)
