"""What it means that we were given a repository: it is offered a configuration, or there is a reason not to. Pure.

Part of `admit`. Installing needs an owner or an administrator, and GitHub has seen to that.
"""

from datetime import datetime

from app.domain import ids
from app.domain.events import Event, JobRequested
from app.domain.evidence import OFFERS_AT_ONCE, Evidence, RepositoryState
from app.domain.facts import RepositoryInstalled
from app.domain.ignored import Ignored
from app.domain.job import Kind, Snapshot
from app.domain.policy import PATH, Policy

TITLE = "Configure Handoff"
ANYWAY = "a label on an issue starts without it"


def installed(fact: RepositoryInstalled, evidence: Evidence, at: datetime) -> Event | Ignored:
    """Return the request for an offer; the order of refusals is from cheap to telling."""
    refusal = _why_not(fact, evidence) or _why_not_here(evidence)
    if refusal is not None:
        return Ignored(refusal)
    assert evidence.repository is not None, "looked up for every offer"
    return JobRequested(
        at=at,
        job=ids.job_id(fact.act_key),
        kind=Kind.CONFIGURE,
        repository=fact.repository,
        number=ids.NO_ISSUE,
        snapshot=_snapshot(fact, evidence.repository),
        policy=Policy(),
        branch=evidence.us.offer_branch,
    )


def _snapshot(fact: RepositoryInstalled, repository: RepositoryState) -> Snapshot:
    return Snapshot(
        title=TITLE,
        body="",
        author=fact.by,
        asked_by=fact.by,
        asked_at=fact.at,
        private=repository.private,
        default_branch=repository.default_branch,
    )


def _why_not(fact: RepositoryInstalled, evidence: Evidence) -> str | None:
    if fact.by.is_bot:
        return f"@{fact.by.login} is a bot, and only people are offered a configuration; {ANYWAY}"
    if not evidence.us.onboarding:
        return f"offering a configuration is switched off (HANDOFF_ONBOARDING=off); {ANYWAY}"
    if evidence.job is not None:
        return f"a configuration is being offered already ({evidence.job.id})"
    if evidence.earlier_jobs:
        return f"I have offered a configuration here before, and I do not ask twice; {ANYWAY}"
    if fact.place > OFFERS_AT_ONCE:
        return (
            f"{fact.together} repositories came at once, and only the first {OFFERS_AT_ONCE} of them are offered "
            f"a configuration; {ANYWAY}"
        )
    return evidence.gone


def _why_not_here(evidence: Evidence) -> str | None:
    repository = evidence.repository
    if repository is None or evidence.gone is not None:
        return evidence.gone or "the repository could not be found"
    if repository.archived:
        return "the repository is archived, so nothing can be pushed to it"
    if repository.empty:
        return (
            f"the repository is empty, so there is nothing to try out; {ANYWAY}, once it has a first commit"
        )
    if repository.fork:
        return f"the repository is a fork, and its owners may want to keep it as it came; {ANYWAY}"
    if evidence.bad_policy is not None:
        return f"there is a `{PATH}` already, though it cannot be read: {evidence.bad_policy}"
    if evidence.policy is not None and evidence.policy.from_file:
        return f"there is a `{PATH}` already"
    if evidence.offered is not None:
        return f"a configuration was offered in #{evidence.offered}, and I do not ask twice; {ANYWAY}"
    return None
