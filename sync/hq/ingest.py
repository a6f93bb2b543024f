"""Taking a device's events in: append first, once, in order, under the chain's and store's lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.events import Absent
from desktop.journal import digests, records
from desktop.journal.chain import GENESIS
from desktop.services.ports import Receipt
from sync import protocol
from sync.hq import arrivals, database, erasing
from sync.hq.arrivals import Arrived, Prepared
from sync.hq.enrolment import REGION, Device
from sync.hq.models import chain, event, feed, incident, receipt

_SALTS: Final = text(
    "SELECT stream, salt FROM salt WHERE chain = :chain AND stream = ANY(:streams)"
)
_OWNERS: Final = text("SELECT id, store FROM stream WHERE id = ANY(:ids)")
# One statement a batch, whatever it holds; rows of other processes are left as they are.
_ADD_DIRTY: Final = text(
    "INSERT INTO dirty_stream (stream) SELECT unnest(CAST(:streams AS text[]))"
    " ON CONFLICT DO NOTHING"
)
_ADD_STREAMS: Final = text(
    "INSERT INTO stream (id, store)"
    " SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:stores AS text[])) ON CONFLICT DO NOTHING"
)
_ADD_SALTS: Final = text(
    "INSERT INTO salt (stream, chain, salt) SELECT s, :chain, v"
    " FROM unnest(CAST(:streams AS text[]), CAST(:salts AS bytea[])) AS given(s, v)"
    " ON CONFLICT DO NOTHING"
)
_MOVE_FEED: Final = text(
    "UPDATE store SET feed_position = feed_position + :count WHERE id = :store"
    " RETURNING feed_position"
)
#: What is copied of an event and of a personal value, with the types of PostgreSQL.
EVENT_COLUMNS: Final = {
    "home": "text", "chain": "text", "seq": "int8", "stream": "text", "core": "bytea",
    "digests": "bytea", "hash": "bytea", "received_at": "timestamptz", "refused": "text",
}  # fmt: skip
VALUE_COLUMNS: Final = {
    "home": "text", "chain": "text", "seq": "int8", "field": "text", "value": "bytea",
    "state": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What HQ holds of the chain afterwards, and what it keeps without acting on it."""

    seq: int
    head: bytes
    refused: tuple[protocol.RefusedEvent, ...] = ()
    streams: tuple[str, ...] = ()


def take(
    connection: Connection, device: Device, prepared: Prepared, now: datetime
) -> Taken | protocol.Problem:
    """Append what is new of the batch; nothing is ever overwritten.

    Known events are skipped. A gap takes nothing and answers what HQ holds, so that the device
    sends again from there; when the device has a receipt for more, HQ was restored, which is an
    incident. A different event in a known place is a fork, and an
    incident. A device behind its own chain is told so: either its backup was restored, or another
    of its processes was quicker; only the device can tell, so HQ notes nothing.
    """
    request, told = prepared.request, prepared.told
    if isinstance(told, protocol.Problem):
        return told
    wrong = _wrong_request(connection, device, request)
    if wrong is not None:
        return wrong
    query = select(chain).where(chain.c.id == request.chain)
    row = connection.execute(query.with_for_update() if request.events else query).one()
    if request.first_seq > row.seq + 1:
        if request.acked > row.seq:
            _note(connection, device, "rollback", f"HQ holds {row.seq} of {request.acked}", now)
        return Taken(row.seq, row.head)
    prev = _hash_at(connection, device, request.first_seq - 1, row.seq, row.head)
    arrived = arrivals.link(request, told, prev)
    forked = _first_difference(connection, device, arrived, row.seq)
    if forked is not None:
        return _fork(connection, device, forked, "another event is there already", now)
    if (arrived[-1].hash if arrived else prev) != request.head:
        seq = request.first_seq + len(arrived) - 1
        return _fork(connection, device, seq, "the bytes do not make the signed head", now)
    if request.seq < row.seq:
        place = f"{device.chain}:{request.seq + 1}"
        return protocol.Problem("fork", f"{place}: behind its own chain")
    fresh = [item for item in arrived if item.seq > row.seq]
    if not fresh:
        return Taken(row.seq, row.head)
    return _append(connection, device, fresh, request, now)


