"""What one language has to say about a repository. Values only."""

from dataclasses import dataclass

from app.domain.policy import Check


@dataclass(frozen=True, slots=True)
class Found:
    """A check and the full sentence that says why it was chosen."""

    check: Check
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecosystem:
    """A language's set-up and checks. `programs` are folders that its set-up fills and a Makefile wants on PATH."""

    name: str
    setup: tuple[str, ...] = ()
    tests: Found | None = None
    lint: Found | None = None
    programs: tuple[str, ...] = ()


def tests(run: str, because: str) -> Found:
    """Return the check that runs the tests."""
    return Found(Check(name="tests", run=run), because)


def lint(run: str, because: str) -> Found:
    """Return the check that runs the linter."""
    return Found(Check(name="lint", run=run), because)
