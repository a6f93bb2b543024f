"""Projections of the journal: list rows, search index and counters, each remade from the fold."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain import rows
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.events import Event, EventId
from desktop.domain.fold import fold
from desktop.domain.ticket import TicketState
from desktop.journal.records import TornRecord
from desktop.storage import event_rows, list_rows, rollup_keeping, search, work_streams
from desktop.storage.database import Database
from desktop.storage.installation import Installation
from desktop.storage.tables import counter, event, quarantine, ticket_row

RowMaker: TypeAlias = Callable[[TicketState, datetime], rows.RowFacts]
"""Says what the ticket's policy says about its row; handed in, so storage knows no policy.

The time is that of the ticket's last event, so that a rebuild makes the same row.
"""

CaseMaker: TypeAlias = Callable[[TicketState, Sequence[Event], datetime], CaseFacts | None]
"""Says what reports count of a ticket; handed in as RowMaker is."""

#: Tickets that a rebuild holds in memory together.
_AT_ONCE: Final = 500
_log = logging.getLogger(__name__)

_IN_QUARANTINE: Final = select(quarantine.c.stream)
_COPIED: Final = tuple(
    name
    for name in ticket_row.c.keys()  # noqa: SIM118
    if name in rows.Summary.__dataclass_fields__ or name == "phone_tail"
)


@dataclass(frozen=True, slots=True)
class Made:
    """What one stream's events make: its row with words, and what reports count of it."""

    first: Event
    row: list_rows.NewRow | None
    facts: CaseFacts | None


@dataclass(frozen=True, slots=True)
class Unmade:
    """A stream whose events make nothing readable, and why; its last event is named."""

    first: Event
    last: EventId
    error: Exception


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
        """Remake the projections of tickets, rows, words and counters of all in one go.

        One that cannot be made is put in quarantine: its events are kept either way, and its last
        good row stays.
        """
        self.write(connection, self.make(streams))

    def make(
        self,
        streams: Mapping[str, Sequence[Event]],
        between: Callable[[], object] = lambda: None,
    ) -> dict[str, Made | Unmade]:
        """Return what the streams' events make, before anything is written.

        `between` is called before each.
        """
        made: dict[str, Made | Unmade] = {}
        for stream, events in streams.items():
            between()
            if events:
                made[stream] = self._tried(stream, events)
        return made

    def write(
        self,
        connection: Connection,
        wanted: Mapping[str, Made | Unmade],
        between: Callable[[], object] = lambda: None,
    ) -> None:
        """Write what `make` returned; `between` is called half way."""
        made = {stream: one for stream, one in wanted.items() if isinstance(one, Made)}
        for stream, one in wanted.items():
            work_streams.keep_work(connection, stream, (one.first,))
            if isinstance(one, Unmade):
                self._put_in_quarantine(connection, stream, one.last, one.error)
        _release(connection, made)
        list_rows.replace(connection, {stream: one.row for stream, one in made.items()})
        between()
        if self._case_maker is not None:
            rollup_keeping.keep_all(connection, {stream: one.facts for stream, one in made.items()})

    def project_stored(self, connection: Connection, streams: Iterable[str]) -> None:
        """Remake the projections of tickets from the database."""
        read: dict[str, Sequence[Event]] = {}
        for stream in streams:
            try:
                read[stream] = event_rows.read_stream(connection, stream)
            except TornRecord as error:
                last = event_rows.last_of(connection, stream)
                self._put_in_quarantine(connection, stream, last, error)
        self.project_all(connection, read)

    def rebuild(self, database: Database) -> int:
        """Remake every projection from the journal in one transaction; return how many tickets."""
        with database.write() as connection:
            for table in (ticket_row, counter, quarantine):
                connection.execute(delete(table))
            connection.execute(text("DELETE FROM ticket_search"))
            rollup_keeping.clear(connection)
            streams = connection.execute(select(event.c.stream).distinct()).scalars().all()
            for start in range(0, len(streams), _AT_ONCE):
                self.project_stored(connection, streams[start : start + _AT_ONCE])
        return len(streams)

    def _tried(self, stream: str, events: Sequence[Event]) -> Made | Unmade:
        try:
            return self._made(stream, events)
        except Exception as error:
            # Whatever a fold or policy stumbles over must not block saving or other tickets.
            _log.exception("ticket %s cannot be projected", stream)
            return Unmade(events[0], events[-1].id, error)

    def _made(self, stream: str, events: Sequence[Event]) -> Made:
        first, state = events[0], fold(stream, events)
        if state.opened is None:
            return Made(first, None, None)
        last = events[-1].at
        facts = self._case_maker(state, events, last) if self._case_maker else None
        summary = rows.row_of(state, self._row_maker(state, last), last)
        if summary is None:
            return Made(first, None, facts)
        own = (e.id.seq for e in events if e.id.chain == self._installation.chain)
        return Made(first, self.row(summary, max(own, default=0)), facts)

    def row(self, summary: rows.Summary, own_seq: int) -> list_rows.NewRow:
        """Return a ticket's row with its words; `own_seq` is its last event of the own chain."""
        words = search.index_words((*summary.words, summary.phone_tail))
        initials = search.index_initials(summary.names)
        return list_rows.NewRow(summary.opened_at, self.values(summary, own_seq), words, initials)

    def _put_in_quarantine(
        self, connection: Connection, stream: str, last: EventId, error: Exception
    ) -> None:
        reason = f"{type(error).__name__}: {error}"
        values = {"chain": last.chain, "seq": last.seq, "reason": reason}
        statement = upsert(quarantine).values(stream=stream, **values)
        connection.execute(
            statement.on_conflict_do_update(index_elements=[quarantine.c.stream], set_=values)
        )

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


def _release(connection: Connection, made: Iterable[str]) -> None:
    """Take tickets that could be made out of quarantine."""
    held = set(connection.execute(_IN_QUARANTINE).scalars()).intersection(made)
    if held:
        connection.execute(delete(quarantine).where(quarantine.c.stream.in_(held)))
