"""The place of one trial: what the command works in, and beside it what it may not see. Made, then removed."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from workers.cage.spec import Identity
from workers.cage.trial.canaries import new_token, plant
from workers.cage.trial.ears import Ears
from workers.workspace.checkout import check_out
from workers.workspace.git import git
from workers.workspace.mirror import Mirror

_NOBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "trial"), ("EMAIL", "trial@localhost"), ("DATE", "1000000000 +0000"))
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The paths of a trial. All that begins with `token` is secret; `mark` is known to the command."""

    folder: Path
    token: str
    mark: str
    canaries: tuple[Path, ...]

    @property
    def run(self) -> Path:
        """The folder of the run, as a worker would have it."""
        return self.folder / "runs" / "this"

    @property
    def workspace(self) -> Path:
        """What the command works in."""
        return self.run / "workspace"

    @property
    def home(self) -> Path:
        """The command's home."""
        return self.run / "home"

    @property
    def tripwire(self) -> Path:
        """A folder in which nothing ever appears, unless somebody runs as the worker, or writes where it should not."""
        return self.folder / "tripwire"

    @property
    def mirror(self) -> Mirror:
        """The mirror that the workspace was checked out of."""
        return Mirror(self.folder / "mirror.git")

    def secret(self, where: str) -> str:
        """Return the secret for a place."""
        return f"{self.token}-{where}"

    def told(self, ears: Ears, decoy: int) -> dict[str, str]:
        """Return the variables by which a hostile command learns what there is to attack: it need not search."""
        return {
            "TRY_MARK": self.mark,
            "TRY_PID": str(decoy),
            "TRY_FILES": ":".join(map(str, self.canaries)),
            "TRY_TRIPWIRE": str(self.tripwire),
            **{f"TRY_{name}": address for name, address in ears.addresses().items()},
        }


@contextmanager
def stage(within: Path | None) -> Iterator[Stage]:
    """Make the folders and plant the secrets; whoever made them removes the folder, but the file in the home goes here."""
    mark = f"trial{secrets.token_hex(8)}"
    folder = Path(tempfile.mkdtemp(prefix="handoff-trial-", dir=within)).resolve()
    in_home = Path.home() / f".handoff-{mark}"
    inside = (folder / "handoff.db", folder / "runs" / "other" / "workspace" / "private.txt")
    token = new_token()
    try:
        for path in inside:
            plant(path, f"{token}-{path.name}")
        with suppress(OSError):  # nobody has to have a home that can be written to
            plant(in_home, f"{token}-home")
        canaries = (*inside, in_home) if in_home.exists() else inside
        made = Stage(folder, token, mark, canaries)
        for path in (made.home, made.tripwire):
            path.mkdir(parents=True)
        yield made
    finally:
        with suppress(OSError):
            in_home.unlink()


async def furnish(place: Stage, workspace: Path | None) -> str:
    """Make the workspace a checkout with a copy of a folder in it; return the commit that it is based on."""
    git_dir = place.mirror.path
    await git("init", "--quiet", "--bare", "--template=", str(git_dir))
    tree = (await git("mktree", git_dir=git_dir)).decode().strip()
    base = (
        (await git("commit-tree", tree, "-m", "Begin", git_dir=git_dir, environment=_NOBODY)).decode().strip()
    )
    await git("update-ref", "refs/heads/main", base, git_dir=git_dir)
    await check_out(place.mirror, base, place.workspace)
    if workspace is not None:
        subprocess.run(["cp", "-a", "--", f"{workspace}/.", str(place.workspace)], check=True)  # noqa: ASYNC221
    return base


def cage_uid(identity: Identity | None) -> int:
    """Return whose the processes of a cage are, outside."""
    return identity.uid if identity else os.geteuid()
