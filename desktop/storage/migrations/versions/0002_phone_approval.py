"""Phone approval: the envelopes of both sides and the tries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _envelope_columns() -> list[sa.Column]:
    return [
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("store", "device", "approver", "login", "name", "role", "cap")
        ),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "phone_lock",
        *_envelope_columns(),
        sa.Column("lock", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_phone_lock"),
    )
    op.create_table(
        "phone_secret",
        *_envelope_columns(),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_phone_secret"),
    )
    op.create_table(
        "phone_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_phone_try"),
    )
    op.create_index("ix_phone_try_at", "phone_try", ["at"], unique=False)
