"""HQ's list rows: the fold of each complaint, kept beside its events and rebuilt from them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from desktop.domain import fold
from desktop.domain.events import Event
from desktop.domain.ticket import TicketState
from desktop.journal import records
from sync.hq import envelope_records
from sync.hq import streams as stored
from sync.hq.models import dirty_stream, quarantine, stream, ticket_row

_log = logging.getLogger(__name__)

#: So many complaints are folded before the answer; more of them by the worker after it.
AT_ONCE: Final = 32
_ROUND: Final = 200
#: Streams, and the events of runs whose streams have yet to be found.
_WAITING: Final = text("""
    SELECT (SELECT count(*) FROM dirty_stream)
         + (SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM dirty_run)
""")
#: In the order in which batches note their streams, so that neither waits for the other.
_FIND: Final = text("""
    WITH run AS (
        DELETE FROM dirty_run WHERE (chain, first_seq) IN (
            SELECT chain, first_seq FROM dirty_run ORDER BY chain, first_seq
            LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING home, chain, first_seq, last_seq
    ), noted AS (
        INSERT INTO dirty_stream (stream)
        SELECT DISTINCT e.stream FROM run JOIN event e ON e.home = run.home
            AND e.chain = run.chain AND e.seq BETWEEN run.first_seq AND run.last_seq
        WHERE e.refused IS NULL ORDER BY e.stream
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM run
""")
_TAKE: Final = text(
    "DELETE FROM dirty_stream WHERE stream IN"
    " (SELECT stream FROM dirty_stream ORDER BY stream LIMIT :n FOR UPDATE SKIP LOCKED)"
    " RETURNING stream"
)


def project(connection: Connection, names: Sequence[str], now: datetime) -> None:
    """Fold the streams and write their rows; one that cannot be folded is quarantined."""
    owners = {
        row.id: row.store
        for row in connection.execute(select(stream).where(stream.c.id.in_(names)))
    }
    for name, found in stored.of_streams(connection, list(owners)).items():
        try:
            events = [records.decode(item.record, item.values) for item in found]
            state = fold.fold(name, events)
            row = row_of(owners[name], state, events)
            with connection.begin_nested():
                if row is not None:
                    _save(connection, row)
                connection.execute(delete(quarantine).where(quarantine.c.stream == name))
                envelope_records.note(connection, owners[name], state, events, now)
        except Exception as error:
            # Whatever one complaint's events hold, the others go on.
            _log.exception("stream %s cannot be folded", name)
            _set_aside(connection, owners[name], name, f"{type(error).__name__}: {error}", now)
    connection.execute(delete(dirty_stream).where(dirty_stream.c.stream.in_(names)))


def row_of(store: str, state: TicketState, events: Sequence[Event]) -> dict[str, object] | None:
    """Return a complaint's row; None for a stream that opens none."""
    if state.opened is None:
        return None
    anomalies = [{"code": a.code, "event": str(a.event), **a.values} for a in state.anomalies]
    return {
        "store": store,
        "stream": state.id,
        "number": _plain(state.number),
        "closed": state.closed is not None,
        "level": state.level,
        "code": _plain(state.text("code")),
        "opened_at": state.opened.at,
        "updated_at": max(event.at for event in events),
        "events": len(events),
        "pending": sum(item.status == "pending" for item in state.open_items),
        "anomalies": msgspec.to_builtins(anomalies),
        "conflicts": list(state.conflicts),
    }


def _plain(value: str) -> str:
    """Return text that PostgreSQL takes; it has no NUL."""
    return value.replace("\0", "")


def _save(connection: Connection, row: dict[str, object]) -> None:
    statement = insert(ticket_row).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[ticket_row.c.store, ticket_row.c.stream], set_=row
        )
    )


def _set_aside(connection: Connection, store: str, name: str, reason: str, now: datetime) -> None:
    values = {"store": store, "reason": _plain(reason)[:500], "since": now}
    connection.execute(
        insert(quarantine)
        .values(stream=name, **values)
        .on_conflict_do_update(
            index_elements=[quarantine.c.stream], set_={"reason": values["reason"]}
        )
    )


def waiting(connection: Connection) -> int:
    """Return how many complaints have rows older than their events, at most.

    Of a large batch that has just come in its events are counted.
    """
    return int(connection.execute(_WAITING).scalar_one())


def drain(engine: Engine, now: datetime) -> int:
    """Bring rows up to date, some at a time; return how many were. Safe in many processes."""
    done = 0
    while True:
        with engine.begin() as connection:
            names = list(connection.execute(_TAKE, {"n": _ROUND}).scalars())
            if not names:
                if connection.execute(_FIND).scalar_one():
                    continue
                return done
            project(connection, names, now)
            done += len(names)
