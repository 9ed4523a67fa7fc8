"""Questions and small writes to a bare repository. Knows git, not GitHub.

Calls block: they are short, and a world that does not change in mid-operation is worth more here.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from localhub import clock
from localhub.git.environment import clean_environment

ZERO = "0" * 40
_FIELDS = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


class GitFailed(Exception):
    """A git command ended with an error; the text is its stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit; dates are ISO 8601."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    author_date: datetime
    committer_name: str
    committer_email: str
    committer_date: datetime
    message: str


class Bare:
    """A bare repository on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> bytes:
        """Run git here; raises GitFailed."""
        environment = clean_environment() | {"GIT_DIR": str(self.path)} | dict(extra or {})
        done = subprocess.run(
            ["git", *arguments], input=stdin, capture_output=True, env=environment, check=False
        )
        if done.returncode != 0:
            raise GitFailed(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def text(self, *arguments: str) -> str:
        """The same, for output that is one line of text."""
        return self.run(*arguments).decode(errors="replace").strip()

    def succeeds(self, *arguments: str) -> bool:
        """Whether the command says yes."""
        try:
            self.run(*arguments)
        except GitFailed:
            return False
        return True

    def resolve(self, revision: str) -> str | None:
        """The commit a revision names."""
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitFailed:
            return None

    def branch(self, name: str) -> str | None:
        """The tip of a branch."""
        return self.resolve(f"refs/heads/{name}")

    def refs(self) -> dict[str, str]:
        """All branches and tags with the objects they name."""
        lines = self.text("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
        pairs = (line.split(" ", 1) for line in lines.splitlines())
        return {name: sha for sha, name in pairs}

    def set_ref(self, ref: str, sha: str) -> None:
        """Point a ref somewhere."""
        self.run("update-ref", ref, sha)

    def delete_ref(self, ref: str) -> None:
        """Remove a ref."""
        self.run("update-ref", "-d", ref)

    def mark_verified(self, sha: str) -> None:
        """Remember that a commit counts as signed; a hook of this repository reads the list too."""
        with (self.path / "verified").open("a") as known:
            known.write(f"{sha}\n")

    def is_verified(self, sha: str) -> bool:
        """Whether a commit counts as signed."""
        known = self.path / "verified"
        return known.exists() and sha in known.read_text().split()

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, None for unrelated histories."""
        try:
            return self.text("merge-base", one, other)
        except GitFailed:
            return None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` contains `old`."""
        return self.succeeds("merge-base", "--is-ancestor", old, new)

    def commits(self, spec: str, limit: int = 250) -> list[Commit]:
        """The commits of a revision range, oldest first."""
        raw = self.run(
            "log", "--reverse", f"--max-count={limit}", "-z", f"--format={_FIELDS}%x00%x01", spec, "--"
        )
        records = raw.decode(errors="replace").split("\x01")
        return [_parse_commit(record.lstrip("\x00")) for record in records if record.strip("\x00")]

    def commit(self, sha: str) -> Commit:
        """One commit; raises GitFailed."""
        return self.commits(f"{sha}^!" if self.text("rev-list", "--max-count=1", sha) else sha)[-1]

    def file(self, revision: str, path: str) -> tuple[str, bytes] | None:
        """Blob id and content of a file."""
        try:
            blob = self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}:{path}")
            if self.text("cat-file", "-t", blob) != "blob":
                return None
            return blob, self.run("cat-file", "blob", blob)
        except GitFailed:
            return None

    def listing(self, revision: str, path: str) -> list[tuple[str, str, str]]:
        """Type, object id and name of the entries of a folder (empty when there is none)."""
        try:
            raw = self.run("ls-tree", "-z", f"{revision}:{path}" if path else revision)
        except GitFailed:
            return []
        lines = [line for line in raw.decode(errors="replace").split("\0") if line]
        return [
            (line.split(" ")[1], line.split(" ")[2].split("\t")[0], line.split("\t", 1)[1]) for line in lines
        ]


def _parse_commit(record: str) -> Commit:
    fields = record.split("\x00")
    return Commit(
        sha=fields[0], tree=fields[1], parents=tuple(fields[2].split()),
        author_name=fields[3], author_email=fields[4], author_date=clock.parse(fields[5]),
        committer_name=fields[6], committer_email=fields[7], committer_date=clock.parse(fields[8]),
        message=fields[9].rstrip("\n"),
    )  # fmt: skip
