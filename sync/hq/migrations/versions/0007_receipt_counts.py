"""How many receipts HQ gave for a chain, so that one taken away is missed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "chain", sa.Column("receipts", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE chain SET receipts = (SELECT count(*) FROM receipt WHERE receipt.chain = chain.id)"
    )


def downgrade() -> None:
    op.drop_column("chain", "receipts")
