"""The tables. Each constraint says what it makes impossible; `migrations/` must lead to exactly this, and a test looks.

What arrives and how it is taken in stands first, then jobs and what they want done, then the machinery.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from app.ledger.columns import Counter, Document, Instant, Prose
from app.ledger.naming import NAMES, index_where

metadata = MetaData(naming_convention=NAMES)

deliveries = Table(
    "deliveries",
    metadata,
    Column("guid", Text, primary_key=True),  # GitHub may deliver twice: the second one finds its place taken
    Column("event", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Document, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Prose, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    CheckConstraint("state IN ('waiting', 'read', 'unread')", name="state"),
    # Why did nothing happen? A delivery that became no fact must be able to say.
    CheckConstraint("state <> 'unread' OR because <> ''", name="reason"),
)
# The relay asks for the waiting ones every second; the settled ones are many and must cost nothing.
index_where("ix_deliveries_waiting", deliveries.c.received_at, where="state = 'waiting'")

inbox = Table(
    "inbox",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("act_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Document, nullable=False),
    Column("source", Text, nullable=False),
    Column("delivery_guid", Text, ForeignKey("deliveries.guid")),
    Column("repository_id", BigInteger, nullable=False),
    Column(
        "repository", Text, nullable=False
    ),  # owner/name in lower case, to be found by; the body has it as written
    Column("number", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Prose, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    # The same human act by webhook, poll and redelivery counts once.
    UniqueConstraint("act_key"),
    CheckConstraint("state IN ('waiting', 'done', 'ignored', 'failed')", name="state"),
    # Every ignored fact has a stored reason.
    CheckConstraint("state IN ('waiting', 'done') OR because <> ''", name="reason"),
    sqlite_autoincrement=True,  # a number once used for an act key is never used again
)
# The head of a lane is its lowest id that waits.
index_where("ix_inbox_waiting", inbox.c.lane, inbox.c.id, where="state = 'waiting'")
# `handoff why owner/name#12`: a repository is found by its name, then what was heard about the number.
Index("ix_inbox_repository", inbox.c.repository, inbox.c.id)
Index("ix_inbox_number", inbox.c.repository_id, inbox.c.number)

lanes = Table(
    "lanes",
    metadata,
    Column(
        "lane", Text, primary_key=True
    ),  # one owner at a time: facts about one issue are taken in one by one
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("pull_request", BigInteger),
    Column("version", Integer, nullable=False),
    Column("state", Document, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("phase IN ('queued', 'active', 'in review', 'ended')", name="phase"),
    # Versions are compared and set, from 1.
    CheckConstraint("version >= 1", name="version"),
)
# Two labels at once, or two workers, must not make two jobs of one issue.
_open = (jobs.c.repository_id, jobs.c.number, jobs.c.kind)
index_where("uq_jobs_open", *_open, where="phase <> 'ended'", unique=True)
# A fact about a pull request must mean one job.
index_where(
    "uq_jobs_open_pull_request",
    jobs.c.repository_id,
    jobs.c.pull_request,
    where="phase <> 'ended' AND pull_request IS NOT NULL",
    unique=True,
)
Index("ix_jobs_number", jobs.c.repository_id, jobs.c.number)
Index("ix_jobs_opened", jobs.c.opened_at)
# The pages show what was done lately, and what is done grows for ever.
index_where("ix_jobs_ended", jobs.c.changed_at, where="phase = 'ended'")

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("job_id", Text, ForeignKey("jobs.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("repository_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("worker", Text),
    Column("lease_until", Instant),
    Column("heartbeat_at", Instant),
    Column("not_before", Instant),
    Column("releases", Integer, nullable=False),
    Column("waiting_because", Prose),
    Column("cancel_asked", Boolean, nullable=False),
    Column("report", Document),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    CheckConstraint("state IN ('waiting', 'claimed', 'ended')", name="state"),
    # Without a worker and a lease nobody could ever find out that a claimed run is lost.
    CheckConstraint("state <> 'claimed' OR (worker IS NOT NULL AND lease_until IS NOT NULL)", name="lease"),
    # A run that ended says how: its job waits for that.
    CheckConstraint("state <> 'ended' OR (report IS NOT NULL AND ended_at IS NOT NULL)", name="report"),
)
# At most one live run per job: two agents would push over each other.
index_where("uq_runs_live", runs.c.job_id, where="state <> 'ended'", unique=True)
# Counting who runs, finding who waits and whose lease is over: few rows of many.
index_where("ix_runs_live", runs.c.state, runs.c.created_at, where="state <> 'ended'")
Index("ix_runs_job", runs.c.job_id)
# The spike guard counts what began and what ended within minutes, at every claim.
Index("ix_runs_started", runs.c.started_at)
Index("ix_runs_ended", runs.c.ended_at)

events = Table(
    "events",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("job_id", Text, ForeignKey("jobs.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Document, nullable=False),
    Column("because", Prose, nullable=False),
    Column("at", Instant, nullable=False),
    Column("act_key", Text, nullable=False),
    # A job's history has one line for each version: a second writer of the same version is refused.
    UniqueConstraint("job_id", "version"),
    sqlite_autoincrement=True,
)

effects = Table(
    "effects",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("job_id", Text, ForeignKey("jobs.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Document),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("started", Boolean, nullable=False),
    Column("result", Document),
    Column("because", Prose, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Nothing is said twice: the same effect of the same job is one row.
    UniqueConstraint("job_id", "key"),
    CheckConstraint(
        "state IN ('waiting', 'claimed', 'done', 'failed', 'superseded', 'intended')", name="state"
    ),
    # A claim that never ends would silence the job for ever.
    CheckConstraint(
        "state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_until IS NOT NULL)", name="claim"
    ),
    CheckConstraint("state <> 'failed' OR because <> ''", name="reason"),
    CheckConstraint("state <> 'done' OR result IS NOT NULL", name="result"),
    sqlite_autoincrement=True,  # a number once used for an act key is never used again
)
# What is to be done for a job, oldest first.
index_where("ix_effects_open", effects.c.job_id, effects.c.id, where="state IN ('waiting', 'claimed')")

timers = Table(
    "timers",
    metadata,
    # Setting a timer again moves it.
    Column("job_id", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
)
Index("ix_timers_due", timers.c.due_at)

artifacts = Table(
    "artifacts",
    metadata,
    Column("job_id", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("notes", Document, nullable=False),
    Column("heartbeat_at", Instant, nullable=False),
    Column("draining", Boolean, nullable=False),
)

switches = Table(
    "switches",
    metadata,
    Column("key", Text, primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("because", Prose, nullable=False),
    Column("at", Instant, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("digest", Text, primary_key=True),  # what was handed out is kept by nobody; this is its SHA-256
    Column("kind", Text, nullable=False),
    Column("name", Prose, nullable=False),
    Column("login", Text, nullable=False),  # of a person on GitHub; empty: whoever owns this machine
    Column("repositories", Document),  # the ids it shows; absent: all
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    CheckConstraint("kind IN ('link', 'session', 'token')", name="kind"),
    # A link or a session that never ends would be a password that nobody chose.
    CheckConstraint("kind = 'token' OR expires_at IS NOT NULL", name="expiry"),
    # Somebody from GitHub sees what GitHub lets them see, never everything by omission.
    CheckConstraint("login = '' OR repositories IS NOT NULL", name="repositories"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("key", Text, primary_key=True),  # how far we have read something that only grows
    Column("value", Document, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

base_checks = Table(
    "base_checks",
    metadata,
    Column("repository_id", BigInteger, primary_key=True),
    Column("sha", Text, primary_key=True),
    Column("plan", Text, primary_key=True),  # other commands may say something else about the same commit
    Column("failures", Document, nullable=False),
    Column("at", Instant, nullable=False),
)
