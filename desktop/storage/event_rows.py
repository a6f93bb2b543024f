"""Events in the database: writing records with their personal values, reading them resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, and_, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.events import Absent, Event, EventId, PersonalValue
from desktop.journal.chain import GENESIS
from desktop.journal.records import Record, TornRecord, decode
from desktop.storage.tables import chain, event, personal_value, salt

PRESENT: Final = "present"
#: The kind under which bytes are kept that cannot be read.
UNREADABLE: Final = "unreadable"

RECORD_COLUMNS: Final = tuple(
    event.c[name] for name in ("chain", "seq", "stream", "core", "digests", "hash")
)
"""The columns of a Record, in its order."""
VALUE_COLUMNS: Final = tuple(
    personal_value.c[name] for name in ("chain", "seq", "field", "value", "state")
)
"""What `values_by_event` takes."""

_STREAM = (
    select(*RECORD_COLUMNS)
    .where(event.c.stream == bindparam("stream"))
    .order_by(event.c.lc, event.c.chain, event.c.seq)
)
_STREAM_VALUES = (
    select(*VALUE_COLUMNS)
    .join(event, and_(event.c.chain == personal_value.c.chain, event.c.seq == personal_value.c.seq))
    .where(event.c.stream == bindparam("stream"))
)
_HEAD = select(chain.c.seq, chain.c.head).where(chain.c.chain == bindparam("of"))
_SET_HEAD = (
    update(chain)
    .where(chain.c.chain == bindparam("of"))
    .values(seq=bindparam("seq"), head=bindparam("head"))
)
_ADD_SALT = upsert(salt).on_conflict_do_nothing()
# The driver's own statements: many rows are written in half the time.
_ADD_EVENT = (
    "INSERT INTO event (chain, seq, stream, kind, lc, core, digests, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_VALUE = "INSERT INTO personal_value (chain, seq, field, state, value) VALUES (?, ?, ?, ?, ?)"
_SALTS = select(salt.c.chain, salt.c.salt).where(salt.c.stream == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events it has and the hash of the last."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A record about to be kept, with its event; None for bytes that are no event of ours."""

    record: Record
    event: Event | None


def resolve(value: object, state: str) -> PersonalValue:
    """Return a stored personal value, or why it is not there; raises TornRecord for neither."""
    if state != PRESENT or value is None:
        try:
            return Absent(state)
        except ValueError as error:
            raise TornRecord(f"a personal value is in no known state: {state!r}") from error
    # An altered value may have another type; it is shown, and fails its digest.
    return value if isinstance(value, str) else repr(value)


def read_stream(connection: Connection, stream: str) -> list[Event]:
    """Return the events of a stream in event order, personal values resolved."""
    values = values_by_event(connection.execute(_STREAM_VALUES, {"stream": stream}))
    return [
        decode(Record(*row), values.get((row.chain, row.seq), {}))
        for row in connection.execute(_STREAM, {"stream": stream})
    ]


def last_of(connection: Connection, stream: str) -> EventId:
    """Return the last event of a stream that has any, read or not."""
    newest = (
        select(event.c.chain, event.c.seq)
        .where(event.c.stream == stream)
        .order_by(event.c.lc.desc(), event.c.chain.desc(), event.c.seq.desc())
        .limit(1)
    )
    return EventId(*connection.execute(newest).one())


def values_by_event(
    rows: Iterable[Row[str, int, str, str | None, str]],
) -> dict[tuple[str, int], dict[str, PersonalValue]]:
    """Gather rows (chain, seq, field, value, state) by event."""
    found: dict[tuple[str, int], dict[str, PersonalValue]] = {}
    for in_chain, seq, field, value, state in rows:
        found.setdefault((in_chain, seq), {})[field] = resolve(value, state)
    return found


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Insert records and their personal values; heads are set apart (`set_head`)."""
    if not entries:
        return
    connection.exec_driver_sql(_ADD_EVENT, [_event_row(entry) for entry in entries])
    values = [row for entry in entries if entry.event for row in _value_rows(entry.event)]
    if values:
        connection.exec_driver_sql(_ADD_VALUE, values)


def _value_rows(of: Event) -> Iterator[tuple[object, ...]]:
    for field, value in of.personal.items():
        absent = isinstance(value, Absent)
        state = value.value if isinstance(value, Absent) else PRESENT
        yield of.id.chain, of.id.seq, field, state, None if absent else value


def _event_row(entry: Entry) -> tuple[object, ...]:
    record, event = entry.record, entry.event
    kind, lc = (event.kind, event.lc) if event else (UNREADABLE, 0)
    place = record.chain, record.seq, record.stream
    return *place, kind, lc, record.core, record.digests, record.hash


def head_of(connection: Connection, of: str) -> Head:
    """Return the end of a chain, that of an empty one for a chain never seen."""
    row = connection.execute(_HEAD, {"of": of}).one_or_none()
    return Head(row.seq, row.head) if row else Head(0, GENESIS)


def ensure_chain(connection: Connection, of: str) -> None:
    """Make the row of another writer's chain, before its first event."""
    statement = upsert(chain).values(chain=of, seq=0, head=GENESIS, own=False)
    connection.execute(statement.on_conflict_do_nothing())


def set_head(connection: Connection, of: str, head: Head) -> None:
    """Move the end of a known chain."""
    connection.execute(_SET_HEAD, {"of": of, "seq": head.seq, "head": head.hash})


def salts_of(connection: Connection, stream: str) -> dict[str, bytes]:
    """Return the salts of a ticket or person by the chain that uses them."""
    return {row.chain: row.salt for row in connection.execute(_SALTS, {"of": stream})}


def add_salts(connection: Connection, of: str, salts: Mapping[str, bytes]) -> None:
    """Keep the salts by stream under which chain `of` digests; known ones stay."""
    if salts:
        rows = [{"stream": s, "chain": of, "salt": value} for s, value in salts.items()]
        connection.execute(_ADD_SALT, rows)


def add_salt(connection: Connection, stream: str, of: str, value: bytes) -> None:
    """Keep the salt under which chain `of` digests the values of `stream`; a known one stays."""
    connection.execute(_ADD_SALT, {"stream": stream, "chain": of, "salt": value})
