"""HQ's schema and imports: migrations make the models; no window is loaded."""

from __future__ import annotations

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

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
