"""The customer snapshot, how forms were read, and attachments that stay on this PC."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "attachment",
        sa.Column("local", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "known_member",
        sa.Column("member_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("member_no", name="pk_known_member"),
    )
    op.create_index("ix_known_member_phone", "known_member", ["phone"])
    op.create_table(
        "known_order",
        sa.Column("receipt_no", sa.String(), nullable=False),
        sa.Column("member_no", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("bought_on", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_no", name="pk_known_order"),
    )
    op.create_table(
        "field_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("weakest", sa.Float(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_field_outcome"),
    )
    op.create_index("ix_field_outcome_at", "field_outcome", ["at"])
