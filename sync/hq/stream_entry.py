"""The streams of a batch and the salts beside them: made room for at once, never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from sync import protocol
from sync.hq import database
from sync.hq.database import Blobs, Texts

#: So many new streams come in a first batch only, of which nothing is here.
_MANY: Final = 32
_SALTS: Final = (
    "SELECT stream, salt FROM salt WHERE chain = %(chain)s AND stream = ANY(%(streams)s)"
)
_OWNERS: Final = "SELECT id, store FROM stream WHERE id = ANY(%(ids)s)"
#: Makes room for streams and salts of which none should be here; half the work of `_ENTER`.
_ENTER_NEW: Final = """
    WITH made AS (
        INSERT INTO stream (id, store)
        SELECT * FROM unnest(CAST(%(ids)s AS text[]), CAST(%(stores)s AS text[]))
    )
    INSERT INTO salt (stream, chain, salt) SELECT s, %(chain)s, v
    FROM unnest(CAST(%(streams)s AS text[]), CAST(%(salts)s AS bytea[])) AS given(s, v)
"""
#: Makes room for a batch's streams and salts. Returns those that were here before, which are few;
#: they are left as they are.
_ENTER: Final = """
    WITH made AS (
        INSERT INTO stream (id, store)
        SELECT * FROM unnest(CAST(%(ids)s AS text[]), CAST(%(stores)s AS text[]))
        ON CONFLICT DO NOTHING RETURNING id
    ), salted AS (
        INSERT INTO salt (stream, chain, salt) SELECT s, %(chain)s, v
        FROM unnest(CAST(%(streams)s AS text[]), CAST(%(salts)s AS bytea[])) AS given(s, v)
        ON CONFLICT DO NOTHING RETURNING stream
    )
    (SELECT false AS salted, name FROM unnest(CAST(%(ids)s AS text[])) AS name
        EXCEPT ALL SELECT false, id FROM made)
    UNION ALL
    (SELECT true, name FROM unnest(CAST(%(streams)s AS text[])) AS name
        EXCEPT ALL SELECT true, stream FROM salted)
"""
_TAKE_BACK: Final = """
    WITH unsalted AS (DELETE FROM salt WHERE chain = %(chain)s AND stream = ANY(%(streams)s))
    DELETE FROM stream WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """New streams with their stores, and salts of one chain by stream."""

    chain: str
    stores: Mapping[str, str]
    salts: Mapping[str, bytes]

    def values(self) -> dict[str, Any]:
        """Return what the statements ask for, in the order of names."""
        names, salted = sorted(self.stores), sorted(self.salts)
        return {
            "chain": self.chain,
            "ids": Texts(names),
            "stores": Texts([self.stores[name] for name in names]),
            "streams": Texts(salted),
            "salts": Blobs([self.salts[name] for name in salted]),
        }

    def parted(self, first: str) -> tuple[Entry, Entry]:
        """Return what is about `first`, and the rest."""
        stores, salts = dict(self.stores), dict(self.salts)
        own = {first: stores.pop(first)} if first in stores else {}
        salted = {first: salts.pop(first)} if first in salts else {}
        return Entry(self.chain, own, salted), Entry(self.chain, stores, salts)


def enter(connection: Connection, wanted: Entry, first: str) -> tuple[list[str], list[str]]:
    """Make room for streams and salts; return the streams and those salted that were here before.

    Nothing of a large batch is here, most likely, but for the complaint of its `first` event,
    which the batch before may have begun.
    """
    if len(wanted.stores) <= _MANY:
        return _careful(connection, wanted)
    begun, new = wanted.parted(first)
    before = _careful(connection, begun)
    database.run(connection, "SAVEPOINT fresh", {})
    try:
        database.run(connection, _ENTER_NEW, new.values())
    except UniqueViolation:
        database.run(connection, "ROLLBACK TO SAVEPOINT fresh", {})
        more = _careful(connection, new)
        return before[0] + more[0], before[1] + more[1]
    return before


def _careful(connection: Connection, wanted: Entry) -> tuple[list[str], list[str]]:
    before: tuple[list[str], list[str]] = ([], [])
    for was_salted, name in database.run(connection, _ENTER, wanted.values()):
        before[was_salted].append(name)
    return before


def take_back(
    connection: Connection, chain: str, streams: Collection[str], salted: Collection[str]
) -> None:
    """Take away what `enter` made a moment ago."""
    taken = {"chain": chain, "ids": Texts(streams), "streams": Texts(salted)}
    database.run(connection, _TAKE_BACK, taken)


def changed_salt(
    connection: Connection, chain: str, salts: Mapping[str, bytes], before: Collection[str]
) -> protocol.Problem | None:
    """Compare the salts of streams that had one of this chain before."""
    if not before:
        return None
    wanted = {"chain": chain, "streams": Texts(before)}
    for stream, salt in database.run(connection, _SALTS, wanted):
        if salts[stream] != salt:
            return protocol.Problem("bad_request", f"the salt of {stream} has changed")
    return None


def owners(connection: Connection, streams: Collection[str]) -> dict[str, str]:
    """Return the store of each stream that is here."""
    return dict(database.run(connection, _OWNERS, {"ids": Texts(streams)}).fetchall())
