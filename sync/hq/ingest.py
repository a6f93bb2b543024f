"""Taking a device's events in: append first, once, in order, under the chain's and store's lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from desktop.journal import digests, records
from desktop.journal.chain import GENESIS
from desktop.services.exchange_ports import Receipt
from sync import protocol
from sync.hq import copying, database, erasing, projection, stream_entry
from sync.hq.arrivals import Prepared
from sync.hq.database import Texts
from sync.hq.enrolment import REGION, Device
from sync.hq.models import event, incident

_READ_CHAIN: Final = "SELECT seq, head FROM chain WHERE id = %(chain)s"
_LOCK_CHAIN: Final = f"{_READ_CHAIN} FOR UPDATE"
#: Gives a run its place in a store's feed, under that store's lock.
_PLACED: Final = """
    moved AS (
        UPDATE store SET feed_position = feed_position + %(events)s WHERE id = %(store)s
        RETURNING feed_position
    ), placed AS (
        INSERT INTO feed (store, position, home, chain, first_seq, events)
        SELECT %(store)s, feed_position, %(home)s, %(chain)s, %(first)s, %(events)s FROM moved
    )
"""
_PUBLISH: Final = f"WITH {_PLACED} SELECT FROM moved"
#: All that a batch changes beside its events, in one trip to the database; its place in the feed
#: too where it has one place only, else `store` is empty. The store is locked before any stream is
#: noted, as everywhere.
_WRITE: Final = f"""
    WITH {_PLACED}, dirtied AS (
        INSERT INTO dirty_stream (stream)
        SELECT name FROM unnest(CAST(%(dirty)s AS text[])) AS name LEFT JOIN moved ON true
        ON CONFLICT DO NOTHING
    ), ran AS (
        INSERT INTO dirty_run (chain, first_seq, last_seq, home)
        SELECT %(chain)s, %(first)s, %(seq)s, %(home)s WHERE %(large)s
    )
    UPDATE chain SET seq = %(seq)s, head = %(head)s, signature = %(signature)s
    WHERE id = %(chain)s
"""  # noqa: S608 - constants
#: Keeps a countersignature and counts it, the same one only once.
_RECEIPT: Final = """
    WITH kept AS (
        INSERT INTO receipt (home, chain, seq, head, signed_at, signature)
        VALUES (%(home)s, %(chain)s, %(seq)s, %(head)s, %(at)s, %(signature)s)
        ON CONFLICT DO NOTHING RETURNING chain
    )
    UPDATE chain SET receipts = receipts + 1 FROM kept WHERE chain.id = kept.chain
