"""The spike guard: what began and what ended within the last minutes is found without looking at every run."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_runs_started", "runs", ["started_at"])
    op.create_index("ix_runs_ended", "runs", ["ended_at"])
