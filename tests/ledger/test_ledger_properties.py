"""Whatever happens in whatever order, no open job is forgotten: something waits that will move it, or a person must."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.admit import Ignored, admit
from app.domain.agenda import Ending
from app.domain.decide import decide, open_job
from app.domain.events import JobRequested
from app.domain.evidence import Evidence, IssueState, RepositoryState, Us
from app.domain.facts import EffectReported, IssueLabeled, IssueUnlabeled, RunReported
from app.domain.holds import HoldKind
from app.domain.ids import Actor, Repository
from app.domain.job import Job, Phase, PullRequest, Report
from app.domain.policy import Policy
from app.domain.schedule import Limits
from app.ledger.rows import Claimed
from app.ledger.store import Ledger

ADA = Actor(login="ada", id=7)
REPOSITORY = Repository(id=1, owner="acme", name="rocket", installation_id=99)
US = Us(slug="handoff", label="handoff")
NUMBERS = (1, 2, 3)


class World:
    """A small house around a real ledger: the real rules decide, and chance says what happens next."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.now = datetime.now(UTC)
        self.acts = 0
        self.claims: dict[int, Claimed] = {}

    async def label(self, number: int, _choice: int) -> None:
        await self.ledger.hear(
            IssueLabeled(**self._act(number), label="handoff", title="T", body="B", author=ADA), "test"
        )

    async def unlabel(self, number: int, _choice: int) -> None:
        await self.ledger.hear(IssueUnlabeled(**self._act(number), label="handoff"), "test")

    def _act(self, number: int) -> dict[str, object]:
        self.acts += 1
        return {
            "act_key": f"a{self.acts}",
            "repository": REPOSITORY,
            "number": number,
            "by": ADA,
            "at": self.now,
        }

    async def take_in(self, number: int, _choice: int) -> None:
        letter = await self.ledger.next_in_lane(f"1:{number}", self.now)
        if letter is None:
            return
        job, earlier = await self.ledger.job_for(letter.fact)
        event = admit(letter.fact, await self._evidence(letter.fact, job, earlier), self.now)
        if isinstance(event, Ignored):
            await self.ledger.ignore(letter, event.because)
        elif isinstance(event, JobRequested) and job is None:
            assert await self.ledger.commit(letter, None, event, open_job(event))
        else:
            assert await self.ledger.commit(letter, job, event, decide(job, event))

    async def _evidence(self, fact: object, job: Job | None, earlier: int) -> Evidence:
        return Evidence(
            us=US,
            job=job,
            earlier_jobs=earlier,
            role="write",
            repository=RepositoryState(default_branch="main", private=True, archived=False, empty=False),
            issue=IssueState(open=True, labels=("handoff",), title="T", body="B", is_pull_request=False),
            policy=Policy(),
            report=await self.ledger.run_report(fact.run) if isinstance(fact, RunReported) else None,
            effect=await self.ledger.effect_result(fact.effect) if isinstance(fact, EffectReported) else None,
        )

    async def claim(self, number: int, choice: int) -> None:
        job = await self._open(number)
        if job is None or job.run is None:
            return
        lease_seconds = 0 if choice == 0 else 600
        claimed = await self.ledger.claim_run(job.run.id, "w", lease_seconds, Limits(runs=2))
        if isinstance(claimed, Claimed):
            self.claims[number] = claimed

    async def end(self, number: int, choice: int) -> None:
        claimed = self.claims.pop(number, None)
        if claimed is not None:
            ending = list(Ending)[choice % len(Ending)] if choice > 3 else Ending.SUCCEEDED
            pull_request = PullRequest(number=100 + number + 10 * self.acts, url="u", node_id="n")
            report = Report(ending=ending, because="so it ended", head_sha="h", pull_request=pull_request)
            await self.ledger.end_run(claimed.run_id, claimed.fence, report, self.now)

    async def release(self, number: int, _choice: int) -> None:
        claimed = self.claims.pop(number, None)
        if claimed is not None:
            await self.ledger.release_run(claimed.run_id, claimed.fence, self.now, "draining")

    async def expire(self, _number: int, _choice: int) -> None:
        await self.ledger.expire_leases()

    async def deliver(self, number: int, choice: int) -> None:
        job = await self._open(number)
        row = job and await self.ledger.claim_effect(job.id, "w", 0 if choice == 0 else 600)
        if row is None or choice == 0:
            return
        kind = type(row.effect).__name__
        if choice == 1:
            await self.ledger.fail_effect(row.id, "GitHub refused it", report=kind == "PostReview")
        else:
            await self.ledger.fulfil(row.id, {}, report=kind == "PostReview", because="performed")

    async def wait(self, _number: int, _choice: int) -> None:
        self.now += timedelta(minutes=1)
        await self.ledger.ring(self.now)

    async def _open(self, number: int) -> Job | None:
        jobs = await self.ledger.jobs_of("acme/rocket", number)
        return next((job for job in jobs if job.open), None)

    async def check(self) -> None:
        jobs = await self.ledger.jobs()
        still_open = [job.number for job in jobs if job.open]
        assert len(still_open) == len(set(still_open))
        for job in jobs:
            assert [line.version for line in await self.ledger.events(job.id)] == [*range(1, job.version + 1)]
            await self._nobody_is_forgotten(job)
        heard = [row for number in NUMBERS for row in await self.ledger.inbox_of("acme/rocket", number)]
        assert all(row.because for row in heard if row.state != "waiting")

    async def _nobody_is_forgotten(self, job: Job) -> None:
        runs = [row for row in await self.ledger.runs(job.id) if row.state != "ended"]
        assert len(runs) <= 1
        assert job.open or all(row.cancel_asked for row in runs)
        if job.phase in {Phase.ENDED, Phase.IN_REVIEW} or runs:
            return
        letters = [
            row for row in await self.ledger.inbox_of("acme/rocket", job.number) if row.state == "waiting"
        ]
        effects = [row for row in await self.ledger.effects(job.id) if row.state in {"waiting", "claimed"}]
        waits_for_people = any(hold.kind is HoldKind.ANSWER for hold in job.holds)
        rings = any(hold.until for hold in job.holds)
        assert letters or effects or waits_for_people or rings, f"nothing will ever move {job}"


STEPS = (
    "label",
    "unlabel",
    "claim",
    "end",
    "release",
    "expire",
    "deliver",
    "wait",
    "take_in",
    "take_in",
    "claim",
    "end",
)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.sampled_from(NUMBERS), st.integers(0, 14)),
        min_size=5,
        max_size=60,
    )
)
def test_no_open_job_is_ever_forgotten(steps):
    async def tell() -> None:
        with tempfile.TemporaryDirectory() as folder:
            ledger = await Ledger.open(f"sqlite:///{folder}/ledger.db")
            try:
                world = World(ledger)
                for number in NUMBERS:
                    await world.label(number, 0)
                    await world.take_in(number, 0)
                for step, number, choice in steps:
                    await getattr(world, step)(number, choice)
                await world.check()
            finally:
                await ledger.close()

    asyncio.run(tell())
