"""Where a line of one commit is in another: the arithmetic behind outdated comments."""

from localhub.git.bare import Bare
from localhub.git.diff import HUNK


def moved_line(bare: Bare, old: str, new: str, path: str, number: int) -> int | None:
    """The number a line of `path` has in `new`, None when it was changed or removed."""
    raw = bare.run("diff", "--no-ext-diff", "--no-textconv", "--no-color", "-U0", old, new, "--", path)
    shift = 0
    for line in raw.split(b"\n"):
        match = HUNK.match(line)
        if match is None:
            continue
        start, count = int(match[1]), int(match[2] or 1)
        added = int(match[4] or 1)
        if count and start <= number < start + count:
            return None
        if (start if count else start + 1) <= number:
            shift += added - count
    return number + shift if bare.file(new, path) else None
