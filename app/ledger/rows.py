"""What the ledger hands out: frozen values, none of which knows that there is a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.agenda import Stage
from app.domain.credentials import CredentialKind
from app.domain.effects import External
from app.domain.events import Event
from app.domain.facts import Fact
from app.domain.job import Job, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook request that waits to be read, as GitHub sent it."""

    guid: str
    event: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """What became of a delivery: `state` is waiting, read or unread; `because` says why."""

    guid: str
    event: str
    received_at: datetime
    state: str
    because: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A fact at the head of its lane, waiting to be taken in. `attempts` counts earlier postponements."""

    id: int
    fact: Fact
    source: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """What became of a fact: `state` is waiting, done, ignored or failed; `because` says why."""

    id: int
    fact: Fact
    source: str
    state: str
    because: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One line of a job's history. `version` is the job's version after it."""

    version: int
    event: Event
    because: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStanding:
    """What must be known of a run to tell whether what it left is still needed.

    `state` is waiting, claimed or ended. `job_ended_at` is None while its job is open; `pull_closed` says that the job
    ended with its pull request.
    """

    state: str
    ended_at: datetime | None = None
    job_ended_at: datetime | None = None
    pull_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as it stands: `state` is waiting, claimed or ended."""

    id: str
    job_id: str
    stage: Stage
    state: str
    fence: int
    worker: str | None
    lease_until: datetime | None
    heartbeat_at: datetime | None
    not_before: datetime | None
    releases: int
    waiting_because: str | None
    cancel_asked: bool
    report: Report | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """An effect as it stands: `state` is waiting, claimed, done, failed, superseded or intended.

    `effect` is None for the intent of a run. `attempts` counts claims, this one included; `started` tells that
    an earlier attempt may have reached GitHub, so look before you create.
    """

    id: int
    job_id: str
    key: str
    effect: External | None
    state: str
    attempts: int
    started: bool
    result: dict[str, Any] | None
    because: str
    not_before: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A run is yours for as long as you beat. `fence` counts its claims from 1; the highest one counts."""

    run_id: str
    job: Job
    stage: Stage
    fence: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run cannot start now, and why. `alarm`: it was this claim at which the spike guard stepped in."""

    because: str
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The answer to a heartbeat. Not `kept`: the run is not yours any more. `cancel`: end it now.

    `halted`: everything is stopped, so end what runs and give the run back; it begins again when that is over.
    """

    kept: bool
    cancel: bool
    halted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A write to GitHub that a run is about to make. `done` holds the result once there is one."""

    done: dict[str, Any] | None
    started_before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A worker process that greeted us."""

    id: str
    host: str
    pid: int
    capacity: int
    notes: Mapping[str, str]
    heartbeat_at: datetime
    draining: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """A job that something happened to, and whose it is."""

    job: str
    repository_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What must be known to tell whether a page is out of date.

    `newest` is the number of the newest event of any job, `happened` the jobs that had one since the last look.
    `live` has, for each run that has not ended, its job, its state and why it waits.
    """

    newest: int
    happened: frozenset[Touched]
    live: Mapping[str, tuple[Touched, str, str | None]]


STOP = "stop"
"""The switch by which everything stands still: no run starts, those under way end, nothing is written to GitHub."""

PAUSED = "paused"
"""The switch that the spike guard throws: no run starts, and what is under way goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Whether something is switched on, since when and why. A switch that nobody touched is off."""

    on: bool = False
    because: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What lets somebody in, without the secret. Empty `login`: the owner; `repositories` None: all of them."""

    kind: CredentialKind
    name: str
    login: str
    repositories: frozenset[int] | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """Something kept for people to look at, redacted before it came here."""

    media_type: str
    data: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much waits, and since when: the instant of the oldest waiting row, or None."""

    deliveries: int
    letters: int
    runs_waiting: int
    runs_claimed: int
    effects: int
    oldest_delivery_at: datetime | None
    oldest_letter_at: datetime | None
    oldest_run_at: datetime | None
    oldest_effect_at: datetime | None