"""


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
    request = prepared.request
    if prepared.problem is not None:
        return prepared.problem
    wrong = _wrong_request(device, request)
    if wrong is not None:
        return wrong
    held = _LOCK_CHAIN if request.events else _READ_CHAIN
    seq, head = database.run(connection, held, {"chain": request.chain}).fetchone()
    if request.first_seq > seq + 1:
        if request.acked > seq:
            _note(connection, device, "rollback", f"HQ holds {seq} of {request.acked}", now)
        return Taken(seq, head)
    prev = _hash_at(connection, device, request.first_seq - 1, seq, head)
    hashes = prepared.linked(prev)
    known = seq + 1 - request.first_seq
    forked = _first_difference(connection, device, request.first_seq, hashes[:known])
    unlike = (hashes[-1] if hashes else prev) != request.head
    if forked is not None or unlike:
        salts = request.salts
        # Another salt makes other digests, and these another hash: then it is the salt's fault.
        wrong = stream_entry.changed_salt(
            connection, device.chain, salts, [n for n in salts if "\0" not in n]
        )
        if wrong is not None:
            return wrong
    if forked is not None:
        return _fork(connection, device, forked, "another event is there already", now)
    if unlike:
        last = request.first_seq + len(hashes) - 1
        return _fork(connection, device, last, "the bytes do not make the signed head", now)
    if request.seq < seq:
        place = f"{device.chain}:{request.seq + 1}"
        return protocol.Problem("fork", f"{place}: behind its own chain")
    if known >= len(hashes):
        return Taken(seq, head)
    return _append(connection, device, prepared, known, now)


def _wrong_request(device: Device, request: protocol.SyncRequest) -> protocol.Problem | None:
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
    connection: Connection, device: Device, first_seq: int, hashes: Sequence[bytes]
) -> int | None:
    """Return the first place where HQ holds another event than was sent."""
    if not hashes:
        return None
    stored = connection.execute(
        select(event.c.seq, event.c.hash)
        .where(
            event.c.home == device.scope,
            event.c.chain == device.chain,
            event.c.seq.between(first_seq, first_seq + len(hashes) - 1),
        )
        .order_by(event.c.seq)
    )
    return next((row.seq for row in stored if hashes[row.seq - first_seq] != row.hash), None)


def _append(
    connection: Connection, device: Device, prepared: Prepared, start: int, now: datetime
) -> Taken | protocol.Problem:
    """Append the batch from the index `start` on."""
    fresh = prepared.after(start)
    request = fresh.request
    placed = _place(connection, device, fresh)
    if isinstance(placed, protocol.Problem):
        return placed
    owners, known = placed
    refused = _refused(device, fresh, owners)
    streams = tuple(fresh.accepted(refused))
    copying.copy_events(connection, fresh.block_for(device.scope, refused, now))
    if fresh.erases:
        erasing.erase(connection, fresh.acted_on(refused))
    if known & fresh.salted:
        erasing.erase_again(connection, known & fresh.salted)
    readers, store = _readers(device, fresh, refused, owners), ""
    if len(readers) == 1 and readers[0][1:] == (request.first_seq, len(fresh.hashes)):
        store = readers[0][0]
    else:
        publish(connection, device.scope, device.chain, readers)
    last, head = request.first_seq + len(fresh.hashes) - 1, fresh.hashes[-1]
    large = len(streams) > projection.AT_ONCE
    written = {
        "chain": device.chain,
        "home": device.scope,
        "store": store,
        "first": request.first_seq,
        "events": len(fresh.hashes),
        "large": large,
        "seq": last,
        "head": head,
        "signature": request.signature,
        "dirty": Texts(() if large else sorted(streams)),
    }
    database.run(connection, _WRITE, written)
    kept = (
        protocol.RefusedEvent(request.first_seq + index, why)
        for index, why in sorted(refused.items())
    )
    return Taken(last, head, tuple(kept), streams)


def _readers(
    device: Device, fresh: Prepared, refused: Mapping[int, str], owners: Mapping[str, str]
) -> list[tuple[str, int, int]]:
    """Return (store, first seq, count) of the runs that go down to each store.

    The PCs of one store get each other's whole chains, refused events included, so that every
    link can be checked there; a regional PC's events go to the store that each is about.
    """
    first = fresh.request.first_seq
    if not device.scope.startswith(REGION):
        return [(device.scope, first, len(fresh.hashes))]
    by_store: dict[str, list[int]] = {}
    for index, stream in enumerate(fresh.streams):
        if index not in refused:
            by_store.setdefault(owners[stream], []).append(first + index)
    return [
        (store, start, count) for store, seqs in by_store.items() for start, count in runs(seqs)
    ]


def _place(
    connection: Connection, device: Device, fresh: Prepared
) -> tuple[dict[str, str], set[str]] | protocol.Problem:
    """Return the store of each stream, and the streams that were here before.

    A new one belongs to the device's store or says its own. Its salt is kept beside it; one that
    was here with another salt is a problem, and then nothing is kept.
    """
    wanted = set(fresh.accepted(fresh.refused))
    owners: dict[str, str] = {}
    if device.scope.startswith(REGION):
        owners = stream_entry.owners(connection, wanted)
        new: dict[str, str] = {}
        for stream, core in fresh.acted_on(fresh.refused):
            if stream not in owners and stream not in new:
                home = _opened_in(core)
                if home in device.stores:
                    new[stream] = home
    else:
        new = dict.fromkeys(wanted, device.scope)
    salts = fresh.request.salts
    salted = {name for name in fresh.salted & salts.keys() if "\0" not in name}
    if not (new or salted):
        return owners, set(owners)
    entry = stream_entry.Entry(device.chain, new, {name: salts[name] for name in salted})
    before = stream_entry.enter(connection, entry, fresh.streams[0])
    wrong = stream_entry.changed_salt(connection, device.chain, salts, before[True])
    if wrong is not None:
        made, kept = set(new).difference(before[False]), salted.difference(before[True])
        stream_entry.take_back(connection, device.chain, made, kept)
        return wrong
    for name in before[False]:
        del new[name]
    owners |= stream_entry.owners(connection, before[False]) if before[False] else {}
    return owners | new, set(owners)


def _refused(device: Device, fresh: Prepared, owners: Mapping[str, str]) -> Mapping[int, str]:
    """Add what is about complaints outside the device's scope; it is kept and not acted on."""
    inside = {stream for stream, store in owners.items() if store in device.stores}
    if inside.issuperset(fresh.names):
        return fresh.refused
    streams = enumerate(fresh.streams)
    outside = {index: "scope" for index, stream in streams if stream not in inside}
    return {**outside, **fresh.refused}


def _opened_in(core: bytes) -> str:
    """Return the store that an opening event of a regional PC names."""
    named = records.parse_core(core).d.get("store")
    return named if isinstance(named, str) else ""


def publish(
    connection: Connection, home: str, chain_id: str, spans: Sequence[tuple[str, int, int]]
) -> None:
    """Give runs (store, first seq, count) their feed positions under each store's lock.

    Locks are taken in the order of the stores' ids.
    """
    for name, first, count in sorted(spans):
        where = {"store": name, "home": home, "chain": chain_id}
        database.run(connection, _PUBLISH, {**where, "first": first, "events": count})


def runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
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


def keep_receipt(connection: Connection, home: str, given: Receipt) -> None:
    """Remember a countersignature, so that HQ can prove later what it confirmed."""
    database.run(
        connection,
        _RECEIPT,
        {
            "home": home,
            "chain": given.chain,
            "seq": given.seq,
            "head": given.head,
            "at": given.signed_at,
            "signature": given.signature,
        },
    )
