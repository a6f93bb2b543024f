"""HQ's connection to PostgreSQL: the engine, the schema, fast copying in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from struct import Struct
from typing import Any, Final

from alembic import command
from alembic.config import Config
from psycopg import OperationalError as OperationalFault
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError

from sync.hq.embedded import DatabaseFault

#: Serialises migrations of several processes; any number that nothing else locks.
_MIGRATION_LOCK: Final = 7_221_604
#: A connection that was used so recently is taken to live.
_TRUSTED_SECONDS: Final = 1.0
_USED: Final = "used"
_ARRAY: Final = Struct(">iii")
_BOUNDS: Final = Struct(">ii")
_LENGTH: Final = Struct(">i")


def connect(url: str, pool_size: int = 8) -> Engine:
    """Return an engine for a database URL; raises DatabaseFault when it is no URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseFault(
            "the database URL cannot be read; write postgresql://user@host/database"
        ) from error
    if parsed.get_backend_name() != "postgresql":
        raise DatabaseFault("HQ keeps its data in PostgreSQL; the database URL names another one")
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=8,
        connect_args={"connect_timeout": 10},
    )
    listen(engine, "connect", _prepare)
    listen(engine, "checkout", _see_that_it_lives)
    listen(engine, "checkin", _note_use)
    return engine


def _see_that_it_lives(connection: Any, record: Any, _proxy: object) -> None:
    """Let the pool give another connection when the database went away since this one was used.

    One that was used a moment ago is not asked first: that would be a trip before every statement.
    """
    if time.monotonic() - record.info.get(_USED, 0.0) < _TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except OperationalFault as error:
        raise DisconnectionError from error


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


class Texts(tuple[str, ...]):
    """Texts for a `text[]`, without null or NUL; made in one go instead of value by value."""

    __slots__ = ()


class Blobs(tuple[bytes, ...]):
    """Bytes for a `bytea[]`, without null; made in one go instead of value by value."""

    __slots__ = ()


class _TextsDumper(Dumper):
    """Writes `Texts` in PostgreSQL's binary form of text[]."""

    format = Format.BINARY
    oid = 1009

    def dump(self, obj: Any) -> bytes:
        """Return the array of type text."""
        return _array(25, [value.encode() for value in obj])


class _BlobsDumper(Dumper):
    """Writes `Blobs` in PostgreSQL's binary form of bytea[]."""

    format = Format.BINARY
    oid = 1001

    def dump(self, obj: Any) -> bytes:
        """Return the array of type bytea."""
        return _array(17, obj)


def _array(of: int, values: Sequence[bytes]) -> bytes:
    """Return one dimension without nulls: type, length, first index, then each value."""
    pieces = [_ARRAY.pack(1 if values else 0, 0, of), _BOUNDS.pack(len(values), 1)]
    if not values:
        return pieces[0]
    for value in values:
        pieces += (_LENGTH.pack(len(value)), value)
    return b"".join(pieces)


def _prepare(connection: Any, _record: object) -> None:
    # Bytes are copied by the compiled writer; by default the type's name finds one in Python.
    connection.adapters.register_dumper(bytes, BytesBinaryDumper)
    connection.adapters.register_dumper(Texts, _TextsDumper)
    connection.adapters.register_dumper(Blobs, _BlobsDumper)


def run(connection: Connection, statement: str, values: Mapping[str, Any]) -> Any:
    """Run a statement in the driver's own form within a transaction; return its cursor.

    For what every exchange asks: the layer above takes as long as the answer. Raises psycopg.Error.
    """
    driver: Any = connection.connection.driver_connection
    return driver.execute(statement, values, binary=True)


def migrate(engine: Engine) -> None:
    """Bring the schema to this version, alone even if several processes start together."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise DatabaseFault(f"PostgreSQL cannot be reached: {_first_line(error)}") from error


def _first_line(error: OperationalError) -> str:
    return str(error.orig).strip().split("\n", 1)[0]
