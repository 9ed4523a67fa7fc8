"""From deliveries about installations to facts. Which delivery becomes which fact is said in `inbound.py`."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.facts import RepositoryInstalled, Several, Unread
from app.domain.ids import NO_ISSUE, Actor, Repository
from app.github.payloads import InstallationDelivery

HEARD_MAX = 200
"""How many repositories of one delivery are heard of; the rest has its first fact when something happens there."""


def installed(delivery: InstallationDelivery) -> Several | Unread:
    """Repositories came to us: a fact for each."""
    changed = delivery.installation.updated_at
    at = datetime.fromtimestamp(changed, UTC) if isinstance(changed, int) else changed
    covered = (*delivery.repositories, *delivery.repositories_added)
    facts = installations(
        [_repository(one.id, one.full_name, delivery.installation.id) for one in covered],
        by=delivery.sender.actor(),
        at=at,
    )
    if not facts:
        return Unread("We were installed on no repository yet, so there is nothing to look at.")
    return Several(facts, more=len(covered) - len(facts))


def installations(
    repositories: Sequence[Repository], *, by: Actor, at: datetime
) -> tuple[RepositoryInstalled, ...]:
    """Return the facts that these repositories came to us at once, whoever found it out.

    The act is known by installation and repository, so that it counts once by webhook and by asking GitHub, and
    anew when we are uninstalled and installed again.
    """
    return tuple(
        RepositoryInstalled(
            act_key=f"installed:{repository.installation_id}:{repository.id}",
            repository=repository,
            number=NO_ISSUE,
            by=by,
            at=at,
            place=place,
            together=len(repositories),
        )
        for place, repository in enumerate(repositories[:HEARD_MAX], start=1)
    )


def _repository(repository_id: int, full_name: str, installation_id: int) -> Repository:
    owner, _, name = full_name.partition("/")
    return Repository(id=repository_id, owner=owner, name=name, installation_id=installation_id)
