"""The feed holds runs of events instead of one row each; a batch of a store is one row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows that are there become runs of one event; positions stay, and so do the cursors.
    op.alter_column("feed", "seq", new_column_name="first_seq")
    op.add_column("feed", sa.Column("events", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("feed", "events", server_default=None)


def downgrade() -> None:
    op.execute(
        "INSERT INTO feed (store, position, home, chain, first_seq, events)"
        " SELECT store, position - events + n, home, chain, first_seq + n - 1, 1"
        " FROM feed, generate_series(1, events - 1) AS n WHERE events > 1"
    )
    op.execute("UPDATE feed SET first_seq = first_seq + events - 1 WHERE events > 1")
    op.drop_column("feed", "events")
    op.alter_column("feed", "first_seq", new_column_name="seq")
