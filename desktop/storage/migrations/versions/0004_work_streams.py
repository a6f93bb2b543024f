"""Streams that are no complaints: samples, reviews and root causes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_stream",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_work_stream"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_work_stream_kind", "work_stream", ["kind", "month"])
