"""An event's key begins with its chain: what equal rows of a store share is compared once less."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _key("chain", "seq", "home")


def downgrade() -> None:
    _key("home", "chain", "seq")


def _key(*columns: str) -> None:
    op.drop_constraint("pk_event", "event", type_="primary")
    op.create_primary_key("pk_event", "event", list(columns))
