"""A fact as a clause: who did what. For the command line and the pages alike. Pure."""

from typing import assert_never

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
    RepositoryInstalled,
    ReviewDismissed,
    ReviewSubmitted,
    RunClaimed,
    RunReported,
    StopAsked,
    TimerRang,
)
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
        case CommandGiven(command=command, job=job) if job:
            return f"{fact.by.called} told job {job} to {command.verb}, at the desk"
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
        case RepositoryInstalled():
            return f"{who} installed me on the repository"
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
