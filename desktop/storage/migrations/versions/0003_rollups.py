"""Counters of reports and what they count of each complaint."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_case",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_report_case"),
    )
    op.create_index("ix_report_case_last_day", "report_case", ["last_day", "first_day", "store"])
    op.create_index("ix_report_case_opened", "report_case", ["opened", "code"])
    op.create_index(
        "ix_report_case_open", "report_case", ["store"], sqlite_where=sa.text("open = 1")
    )
    op.create_table(
        "rollup",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("dim", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "dim", "store", "key", name="pk_rollup"),
        sqlite_with_rowid=False,
    )
