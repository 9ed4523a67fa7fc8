"""Half-sentences for the command line: a fact, a job's state, an age, an instant. Pure."""

from datetime import datetime
from typing import assert_never

from app.domain.agenda import STAGES
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    ConflictSeen,
    EffectReported,
    Fact,
    IssueClosed,
    IssueLabeled,
    IssueRemoved,
    IssueUnlabeled,
    PullRequestClosed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewDismissed,
    ReviewSubmitted,
    RunClaimed,
    RunReported,
    StopAsked,
    TimerRang,
)
from app.domain.job import Job, Phase
from app.domain.verbs import Misunderstood


def what_was_heard(fact: Fact) -> str:
    """Return a fact as a clause: who did what."""
    who = f"@{fact.by.login}"
    match fact:
        case IssueLabeled(label=label):
            return f"{who} put the label `{label}` on"
        case IssueUnlabeled(label=label):
            return f"{who} took the label `{label}` off"
        case IssueClosed():
            return f"{who} closed the issue"
        case IssueRemoved(how=how):
            return f"{who} {how} the issue"
        case CommentWritten():
            return f"{who} wrote a comment"
        case ReviewSubmitted(state=state):
            return f"{who} submitted a review ({state.replace('_', ' ')})"
        case CommandGiven(command=Misunderstood()):
            return f"{who} wrote a line that I did not understand"
        case CommandGiven(command=command):
            return f"{who} said `/handoff {command.verb}`"
        case BoxTicked(box=box):
            return f"{who} ticked the box `{box}`"
        case ReviewDismissed():
            return f"{who} dismissed a review"
        case BranchPushed(head_sha=head_sha):
            return f"{who} moved the branch to {head_sha[:7]}"
        case PullRequestDrafted():
            return f"{who} turned the pull request into a draft"
        case PullRequestReadied():
            return f"{who} took the pull request out of draft"
        case PullRequestReopened():
            return f"{who} opened the pull request again"
        case BaseChanged(base=base):
            return f"{who} aimed the pull request at `{base}`"
        case PullRequestClosed(merged=merged):
            return f"{who} {'merged' if merged else 'closed'} the pull request"
        case ConflictSeen():
            return "the pull request was found to conflict with its base"
        case StopAsked(job=job):
            return f"{fact.by.login} asked for job {job} to be stopped"
        case RunClaimed() | RunReported() | EffectReported() | TimerRang():
            return _what_we_heard_from_ourselves(fact)
        case _:
            assert_never(fact)


def _what_we_heard_from_ourselves(fact: RunClaimed | RunReported | EffectReported | TimerRang) -> str:
    match fact:
        case RunClaimed(run=run):
            return f"a worker took run {run}"
        case RunReported(run=run):
            return f"run {run} came to its end"
        case EffectReported(effect=effect):
            return f"effect {effect} came to its end"
        case TimerRang(key=key):
            return f"the timer {key} rang"


def where_it_stands(job: Job) -> str:
    """Return a job's state in a few words."""
    match job.phase:
        case Phase.ENDED:
            return f"ended, {job.close}" if job.close else "ended"
        case Phase.IN_REVIEW:
            return "in review"
        case Phase.QUEUED | Phase.ACTIVE if job.holds:
            return f"waiting for {', '.join(hold.kind for hold in job.holds)}"
        case Phase.QUEUED | Phase.ACTIVE if job.stage is not None:
            return f"{job.phase}, {STAGES[job.stage].doing}"
        case _:
            return str(job.phase)


def instant(at: datetime) -> str:
    """Return an instant to the second; the ledger knows UTC only."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was, in its largest unit; a clock that runs ahead gives 0 s."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 run`, `2 runs`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
