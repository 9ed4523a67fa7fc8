"""A job: one delegated piece of work, from the label to the merge. Only values; what changes it is `decide`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.agenda import STAGES, Ending, Role, Stage, Tier
from app.domain.blockers import Tried
from app.domain.conversation import Answer, Ask, Item, Question
from app.domain.critique import Finding, Severity
from app.domain.holds import Hold
from app.domain.ids import Actor, Repository
from app.domain.policy import Policy


class Kind(StrEnum):
    """What a job is for. What follows from it is a row of `kinds.KINDS`."""

    BUILD = "build"
    REVIEW = "review"
    CONFIGURE = "configure"


class Phase(StrEnum):
    """Where a job stands, coarsely. The table of phases is in `lifecycle`."""

    QUEUED = "queued"
    ACTIVE = "active"
    IN_REVIEW = "in review"
    ENDED = "ended"


class Close(StrEnum):
    """How a job ended."""

    MERGED = "merged"
    CLOSED = "closed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The issue as it was when an authorised person acted; later edits are data for nobody."""

    title: str
    body: str
    author: Actor
    asked_by: Actor
    asked_at: datetime
    private: bool
    default_branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """The run that is under way, or waits for a worker. At most one a job."""

    id: str
    stage: Stage
    started: bool = False
    tier: Tier = Tier.JUNIOR
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """The pull request that a job opened."""

    number: int
    url: str
    node_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said: `summary` is one line for people, `tail` the end of its output, redacted.

    `blocker` is the identity of what is wrong, None when nothing is, or when it is not this change's fault: a
    check that is red on the base as well is no blocker, nor is one that was green when it was run again (`flaky`). `counted`
    says that it told how many tests it ran. `exit_code` is None when it was cut short, or not run at all.
    `denied` are the hosts, with their ports, that it wanted to reach and may not.
    """

    name: str
    command: str
    passed: bool
    seconds: float
    summary: str
    tail: str = ""
    failing_lines: tuple[str, ...] = ()
    failed_tests: tuple[str, ...] = ()
    counted: bool = False
    blocker: str | None = None
    flaky: bool = False
    red_on_base: bool = False
    exit_code: int | None = None
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What running the change's own tests showed. `tests` are their paths; the rest is None where it was not run.

    `names` are the tests that fail without the change, as their runner calls them.
    """

    tests: tuple[str, ...]
    red_on_base: bool | None = None
    green_on_head: bool | None = None
    red_reversed: bool | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run brought home. Each role fills in what it knows; unknown stays None."""

    ending: Ending
    because: str
    title: str | None = None
    summary: str | None = None
    why: str | None = None
    how_checked: str | None = None
    base_sha: str | None = None
    head_sha: str | None = None
    checks: tuple[CheckResult, ...] | None = None
    detected: tuple[str, ...] | None = None
    weakened: tuple[Finding, ...] | None = None
    proof: Proof | None = None
    problems: tuple[str, ...] = ()
    pull_request: PullRequest | None = None
    pushed_sha: str | None = None
    check_run_id: int | None = None
    findings: tuple[Finding, ...] | None = None
    question: Question | None = None
    items: tuple[Item, ...] | None = None
    cost_dollars: float | None = None
    agent: str | None = None
    cage: str | None = None
    denied: tuple[str, ...] = ()

    @property
    def blockers(self) -> dict[str, str]:
        """What stands in the way: identity, and a name for people."""
        red = {check.blocker: f"`{check.name}`" for check in self.checks or () if check.blocker}
        weak = {
            f"weakened:{f.path}:{f.title}": f"`{f.path}`: {f.title}"
            for f in self.weakened or ()
            if f.severity is Severity.HIGH
        }
        return red | weak | {f"problem:{problem}": problem for problem in self.problems}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job has to show so far, taken from the reports of its runs."""

    branch: str
    title: str | None = None
    summary: str | None = None
    why: str | None = None
    how_checked: str | None = None
    base_sha: str | None = None
    head_sha: str | None = None
    checks: tuple[CheckResult, ...] | None = None
    detected: tuple[str, ...] | None = None
    weakened: tuple[Finding, ...] | None = None
    proof: Proof | None = None
    pull_request: PullRequest | None = None
    pushed_sha: str | None = None
    check_run_id: int | None = None
    findings: tuple[Finding, ...] | None = None
    review_because: str | None = None
    items: tuple[Item, ...] | None = None
    cages: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    cost_dollars: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One delegated piece of work. `cursor` points at the agenda's stage that is under way or next."""

    id: str
    kind: Kind
    repository: Repository
    number: int
    phase: Phase
    snapshot: Snapshot
    policy: Policy
    agenda: tuple[Stage, ...]
    work: Work
    opened_at: datetime
    cursor: int = 0
    holds: tuple[Hold, ...] = ()
    run: LiveRun | None = None
    runs: int = 0
    attempts: int = 1
    fixes: int = 0
    tried: tuple[Tried, ...] = ()
    tier: Tier = Tier.JUNIOR
    problems: tuple[str, ...] = ()
    question: Question | None = None
    answers: tuple[Answer, ...] = ()
    asks: tuple[Ask, ...] = ()
    revisions: int = 0
    close: Close | None = None
    because: str = ""
    version: int = 0
    changed_at: datetime | None = None

    @property
    def thread(self) -> int | None:
        """The number under which people talk about this job: of its issue, or of its pull request where no issue asked."""
        return self.number or (self.work.pull_request.number if self.work.pull_request else None)

    @property
    def where(self) -> str:
        """How people say what this job is about: `owner/name#12`, or the repository alone."""
        return f"{self.repository.full_name}#{self.thread}" if self.thread else self.repository.full_name

    @property
    def stage(self) -> Stage | None:
        """The stage under way or next; None when the agenda is done."""
        return self.agenda[self.cursor] if self.cursor < len(self.agenda) else None

    @property
    def role(self) -> Role | None:
        """The role of the stage under way or next."""
        return STAGES[self.stage].role if self.stage else None

    @property
    def runnable(self) -> bool:
        """Whether the next run may be started: open, unheld, nothing under way, and something left to do."""
        unfinished = self.phase in {Phase.QUEUED, Phase.ACTIVE} and self.stage is not None
        return unfinished and not self.holds and self.run is None

    @property
    def open(self) -> bool:
        """Whether anything may still happen to this job."""
        return self.phase is not Phase.ENDED