def _wrong_request(
    connection: Connection, device: Device, request: protocol.SyncRequest
) -> protocol.Problem | None:
    """Return what is wrong with a request before any event is looked at."""
    if request.chain != device.chain:
        return protocol.Problem("refused", "the chain belongs to another device")
    if request.first_seq < 1:
        return protocol.Problem("bad_request", "the batch has no valid place")
    last_seq = request.first_seq + len(request.events) - 1
    signed = protocol.head_message(request.chain, last_seq, request.head)
    if not protocol.verify(device.public_key, signed, request.signature):
        return protocol.Problem("bad_request", "the head is not signed by this device")
    if any(len(value) != digests.SALT_BYTES for value in request.salts.values()):
        return protocol.Problem("bad_request", "a salt has 16 bytes")
    if not request.salts:
        return None
    streams = [_text(name) for name in request.salts]
    known = connection.execute(_SALTS, {"chain": request.chain, "streams": streams})
    for row in known:
        if request.salts.get(row.stream, row.salt) != row.salt:
            return protocol.Problem("bad_request", f"the salt of {row.stream} has changed")
    return None


def _hash_at(
    connection: Connection, device: Device, seq: int, known_seq: int, known_head: bytes
) -> bytes:
    if seq == known_seq:
        return known_head
    if seq == 0:
        return GENESIS
    found: bytes = connection.execute(
        select(event.c.hash).where(
            event.c.home == device.scope, event.c.chain == device.chain, event.c.seq == seq
        )
    ).scalar_one()
    return found


def _first_difference(
    connection: Connection, device: Device, arrived: Sequence[Arrived], known_seq: int
) -> int | None:
    """Return the first place where HQ holds another event than was sent."""
    overlap = {item.seq: item.hash for item in arrived if item.seq <= known_seq}
    if not overlap:
        return None
    stored = connection.execute(
        select(event.c.seq, event.c.hash)
        .where(
            event.c.home == device.scope,
            event.c.chain == device.chain,
            event.c.seq.between(min(overlap), max(overlap)),
        )
        .order_by(event.c.seq)
    )
    return next((row.seq for row in stored if overlap[row.seq] != row.hash), None)


def _append(
    connection: Connection,
    device: Device,
    fresh: Sequence[Arrived],
    request: protocol.SyncRequest,
    now: datetime,
) -> Taken:
    _place(connection, device, fresh)
    accepted = [item for item in fresh if item.refused is None]
    streams = tuple(dict.fromkeys(item.stream for item in accepted))
    _copy_events(connection, device, fresh, now)
    _add_salts(connection, device.chain, fresh, request.salts)
    erasing.erase(connection, ((_text(item.stream), item.core) for item in accepted))
    publish(connection, device.scope, device.chain, _readers(device, fresh))
    if streams:
        connection.execute(_ADD_DIRTY, {"streams": sorted(streams)})
    last = fresh[-1]
    connection.execute(
        chain.update()
        .where(chain.c.id == device.chain)
        .values(seq=last.seq, head=last.hash, signature=request.signature)
    )
    refused = tuple(protocol.RefusedEvent(i.seq, i.refused) for i in fresh if i.refused)
    return Taken(last.seq, last.hash, refused, streams)


def _readers(device: Device, fresh: Sequence[Arrived]) -> list[tuple[str, int]]:
    """Return the store that each event goes down to.

    The PCs of one store get each other's whole chains, refused events included, so that every
    link can be checked there; a regional PC's events go to the store that each is about.
    """
    if device.scope.startswith(REGION):
        return [(i.store, i.seq) for i in fresh if i.store and i.refused is None]
    return [(device.scope, i.seq) for i in fresh]


def _place(connection: Connection, device: Device, fresh: Sequence[Arrived]) -> None:
    """Find each event's store; one outside the device's scope is kept and not acted on."""
    wanted = {item.stream for item in fresh if item.refused is None}
    owners = _owners(connection, wanted)
    new = {}
    for item in fresh:
        if item.refused is None and item.stream not in owners and item.stream not in new:
            home = _opened_in(item) if device.scope.startswith(REGION) else device.scope
            if home in device.stores:
                new[item.stream] = home
    if new:
        ids = sorted(new)
        connection.execute(_ADD_STREAMS, {"ids": ids, "stores": [new[name] for name in ids]})
        owners |= _owners(connection, set(new))
    for item in fresh:
        if item.refused is None:
            item.store = owners.get(item.stream)
            if item.store not in device.stores:
                item.refused = "scope"


