"""What is kept of a repository's dependencies, seen from cages: each begins with a copy and none changes what is kept."""

import os
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workers.checks.dependencies import Cache, view_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOSTILE = """
cat "$HOME/.cache/pip/wheel"
echo evil > "$HOME/.cache/pip/wheel"; echo evil > "$HOME/.cache/pip/new"
for path in {kept} {kept}/.cache/pip/wheel; do
    chmod -R u+w,o+w $path; echo evil >> $path; rm -rf $path; mv $path $path.old; ln -sf /etc/passwd $path
    mount -o remount,rw,bind {kept}; umount {kept}; truncate -s 0 $path
done
ln {kept}/.cache/pip/wheel "$HOME/linked" && echo evil >> "$HOME/linked"
touch {kept}/.cache/pip/new {kept}/../about.json
unshare -Urm sh -c 'mount -o remount,rw,bind {kept}; echo evil > {kept}/.cache/pip/wheel; umount -l {kept}'
python3 - <<'END'
import os
for flags in (os.O_RDWR, os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_TRUNC):
    try:
        os.write(os.open("{kept}/.cache/pip/wheel", flags), b"evil")
    except OSError:
        continue
END
cat "$HOME/.cache/pip/wheel"
"""


@pytest.fixture
def kept(cage) -> Cache:
    """An entry as the host keeps it, which the cage's own user could change if only it were not mounted so."""
    cache = Cache(cage.folder / "caches", "key")
    (cache.content / ".cache" / "pip").mkdir(parents=True)
    (cache.content / ".cache" / "pip" / "wheel").write_text("good\n")
    cache.about.write_text('{"bytes": 5}')
    for path in (cache.folder, *cache.folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
        if os.geteuid() == 0:
            os.chown(path, cage.uid, cage.uid)
    return cache


async def test_a_cage_begins_with_a_copy_and_cannot_change_what_is_kept(cage, kept: Cache):
    view = view_of(kept, NOW)
    before = _snapshot(kept.folder)

    async def run(script: str):
        shutil.rmtree(cage.folder / "records", ignore_errors=True)
        words = [*view.prologue, "/bin/sh", "-c", script]
        return await cage.run(f"exec {shlex.join(words)}", readable=[str(path) for path in view.readable])

    hostile = await run(HOSTILE.replace("{kept}", str(kept.content)))
    later = await run('cat "$HOME/.cache/pip/wheel" "$HOME/.cache/pip/new"')

    assert hostile.output.splitlines()[0] == "good"
    assert hostile.output.splitlines()[-1] == "evil"
    assert later.output == "evil\nevil\n", "a home keeps its own copy, which is made once"
    assert _snapshot(kept.folder) == before


def _snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }
