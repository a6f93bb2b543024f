"""Projections of the journal: list rows, search index and counters, each remade from the fold."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain import rows
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.events import Event, EventId
from desktop.domain.fold import fold
from desktop.domain.ticket import TicketState
from desktop.journal.records import TornRecord
from desktop.storage import event_rows, rollups, search
from desktop.storage.database import Database
from desktop.storage.installation import Installation
from desktop.storage.tables import counter, event, quarantine, ticket_row, to_ms

RowMaker: TypeAlias = Callable[[TicketState, datetime], rows.RowFacts]
"""Says what the ticket's policy says about its row; handed in, so storage knows no policy.

The time is that of the ticket's last event, so that a rebuild makes the same row.
"""

CaseMaker: TypeAlias = Callable[[TicketState, Sequence[Event], datetime], CaseFacts | None]
"""Says what reports count of a ticket; handed in as RowMaker is."""

#: Rows opened in one millisecond share this many keys.
_KEYS_PER_MS: Final = 1024
_FIGURES: Final = ("opened", "solved", "closed")
_log = logging.getLogger(__name__)

_OLD: Final = select(
    ticket_row.c.key,
    ticket_row.c.opened_at,
    ticket_row.c.opened_day,
    ticket_row.c.solved_day,
    ticket_row.c.closed_day,
    ticket_row.c.code,
    ticket_row.c.level,
    ticket_row.c.search_digest,
).where(ticket_row.c.stream == bindparam("of"))
_HIGHEST_KEY: Final = select(func.max(ticket_row.c.key)).where(
    ticket_row.c.key.between(bindparam("low"), bindparam("high"))
)
_INSERT: Final = insert(ticket_row)
_UPDATE: Final = update(ticket_row).where(ticket_row.c.key == bindparam("at_key"))
_FIND: Final = text(
    "INSERT INTO ticket_search (rowid, words, initials) VALUES (:key, :words, :initials)"
)
_LOSE: Final = text("DELETE FROM ticket_search WHERE rowid = :key")
_ADDED: Final = upsert(counter)
_ADD_COUNT: Final = _ADDED.on_conflict_do_update(
    index_elements=[counter.c.day, counter.c.code, counter.c.level],
    set_={name: counter.c[name] + _ADDED.excluded[name] for name in _FIGURES},
)
_DROP_ZERO: Final = delete(counter).where(
    counter.c.day == bindparam("of_day"),
    counter.c.code == bindparam("of_code"),
    counter.c.level == bindparam("of_level"),
    counter.c.opened + counter.c.solved + counter.c.closed == 0,
)
_IN_QUARANTINE: Final = select(quarantine.c.stream).where(quarantine.c.stream == bindparam("of"))
_COPIED: Final = tuple(
    name
    for name in ticket_row.c.keys()  # noqa: SIM118
    if name in rows.Summary.__dataclass_fields__ or name == "phone_tail"
)


def key_floor(moment: datetime) -> int:
    """Return the lowest row key of tickets opened at `moment`."""
    return to_ms(moment) * _KEYS_PER_MS


class Projector:
    """Keeps every projection of a ticket equal to what a rebuild would make.

    `zone` is the store's: days of counters are its days.
    """

    def __init__(
        self,
        installation: Installation,
        row_maker: RowMaker,
        zone: ZoneInfo,
        case_maker: CaseMaker | None = None,
    ) -> None:
        self._installation = installation
        self._row_maker = row_maker
        self._zone = zone
        self._case_maker = case_maker

    def project_all(self, connection: Connection, streams: Mapping[str, Sequence[Event]]) -> None:
        """Remake the projections of tickets, their counters in one go."""
        cases: dict[str, CaseFacts | None] = {}
        for stream, events in streams.items():
            self.project(connection, stream, events, cases)
        rollups.keep_all(connection, cases)

    def project(
        self,
        connection: Connection,
        stream: str,
        events: Sequence[Event],
        cases: dict[str, CaseFacts | None] | None = None,
    ) -> None:
        """Remake the projections of one ticket; one that cannot be made is put in quarantine.

        The events are kept either way, and the ticket's last good row stays. With `cases` what
        reports count is left there for `rollups.keep_all`.
        """
        if not events:
            return
        rollups.keep_work(connection, stream, events[:1])
        try:
            summary, facts = self._made(stream, events)
        except Exception as error:
            # Whatever a fold or policy stumbles over must not block saving or other tickets.
            _log.exception("ticket %s cannot be projected", stream)
            self._put_in_quarantine(connection, stream, events[-1].id, error)
            return
        if connection.execute(_IN_QUARANTINE, {"of": stream}).first():
            connection.execute(delete(quarantine).where(quarantine.c.stream == stream))
        own = (e.id.seq for e in events if e.id.chain == self._installation.chain)
        self._replace(connection, stream, summary, max(own, default=0))
        if self._case_maker is None:
            return
        if cases is not None:
            cases[stream] = facts
        else:
            rollups.keep(connection, stream, facts)

    def project_stored(self, connection: Connection, stream: str) -> None:
        """Remake the projections of one ticket from the database."""
        try:
            events = event_rows.read_stream(connection, stream)
        except TornRecord as error:
            last = event_rows.last_of(connection, stream)
            self._put_in_quarantine(connection, stream, last, error)
        else:
            self.project(connection, stream, events)

    def rebuild(self, database: Database) -> int:
        """Remake every projection from the journal in one transaction; return how many tickets."""
        with database.write() as connection:
            for table in (ticket_row, counter, quarantine):
                connection.execute(delete(table))
            connection.execute(text("DELETE FROM ticket_search"))
            rollups.clear(connection)
            streams = connection.execute(select(event.c.stream).distinct()).scalars().all()
            for stream in streams:
                self.project_stored(connection, stream)
        return len(streams)

    def count_stored(self, database: Database) -> None:
        """Make what reports count of every ticket, for data of a version without counters."""
        with database.write() as connection:
            rollups.clear(connection)
            for stream in rollups.work_streams(connection):
                rollups.keep_work(connection, stream, event_rows.read_stream(connection, stream))
            cases: dict[str, CaseFacts | None] = {}
            for stream in connection.execute(select(ticket_row.c.stream)).scalars().all():
                try:
                    events = event_rows.read_stream(connection, stream)
                    cases[stream] = self._made(stream, events)[1]
                except Exception:
                    # Such a ticket stays in quarantine and uncounted; the others are counted.
                    _log.exception("ticket %s cannot be counted", stream)
            rollups.keep_all(connection, cases)
            rollups.mark_counted(connection)

    def _made(
        self, stream: str, events: Sequence[Event]
    ) -> tuple[rows.Summary | None, CaseFacts | None]:
        state = fold(stream, events)
        if state.opened is None:
            return None, None
        last = events[-1].at
        facts = self._case_maker(state, events, last) if self._case_maker else None
        return rows.row_of(state, self._row_maker(state, last), last), facts

    def _put_in_quarantine(
        self, connection: Connection, stream: str, last: EventId, error: Exception
    ) -> None:
        reason = f"{type(error).__name__}: {error}"
        values = {"chain": last.chain, "seq": last.seq, "reason": reason}
        statement = upsert(quarantine).values(stream=stream, **values)
        connection.execute(
            statement.on_conflict_do_update(index_elements=[quarantine.c.stream], set_=values)
        )

    def _replace(
        self, connection: Connection, stream: str, summary: rows.Summary | None, own_seq: int
    ) -> None:
        row = connection.execute(_OLD, {"of": stream}).mappings().one_or_none()
        old = dict(row) if row else None
        if summary is None:
            if old:
                _count(connection, old, -1)
                connection.execute(_LOSE, {"key": old["key"]})
                connection.execute(delete(ticket_row).where(ticket_row.c.key == old["key"]))
            return
        new = self.values(summary, own_seq)
        words = search.index_words((*summary.words, summary.phone_tail))
        initials = search.index_initials(summary.names)
        digest = hashlib.blake2b(f"{words}\n{initials}".encode(), digest_size=8).digest()
        new["search_digest"] = digest
        same_key = old is not None and old["opened_at"] == new["opened_at"]
        key = old["key"] if old and same_key else _free_key(connection, summary.opened_at)
        if old:
            connection.execute(_UPDATE, {"at_key": old["key"], "key": key, **new})
        else:
            connection.execute(_INSERT, {"key": key, **new})
        if old is None or not same_key or old["search_digest"] != digest:
            if old:
                connection.execute(_LOSE, {"key": old["key"]})
            connection.execute(_FIND, {"key": key, "words": words, "initials": initials})
        _recount(connection, old, new)

    def values(self, summary: rows.Summary, own_seq: int) -> dict[str, object]:
        """Return the columns of a ticket's row, without its key and the digest of its words."""
        return {
            **{name: getattr(summary, name) for name in _COPIED},
            "number_reversed": summary.number[::-1],
            "opened_day": self._day(summary.opened_at),
            "solved_day": self._day(summary.solved_at),
            "closed_day": self._day(summary.closed_at),
            "closed": summary.closed_at is not None,
            "phone_hash": self._installation.phone_hash(summary.phone),
            "own_seq": own_seq,
        }

    def _day(self, moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(self._zone).date()


def _free_key(connection: Connection, opened_at: datetime) -> int:
    """Return a key for a ticket opened at `opened_at` that no other ticket has."""
    floor = key_floor(opened_at)
    span = {"low": floor, "high": floor + _KEYS_PER_MS - 1}
    highest = connection.execute(_HIGHEST_KEY, span).scalar_one()
    if highest is None:
        return floor
    if highest == floor + _KEYS_PER_MS - 1:
        raise OverflowError(f"more than {_KEYS_PER_MS} tickets were opened at {opened_at}")
    return int(highest) + 1


def _recount(connection: Connection, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> None:
    counted = ("opened_day", "solved_day", "closed_day", "code", "level")
    if old and all(old[name] == new[name] for name in counted):
        return
    if old:
        _count(connection, old, -1)
    _count(connection, new, 1)


def _count(connection: Connection, row: Mapping[str, Any], step: int) -> None:
    """Add a ticket to the counters of its days, or take it away."""
    days: dict[date, dict[str, int]] = {}
    for figure in _FIGURES:
        day = row[f"{figure}_day"]
        if day is not None:
            days.setdefault(day, dict.fromkeys(_FIGURES, 0))[figure] = step
    for day, figures in days.items():
        place = {"day": day, "code": row["code"], "level": row["level"]}
        connection.execute(_ADD_COUNT, {**place, **figures})
        if step < 0:
            connection.execute(_DROP_ZERO, {f"of_{name}": value for name, value in place.items()})
