"""What a batch says, worked out before the database is asked: digests, links, readable or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from desktop.journal.chain import next_hashes
from sync import protocol, reading
from sync.hq.copying import Rows, block

_MAX_ID: Final = 200


@dataclass(frozen=True, slots=True)
class Expected:
    """What a batch will most likely meet: the hash before it, whose chain it is, and when."""

    prev: bytes
    home: str
    at: datetime


@dataclass(slots=True)
class Prepared:
    """A request with what its sender left out; the costly part, done outside any transaction.

    The lists are columns over the request's events; `refused` says by index why HQ will not act on
    an event. `hashes` follow `prev` and `block` is what
    goes to the database from `home`: guesses until the database is asked.
    """

    request: protocol.SyncRequest
    problem: protocol.Problem | None = None
    streams: list[str] = field(default_factory=list)
    fields: list[tuple[str, ...]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    prev: bytes = b""
    hashes: list[bytes] = field(default_factory=list)
    home: str = ""
    block: bytes = b""

    def linked(self, prev: bytes) -> list[bytes]:
        """Return the hashes of the batch's events when they follow `prev`."""
        if prev != self.prev:
            cores = (sent.core for sent in self.request.events)
            stored = zip(cores, self.digests, strict=True)
            self.hashes = next_hashes(prev, self.request.chain, self.request.first_seq, stored)
            self.prev, self.block = prev, b""
        return self.hashes

    def rows(self, home: str, start: int, at: datetime) -> Rows:
        """Return what goes to the journal from the index `start` on."""
        sent = self.request.events[start:]
        return Rows(
            home=home,
            chain=self.request.chain,
            first_seq=self.request.first_seq + start,
            streams=self.streams[start:],
            cores=[one.core for one in sent],
            digests=self.digests[start:],
            hashes=self.hashes[start:],
            personal=[one.values for one in sent],
            refused={i - start: why for i, why in self.refused.items() if i >= start},
            received_at=at,
        )

    def block_of(self, rows: Rows) -> bytes:
        """Return rows for the database: what was made ahead if it is the very same."""
        ahead = self.block and rows.home == self.home and rows.refused == self.refused
        same = ahead and len(rows.hashes) == len(self.hashes)
        return self.block if same else block(rows)


def prepare(request: protocol.SyncRequest, expected: Expected | None = None) -> Prepared:
    """Read every event of the batch and compute what its sender left out."""
    if len(request.events) > protocol.MAX_EVENTS:
        return Prepared(request, protocol.Problem("bad_request", "the batch is too long"))
    try:
        told = reading.read(request.chain, request.first_seq, request.events, request.salts)
    except protocol.BadMessage as error:
        return Prepared(request, protocol.Problem("bad_request", str(error)))
    found = Prepared(request, None, told.streams, told.fields, told.digests, _refused(told))
    if expected is not None and request.events:
        found.linked(expected.prev)
        found.home = expected.home
        found.block = block(found.rows(expected.home, 0, expected.at))
    return found


def _refused(told: reading.Told) -> dict[int, str]:
    """Return what HQ cannot act on, by its place in the batch."""
    found = dict.fromkeys(told.unreadable, "unreadable")
    bad = {name for name in set(told.streams) if not name or len(name) > _MAX_ID or "\0" in name}
    unfit = {names for names in set(told.fields) if "\0" in "".join(names)}
    if bad or unfit:
        for index, (stream, names) in enumerate(zip(told.streams, told.fields, strict=True)):
            if stream in bad or names in unfit:
                found.setdefault(index, "bad_name")
    return found
