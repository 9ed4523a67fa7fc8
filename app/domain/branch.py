"""What a person did to our branch, or to its base, means to a job: go on from there, bring both together, or ask. Pure."""

from dataclasses import replace

from app.domain.agenda import REBASING
from app.domain.decision import Decision
from app.domain.effects import CancelRun, SayNeedsYou, ShowStatus
from app.domain.events import BranchMoved, BranchRewritten, ConflictFound
from app.domain.follow import add_stages, go_on
from app.domain.holds import Hold, HoldKind
from app.domain.job import Job


def on_the_branch(job: Job, event: BranchMoved | BranchRewritten | ConflictFound) -> Decision:
    """Return what becomes of a job whose branch moved, was rewritten, or conflicts with its base."""
    match event:
        case BranchMoved():
            return _joined(job, event)
        case BranchRewritten(by=by, head_sha=head_sha):
            because = f"{by.called} force-pushed the branch, so what I built on is gone from it"
            hold = Hold(kind=HoldKind.ANSWER, because=because)
            held = replace(_at(job, head_sha, because), holds=(*job.holds, hold))
            cancel = (CancelRun(run=job.run.id),) if job.run else ()
            return Decision(
                job=held, effects=(*cancel, SayNeedsYou(because=because), ShowStatus()), because=because
            )
        case ConflictFound():
            because = "the pull request conflicts with its base, so I bring the two together"
            return go_on(add_stages(job, REBASING), (ShowStatus(),), because)


def _joined(job: Job, event: BranchMoved) -> Decision:
    """Take in what a person pushed; where we have something that is not published yet, both are brought together."""
    cancel = (CancelRun(run=job.run.id),) if job.run else ()
    if job.stage is None or job.work.head_sha == job.work.pushed_sha:
        because = f"{event.by.called} pushed to the branch, and I go on from there"
        moved = _at(job, event.head_sha, because)
    else:
        because = f"{event.by.called} pushed to the branch, and I bring that together with what I have"
        agenda = (*job.agenda[: job.cursor], *REBASING)
        work = replace(job.work, pushed_sha=event.head_sha)
        moved = replace(job, work=work, agenda=agenda, attempts=1, because=because)
    return Decision(job=moved, effects=(*cancel, ShowStatus()), because=because)


def _at(job: Job, head_sha: str, because: str) -> Job:
    return replace(job, work=replace(job.work, head_sha=head_sha, pushed_sha=head_sha), because=because)
