"""What a batch says, worked out before the database is asked: digests, links, readable or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from desktop.journal.chain import next_hashes
from sync import protocol, reading

_MAX_ID: Final = 200


@dataclass(slots=True)
class Prepared:
    """A request with what its sender left out; the costly part, done outside any transaction.

    The lists are columns over the request's events; `refused` says by index why HQ will not act on
    an event. `hashes` follow `prev`, which is a guess until the database is asked.
    """

    request: protocol.SyncRequest
    problem: protocol.Problem | None = None
    streams: list[str] = field(default_factory=list)
    fields: list[tuple[str, ...]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    prev: bytes = b""
    hashes: list[bytes] = field(default_factory=list)

    def linked(self, prev: bytes) -> list[bytes]:
        """Return the hashes of the batch's events when they follow `prev`."""
        if prev != self.prev:
            cores = (sent.core for sent in self.request.events)
            stored = zip(cores, self.digests, strict=True)
            self.hashes = next_hashes(prev, self.request.chain, self.request.first_seq, stored)
            self.prev = prev
        return self.hashes


def prepare(request: protocol.SyncRequest, prev: bytes = b"") -> Prepared:
    """Read every event of the batch and compute what its sender left out.

    `prev` is the hash that the batch is expected to follow, empty when nothing is known.
    """
    if len(request.events) > protocol.MAX_EVENTS:
        return Prepared(request, protocol.Problem("bad_request", "the batch is too long"))
    try:
        told = reading.read(request.chain, request.first_seq, request.events, request.salts)
    except protocol.BadMessage as error:
        return Prepared(request, protocol.Problem("bad_request", str(error)))
    found = Prepared(request, None, told.streams, told.fields, told.digests, _refused(told))
    if prev:
        found.linked(prev)
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
