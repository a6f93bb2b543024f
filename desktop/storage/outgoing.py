"""Own events on their way up, in the driver's own rows: a large queue in a third of the time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from desktop.services.queue_ports import Queue
from desktop.storage import event_rows

_EVENTS = (
    "SELECT seq, stream, core, digests, hash FROM event"
    " WHERE chain = ? AND seq > ? AND seq <= ? ORDER BY seq"
)
_VALUES = (
    "SELECT seq, field, value, state FROM personal_value"
    " WHERE chain = ? AND seq > ? AND seq <= ? ORDER BY seq, field"
)
_SALTS = (
    "SELECT stream, salt FROM salt WHERE chain = ? AND stream IN (SELECT value FROM json_each(?))"
)


def read(connection: Connection, chain: str, after_seq: int, limit: int) -> Queue:
    """Return the events of a chain after `after_seq`; raises TornRecord."""
    span = (chain, after_seq, after_seq + limit)
    rows = _rows(connection, _EVENTS, span)
    if not rows:
        return Queue((), (), (), (), (), {})
    seqs, streams, cores, runs, hashes = zip(*rows, strict=True)
    return Queue(seqs, streams, cores, runs, hashes, _personal(_rows(connection, _VALUES, span)))


def salts(connection: Connection, chain: str, streams: Iterable[str]) -> dict[str, bytes]:
    """Return the salts under which a chain digests values of these streams."""
    return dict(_rows(connection, _SALTS, (chain, json.dumps(list(streams)))))


def _rows(connection: Connection, statement: str, given: tuple[object, ...]) -> Sequence[Any]:
    cursor = connection.exec_driver_sql(statement, given).cursor
    return () if cursor is None else cursor.fetchall()


def _personal(rows: Iterable[tuple[int, str, object, str]]) -> dict[int, dict[str, str | None]]:
    found: dict[int, dict[str, str | None]] = {}
    at, values = 0, dict[str, str | None]()
    for seq, field, value, state in rows:
        if seq != at:
            at, values = seq, {}
            found[seq] = values
        if state == event_rows.PRESENT and type(value) is str:
            values[field] = value
        else:
            told = event_rows.resolve(value, state)
            values[field] = told if isinstance(told, str) else None
    return found
