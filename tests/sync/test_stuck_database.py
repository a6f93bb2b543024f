"""A PostgreSQL that is there but neither works nor recovers is ended and started again."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from sync.hq import embedded


def test_a_server_that_is_stuck_is_started_again_and_nothing_committed_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk a recovery can end without its server noticing."""
    monkeypatch.setattr(embedded, "_WATCH_SECONDS", 0.05)
    hq = embedded.EmbeddedPostgres(tmp_path)
    try:
        url = hq.url.replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        stuck = psutil.Process(int((tmp_path / "pg" / "postmaster.pid").read_text().split()[0]))
        stuck.suspend()
        for child in stuck.children():
            with contextlib.suppress(psutil.ZombieProcess):
                if "walwriter" in " ".join(child.cmdline()):
                    child.kill()
        hq.watch()

        def answers() -> bool:
            try:
                with psycopg.connect(url, connect_timeout=2) as connection:
                    return connection.execute("SELECT n FROM kept").fetchone() == (1,)
            except psycopg.OperationalError:
                return False

        until = time.monotonic() + 60
        while not answers() and time.monotonic() < until:
            time.sleep(0.1)
        assert answers()
        assert not stuck.is_running()
    finally:
        hq.close()
