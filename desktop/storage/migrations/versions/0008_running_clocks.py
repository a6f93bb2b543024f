"""The clocks that run on open complaints, counted by index instead of read from every case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "running_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_running_clock"),
    )
    op.create_index("ix_running_clock_stream", "running_clock", ["stream"])
    op.create_index("ix_running_clock_day", "running_clock", ["day", "due", "store", "clock"])
    op.drop_index("ix_report_case_open", "report_case")
    op.create_index(
        "ix_report_case_open",
        "report_case",
        ["open", "store"],
        sqlite_where=sa.text("open > 0"),
    )
