"""Facts from within: what runs, effects and timers have to say to their own job. We are the actor."""

from datetime import datetime

from app.domain.facts import EffectReported, RunClaimed, RunReported, TimerRang
from app.domain.ids import Actor
from app.domain.job import Job

US = Actor(login="handoff", id=0, is_bot=True)


def run_claimed(job: Job, run_id: str, fence: int, at: datetime) -> RunClaimed:
    """A worker took a run."""
    act_key = f"run:{run_id}:{fence}:claimed"
    return RunClaimed(act_key=act_key, repository=job.repository, number=job.number, by=US, at=at, run=run_id)


def run_reported(job: Job, run_id: str, fence: int, at: datetime) -> RunReported:
    """A run ended. Its report is in its row."""
    act_key = f"run:{run_id}:{fence}:ended"
    return RunReported(
        act_key=act_key, repository=job.repository, number=job.number, by=US, at=at, run=run_id
    )


def effect_reported(job: Job, effect_id: int, at: datetime) -> EffectReported:
    """An effect is settled. Its result is in its row."""
    act_key = f"effect:{effect_id}:settled"
    return EffectReported(
        act_key=act_key, repository=job.repository, number=job.number, by=US, at=at, effect=effect_id
    )


def timer_rang(job: Job, key: str, due_at: datetime, at: datetime) -> TimerRang:
    """A timer came due. Set again for another instant, it rings again."""
    act_key = f"timer:{job.id}:{key}:{due_at.isoformat()}"
    return TimerRang(
        act_key=act_key, repository=job.repository, number=job.number, by=US, at=at, job=job.id, key=key
    )
