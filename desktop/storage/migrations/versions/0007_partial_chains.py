"""Chains that come here in part, and attachments that are to be fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name="pk_chain_link"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wanted_attachment",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_wanted_attachment"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO wanted_attachment (sha256)"
        " SELECT DISTINCT v.value FROM event e JOIN personal_value v"
        " ON v.chain = e.chain AND v.seq = e.seq"
        " WHERE e.kind = 'evidence.attached' AND v.field = 'content' AND v.value IS NOT NULL"
        " AND v.value NOT IN (SELECT sha256 FROM attachment)"
    )


def downgrade() -> None:
    op.drop_table("wanted_attachment")
    op.drop_table("chain_link")
