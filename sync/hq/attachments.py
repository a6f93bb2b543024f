"""Attachments at HQ: chunks that survive a cut line, checked against their SHA-256 at the end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore
from sqlalchemy import Connection, Engine, Update, select
from sqlalchemy.dialects.postgresql import insert

from sync.hq.models import attachment

#: What `received` says of an attachment whose bytes are to be removed.
TO_REMOVE: Final = -1
_READ: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of an attachment HQ holds, in bytes."""

    received: int
    size: int
    complete: bool


@dataclass(frozen=True, slots=True)
class WrongChunk:
    """A chunk that does not continue what HQ holds, or a whole that is not its hash."""

    code: str
    progress: Progress | None


class AttachmentStore:
    """Keeps bytes in an object store, `blobs/STORE/SHA` when whole, `parts/…/OFFSET` before."""

    def __init__(self, engine: Engine, objects: ObjectStore, folder: Path | None = None) -> None:
        self._engine = engine
        self._objects = objects
        self._folder = folder

    def progress(self, stores: Sequence[str], sha256: str) -> Progress | None:
        """Return how much HQ holds for these stores."""
        with self._engine.connect() as connection:
            return _progress(connection, stores, sha256)

    def put(
        self, store: str, sha256: str, offset: int, size: int, chunk: bytes
    ) -> Progress | WrongChunk:
        """Take a chunk; the bytes are durable when this returns. Sending one twice is harmless."""
        with self._engine.begin() as connection:
            connection.execute(
                insert(attachment)
                .values(store=store, sha256=sha256, size=size, received=0)
                .on_conflict_do_nothing()
            )
            row = connection.execute(
                select(attachment)
                .where(attachment.c.store == store, attachment.c.sha256 == sha256)
                .with_for_update()
            ).one()
            if row.received == TO_REMOVE:
                # It comes anew before its bytes were removed.
                row = connection.execute(
                    _where(store, sha256).values(size=size, received=0).returning(attachment)
                ).one()
            known = Progress(row.received, row.size, row.complete)
            if known.complete or offset + len(chunk) <= known.received < known.size:
                return known
            if offset != known.received or size != known.size or offset + len(chunk) > size:
                return WrongChunk("wrong_offset", known)
            self._write(f"parts/{_safe(store)}/{sha256}/{offset:012d}", chunk)
            received = offset + len(chunk)
            whole = received == size
            if whole and not self._assemble(store, sha256):
                connection.execute(_where(store, sha256).values(received=0))
                return WrongChunk("wrong_hash", None)
            connection.execute(_where(store, sha256).values(received=received, complete=whole))
        if whole:
            self._drop_parts(store, sha256)
        return Progress(received, size, whole)

    def read(
        self, stores: Sequence[str], sha256: str, start: int, end: int
    ) -> tuple[Iterator[bytes], int] | None:
        """Return bytes [start, end) in pieces and the whole size, None when HQ lacks them."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(attachment.c.store, attachment.c.size).where(
                    attachment.c.store.in_(stores),
                    attachment.c.sha256 == sha256,
                    attachment.c.complete,
                )
            ).first()
        if row is None:
            return None
        return self._pieces(
            f"blobs/{_safe(row.store)}/{sha256}", start, min(end, row.size)
        ), row.size

    def sweep(self) -> int:
        """Remove the bytes of attachments that nobody is to have any more; return how many."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(attachment.c.store, attachment.c.sha256)
                .where(attachment.c.received == TO_REMOVE)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                self._drop_parts(row.store, row.sha256)
                # A sweep that was cut short may have come so far.
                with suppress(FileNotFoundError, NotFoundError):
                    obstore.delete(self._objects, f"blobs/{_safe(row.store)}/{row.sha256}")
                gone = (attachment.c.store == row.store) & (attachment.c.sha256 == row.sha256)
                connection.execute(attachment.delete().where(gone))
        return len(rows)

    def check(self) -> Iterator[tuple[str, str, str]]:
        """Read every whole attachment again; yield (store, SHA-256, "" or what is wrong)."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(attachment.c.store, attachment.c.sha256)
                .where(attachment.c.complete)
                .order_by(attachment.c.store, attachment.c.sha256)
            ).all()
        for row in rows:
            yield row.store, row.sha256, self._wrong(row.store, row.sha256)

    def _wrong(self, store: str, sha256: str) -> str:
        found = hashlib.sha256()
        try:
            whole = obstore.get(self._objects, f"blobs/{_safe(store)}/{sha256}")
            for piece in whole.stream(min_chunk_size=_READ):
                found.update(piece)
        except (OSError, BaseError) as error:
            missing = isinstance(error, (FileNotFoundError, NotFoundError))
            return "it is missing" if missing else f"it cannot be read: {type(error).__name__}"
        return "" if found.hexdigest() == sha256 else "its bytes are not those that came"

    def _pieces(self, path: str, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, _READ):
            stop = min(at + _READ, end)
            yield bytes(obstore.get_range(self._objects, path, start=at, end=stop))

    def _assemble(self, store: str, sha256: str) -> bool:
        """Make the whole of its parts if they have the hash; else forget them."""
        names = self._parts(store, sha256)
        content = b"".join(bytes(obstore.get(self._objects, name).bytes()) for name in names)
        if hashlib.sha256(content).hexdigest() != sha256:
            self._drop_parts(store, sha256)
            return False
        self._write(f"blobs/{_safe(store)}/{sha256}", content)
        return True

    def _parts(self, store: str, sha256: str) -> list[str]:
        prefix = f"parts/{_safe(store)}/{sha256}/"
        return sorted(
            meta["path"] for batch in obstore.list(self._objects, prefix) for meta in batch
        )

    def _drop_parts(self, store: str, sha256: str) -> None:
        names = self._parts(store, sha256)
        if names:
            obstore.delete(self._objects, names)

    def _write(self, path: str, content: bytes) -> None:
        obstore.put(self._objects, path, content)
        if self._folder is not None:
            # A local object store leaves the bytes to the system; an acknowledgement does not.
            for place in (self._folder / path, (self._folder / path).parent):
                _fsync(place)


def _safe(store: str) -> str:
    """Return a store's id or region as a folder name that every system takes."""
    return quote(store, safe="").replace("%", "=")


def _fsync(place: Path) -> None:
    if os.name == "nt" and place.is_dir():
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _where(store: str, sha256: str) -> Update:
    return attachment.update().where(attachment.c.store == store, attachment.c.sha256 == sha256)


def _progress(connection: Connection, stores: Sequence[str], sha256: str) -> Progress | None:
    row = connection.execute(
        select(attachment)
        .where(
            attachment.c.store.in_(stores),
            attachment.c.sha256 == sha256,
            attachment.c.received != TO_REMOVE,
        )
        .order_by(attachment.c.received.desc())
    ).first()
    return None if row is None else Progress(row.received, row.size, row.complete)


def local_objects(folder: Path) -> LocalStore:
    """Return an object store in a folder that only this user reads."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(prefix=folder)
