"""HQ's schema and imports: migrations make the models; no window is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from sync.hq import database
from sync.hq.models import metadata


def test_the_migrated_schema_equals_the_models(empty_database_url: str) -> None:
    engine = database.connect(empty_database_url)
    database.migrate(engine)
    database.migrate(engine)
    with engine.connect() as connection:
        options = {"compare_server_default": True, "compare_type": True}
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
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
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
