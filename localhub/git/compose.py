"""Making repositories, commits and merges without a working tree, as people and GitHub's merge button do."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localhub.git.bare import Bare, GitFailed


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is written into a commit."""

    name: str
    email: str

    def environment(self) -> dict[str, str]:
        """As author and committer."""
        return {
            "GIT_AUTHOR_NAME": self.name, "GIT_AUTHOR_EMAIL": self.email,
            "GIT_COMMITTER_NAME": self.name, "GIT_COMMITTER_EMAIL": self.email,
        }  # fmt: skip


def create(path: Path, source: Path | None) -> str:
    """Make a bare repository, empty or copied from `source`; returns its default branch. Raises GitFailed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    elsewhere = Bare(path.parent)
    if source is None:
        elsewhere.run(
            "init", "--quiet", "--bare", "--initial-branch=main", str(path), extra={"GIT_DIR": str(path)}
        )
        return "main"
    elsewhere.run("clone", "--quiet", "--bare", "--no-local", str(source), str(path))
    bare = Bare(path)
    bare.run("remote", "remove", "origin")
    if not bare.succeeds("symbolic-ref", "--quiet", "HEAD"):
        bare.set_ref("refs/heads/main", bare.text("rev-parse", "HEAD"))
        bare.run("symbolic-ref", "HEAD", "refs/heads/main")
    return bare.text("symbolic-ref", "--short", "HEAD")


def write_commit(
    bare: Bare, parent: str | None, files: Mapping[str, str | None], message: str, who: Identity
) -> str:
    """Commit `files` (None deletes) on top of `parent`; returns the new commit. Moves no branch."""
    with tempfile.TemporaryDirectory(prefix="localhub-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        if parent:
            bare.run("read-tree", parent, extra=index)
        bare.run("update-index", "-z", "--index-info", stdin=_index_info(bare, files), extra=index)
        tree = bare.run("write-tree", extra=index).decode().strip()
    return write_tree_commit(bare, tree, [parent] if parent else [], message, who)


def _index_info(bare: Bare, files: Mapping[str, str | None]) -> bytes:
    lines = []
    for path, content in files.items():
        if content is None:
            lines.append(f"0 {'0' * 40}\t{path}\0")
            continue
        blob = bare.run("hash-object", "-w", "--stdin", stdin=content.encode()).decode().strip()
        lines.append(f"100644 {blob}\t{path}\0")
    return "".join(lines).encode()


def write_tree_commit(bare: Bare, tree: str, parents: Sequence[str], message: str, who: Identity) -> str:
    """A commit of an existing tree."""
    flags = [flag for parent in parents for flag in ("-p", parent)]
    done = bare.run("commit-tree", tree, *flags, "-F", "-", stdin=message.encode(), extra=who.environment())
    return done.decode().strip()


def merged_tree(bare: Bare, base: str, head: str) -> str | None:
    """The tree a merge would have, None on a conflict (needs git 2.38)."""
    try:
        return bare.text("merge-tree", "--write-tree", base, head).splitlines()[0]
    except GitFailed:
        return None
