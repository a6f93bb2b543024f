"""The index by stream leads to runs of events; each of them in it cost as much as its row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is here already are runs of one event each.
    op.add_column("event", sa.Column("run", sa.SmallInteger(), nullable=False, server_default="1"))
    op.drop_index("ix_event_stream", "event")
    op.create_index("ix_event_stream", "event", ["stream"], postgresql_where=sa.text("run > 0"))


def downgrade() -> None:
    op.drop_index("ix_event_stream", "event")
    op.create_index("ix_event_stream", "event", ["stream"])
    op.drop_column("event", "run")
