"""Scopes of people, session ends, envelope quotas and recalls, policy packs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("scope", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "person",
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("session", sa.Column("seen_at", _TIME, nullable=True))
    op.add_column("envelope", sa.Column("recalled_at", _TIME, nullable=True))
    op.create_table(
        "envelope_quota",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cap", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("keep", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_envelope_quota_person")),
        sa.PrimaryKeyConstraint("person", "place", name=op.f("pk_envelope_quota")),
    )
    op.create_table(
        "policy_pack",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.Column("simulation", postgresql.JSONB(), nullable=True),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack")),
    )
    op.create_index(
        "ix_policy_pack_published",
        "policy_pack",
        ["version"],
        unique=True,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("policy_pack")
    op.drop_table("envelope_quota")
    op.drop_column("envelope", "recalled_at")
    op.drop_column("session", "seen_at")
    op.drop_column("person", "must_change")
    op.drop_column("person", "scope")
