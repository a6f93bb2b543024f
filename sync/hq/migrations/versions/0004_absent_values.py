"""Why a personal value is absent: its sender did not have it, or it was taken away here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("personal_value", sa.Column("state", sa.Text(), nullable=True))
    # Before this step the two could not be told apart.
    op.execute("UPDATE personal_value SET state = 'not_arrived' WHERE value IS NULL")


def downgrade() -> None:
    op.drop_column("personal_value", "state")
