"""A PostgreSQL that is there but neither works nor recovers is ended and started again."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from sync.hq import embedded, stuck_postgres


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


def _writes(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("INSERT INTO kept VALUES (2)")
            return True
    except psycopg.Error:
        return False


def _until(true: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_recovery_that_waits_for_what_does_not_come_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_WATCH_SECONDS", 0.05)
    monkeypatch.setattr(stuck_postgres, "_IDLE_LOOKS", 20)
    hq = embedded.EmbeddedPostgres(tmp_path)
    try:
        url = hq.url.replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        # Given a crash, and a recovery that waits for more of the log, which nobody sends
        (tmp_path / "pg" / "standby.signal").touch()
        with psycopg.connect(url) as connection:
            psutil.Process(connection.info.backend_pid).kill()
        assert _until(lambda: _recovers(url))
        assert not _writes(url)
        (tmp_path / "pg" / "standby.signal").unlink()
        # When somebody watches, then it is started again and nothing committed is lost
        hq.watch()
        assert _until(lambda: _writes(url))
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept ORDER BY n").fetchall() == [(1,), (2,)]
    finally:
        hq.close()


def _recovers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    except psycopg.Error:
        return False


def test_a_server_that_lists_a_process_that_is_gone_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hold the lock on the log that every commit waits for."""
    monkeypatch.setattr(embedded, "_WATCH_SECONDS", 0.05)
    gone = subprocess.Popen(["true"])
    gone.wait()
    hq = embedded.EmbeddedPostgres(tmp_path)
    try:
        url = hq.url.replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        pid_file = tmp_path / "pg" / "postmaster.pid"
        first = pid_file.read_text().split()[0]
        real = stuck_postgres.listed

        def listed(asked: str) -> list[int]:
            """What the first server says is what it says, and one more."""
            mine = pid_file.exists() and pid_file.read_text().split()[0] == first
            return real(asked) + [gone.pid] * mine

        monkeypatch.setattr(stuck_postgres, "listed", listed)
        hq.watch()
        assert _until(lambda: pid_file.exists() and pid_file.read_text().split()[0] != first)
        assert _until(lambda: _writes(url))
        second = pid_file.read_text().split()[0]
        # And a server whose list is right is left alone
        time.sleep(1.5)
        assert pid_file.read_text().split()[0] == second
    finally:
        hq.close()


def test_processes_that_come_and_go_are_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each list may name one that has ended since; only one that stays listed counts."""
    monkeypatch.setattr(stuck_postgres, "_ASK_EVERY", 1)
    ended = []
    for _ in range(6):
        process = subprocess.Popen(["true"])
        process.wait()
        ended.append(process.pid)
    writer = psutil.Process()
    monkeypatch.setattr(stuck_postgres, "_children", lambda pid: {"walwriter": writer})
    looks = stuck_postgres.StuckLooks()
    assert not any(looks.is_stuck(1, lambda pid=pid: [pid]) for pid in ended)
    assert [looks.is_stuck(1, lambda: ended[:1]) for _ in range(4)][-1]
