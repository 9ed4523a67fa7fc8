"""Puts together what each language found: one set-up, and checks with names that are unlike each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.detection.compiled import go, java, ruby, rust
from app.domain.detection.found import Ecosystem, Found
from app.domain.detection.make import lint_target, test_target
from app.domain.detection.node import node
from app.domain.detection.python import python
from app.domain.detection.tree import Tree
from app.domain.policy import PATH, Check

NOTHING = (
    "Nothing in the repository says how it is tested, so nothing was run. "
    f"Name its commands under `checks:` in `{PATH}` and they will be."
)
_ECOSYSTEMS = (python, node, go, rust, java, ruby)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """How a repository wants to be set up and checked, each check with the sentence that says why."""

    setup: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks alone, as a policy has them."""
        return tuple(found.check for found in self.found)

    @property
    def because(self) -> tuple[str, ...]:
        """One full sentence for each check, or the one that says that there is none."""
        return tuple(found.because for found in self.found) or (NOTHING,)


def detect(files: Mapping[str, str | None]) -> Detected:
    """Find set-up and checks from a commit's paths and texts.

    `files` has every top-level name, and what lies under `tests/` where the caller has it; its texts are those
    that `wanted` asks for, None for the rest. Set-up and checks are meant to share one home folder (`$HOME`),
    where all that is installed goes, and to start at the root of the clone.
    """
    tree = Tree(files)
    all_found = [found for ecosystem in _ECOSYSTEMS if (found := ecosystem(tree)) is not None]
    folders = [folder for found in all_found for folder in found.programs]
    tests, lint = test_target(tree, folders), lint_target(tree, folders)
    # A target of the Makefile is the repository's own word: it stands for what we would have put together.
    kept = [replace(e, tests=e.tests if tests is None else None) for e in all_found]
    kept = [replace(e, lint=e.lint if lint is None else None) for e in kept]
    several = len({e.name for e in kept if e.tests or e.lint}) > 1
    checks = [found for e in kept for found in _named(e, several=several)]
    setup = [step for e in kept if tests or lint or e.tests or e.lint for step in e.setup]
    return Detected(setup=tuple(setup), found=(*(f for f in (tests, lint) if f), *checks))


def _named(ecosystem: Ecosystem, *, several: bool) -> list[Found]:
    """Return its checks, named after the language where there is more than one of them."""
    checks = [found for found in (ecosystem.tests, ecosystem.lint) if found is not None]
    if not several:
        return checks
    return [replace(f, check=replace(f.check, name=f"{ecosystem.name} {f.check.name}")) for f in checks]
