"""A real PostgreSQL for the session, a database for each test, an HQ on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from sync.hq import bootstrap, database, keys
from sync.hq.embedded import EmbeddedPostgres
from sync.hq.exchange import Exchange
from tests.sync.hq_process import HqProcess

_numbers = itertools.count(1)
TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server whose database `migrated` has HQ's schema."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("pg"))
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


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[HqProcess]:
    """HQ as it is run, in a process of its own."""
    process = HqProcess(tmp_path / "hq", database_url)
    process.start()
    yield process
    process.close()