def _opened_in(item: Arrived) -> str:
    """Return the store that an opening event of a regional PC names."""
    named = records.parse_core(item.core).d.get("store")
    return named if isinstance(named, str) else ""


def _owners(connection: Connection, streams: set[str]) -> dict[str, str]:
    found = connection.execute(_OWNERS, {"ids": list(streams)})
    return {row.id: row.store for row in found}


def _copy_events(
    connection: Connection, device: Device, fresh: Sequence[Arrived], now: datetime
) -> None:
    home, name = device.scope, device.chain
    database.copy_rows(
        connection,
        "event",
        EVENT_COLUMNS,
        (
            (home, name, i.seq, _text(i.stream), i.core, i.digests, i.hash, now, i.refused)
            for i in fresh
        ),
    )
    database.copy_rows(
        connection,
        "personal_value",
        VALUE_COLUMNS,
        (
            (home, name, i.seq, _text(field), *_stored(value))
            for i in fresh
            for field, value in zip(i.fields, i.values, strict=True)
        ),
    )


def _stored(value: str | None) -> tuple[bytes | None, str | None]:
    """Return a personal value as it is kept: its bytes, and why there are none."""
    return (None, Absent.NOT_ARRIVED.value) if value is None else (value.encode(), None)


def _text(name: str) -> str:
    """Return a name as PostgreSQL takes it; events with such names are refused anyway."""
    return name.replace("\0", "\ufffd")


def _add_salts(
    connection: Connection, chain_id: str, fresh: Sequence[Arrived], salts: dict[str, bytes]
) -> None:
    used = {
        i.stream for i in fresh if i.stream in salts and any(isinstance(v, str) for v in i.values)
    }
    if used:
        names = sorted(used)
        values = {"streams": [_text(s) for s in names], "salts": [salts[s] for s in names]}
        connection.execute(_ADD_SALTS, {"chain": chain_id, **values})


def publish(
    connection: Connection, home: str, chain_id: str, events: Sequence[tuple[str, int]]
) -> None:
    """Give each (store, seq) its feed position under the store's lock, locks in id order."""
    by_store: dict[str, list[int]] = {}
    for where, seq in events:
        by_store.setdefault(where, []).append(seq)
    for name in sorted(by_store):
        seqs = by_store[name]
        last = connection.execute(_MOVE_FEED, {"store": name, "count": len(seqs)}).scalar_one()
        position = last - len(seqs)
        rows = []
        for first, count in _runs(seqs):
            position += count
            rows.append(
                {"store": name, "position": position, "events": count,
                 "home": home, "chain": chain_id, "first_seq": first}
            )  # fmt: skip
        connection.execute(feed.insert(), rows)


def _runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, count) of the runs of consecutive numbers."""
    first, count = seqs[0], 0
    for seq in seqs:
        if seq != first + count:
            yield first, count
            first, count = seq, 0
        count += 1
    yield first, count


def _fork(
    connection: Connection, device: Device, seq: int, detail: str, now: datetime
) -> protocol.Problem:
    _note(connection, device, "fork", f"{device.chain}:{seq}: {detail}", now)
    return protocol.Problem("fork", f"{device.chain}:{seq}: {detail}")


def _note(connection: Connection, device: Device, code: str, detail: str, now: datetime) -> None:
    """Remember what a person at HQ should look at; the same thing only once."""
    values = {"scope": device.scope, "chain": device.chain, "code": code, "detail": detail}
    connection.execute(insert(incident).values(at=now, **values).on_conflict_do_nothing())


def keep_receipt(connection: Connection, given: Receipt) -> None:
    """Remember a countersignature, so that HQ can prove later what it confirmed."""
    kept = connection.execute(
        insert(receipt)
        .values(
            chain=given.chain,
            seq=given.seq,
            head=given.head,
            signed_at=given.signed_at,
            signature=given.signature,
        )
        .on_conflict_do_nothing()
        .returning(receipt.c.seq)
    )
    if kept.first() is not None:
        connection.execute(
            chain.update().where(chain.c.id == given.chain).values(receipts=chain.c.receipts + 1)
        )
