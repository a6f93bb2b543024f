"""The one place where HQ's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from sqlalchemy import Engine, select

from desktop.policy import PolicyError, load_policy
from desktop.services.exchange_ports import Receipt
from sync import protocol
from sync.hq import attachments, database, embedded, keys
from sync.hq.app import AppOptions, make_app
from sync.hq.approvals import Approvals
from sync.hq.attachments import AttachmentStore
from sync.hq.embedded import DatabaseFault, EmbeddedPostgres
from sync.hq.exchange import Exchange, ProjectionWorker
from sync.hq.keys import KeyFault, SigningKey
from sync.hq.models import receipt
from sync.hq.objects import ObjectsFault, bucket
from sync.hq.packs import HqPolicies
from sync.hq.people import People
from sync.hq.publishing import Publishing
from sync.hq.upkeep import Upkeep
from sync.hq.web import Pages

__all__ = [
    "AppOptions",
    "Hq",
    "ObjectsFault",
    "PolicyError",
    "holds_data",
    "make_publishing",
    "make_server",
    "open_attachments",
    "open_hq",
    "utc_now",
]

_RECEIPTS_LOOKED_AT: Final = 20


def utc_now() -> datetime:
    """Return the aware UTC time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hq:
    """HQ's data: database, key, the folder that holds the rest, and where attachments are.

    `attachments_url` names an object store (s3://bucket/prefix); empty for the folder.
    """

    data: Path
    engine: Engine
    key: SigningKey
    embedded: EmbeddedPostgres | None
    attachments_url: str = ""


def holds_data(data: Path, database_url: str | None = None) -> bool:
    """Tell whether an HQ was made in `data`: its key, and its database unless that is elsewhere."""
    return keys.is_made(data) and (database_url is not None or embedded.is_made(data))


@contextmanager
def open_hq(data: Path, database_url: str | None = None, attachments_url: str = "") -> Iterator[Hq]:
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
            _check_key(engine, key, data)
            yield Hq(data, engine, key, own, attachments_url)
        finally:
            engine.dispose()
    finally:
        if own is not None:
            own.close()


def _check_key(engine: Engine, key: SigningKey, data: Path) -> None:
    """Raise KeyFault when this database's receipts are by another key: stores would trust none.

    One altered receipt is for the verification to name, not for a whole HQ to stand still.
    """
    with engine.connect() as connection:
        found = connection.execute(select(receipt).limit(_RECEIPTS_LOOKED_AT)).all()
    given = (Receipt(r.chain, r.seq, r.head, r.signed_at, r.signature) for r in found)
    if found and not any(protocol.verify_receipt(key.public, signed) for signed in given):
        raise KeyFault(
            f"this database belongs to an HQ with another signing key than the one in {data}: "
            "copy signing.key from its other processes, or from a backup"
        )


def open_attachments(hq: Hq) -> AttachmentStore:
    """Return the attachments in the named object store, else in HQ's folder."""
    if hq.attachments_url:
        return AttachmentStore(hq.engine, bucket(hq.attachments_url))
    folder = hq.data / "attachments"
    return AttachmentStore(hq.engine, attachments.local_objects(folder), folder)


def make_publishing(hq: Hq) -> Publishing:
    """Return what publishes policy packs."""
    return Publishing(hq.engine, hq.key, HqPolicies(hq.engine, load_policy(), utc_now), utc_now)


def make_server(
    hq: Hq,
    options: AppOptions = AppOptions(),  # noqa: B008 - frozen
    silent_after: timedelta = timedelta(hours=24),
) -> FastAPI:
    """Return the web application on HQ's data, with its workers."""
    files = open_attachments(hq)
    workers = (
        ProjectionWorker(hq.engine, utc_now),
        Upkeep(hq.engine, hq.key, utc_now, files),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for worker in workers:
            worker.start()
        yield
        for worker in workers:
            worker.stop()

    publishing = make_publishing(hq)
    pages = Pages(
        Exchange(hq.engine, hq.key, utc_now),
        People(hq.engine, utc_now),
        Approvals(hq.engine, publishing.policies, utc_now),
        utc_now,
        publishing,
        files,
        silent_after,
    )
    return make_app(pages, files, lifespan, options)
