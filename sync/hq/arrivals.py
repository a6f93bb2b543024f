"""What a batch says, worked out before the database is asked: digests, links, readable or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from desktop.journal.chain import ERASURE, next_hashes
from sync import protocol, reading
from sync.hq.copying import Block, Rows, block

_MAX_ID: Final = 200
_ERASURE: Final = ERASURE.encode()
#: Most events that are written in one transaction, four full batches and a short last one: more
#: would hold the store's lock for long.
MOST_JOINED: Final = 4 * protocol.MAX_EVENTS + 500


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
    an event; `names` are the streams once each, `salted` those with texts, and `erases` whether an
    event may take values away. `hashes` follow `prev` and `block` is what
    goes to the database from `home`: guesses until the database is asked.
    """

    request: protocol.SyncRequest
    problem: protocol.Problem | None = None
    streams: list[str] = field(default_factory=list)
    fields: list[tuple[str, ...]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    salted: set[str] = field(default_factory=set)
    erases: bool = False
    prev: bytes = b""
    hashes: list[bytes] = field(default_factory=list)
    home: str = ""
    block: Block = ()

    def linked(self, prev: bytes) -> list[bytes]:
        """Return the hashes of the batch's events when they follow `prev`."""
        if prev != self.prev:
            cores = (sent.core for sent in self.request.events)
            stored = zip(cores, self.digests, strict=True)
            self.hashes = next_hashes(prev, self.request.chain, self.request.first_seq, stored)
            self.prev, self.block = prev, ()
        return self.hashes

    def after(self, start: int) -> Prepared:
        """Return what is left when the first `start` events are known already."""
        if start == 0:
            return self
        request = self.request
        left = msgspec.structs.replace(
            request, first_seq=request.first_seq + start, events=request.events[start:]
        )
        texts = (values.count(None) < len(values) for values in self.values[start:])
        streams = self.streams[start:]
        return Prepared(
            left,
            streams=streams,
            fields=self.fields[start:],
            digests=self.digests[start:],
            refused={i - start: why for i, why in self.refused.items() if i >= start},
            names=dict.fromkeys(streams),
            salted={name for name, told in zip(streams, texts, strict=True) if told},
            erases=self.erases,
            prev=self.hashes[start - 1],
            hashes=self.hashes[start:],
        )

    @property
    def values(self) -> Sequence[Sequence[str | None]]:
        """The personal values of each event."""
        return [sent.values for sent in self.request.events]

    def acted_on(self, refused: Mapping[int, str]) -> Iterator[tuple[str, bytes]]:
        """Yield stream and core of the events that are not refused."""
        for index, (stream, sent) in enumerate(zip(self.streams, self.request.events, strict=True)):
            if index not in refused:
                yield stream, sent.core

    def accepted(self, refused: Mapping[int, str]) -> Iterable[str]:
        """Return the streams that something happens to, once each."""
        if not refused:
            return self.names
        return dict.fromkeys(stream for stream, _ in self.acted_on(refused))

    def block_for(self, home: str, refused: Mapping[int, str], at: datetime) -> Block:
        """Return the events for the database: what was made ahead if it is the very same."""
        if self.block and home == self.home and refused == self.refused:
            return self.block
        rows = Rows(
            home=home,
            chain=self.request.chain,
            first_seq=self.request.first_seq,
            streams=self.streams,
            cores=[sent.core for sent in self.request.events],
            digests=self.digests,
            hashes=self.hashes,
            personal=self.values,
            refused=refused,
            received_at=at,
        )
        return block(rows)


def prepare(request: protocol.SyncRequest, expected: Expected | None = None) -> Prepared:
    """Read every event of the batch and compute what its sender left out."""
    if len(request.events) > protocol.MAX_EVENTS:
        return Prepared(request, protocol.Problem("bad_request", "the batch is too long"))
    try:
        told = reading.read(request.chain, request.first_seq, request.events, request.salts)
    except protocol.BadMessage as error:
        return Prepared(request, protocol.Problem("bad_request", str(error)))
    found = Prepared(
        request,
        streams=told.streams,
        fields=told.fields,
        digests=told.digests,
        refused=_refused(told),
        names=told.names,
        salted=told.salted,
        erases=_ERASURE in b"\n".join([sent.core for sent in request.events]),
    )
    if expected is not None and request.events:
        found.linked(expected.prev)
        found.block = found.block_for(expected.home, found.refused, expected.at)
        found.home = expected.home
    return found


def joined(first: Prepared, then: Prepared) -> Prepared | None:
    """Return two batches that follow each other as one, None when they are better taken apart.

    The device's signature of the later head covers the earlier batch, whose hashes lead to it.
    Whatever is out of the ordinary is taken by itself, so that it is named by itself.
    """
    one, two = first.request, then.request
    ordinary = first.block and then.block and not first.refused and not then.refused
    follows = (two.first_seq, then.prev) == (one.first_seq + len(one.events), one.head)
    sound = bool(first.hashes) and first.hashes[-1] == one.head and one.chain == two.chain
    few = len(one.events) + len(two.events) <= MOST_JOINED
    if not (ordinary and follows and sound and few and first.home == then.home):
        return None
    if any(two.salts.get(name, value) != value for name, value in one.salts.items()):
        return None
    request = msgspec.structs.replace(
        two,
        first_seq=one.first_seq,
        events=one.events + two.events,
        salts=one.salts | two.salts,
    )
    return Prepared(
        request,
        streams=first.streams + then.streams,
        fields=first.fields + then.fields,
        digests=first.digests + then.digests,
        names=first.names | then.names,
        salted=first.salted | then.salted,
        erases=first.erases or then.erases,
        prev=first.prev,
        hashes=first.hashes + then.hashes,
        home=first.home,
        block=first.block + then.block,
    )


def _refused(told: reading.Told) -> dict[int, str]:
    """Return what HQ cannot act on, by its place in the batch."""
    found = dict.fromkeys(told.unreadable, "unreadable")
    known = told.names.keys()
    bad = {name for name in known if not name or len(name) > _MAX_ID or "\0" in name}
    unfit = {names for names in told.kinds if "\0" in "".join(names)}
    if bad or unfit:
        for index, (stream, names) in enumerate(zip(told.streams, told.fields, strict=True)):
            if stream in bad or names in unfit:
                found.setdefault(index, "bad_name")
    return found
