"""Proposed compensations are found by themselves: what a person gave in a day (D4)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_event_compensation",
        "event",
        ["chain", "seq"],
        sqlite_where=sa.text("kind = 'compensation.proposed'"),
    )
