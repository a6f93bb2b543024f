"""A new HQ's PostgreSQL has files of its log ready, so that no upload waits for one to be made."""

from __future__ import annotations

from pathlib import Path

import psycopg

from sync.hq.embedded import EmbeddedPostgres
from tests.sync.conftest import open_folder


def _ready(server: EmbeddedPostgres, data: Path) -> int:
    """Count the files that lie ready after the one being written."""
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
    assert row is not None
    return sum(file.name > row[0] for file in (data / "pg" / "pg_wal").glob("0*"))


def test_files_of_the_log_are_made_once() -> None:
    with open_folder() as folder:
        server = EmbeddedPostgres(folder)
        try:
            made = _ready(server, folder)
        finally:
            server.close()
        # And a later start uses up none
        server = EmbeddedPostgres(folder)
        try:
            again = _ready(server, folder)
        finally:
            server.close()
    assert made >= 3
    assert again == made
