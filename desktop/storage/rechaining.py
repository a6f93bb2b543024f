"""Going on under a new chain when the own one is also written elsewhere (backup, cloned disk).

What HQ holds of the old chain stays as it is; what only this PC wrote after the two parted is
written again on the new chain, each event with its origin, so that nothing is lost or doubled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Connection, delete, func, insert, select, update

from desktop.domain.events import Absent
from desktop.journal import digests
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import Record, TornRecord, decode, parse_core
from desktop.storage import event_rows, receipts
from desktop.storage.event_rows import Entry, Head
from desktop.storage.tables import chain, event, personal_value, salt, ticket_row


@dataclass(frozen=True, slots=True)
class _Own:
    record: Record
    values: Mapping[str, str | Absent]


def move(connection: Connection, old: str, new: str, common: int) -> Sequence[str]:
    """Move own events after `common` from chain `old` to `new`; return the streams touched."""
    ours = _take_away(connection, old, common)
    head = Head(0, GENESIS)
    connection.execute(insert(chain).values(chain=new, seq=0, head=GENESIS, own=True))
    renamed: dict[str, str] = {}
    entries: list[Entry] = []
    for own in ours:
        key = _share_salt(connection, own.record.stream, old, new)
        core = _retold(own.record, _last_on(connection, old, own.record.stream), renamed)
        entry = _again(own, core, head, new, key)
        renamed[f"{old}:{own.record.seq}"] = f"{new}:{entry.record.seq}"
        head = Head(entry.record.seq, entry.record.hash)
        entries.append(entry)
    event_rows.add(connection, entries)
    event_rows.set_head(connection, new, head)
    # Everything of the old chain that stays is at HQ.
    connection.execute(update(ticket_row).values(own_seq=0))
    return tuple(dict.fromkeys(own.record.stream for own in ours))


def _take_away(connection: Connection, old: str, common: int) -> Sequence[_Own]:
    span = (event.c.chain == old, event.c.seq > common)
    beside = select(*event_rows.VALUE_COLUMNS).where(
        personal_value.c.chain == old, personal_value.c.seq > common
    )
    values = event_rows.values_by_event(connection.execute(beside))
    rows = connection.execute(select(*event_rows.RECORD_COLUMNS).where(*span).order_by(event.c.seq))
    ours = [_Own(Record(*row), values.get((row.chain, row.seq), {})) for row in rows]
    for table in (personal_value, event):
        connection.execute(delete(table).where(table.c.chain == old, table.c.seq > common))
    receipts.drop_beyond(connection, old, common)
    last = select(event.c.hash).where(event.c.chain == old, event.c.seq == common)
    head = connection.execute(last).scalar_one_or_none() or GENESIS
    connection.execute(
        update(chain).where(chain.c.chain == old).values(seq=common, head=head, own=False)
    )
    return ours


def _share_salt(connection: Connection, stream: str, old: str, new: str) -> bytes:
    known = select(salt.c.salt).where(salt.c.stream == stream, salt.c.chain == old)
    value = connection.execute(known).scalar_one_or_none()
    if value is not None:
        event_rows.add_salt(connection, stream, new, value)
    return value or b""


def _last_on(connection: Connection, of: str, stream: str) -> tuple[str, int]:
    """Return a chain and its last event on a stream: what was written here before was seen."""
    last = select(func.max(event.c.seq)).where(event.c.chain == of, event.c.stream == stream)
    return of, connection.execute(last).scalar_one() or 0


def _retold(record: Record, seen: tuple[str, int], renamed: Mapping[str, str]) -> bytes:
    """Return an event's bytes for the new chain: same act, person and time, and its origin.

    Bytes that are no event are carried over as they are.
    """
    try:
        parse_core(record.core)
    except TornRecord:
        return record.core
    said = json.loads(record.core)
    said["g"] = f"{record.chain}:{record.seq}"
    if "d" in said:
        said["d"] = _renamed(said["d"], renamed)
    of, last = seen
    if last:
        said["n"] = {**said.get("n", {}), of: last}
    return rfc8785.dumps(said)


def _again(own: _Own, core: bytes, head: Head, new: str, key: bytes) -> Entry:
    """Write an event on the new chain; digests follow the place, those of erased values stay."""
    record, seq = own.record, head.seq + 1
    try:
        fields = parse_core(core).f
    except TornRecord:
        fields = []
    run = record.digests
    if fields:
        found = zip(fields, digests.split(record.digests), strict=True)
        run = b"".join(
            digests.digest(key, new, seq, name, value)
            if isinstance(value := own.values.get(name), str)
            else kept
            for name, kept in found
        )
    link = next_hash(head.hash, new, seq, core, run)
    moved = Record(new, seq, record.stream, core, run, link)
    try:
        return Entry(moved, decode(moved, dict(own.values)))
    except TornRecord:
        return Entry(moved, None)


def _renamed(said: Any, renamed: Mapping[str, str]) -> Any:
    """Return data in which events that moved are named by their new places."""
    if isinstance(said, str):
        return renamed.get(said, said)
    if isinstance(said, list):
        return [_renamed(item, renamed) for item in said]
    if isinstance(said, dict):
        return {name: _renamed(item, renamed) for name, item in said.items()}
    return said
