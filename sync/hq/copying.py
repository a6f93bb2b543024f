"""Events on their way into PostgreSQL: a batch made into COPY's binary form.

The driver makes rows one value at a time; a batch of thousands of the same shape takes a fifth of
that when only what differs is put between what does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby, repeat
from struct import Struct
from typing import Any, Final

from sqlalchemy import Connection

#: Stands in `event.personal` for a value that its sender did not have; no UTF-8 has this byte.
NOT_ARRIVED: Final = b"\xff"

_COPY: Final = (
    "COPY event"
    " (home, chain, seq, run, stream, core, digests, hash, received_at, refused, personal)"
    " FROM STDIN (FORMAT BINARY)"
)
_COLUMNS: Final = Struct(">h").pack(11)
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
#: PostgreSQL's number of the type bytea.
_BYTEA: Final = 17
#: PostgreSQL counts microseconds from here.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_INT: Final = Struct(">i").pack
#: Events in one piece of a block.
_AT_ONCE: Final = 256
_LONG: Final = Struct(">q").pack
#: `seq` and `run`, each after its length.
_PLACE: Final = Struct(">iqih").pack
_ARRAY: Final = Struct(">iiiii").pack


@dataclass(frozen=True, slots=True)
class Rows:
    """Events of one chain that follow each other from `first_seq`, a column each.

    `personal` is in the order of each core's field list, None for what its sender did not have;
    `refused` is by index.
    """

    home: str
    chain: str
    first_seq: int
    streams: Sequence[str]
    cores: Sequence[bytes]
    digests: Sequence[bytes]
    hashes: Sequence[bytes]
    personal: Sequence[Sequence[str | None]]
    refused: Mapping[int, str]
    received_at: datetime


#: Events in COPY's binary form, without what stands before the first and after the last, in
#: pieces of some 100 kB: the driver sends such as they are, and joining blocks copies nothing.
Block = tuple[bytes, ...]


def copy_events(connection: Connection, made: Block) -> None:
    """Copy a block of events into the journal, inside the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY) as copying:
        copying.write(_HEADER)
        for piece in made:
            copying.write(piece)
        copying.write(_TRAILER)


def block(rows: Rows) -> Block:
    """Return events in COPY's binary form."""
    made = list(_rows(rows))
    return tuple(b"".join(made[at : at + _AT_ONCE]) for at in range(0, len(made), _AT_ONCE))


def _rows(rows: Rows) -> Iterator[bytes]:
    """Yield a row an event, each value after its length in four bytes."""
    start = _COLUMNS + _field(rows.home) + _field(rows.chain)
    at = _INT(8) + _LONG((rows.received_at - _EPOCH) // timedelta(microseconds=1))
    accepted = at + _NULL
    ordinary = accepted + _NULL
    named = {name: _field(name.replace("\0", "\ufffd")) for name in set(rows.streams)}
    lengths = _runs(rows.streams)
    columns = zip(rows.streams, rows.cores, rows.digests, rows.hashes, rows.personal, strict=True)
    for index, (stream, core, run, link, personal) in enumerate(columns):
        why = rows.refused.get(index) if rows.refused else None
        if not run and not personal and why is None:  # most events
            yield b"%s%s%s%s%s%s%s%s" % (
                start,
                _PLACE(8, rows.first_seq + index, 2, lengths[index]),
                named[stream],
                _INT(len(core)),
                core,
                _NO_DIGESTS,
                link,
                ordinary,
            )
            continue
        yield b"%s%s%s%s%s%s%s%s%s%s%s" % (
            start,
            _PLACE(8, rows.first_seq + index, 2, lengths[index]),
            named[stream],
            _INT(len(core)),
            core,
            _INT(len(run)),
            run,
            _HASH,
            link,
            accepted if why is None else at + _field(why),
            _array(personal) if personal else _NULL,
        )


def _runs(streams: Sequence[str]) -> list[int]:
    """Return how many events of one stream follow each other from each on, 0 after the first."""
    lengths: list[int] = []
    for _, run in groupby(streams):
        count = sum(1 for _ in run)
        lengths.append(count)
        lengths.extend(repeat(0, count - 1))
    return lengths


_HASH: Final = _INT(32)
_NO_DIGESTS: Final = _INT(0) + _HASH


def _field(value: str) -> bytes:
    encoded = value.encode()
    return _INT(len(encoded)) + encoded


def _array(values: Sequence[str | None]) -> bytes:
    """Return an array of bytea with its length before it."""
    pieces = [_dimensions(len(values))]
    for value in values:
        encoded = NOT_ARRIVED if value is None else value.encode()
        pieces += (_INT(len(encoded)), encoded)
    made = b"".join(pieces)
    return _INT(len(made)) + made


@cache
def _dimensions(count: int) -> bytes:
    """Return an array's head: one dimension, no nulls, its type, its length, counted from 1."""
    return _ARRAY(1, 0, _BYTEA, count, 1)
