"""The courier at headquarters: a store's file in, the answer to the same PC out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, text

from sync import courier, protocol
from sync.courier import BadBundle, Bundle
from sync.hq import arrivals, enrolment, ingest
from sync.hq.attachments import AttachmentStore, Progress
from sync.hq.exchange import Exchange

#: An answer holds at most so many parts; what is beyond comes with the next file.
_MOST_PARTS: Final = 200
_ANY_LATER: Final = 2**62
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: Which of these names stand among a store's personal values, or within what it wrote.
_BESIDE: Final = text(
    "SELECT DISTINCT value FROM event, unnest(personal) AS value"
    " WHERE home = :home AND chain = ANY(ARRAY(SELECT id FROM chain WHERE home = :home))"
    " AND value = ANY(CAST(:names AS bytea[]))"
)
_WITHIN: Final = text(
    "SELECT 1 FROM event"
    " WHERE home = :home AND chain = ANY(ARRAY(SELECT id FROM chain WHERE home = :home))"
    " AND position(CAST(:name AS bytea) IN core) > 0 LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file brought, and the answer's bytes, sealed under the same code."""

    store: str
    chain: str
    acked: int
    attachments: int
    answer: bytes


def take(exchange: Exchange, files: AttachmentStore, content: bytes, code: str) -> Taken:
    """Take a store's file and make the answer; the same file twice changes nothing.

    Raises BadBundle; `too_early` when an earlier file is missing, with nothing taken after it.
    """
    bundle = courier.unseal(content, code)
    if bundle.kind != "up":
        raise BadBundle("not_for_hq")
    with exchange.engine.connect() as connection:
        device = enrolment.find_by_chain(connection, bundle.chain)
    if device is None:
        raise BadBundle("unknown_device")
    if not courier.is_signed(bundle, device.public_key):
        raise BadBundle("not_signed")
    request, taken = _batches(exchange, device, bundle)
    held: dict[str, bytes] = {}
    with exchange.engine.connect() as connection:
        named = _named(connection, device.scope, bundle.attachments)
    for sha256, attached in bundle.attachments.items():
        if sha256 not in named:
            continue  # nothing speaks of it: not yet, or no more since a person was erased
        if hashlib.sha256(attached).hexdigest() != sha256:
            continue  # a name that is not the bytes' own is no name, and never a path
        kept = files.put(device.scope, sha256, 0, len(attached), attached)
        if isinstance(kept, Progress) and kept.complete:
            held[sha256] = b""
    answer = Bundle(
        kind="down",
        store=bundle.store,
        chain=bundle.chain,
        at=protocol.milliseconds(exchange.now()),
        public_key=exchange.key.public,
        bodies=_answers(exchange, device, request, taken),
        attachments=held,
    )
    sealed = courier.seal(courier.signed(answer, exchange.key.private), code)
    return Taken(device.scope, bundle.chain, taken.seq, len(held), sealed)


def _named(connection: Connection, home: str, names: Iterable[str]) -> frozenset[str]:
    """Return which attachments something that a store wrote speaks of.

    An old file must bring back no picture of a person who was erased since; one whose complaint
    is not saved yet comes again with the next file.
    """
    wanted = {name.encode() for name in names if _SHA256.fullmatch(name)}
    found = set(connection.execute(_BESIDE, {"home": home, "names": list(wanted)}).scalars())
    for name in wanted - found:
        if connection.execute(_WITHIN, {"home": home, "name": name}).first() is not None:
            found.add(name)
    return frozenset(bytes(name).decode() for name in found)


def _batches(
    exchange: Exchange, device: enrolment.Device, bundle: Bundle
) -> tuple[protocol.SyncRequest, ingest.Taken]:
    last: tuple[protocol.SyncRequest, ingest.Taken] | None = None
    for body in bundle.bodies:
        try:
            sent = protocol.unpack(body, protocol.SyncRequest)
            # A file may be older than what came since; what is known of it is compared only.
            prepared = arrivals.prepare(msgspec.structs.replace(sent, seq=_ANY_LATER))
        except protocol.BadMessage as error:
            raise BadBundle("damaged") from error
        taken = exchange.take_for(device, prepared)
        if isinstance(taken, protocol.Problem):
            raise BadBundle(taken.code)
        last = prepared.request, taken
    if last is None:
        raise BadBundle("damaged")
    return last


def _answers(
    exchange: Exchange,
    device: enrolment.Device,
    request: protocol.SyncRequest,
    taken: ingest.Taken,
) -> tuple[bytes, ...]:
    """Return HQ's answers until the feed is at its end."""
    bodies: list[bytes] = []
    for _ in range(_MOST_PARTS):
        answer = exchange.answer_for(device, request, taken)
        bodies.append(protocol.pack(answer))
        if not answer.more:
            break
        request = msgspec.structs.replace(
            request, acked=taken.seq, cursor={**request.cursor, **answer.cursor}
        )
    return tuple(bodies)
