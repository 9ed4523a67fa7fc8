"""Judges a repository that the App is installed on: its configuration, its label, its workflows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.errors import BadConfiguration
from app.domain.policy import PATH, read_policy
from workers.doctor.finding import Finding, problem, unknown, warning, well
from workers.doctor.judge.workflows import risky_triggers


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySeen:
    """What was seen of a repository; `because` says why nothing could be. `workflows` has texts by path."""

    name: str
    page: str = ""
    because: str | None = None
    archived: bool = False
    configuration: str | None = None
    labels: tuple[str, ...] = ()
    workflows: Mapping[str, str] = field(default_factory=dict)


def repository(seen: RepositorySeen, label: str) -> Iterator[Finding]:
    """Judge one repository."""
    if seen.because is not None:
        yield unknown("repositories", f"{seen.name} could not be looked at: {seen.because}")
        return
    if seen.archived:
        yield well("repositories", f"{seen.name} is archived, so there is nothing to do for me.")
        return
    yield _configuration(seen)
    if label.lower() not in {name.lower() for name in seen.labels}:
        yield warning(
            "label",
            f"{seen.name} has no label `{label}` yet, so nobody can put it on an issue.",
            f"Make it: {seen.page}/labels",
        )
    for path, text in seen.workflows.items():
        triggers = risky_triggers(text)
        if triggers:
            yield _risk(seen.name, path, triggers)


def _configuration(seen: RepositorySeen) -> Finding:
    if seen.configuration is None:
        return well("repositories", f"{seen.name} has no {PATH}; I detect its checks and show them.")
    try:
        policy = read_policy(seen.configuration)
    except BadConfiguration as error:
        return problem("repositories", f"In {seen.name}: {error}", "Mend it on the default branch.")
    if policy.checks_named and not policy.checks:
        return warning(
            "repositories",
            f"{seen.name} says in {PATH} that nothing is checked.",
            "Name a command that says whether a change is good, or leave `checks` out to have them detected.",
        )
    return well("repositories", f"{seen.name} has a {PATH} that I can read.")


def _risk(name: str, path: str, triggers: tuple[str, ...]) -> Finding:
    return warning(
        "workflows",
        f"{path} in {name} runs on {' and '.join(triggers)}, also for my branches, with secrets of the repository.",
        f"Let it skip `handoff/**`, or keep its secrets in an environment that asks for a person's approval: "
        f"what an agent wrote could read them. See {path}.",
    )
