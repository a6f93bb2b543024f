"""How many of HQ's receipts are kept of each chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain", sa.Column("receipts", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE chain SET receipts ="
        " (SELECT count(*) FROM receipt WHERE receipt.chain = chain.chain)"
    )


def downgrade() -> None:
    op.drop_column("chain", "receipts")
