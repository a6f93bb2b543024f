"""Letters of devices: what keeps the complaint numbers of a store's PCs apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("letter", sa.Text(), nullable=True))
    connection = op.get_bind()
    known = connection.execute(
        sa.text("SELECT id, scope FROM device ORDER BY scope, enrolled_at, id")
    ).all()
    given: dict[str, int] = {}
    for row in known:
        given[row.scope] = given.get(row.scope, 0) + 1
        connection.execute(
            sa.text("UPDATE device SET letter = :letter WHERE id = :id"),
            {"id": row.id, "letter": _letter(given[row.scope])},
        )
    op.alter_column("device", "letter", nullable=False)
    op.create_unique_constraint(op.f("uq_device_scope_letter"), "device", ["scope", "letter"])


def _letter(count: int) -> str:
    """Return A, B, …, Z, AA, … for 1, 2, …; a copy, so that this step never changes."""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def downgrade() -> None:
    op.drop_constraint(op.f("uq_device_scope_letter"), "device")
    op.drop_column("device", "letter")
