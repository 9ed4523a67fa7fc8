"""Kinds of jobs: what each begins with, and what it may do. Nothing may ask `if kind is …`: it is a row of `KINDS`."""

from dataclasses import dataclass
from typing import get_args

from app.domain.agenda import BUILD, CONFIGURING, Stage
from app.domain.effects import Effect, External, Internal, SayWords
from app.domain.job import Kind
from app.domain.policy import PATH

EVERYTHING: frozenset[type[External]] = frozenset(get_args(External))


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfJob:
    """What is to be known about a kind of job.

    `begun` completes *@ada …*. `may` are the effects on GitHub that it has; any other is left out. An agent tends a
    job's pull request: it takes in comments and brings it together with its base; one that is not tended belongs to
    people from the moment it is open. `only_path` is the one file that it is there to change, be it protected or not.
    `secrets` are given to its checks where its file names them: not where the code may be a stranger's.
    """

    agenda: tuple[Stage, ...]
    begun: str = "handed this issue over"
    may: frozenset[type[External]] = EVERYTHING
    tended: bool = True
    only_path: str | None = None
    secrets: bool = False


KINDS: dict[Kind, KindOfJob] = {
    Kind.BUILD: KindOfJob(agenda=BUILD, secrets=True),
    Kind.REVIEW: KindOfJob(agenda=(Stage.REVIEW,)),
    # No issue asked for it, so there is no label, no status comment, and nobody to be called.
    Kind.CONFIGURE: KindOfJob(
        agenda=CONFIGURING,
        begun="installed me here",
        may=frozenset({SayWords}),
        tended=False,
        only_path=PATH,
    ),
}


def fitting(kind: Kind, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Return the effects that a job of this kind has."""
    may = KINDS[kind].may
    return tuple(effect for effect in effects if isinstance(effect, Internal) or type(effect) in may)
