"""The one place where HQ's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine

from desktop.policy import PolicyError, load_policy
from desktop.services.policy_book import PolicyBook
from sync.hq import attachments, database, embedded, keys
from sync.hq.app import make_app
from sync.hq.approvals import Approvals
from sync.hq.attachments import AttachmentStore
from sync.hq.embedded import DatabaseFault, EmbeddedPostgres
from sync.hq.exchange import Exchange, ProjectionWorker
from sync.hq.keys import SigningKey
from sync.hq.people import People
from sync.hq.web import Pages

__all__ = [
    "Hq",
    "PolicyError",
    "holds_data",
    "make_server",
    "open_attachments",
    "open_hq",
    "utc_now",
]


def utc_now() -> datetime:
    """Return the aware UTC time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hq:
    """HQ's data: database, key, and the folder that holds the rest."""

    data: Path
    engine: Engine
    key: SigningKey
    embedded: EmbeddedPostgres | None


def holds_data(data: Path, database_url: str | None = None) -> bool:
    """Tell whether an HQ was made in `data`: its key, and its database unless that is elsewhere."""
    return keys.is_made(data) and (database_url is not None or embedded.is_made(data))


@contextmanager
def open_hq(data: Path, database_url: str | None = None) -> Iterator[Hq]:
    """Open HQ's data, made at the first call; without a URL its own PostgreSQL is started.

    Raises DatabaseFault and KeyFault with what to do.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseFault(f"{data} cannot be made: {error.strerror}") from error
    data = data.resolve()
    key = keys.load_or_make(data)
    own = None if database_url else EmbeddedPostgres(data)
    try:
        engine = database.connect(database_url or (own.url if own else ""))
        try:
            database.migrate(engine)
            yield Hq(data, engine, key, own)
        finally:
            engine.dispose()
    finally:
        if own is not None:
            own.close()


def open_attachments(hq: Hq) -> AttachmentStore:
    """Return the attachments in HQ's folder."""
    folder = hq.data / "attachments"
    return AttachmentStore(hq.engine, attachments.local_objects(folder), folder)


def make_server(hq: Hq) -> FastAPI:
    """Return the web application on HQ's data, with its worker."""
    worker = ProjectionWorker(hq.engine, utc_now)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        yield
        worker.stop()

    files = open_attachments(hq)
    exchange = Exchange(hq.engine, hq.key, utc_now)
    pages = Pages(
        exchange,
        People(hq.engine, utc_now),
        Approvals(hq.engine, PolicyBook(load_policy()), utc_now),
        utc_now,
    )
    return make_app(pages, files, lifespan)
