"""The store's encrypted database file: how it is opened, read, and written in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event

from desktop.storage import schema
from desktop.storage.faults import translated

DATABASE_FILE: Final = "amends.db"
#: How long a save waits for another program's save (milliseconds).
BUSY_MS: Final = 10_000
#: How often a save that waits looks whether the writer is free (seconds). SQLite's own waiting
#: soon sleeps 0.1 s at a time and misses the moments between the steps of a long exchange.
_LOOK_AGAIN: Final = 0.001
#: Pages of the log (4 kB each) after which whoever writes next moves them into the database. A save
#: that does takes three times as long; with SQLite's own 1,000 it is one save of forty.
_LOG_PAGES: Final = 4000
#: How long work gives way to saves (seconds), several of them; then it takes its turn.
_PATIENCE: Final = 0.05
#: Who saved within so many seconds is at work and saves again.
_LATELY: Final = 2.0


class Database:
    """One SQLCipher file; every thread and process may use its own connection to it.

    Writers queue behind BEGIN IMMEDIATE, readers see the last commit (WAL). `synchronous=FULL`
    makes a finished write survive a power cut, and with it every one before it.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine
        #: One for each thread that saves or waits to; appending and popping are atomic.
        self._saving: list[None] = []
        self._saved_at = 0.0

    @classmethod
    def open(cls, path: Path, key: bytes) -> Database:
        """Open or make the file and bring its schema up to date; raises StorageFault/StorageFull.

        Before the schema of a file with data changes, a copy is kept beside it.
        """
        database = cls(path, make_engine(path, key))
        try:
            with translated(path):
                schema.upgrade(database.engine, path)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with translated(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    def one(self, statement: str, parameters: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        """Return the only row that one reading statement finds, None for none.

        In the driver's own form and without a transaction around it, which takes four times as
        long: for what every exchange asks.
        """
        with translated(self.path), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            found: tuple[Any, ...] | None = cursor.execute(statement, parameters).fetchone()
            cursor.close()  # what it has read would keep the log from being emptied
            return found

    @contextmanager
    def write(self, lasting: bool = True) -> Iterator[Connection]:
        """Give the one writing connection; all is kept when the block ends, else nothing.

        What need not be `lasting` may be gone after a power cut, as if it had not been written
        yet, until something lasting is written after it: for what is also held elsewhere and comes
        again. It spares whoever saves meanwhile the wait for the disk.
        """
        with translated(self.path), self.engine.connect() as plain:
            level = "FULL" if lasting else "NORMAL"
            connection = plain.execution_options(amends_write=level)
            if lasting:
                self._saving.append(None)
            try:
                with connection.begin():
                    yield connection
            finally:
                if lasting:
                    self._saving.pop()
                    self._saved_at = time.monotonic()

    def give_way(self) -> None:
        """Wait, a moment at most, while others in this program save: work that can wait does."""
        deadline = time.monotonic() + _PATIENCE
        while self._saving and time.monotonic() < deadline:
            time.sleep(_LOOK_AGAIN)

    def saving(self) -> bool:
        """Tell whether others in this program save just now, or wait to."""
        return bool(self._saving)

    def saved_lately(self) -> bool:
        """Tell whether somebody in this program saves or did so a moment ago."""
        return bool(self._saving) or time.monotonic() - self._saved_at < _LATELY

    def checkpoint(self) -> None:
        """Move what the log holds into the database, without keeping anybody from writing."""
        with translated(self.path), closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def copy_to(self, target: Path) -> None:
        """Write a whole, consistent copy under the same key; `target` must not exist."""
        with translated(target):
            schema.copy(self.engine, target)

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def make_engine(path: Path, key: bytes) -> Engine:
    """Return an engine whose connections are keyed, in WAL mode, and begin as they are told."""
    engine = create_engine(
        URL.create("sqlite+pysqlcipher", password=f"x'{key.hex()}'", database=str(path)),
        module=sqlcipher3.dbapi2,
        poolclass=QueuePool,
        pool_size=8,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own (SQLAlchemy's recipe for SQLite).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "cipher_log_level = NONE",  # faults are raised; they need no lines on stderr
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"wal_autocheckpoint = {_LOG_PAGES}",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    level = connection.get_execution_options().get("amends_write")
    if level is None:
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.dbapi_connection
    deadline = time.monotonic() + BUSY_MS / 1000
    driver.execute(f"PRAGMA synchronous = {level}")
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < deadline:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlcipher3.dbapi2.OperationalError as error:
                if not _is_busy(error):
                    break
                time.sleep(_LOOK_AGAIN)
            else:
                return
        # Whatever is wrong is said by a last try, through the layer that names faults.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def _is_busy(error: Exception) -> bool:
    return "locked" in str(error) or "busy" in str(error)
