"""The front door and what is remembered: credentials, cursors, what the checks said of a base."""

import sqlalchemy as sa
from alembic import op

from app.ledger.columns import Document, Instant, Prose

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", Prose(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("repositories", Document, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('link', 'session', 'token')", name=op.f("ck_credentials_kind")),
        sa.CheckConstraint(
            "kind = 'token' OR expires_at IS NOT NULL", name=op.f("ck_credentials_expiry")
        ),
        sa.CheckConstraint(
            "login = '' OR repositories IS NOT NULL", name=op.f("ck_credentials_repositories")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_credentials")),
    )
    op.create_table(
        "cursors",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", Document, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cursors")),
    )
    op.create_table(
        "base_checks",
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("failures", Document, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "sha", "plan", name=op.f("pk_base_checks")),
    )
    ended = sa.text("phase = 'ended'")
    op.create_index("ix_jobs_ended", "jobs", ["changed_at"], sqlite_where=ended, postgresql_where=ended)

