"""What a batch says, worked out before the database is asked: digests, links, readable or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop.journal.chain import next_hash
from sync import protocol

_MAX_ID: Final = 200


@dataclass(slots=True)
class Arrived:
    """One event on its way in: place, recomputed hash, and what it is about."""

    seq: int
    core: bytes
    digests: bytes
    hash: bytes
    stream: str
    fields: tuple[str, ...]
    values: tuple[str | None, ...]
    store: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request and the digests of its values; the costly part, done outside any transaction."""

    request: protocol.SyncRequest
    told: Sequence[protocol.Unpacked] | protocol.Problem


def prepare(request: protocol.SyncRequest) -> Prepared:
    """Read every event of the batch and compute what its sender left out."""
    if len(request.events) > protocol.MAX_EVENTS:
        return Prepared(request, protocol.Problem("bad_request", "the batch is too long"))
    try:
        told = [
            protocol.unpack_event(request.chain, seq, sent, request.salts)
            for seq, sent in enumerate(request.events, request.first_seq)
        ]
    except protocol.BadMessage as error:
        return Prepared(request, protocol.Problem("bad_request", str(error)))
    return Prepared(request, told)


def link(
    request: protocol.SyncRequest, told: Sequence[protocol.Unpacked], prev: bytes
) -> list[Arrived]:
    """Chain the events of a batch onto `prev` and say which of them cannot be acted on."""
    arrived = []
    chain = request.chain
    for seq, (sent, known) in enumerate(zip(request.events, told, strict=True), request.first_seq):
        prev = next_hash(prev, chain, seq, sent.core, known.digests)
        item = Arrived(seq, sent.core, known.digests, prev, known.stream, known.fields, sent.values)
        if not known.readable:
            item.refused = "unreadable"
        elif not known.stream or len(known.stream) > _MAX_ID or _has_nul(known):
            item.refused = "bad_name"
        arrived.append(item)
    return arrived


def _has_nul(told: protocol.Unpacked) -> bool:
    """Tell whether PostgreSQL would not take the names as text."""
    return "\0" in told.stream or "\0" in "".join(told.fields)
