"""Phone approval: envelopes, who answers where, what the journals say of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approver_device",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_approver_device_person")),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_approver_device_device")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_approver_device")),
    )
    op.create_table(
        "envelope",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("store", "device", "approver", "approver_device", "login", "name")
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("cap", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=False),
        sa.Column("lock_signature", sa.LargeBinary(), nullable=False),
        sa.Column("secret_signature", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_envelope")),
    )
    op.create_index(op.f("ix_envelope_device"), "envelope", ["device"], unique=False)
    op.create_index(
        op.f("ix_envelope_approver_device"), "envelope", ["approver_device"], unique=False
    )
    op.create_table(
        "envelope_record",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_envelope_record")),
    )
    op.create_index(op.f("ix_envelope_record_number"), "envelope_record", ["number"], unique=False)


def downgrade() -> None:
    op.drop_table("envelope_record")
    op.drop_table("envelope")
    op.drop_table("approver_device")
