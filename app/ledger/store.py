"""The ledger, to those who write. Each method is one transaction; how it is done is said in the module it names.

All methods raise `TryAgain` when the database cannot be reached or written just now (locked, full, away), and
then nothing of what was asked has happened. Instants are timezone-aware.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from app.domain.credentials import Grant
from app.domain.decide import Decision
from app.domain.events import Event
from app.domain.facts import Fact
from app.domain.job import Job, Report
from app.domain.schedule import Limits
from app.ledger import (
    arrivals,
    artifacts,
    base_checks,
    commit,
    credentials,
    cursors,
    effects,
    inbox,
    intents,
    keeping,
    lanes,
    leases,
    machinery,
    runs,
    timers,
)
from app.ledger.address import open_database
from app.ledger.reading import Reading
from app.ledger.rows import Claimed, Credential, Delivery, EffectRow, Intent, Letter, Pulse, Waiting

logger = logging.getLogger(__name__)


class Ledger(Reading):
    """Everything that is remembered, and the only door to it. Reading it is described in `Reading`."""

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the ledger at `sqlite:///path` or `postgresql://…`, brought to the newest schema.

        Raises:
            BadConfiguration: the address is no database of ours, or one of a newer Handoff.
        """
        return cls(await open_database(url))

    async def close(self) -> None:
        """Finish what was asked, then let the database go."""
        await self._database.close()

    async def ready(self) -> None:
        """Write a little and read it back; raises `TryAgain` when the database cannot do that."""
        await self._write(machinery.probe)

    # Arrivals: deliveries and the inbox

    async def accept(
        self, guid: str, event: str, body: bytes, headers: Mapping[str, str], received_at: datetime
    ) -> bool:
        """Keep a delivery, on disk before this returns. True when its GUID is new."""
        return await self._write(
            arrivals.accept,
            guid=guid,
            event=event,
            body=body,
            headers=dict(headers),
            received_at=received_at,
        )

    async def read_delivery(self, guid: str) -> Delivery | None:
        """Return a delivery that waits to be read; None when it is unknown or settled."""
        return await self._read(arrivals.read, guid)

    async def settle_delivery(
        self, guid: str, fact: Fact | None, because: str, source: str = "webhook"
    ) -> bool:
        """Put what a delivery says into the inbox, or keep why it says nothing. True when the fact is new."""
        return await self._write(arrivals.settle, guid, fact, because, source)

    async def postpone_delivery(self, guid: str, not_before: datetime, because: str) -> None:
        """Read this delivery later."""
        await self._write(arrivals.postpone, guid, not_before, because)

    async def hear(self, fact: Fact, source: str) -> bool:
        """Put a fact into the inbox. False when the same act was heard before, by this road or another."""
        return await self._write(inbox.hear, fact, source)

    async def keep_cursor(self, key: str, value: dict[str, Any]) -> None:
        """Keep how far something that only grows was read."""
        await self._write(cursors.keep, key, value)

    # Intake: one lane at a time

    async def take_lane(self, lane: str, owner: str, seconds: float) -> bool:
        """Take or keep a lane for a while. False while somebody else has it."""
        return await self._write(lanes.take, lane, owner, seconds)

    async def leave_lane(self, lane: str, owner: str) -> None:
        """Leave a lane before its time; nothing happens if it is not yours."""
        await self._write(lanes.leave, lane, owner)

    async def next_in_lane(self, lane: str, now: datetime) -> Letter | None:
        """Return the oldest waiting letter of a lane; None also when that one is postponed: order is kept."""
        return await self._read(inbox.head, lane, now)

    async def commit(
        self, letter: Letter, before: Job | None, event: Event | None, decision: Decision
    ) -> bool:
        """Make a decision true: job, history, effects, and the letter done, all or nothing.

        False when somebody else was faster (the job moved, the letter is settled, or another job is open for
        this issue): nothing was written; ask for the lane's next letter and decide again.
        """
        return await self._write(commit.commit, letter, before, event, decision)

    async def ignore(self, letter: Letter, because: str) -> None:
        """Do nothing about a letter, and keep why."""
        await self._write(inbox.settle, letter.id, "ignored", because)

    async def postpone(self, letter: Letter, not_before: datetime, because: str) -> None:
        """Take this letter, and those behind it in its lane, later."""
        await self._write(inbox.postpone, letter.id, not_before, because)

    async def give_up(self, letter: Letter, because: str) -> None:
        """Stop trying to take in a letter, and keep why."""
        await self._write(inbox.settle, letter.id, "failed", because)

    # Runs

    async def claim_run(
        self, run_id: str, worker: str, lease_seconds: float, limits: Limits
    ) -> Claimed | Waiting | None:
        """Take a waiting run if limits and switches allow; None when there is no such run to take now."""
        answer = await self._write(runs.claim, run_id, worker, lease_seconds, limits)
        if isinstance(answer, Waiting) and answer.alarm:
            logger.warning("%s.", answer.because, extra={"action": "pause", "run": run_id})
        return answer

    async def beat(self, run_id: str, fence: int, lease_seconds: float) -> Pulse:
        """Say that the run is alive, extend its lease, and hear whether to go on."""
        return await self._write(leases.beat, run_id, fence, lease_seconds)

    async def release_run(self, run_id: str, fence: int, not_before: datetime, because: str) -> bool:
        """Give a run back unfinished, for anyone to take later. False for a stale fence."""
        return await self._write(leases.release, run_id, fence, not_before, because)

    async def end_run(self, run_id: str, fence: int, report: Report, at: datetime) -> bool:
        """Store a run's report and tell its job. False for a stale fence: the report is refused."""
        return await self._write(leases.end, run_id, fence, report, at)

    async def hand_over(self, run_id: str, fence: int) -> bool:
        """Leave a run to whoever takes it up, alive as it is. False for a stale fence."""
        return await self._write(leases.hand_over, run_id, fence)

    async def take_up(
        self, run_id: str, before: str, worker: str, lease_seconds: float, *, departed: bool
    ) -> Claimed | None:
        """Take over a living run from the worker it had, if it `departed` or its lease is over; None if it is not."""
        return await self._write(leases.take_up, run_id, before, worker, lease_seconds, departed=departed)

    async def expire_leases(self, after_seconds: float = 0) -> list[str]:
        """End the runs whose leases have been over for so long, as lost; return their ids. The database's clock decides."""
        return await self._write(leases.expire, after_seconds)

    # Effects

    async def claim_effect(self, job_id: str, worker: str, seconds: float) -> EffectRow | None:
        """Take the job's oldest effect that is due, of a kind that nobody is performing for it right now."""
        return await self._write(effects.claim, job_id, worker, seconds)

    async def mark_started(self, effect_id: int) -> None:
        """Keep, before the first write, that this attempt may reach GitHub."""
        await self._write(effects.mark_started, effect_id)

    async def fulfil(self, effect_id: int, result: dict[str, Any], *, report: bool, because: str) -> None:
        """Keep that an effect took place; with `report` its job hears of it. A settled one stays as it is."""
        await self._write(effects.fulfil, effect_id, result, report, because)

    async def postpone_effect(self, effect_id: int, not_before: datetime, because: str) -> None:
        """Try a claimed effect again later."""
        await self._write(effects.postpone, effect_id, not_before, because)

    async def fail_effect(self, effect_id: int, because: str, *, report: bool) -> None:
        """Give an effect up; with `report` its job hears of it. A settled one stays as it is."""
        await self._write(effects.fail, effect_id, report, because)

    async def intend(self, job_id: str, key: str) -> Intent:
        """Keep, before a run writes to GitHub, that it is about to; learn whether it was about to before."""
        return await self._write(intents.intend, job_id, key)

    async def fulfil_intent(self, job_id: str, key: str, result: dict[str, Any]) -> None:
        """Keep what came of an intent."""
        await self._write(intents.fulfil, job_id, key, result)

    async def keep_base_checks(
        self, repository_id: int, sha: str, plan: str, failures: Mapping[str, list[str] | None]
    ) -> None:
        """Keep what the checks of a plan said of a base commit; the first word counts."""
        await self._write(base_checks.keep, repository_id, sha, plan, dict(failures))

    # Timers, workers, artifacts, switches

    async def ring(self, now: datetime) -> int:
        """Turn the timers that are due into facts; return how many."""
        return await self._write(timers.ring, now)

    async def greet(self, worker: str, host: str, pid: int, capacity: int, notes: Mapping[str, str]) -> None:
        """Enter a worker into the list, alive and willing."""
        await self._write(
            machinery.greet, worker, {"host": host, "pid": pid, "capacity": capacity, "notes": dict(notes)}
        )

    async def beat_worker(self, worker: str, *, draining: bool = False) -> None:
        """Say that a worker is alive, and whether it takes no more work."""
        await self._write(machinery.beat, worker, draining)

    async def part(self, worker: str) -> None:
        """Take a worker off the list."""
        await self._write(machinery.part, worker)

    async def keep_artifact(
        self, job_id: str, key: str, media_type: str, data: bytes, *, limit_bytes: int = artifacts.LIMIT_BYTES
    ) -> None:
        """Keep something for people to look at; the same key replaces it.

        Raises:
            Refused: it is larger than `limit_bytes`.
        """
        artifacts.check_size(key, data, limit_bytes)
        await self._write(artifacts.keep, job_id, key, media_type, data)

    async def drop_artifacts(self, job_id: str) -> int:
        """Forget a job's artifacts; return how many there were."""
        return await self._write(artifacts.drop, job_id)

    async def drop_old_artifacts(self, before: datetime, limit: int) -> tuple[int, int]:
        """Forget all artifacts of up to `limit` jobs that ended before; return how many jobs and artifacts."""
        return await self._write(keeping.drop_old, before, limit)

    async def drop_details(self, limit: int) -> tuple[int, int]:
        """Forget all but a summary of up to `limit` jobs whose pull request is closed; return jobs and artifacts."""
        return await self._write(keeping.drop_details, limit)

    async def set_switch(self, key: str, *, on: bool, because: str) -> None:
        """Switch something on or off. `stop` on: everything stands still; `paused` on: no run is claimed."""
        await self._write(machinery.set_switch, key, on, because)

    # Credentials

    async def grant(self, grant: Grant) -> str:
        """Make a credential and return its secret, which is kept nowhere.

        Raises:
            Refused: there is a token of that name.
        """
        secret = credentials.new_secret()
        await self._write(credentials.keep, secret, grant)
        return secret

    async def take_link(self, secret: str) -> Credential | None:
        """Use up a link; None when it is unknown, used or too old."""
        return await self._write(credentials.take, secret)

    async def touch_credential(self, secret: str) -> None:
        """Keep that a credential was used just now."""
        await self._write(credentials.touch, secret)

    async def drop_session(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""
        await self._write(credentials.drop_session, secret)

    async def revoke_token(self, name: str) -> bool:
        """Forget a token; False when there is none of that name."""
        return await self._write(credentials.revoke_token, name)
