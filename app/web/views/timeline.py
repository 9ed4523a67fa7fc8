"""What happened to a job, in its order, with every reason; and what is not on GitHub yet. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.agenda import Stage
from app.domain.events import RunEnded, RunStarted
from app.domain.facts import EffectReported, RunClaimed, RunReported, TimerRang
from app.domain.job import Job
from app.ledger.rows import EffectRow, EventRow, InboxRow, RunRow
from app.voice.heard import what_was_heard
from app.web.views.effect_words import what_is_done
from app.web.views.models import PendingView, TimelineEntry
from app.web.views.words import capital, sentence, what_happened, who_did


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Everything that the ledger has of one job, each list oldest first.

    `heard` is about the issue as a whole; `kept` are the runs whose output is kept. `files` are the sizes in bytes of
    what runs left, by `run/name`.
    """

    job: Job
    events: Sequence[EventRow]
    runs: Sequence[RunRow]
    effects: Sequence[EffectRow]
    heard: Sequence[InboxRow] = ()
    kept: frozenset[str] = frozenset()
    files: Mapping[str, int] = field(default_factory=dict)


def timeline(rows: Rows) -> tuple[TimelineEntry, ...]:
    """Events of the job, and among them what people did in its time that changed nothing."""
    stages = {run.id: run.stage for run in rows.runs}
    happened = [_event(row, stages) for row in rows.events]
    first = rows.job.opened_at
    ignored = [_ignored(row) for row in rows.heard if _of_a_person(row) and row.fact.at >= first]
    return tuple(sorted([*happened, *ignored], key=lambda entry: entry.at))


def _of_a_person(row: InboxRow) -> bool:
    """Whether a person did it, in vain: what bots and our own machinery say in vain would drown that."""
    ours = isinstance(row.fact, RunClaimed | RunReported | EffectReported | TimerRang)
    return row.state in {"ignored", "failed"} and not ours and not row.fact.by.is_bot


def _event(row: EventRow, stages: Mapping[str, Stage]) -> TimelineEntry:
    about = stages.get(row.event.run) if isinstance(row.event, RunStarted | RunEnded) else None
    return TimelineEntry(
        at=row.at,
        what=what_happened(row.event, about),
        because=_reason(row, what_happened(row.event, about)),
        by=who_did(row.event),
        kind="event",
    )


def _reason(row: EventRow, what: str) -> str:
    """Return why, unless that only says once more what happened."""
    began = isinstance(row.event, RunStarted) and row.because == f"run {row.event.run} began"
    return "" if began or row.because.casefold() == what.casefold() else sentence(row.because)


def _ignored(row: InboxRow) -> TimelineEntry:
    return TimelineEntry(
        at=row.fact.at,
        what=capital(what_was_heard(row.fact)),
        because=sentence(row.because),
        by=row.fact.by.login,
        kind="ignored",
    )


def pending(effects: Iterable[EffectRow]) -> Iterable[PendingView]:
    """Yield what could not be done on GitHub, or not at once; what is on its way is no news."""
    for row in effects:
        late = row.state in {"waiting", "claimed"} and row.not_before is not None
        if row.effect is not None and (late or row.state == "failed"):
            yield PendingView(
                what=what_is_done(row.effect),
                state="failed" if row.state == "failed" else "waiting",
                attempts=row.attempts,
                not_before=row.not_before,
                because=sentence(row.because),
            )
