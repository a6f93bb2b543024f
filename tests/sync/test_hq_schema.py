"""HQ's schema and imports: migrations make the models; no window is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from sync.hq import database
from sync.hq.copying import NOT_ARRIVED
from sync.hq.models import PARTITIONS, is_own, metadata


def test_the_migrated_schema_equals_the_models(empty_database_url: str) -> None:
    engine = database.connect(empty_database_url)
    database.migrate(engine)
    database.migrate(engine)
    with engine.connect() as connection:
        options = {"compare_server_default": True, "compare_type": True, "include_name": is_own}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_hq_loads_no_window_and_no_store_database() -> None:
    code = (
        "import sys, sync.hq.bootstrap, sync.hq.__main__;"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'ui', 'ocr')"
        " or m.startswith('desktop.storage')];"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_devices_that_joined_before_there_were_letters_get_one_each(
    empty_database_url: str,
) -> None:
    # Given an HQ of the version before, with two PCs in one store and one in another
    engine = database.connect(empty_database_url)
    at_revision(engine, "0002")
    with engine.begin() as connection:
        for name, scope in (("D1", "S1"), ("D2", "S1"), ("D3", "S2")):
            connection.execute(
                text(
                    "INSERT INTO device (id, scope, name, chain, public_key, token_hash,"
                    " enrolled_at) VALUES (:id, :scope, '', :id, '', :hash, now())"
                ),
                {"id": name, "scope": scope, "hash": name.encode()},
            )
    # When it is brought up to date
    database.migrate(engine)
    # Then no two PCs of a store share a letter
    with engine.connect() as connection:
        letters = connection.execute(text("SELECT letter FROM device ORDER BY id")).scalars().all()
    assert letters == ["A", "B", "A"]
    engine.dispose()


def at_revision(engine: Engine, revision: str, downgrade: bool = False) -> None:
    """Bring the schema to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    move = command.downgrade if downgrade else command.upgrade
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)


#: Rows of an HQ before its tables were partitioned: values that are there, did not arrive and
#: were taken away, an event without any, and bytes that are no event.
BEFORE = (
    r"INSERT INTO store (id, name, created_at) VALUES ('S1', '一店', now()), ('S2', '二店', now())",
    r"INSERT INTO chain (id, home, seq, head, receipts) VALUES"
    r" ('c1', 'S1', 3, '\x03', 1), ('c2', 'S2', 1, '\x01', 0)",
    r"INSERT INTO event (home, chain, seq, stream, core, digests, hash, received_at) VALUES"
    r""" ('S1', 'c1', 1, 't1', convert_to('{"d":{"名":"x"},"f":["a","b","c"]}', 'UTF8'), '\x0a',"""
    r" '\x01', now()),"
    r""" ('S1', 'c1', 2, 't1', '{"d":{}}', '', '\x02', now()),"""
    r" ('S1', 'c1', 3, '', '\xff', '\x0b', '\x03', now()),"
    r""" ('S2', 'c2', 1, 't2', '{"f":["a"]}', '\x0c', '\x01', now())""",
    r"INSERT INTO personal_value (home, chain, seq, field, value, state) VALUES"
    r" ('S1', 'c1', 1, 'a', convert_to('王', 'UTF8'), NULL),"
    r" ('S1', 'c1', 1, 'b', NULL, 'not_arrived'), ('S1', 'c1', 1, 'c', NULL, NULL),"
    r" ('S2', 'c2', 1, 'a', 'x', NULL)",
    r"INSERT INTO feed (store, position, home, chain, first_seq, events)"
    r" VALUES ('S1', 3, 'S1', 'c1', 1, 3), ('S2', 1, 'S2', 'c2', 1, 1)",
    r"INSERT INTO receipt VALUES ('c1', 3, '\x03', now(), '\x09')",
    r"INSERT INTO ticket_row VALUES"
    r" ('S1', 't1', '001', false, 3, '', now(), now(), 2, 1, '[]', '[]')",
    r"INSERT INTO attachment (store, sha256, size, received) VALUES ('S1', 'ab', 5, 5)",
)
TABLES = ("event", "personal_value", "feed", "receipt", "ticket_row", "attachment")


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the tables of the version before."""
    found = {}
    with engine.connect() as connection:
        for table in TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table}"))
            found[table] = sorted((tuple(row) for row in rows), key=str)
    return found


def test_rows_of_an_hq_before_partitions_are_kept_both_ways(empty_database_url: str) -> None:
    # Given an HQ of the version before, with rows of two stores
    engine = database.connect(empty_database_url)
    at_revision(engine, "0007")
    with engine.begin() as connection:
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
    before = contents(engine)
    # When it is brought up to date
    database.migrate(engine)
    # Then values stand in their event's row, and every table has its partitions
    with engine.connect() as connection:
        values = connection.execute(
            text("SELECT chain, seq, personal FROM event ORDER BY chain, seq")
        ).all()
        homes = connection.execute(text("SELECT home FROM receipt")).scalars().all()
        parts = connection.execute(
            text(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = ANY"
                " ('{event,feed,receipt,ticket_row,attachment}'::regclass[])"
            )
        ).scalar_one()
    assert [tuple(row) for row in values] == [
        ("c1", 1, ["王".encode(), NOT_ARRIVED, None]),
        ("c1", 2, None),
        ("c1", 3, []),
        ("c2", 1, [b"x"]),
    ]
    assert homes == ["S1"]
    assert parts == 5 * PARTITIONS
    # And the way back gives what was there
    at_revision(engine, "0007", downgrade=True)
    assert contents(engine) == before
    engine.dispose()
