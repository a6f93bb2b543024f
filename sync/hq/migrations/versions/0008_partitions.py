"""What grows is partitioned by store; an event's personal values stand in its own row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PARTITIONS = 8
_ATTENTION = "pending > 0 OR anomalies <> '[]'::jsonb OR conflicts <> '[]'::jsonb"
_KEYS = {
    "event": "home, chain, seq",
    "feed": "store, position",
    "receipt": "home, chain, seq",
    "ticket_row": "store, stream",
    "attachment": "store, sha256",
}

#: The names of an event's fields; none for bytes that cannot be read.
_FIELDS = """
CREATE FUNCTION amends_fields(core bytea) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY(SELECT jsonb_array_elements_text(convert_from(core, 'UTF8')::jsonb -> 'f'));
EXCEPTION WHEN others THEN
    RETURN '{}';
END $$
"""
#: A value without a row is as one that was taken away: both have no bytes.
_FOLD_VALUES = r"""
UPDATE event SET personal = ARRAY(
    SELECT CASE WHEN v.state = 'not_arrived' THEN '\xff'::bytea ELSE v.value END
    FROM unnest(amends_fields(event.core)) WITH ORDINALITY AS f(name, place)
    LEFT JOIN personal_value v ON v.home = event.home AND v.chain = event.chain
        AND v.seq = event.seq AND v.field = f.name
    ORDER BY f.place)
WHERE digests <> ''
"""
_SPREAD_VALUES = r"""
INSERT INTO personal_value (home, chain, seq, field, value, state)
SELECT e.home, e.chain, e.seq, f.name,
       NULLIF(e.personal[f.place], '\xff'::bytea),
       CASE WHEN e.personal[f.place] = '\xff'::bytea THEN 'not_arrived' END
FROM event e, unnest(amends_fields(e.core)) WITH ORDINALITY AS f(name, place)
WHERE e.digests <> ''
"""


def upgrade() -> None:
    op.add_column("event", sa.Column("personal", postgresql.ARRAY(sa.LargeBinary())))
    op.execute(_FIELDS)
    op.execute(_FOLD_VALUES)
    op.execute("DROP FUNCTION amends_fields(bytea)")
    op.drop_table("personal_value")
    op.add_column("receipt", sa.Column("home", sa.Text()))
    op.execute("UPDATE receipt SET home = chain.home FROM chain WHERE chain.id = receipt.chain")
    op.execute("UPDATE receipt SET home = '' WHERE home IS NULL")
    op.alter_column("receipt", "home", nullable=False)
    for table, key in _KEYS.items():
        _rebuild(table, key, f" PARTITION BY HASH ({key.split(',')[0]})")
        for number in range(_PARTITIONS):
            op.execute(
                f"CREATE TABLE {table}_p{number} PARTITION OF {table}"
                f" FOR VALUES WITH (MODULUS {_PARTITIONS}, REMAINDER {number})"
            )
        _fill(table)


def downgrade() -> None:
    for table, key in _KEYS.items():
        _rebuild(table, key.removeprefix("home, ") if table == "receipt" else key, "")
        _fill(table)
    op.drop_column("receipt", "home")
    op.create_table(
        "personal_value",
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("state", sa.Text()),
        sa.PrimaryKeyConstraint("home", "chain", "seq", "field", name=op.f("pk_personal_value")),
    )
    op.execute(_FIELDS)
    op.execute(_SPREAD_VALUES)
    op.execute("DROP FUNCTION amends_fields(bytea)")
    op.drop_column("event", "personal")


def _rebuild(table: str, key: str, partitioned: str) -> None:
    """Put a table of the same columns in the place of one that is kept until it is read."""
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_old")
    op.execute(f"ALTER TABLE {table}_old DROP CONSTRAINT pk_{table}")
    if table == "event":
        op.execute("DROP INDEX ix_event_stream")
    if table == "ticket_row":
        op.execute("DROP INDEX ix_ticket_row_attention")
    op.execute(f"CREATE TABLE {table} (LIKE {table}_old INCLUDING DEFAULTS){partitioned}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
    if table == "event":
        op.create_index("ix_event_stream", "event", ["stream"])
    if table == "ticket_row":
        op.create_index(
            "ix_ticket_row_attention",
            "ticket_row",
            ["store"],
            postgresql_where=sa.text(_ATTENTION),
        )


def _fill(table: str) -> None:
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_old")  # noqa: S608 - constants
    op.drop_table(f"{table}_old")
