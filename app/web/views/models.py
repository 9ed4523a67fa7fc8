"""The shapes of what is shown: the pages render them, the API answers with them. Only values, no rules.

Instants are in UTC and know it. Text is as it was written; whoever puts it on a page escapes it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Something that is shown. It does not change any more."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Needs(StrEnum):
    """What a job needs from whoever looks, in the order in which people ask."""

    YOU = "you"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"


class Step(View):
    """One stage of a job's agenda, in words."""

    doing: str
    state: Literal["done", "now", "next"]


class JobCard(View):
    """A job in short. `headline` is where it stands, `because` why, `next_step` what follows or what to do.

    `where` is how people say what it is about, `owner/name#12`; `number` is that of its issue, None where no issue asked.
    `ready` says that its pull request waits for a review.
    `since` is when it came to stand there, `until` when it goes on by itself. `place_in_line` counts from 1.
    """

    id: str
    kind: str
    repository: str
    where: str
    number: int | None
    title: str
    url: str
    pull_request: int | None
    pull_request_url: str | None
    needs: Needs
    ready: bool
    stage: str | None
    headline: str
    because: str
    next_step: str
    since: datetime
    until: datetime | None
    agent: str | None
    place_in_line: int | None
    attempt: int
    runs: int
    revisions: int
    cost_dollars: float | None
    asked_by: str
    opened_at: datetime
    changed_at: datetime
    steps: tuple[Step, ...]


class Machine(View):
    """The state of the machinery in one sentence; `trouble` says that a person should do something about it.

    `stopped` is by a person, `paused` by Handoff itself; the sentence says why and since when.
    """

    sentence: str
    trouble: bool
    stopped: bool
    paused: bool
    workers: int
    runs_at_once: int
    queue_answers: bool


class Desk(View):
    """Everything at a glance, grouped by what it needs. `repositories` are known, even where nothing was asked yet.

    `left_out` counts open jobs beyond the limit of what is shown; `label` is the one that hands an issue over.
    """

    you: tuple[JobCard, ...]
    running: tuple[JobCard, ...]
    waiting: tuple[JobCard, ...]
    done: tuple[JobCard, ...]
    left_out: int
    machine: Machine
    repositories: tuple[str, ...]
    label: str


class TimelineEntry(View):
    """One thing that happened, who did it, and what we made of it. `kind`: event, or fact that changed nothing."""

    at: datetime
    what: str
    because: str
    by: str | None
    kind: Literal["event", "ignored"]


class FileView(View):
    """A file that a run left, such as `brief.md` or `exit.json`."""

    name: str
    size_bytes: int


class RunView(View):
    """One execution of a stage. `seconds` is how long it took, None while it has not ended or never began.

    `denied` are the hosts, with their ports, that its cages wanted to reach and may not.
    """

    id: str
    stage: str
    doing: str
    state: Literal["waiting", "running", "ended"]
    agent: str | None
    ending: str | None
    because: str | None
    seconds: float | None
    cage: str | None
    denied: tuple[str, ...]
    cost_dollars: float | None
    has_output: bool
    files: tuple[FileView, ...]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class CheckView(View):
    """What one of the repository's own commands said of the change."""

    name: str
    command: str
    verdict: Literal["passed", "failed", "flaky", "red on the base"]
    summary: str
    seconds: float
    failing_lines: tuple[str, ...]
    failed_tests: tuple[str, ...]
    tail: str


class FindingView(View):
    """One remark about the change. `place` is `path:line`, None for the whole change."""

    title: str
    body: str
    severity: str
    evidence: str
    category: str
    place: str | None


class QuestionView(View):
    """A decision put to a person; `until` is when the recommended answer is taken."""

    text: str
    options: tuple[str, ...]
    recommended: str | None
    because: str
    until: datetime | None


class AnswerView(View):
    """What was answered to what; `by` is None when the deadline answered."""

    question: str
    text: str
    by: str | None


class PendingView(View):
    """Something decided that is not yet on GitHub, or could not be done there."""

    what: str
    state: Literal["waiting", "failed"]
    attempts: int
    not_before: datetime | None
    because: str


class JobPage(View):
    """One job with all that happened to it, oldest first. `live_run` is the run whose output can be followed."""

    card: JobCard
    branch: str
    base_sha: str | None
    head_sha: str | None
    proof: str | None
    summary: str | None
    question: QuestionView | None
    answers: tuple[AnswerView, ...]
    checks: tuple[CheckView, ...] | None
    findings: tuple[FindingView, ...] | None
    unreviewed_because: str | None
    runs: tuple[RunView, ...]
    timeline: tuple[TimelineEntry, ...]
    pending: tuple[PendingView, ...]
    live_run: str | None
    may_stop: bool
    may_retry: bool
