"""The spine: deliveries, inbox, jobs, runs, effects and what keeps them moving. Reasons are in `schema.py`."""

import sqlalchemy as sa
from alembic import op

from app.ledger.columns import Counter, Document, Instant, Prose

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", Document, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", Prose(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.CheckConstraint("state <> 'unread' OR because <> ''", name=op.f("ck_deliveries_reason")),
        sa.CheckConstraint("state IN ('waiting', 'read', 'unread')", name=op.f("ck_deliveries_state")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["received_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("pull_request", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", Document, nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("phase IN ('queued', 'active', 'in review', 'ended')", name=op.f("ck_jobs_phase")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_jobs_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_number", "jobs", ["repository_id", "number"])
    op.create_index("ix_jobs_opened", "jobs", ["opened_at"])
    op.create_index(
        "uq_jobs_open",
        "jobs",
        ["repository_id", "number", "kind"],
        unique=True,
        sqlite_where=sa.text("phase <> 'ended'"),
        postgresql_where=sa.text("phase <> 'ended'"),
    )
    op.create_index(
        "uq_jobs_open_pull_request",
        "jobs",
        ["repository_id", "pull_request"],
        unique=True,
        sqlite_where=sa.text("phase <> 'ended' AND pull_request IS NOT NULL"),
        postgresql_where=sa.text("phase <> 'ended' AND pull_request IS NOT NULL"),
    )
    op.create_table(
        "lanes",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
    )
    op.create_table(
        "switches",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("because", Prose(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_switches")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("notes", Document, nullable=False),
        sa.Column("heartbeat_at", Instant(), nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "artifacts",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_artifacts_job_id")),
        sa.PrimaryKeyConstraint("job_id", "key", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "effects",
        sa.Column("id", Counter, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", Document, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("result", Document, nullable=True),
        sa.Column("because", Prose(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_until IS NOT NULL)",
            name=op.f("ck_effects_claim"),
        ),
        sa.CheckConstraint("state <> 'done' OR result IS NOT NULL", name=op.f("ck_effects_result")),
        sa.CheckConstraint("state <> 'failed' OR because <> ''", name=op.f("ck_effects_reason")),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'done', 'failed', 'superseded', 'intended')",
            name=op.f("ck_effects_state"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_effects_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
        sa.UniqueConstraint("job_id", "key", name=op.f("uq_effects_job_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_effects_open",
        "effects",
        ["job_id", "id"],
        sqlite_where=sa.text("state IN ('waiting', 'claimed')"),
        postgresql_where=sa.text("state IN ('waiting', 'claimed')"),
    )
    op.create_table(
        "events",
        sa.Column("id", Counter, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.Column("because", Prose(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("act_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_events_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_events_job_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox",
        sa.Column("id", Counter, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("act_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery_guid", sa.Text(), nullable=True),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", Prose(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done') OR because <> ''", name=op.f("ck_inbox_reason")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'ignored', 'failed')", name=op.f("ck_inbox_state")),
        sa.ForeignKeyConstraint(["delivery_guid"], ["deliveries.guid"], name=op.f("fk_inbox_delivery_guid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("act_key", name=op.f("uq_inbox_act_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_number", "inbox", ["repository_id", "number"])
    op.create_index("ix_inbox_repository", "inbox", ["repository", "id"])
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["lane", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("heartbeat_at", Instant(), nullable=True),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("releases", sa.Integer(), nullable=False),
        sa.Column("waiting_because", Prose(), nullable=True),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("report", Document, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state <> 'claimed' OR (worker IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_runs_lease"),
        ),
        sa.CheckConstraint(
            "state <> 'ended' OR (report IS NOT NULL AND ended_at IS NOT NULL)", name=op.f("ck_runs_report")
        ),
        sa.CheckConstraint("state IN ('waiting', 'claimed', 'ended')", name=op.f("ck_runs_state")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_runs_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_job", "runs", ["job_id"])
    op.create_index(
        "ix_runs_live",
        "runs",
        ["state", "created_at"],
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index(
        "uq_runs_live",
        "runs",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "timers",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_timers_job_id")),
        sa.PrimaryKeyConstraint("job_id", "key", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_due", "timers", ["due_at"])
