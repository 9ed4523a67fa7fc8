"""Reads one text file out of a commit in the mirror, without a checkout. Links are not followed."""

from workers.workspace.git import GitFailed, TooMuchOutput, git
from workers.workspace.mirror import Mirror

TEXT_BYTES = 200_000


async def text_at(mirror: Mirror, sha: str, path: str) -> str | None:
    """Return the text of a file at a commit; None when it is not there, no UTF-8 text or larger than 200 kB."""
    try:
        entry = await git("ls-tree", "-z", sha, "--", path, git_dir=mirror.path)
        mode, _, rest = entry.decode("utf-8", "replace").partition(" ")
        if not mode.startswith("100"):
            return None
        blob = rest.split("\t", 1)[0].split(" ")[1]
        return (await git("cat-file", "blob", blob, git_dir=mirror.path, output_bytes=TEXT_BYTES)).decode()
    except (GitFailed, TooMuchOutput, UnicodeDecodeError):
        return None
