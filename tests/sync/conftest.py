"""A real PostgreSQL for the session, a database for each test, an HQ on it."""

from __future__ import annotations

import itertools
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Engine, make_url, text

from sync.hq import bootstrap, database, enrolment, keys
from sync.hq.embedded import EmbeddedPostgres
from sync.hq.exchange import Exchange
from sync.hq.rates import Rates

_numbers = itertools.count(1)
TEMPLATE = "migrated"
#: Of a test that asks more often in a minute than a person does.
UNBOUNDED = Rates(views=10**6, forms=10**6, guesses=10**6)
#: As `amends-hq serve` runs it.
QUIET: dict[str, bool] = {"server_header": False, "date_header": False}


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach; pytest shuts its folders to others."""
    with tempfile.TemporaryDirectory(prefix="amends-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def hq_folder() -> Iterator[Path]:
    """A folder for an HQ that starts its own PostgreSQL."""
    with open_folder() as folder:
        yield folder / "hq"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server whose database `migrated` has HQ's schema."""
    with open_folder() as folder:
        yield from _migrated(folder)


def _migrated(folder: Path) -> Iterator[str]:
    server = EmbeddedPostgres(folder)
    # Durability is proved by test_kills on servers of its own; here it would only take time.
    _admin(server.url, "ALTER SYSTEM SET fsync = off")
    _admin(server.url, "SELECT pg_reload_conf()")
    _admin(server.url, f"CREATE DATABASE {TEMPLATE}")
    engine = database.connect(_named(server.url, TEMPLATE))
    database.migrate(engine)
    engine.dispose()
    yield server.url
    server.close()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _admin(url: str, statement: str) -> None:
    engine = database.connect(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def database_url(postgres: str) -> str:
    """The URL of this test's own database."""
    name = f"test_{next(_numbers)}"
    _admin(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return _named(postgres, name)


@pytest.fixture
def empty_database_url(postgres: str) -> str:
    """The URL of a database without a schema."""
    name = f"test_{next(_numbers)}"
    _admin(postgres, f"CREATE DATABASE {name}")
    return _named(postgres, name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = database.connect(database_url)
    yield engine
    engine.dispose()


class WallClock:
    """The machine's clock, moved by tests."""

    def __init__(self) -> None:
        self.offset = datetime.now(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        return bootstrap.utc_now() + self.offset


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def hq(engine: Engine, tmp_path: Path, clock: WallClock) -> Exchange:
    """HQ without HTTP, on this test's database."""
    return Exchange(engine, keys.load_or_make(tmp_path), clock.now)


class ServedHq:
    """HQ on loopback in a thread, for tests that do not kill it."""

    def __init__(self, data: Path, engine: Engine, url: str, rates: Rates) -> None:
        self.data = data
        self.database_url = url
        self.engine = engine
        self.key = keys.load_or_make(data)
        opened = bootstrap.Hq(data, engine, self.key, None)
        self.files = bootstrap.open_attachments(opened)
        self.app = bootstrap.make_server(opened, bootstrap.AppOptions(rates))
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="warning", **QUIET))
        # As `amends-hq serve` names it, so that answers do not wait for Nagle's delay.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def code(self, scope: str = "S0217", **options: str) -> str:
        """Issue a one-time code."""
        with self.engine.begin() as connection:
            now = bootstrap.utc_now()
            return enrolment.issue_code(connection, self.key, scope, now, **options)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@pytest.fixture
def rates() -> Rates:
    """How often one address may ask; tests that ask everything of every page override it."""
    return Rates()


@pytest.fixture
def served(database_url: str, engine: Engine, tmp_path: Path, rates: Rates) -> Iterator[ServedHq]:
    """HQ over HTTP, on this test's database."""
    data = tmp_path / "hq"
    data.mkdir()
    running = ServedHq(data, engine, database_url, rates)
    yield running
    running.close()
