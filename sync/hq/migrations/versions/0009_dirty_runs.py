"""A large batch is noted for the row makers in one line; streams need not look up their store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dirty_run",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "first_seq", name="pk_dirty_run"),
    )
    op.drop_constraint("fk_stream_store", "stream", type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key("fk_stream_store", "stream", "store", ["store"], ["id"])
    op.execute(
        "INSERT INTO dirty_stream (stream) SELECT DISTINCT e.stream FROM dirty_run r"
        " JOIN event e ON e.home = r.home AND e.chain = r.chain"
        " AND e.seq BETWEEN r.first_seq AND r.last_seq"
        " WHERE e.refused IS NULL ON CONFLICT DO NOTHING"
    )
    op.drop_table("dirty_run")
