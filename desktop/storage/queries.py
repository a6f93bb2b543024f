"""Reads the list of complaints, the Today board's figures and search results."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    TextClause,
    and_,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    type_coerce,
)

from desktop.services.ticket_ports import Counts, PageCursor, TicketFilter, TicketRow, Waiting
from desktop.storage import search
from desktop.storage.catching_up import are_beginnings_there
from desktop.storage.database import Database
from desktop.storage.installation import Installation
from desktop.storage.list_rows import key_floor
from desktop.storage.tables import event, receipt, ticket_row

#: A running clock that ends within this time is due soon.
DUE_SOON: Final = timedelta(hours=1)
_SATISFIED_FROM: Final = 4
_SHORTEST_TAIL: Final = 3
#: The end of a complaint's number, from anywhere in it: 22-009-W.
_NUMBER_TAIL: Final = re.compile(r"[0-9A-Z]*(-[0-9A-Z]+)+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{5,}[0-9]")
_SHOWN: Final = tuple(
    ticket_row.c[name] for name in TicketRow.__dataclass_fields__ if name != "uploaded"
)
_Selected = TypeVar("_Selected", bound=Select[Any])
# Written as the partial indexes have them, without parameters, or SQLite would not use those.
_IS_OPEN: Final = ticket_row.c.closed == false()
_WAITS: Final = ticket_row.c.pending_approvals > literal_column("0")
_IS_LOW: Final = ticket_row.c.survey_score < literal_column("3")
_FOUND: Final = table("ticket_search", column("rowid"))
_UNINDEXED_ROWID: Final = type_coerce(literal_column("+ticket_search.rowid"), Integer)
_FEW: Final = ticket_row.alias("few")
# With the sign SQLite asks their small index; without, it looks for the lowest key in the table.
_OLDEST_FEW: Final[ColumnElement[Any]] = func.min(literal_column("+few.key"))
_FEW_STATES: Final = {
    _IS_OPEN: _FEW.c.closed == false(),
    _WAITS: _FEW.c.pending_approvals > literal_column("0"),
    # With the day, so that the index of answers tells them and no row is read (NC-12).
    _IS_LOW: (_FEW.c.survey_score < literal_column("3")) & _FEW.c.surveyed_at.is_not(None),
}


class SqlTicketQueries:
    """Reads projections (ticket_ports.TicketQueries)."""

    def __init__(self, database: Database, installation: Installation) -> None:
        self._database = database
        self._installation = installation
        # What was typed, with synonyms by their terms as the index has them (IN-14).
        self.one_spelling: Callable[[str], str] = str
        self._beginnings = False
        acked = (
            select(func.coalesce(func.max(receipt.c.seq), 0))
            .where(receipt.c.chain == installation.chain)
            .scalar_subquery()
        )
        self._rows = select(*_SHOWN, (ticket_row.c.own_seq <= acked).label("uploaded"))

    def page(
        self, wanted: TicketFilter, after: PageCursor | None, limit: int
    ) -> Sequence[TicketRow]:
        """Return rows in the order asked for, after the row that the cursor names."""
        with self._database.read() as connection:
            found = self._search(connection, wanted)
            if found is None:
                return ()
            statement = found.narrow(self._rows)
            if after is not None:
                statement = statement.where(_after(connection, found, wanted, after))
            return _rows(connection, statement.order_by(*_order(found, wanted)).limit(limit))

    def page_at(self, wanted: TicketFilter, offset: int, limit: int) -> Sequence[TicketRow]:
        """Return rows from the `offset`-th on: only keys are walked over, not whole rows."""
        with self._database.read() as connection:
            found = self._search(connection, wanted)
            if found is None:
                return ()
            if found.index_alone:
                keys = select(found.key).select_from(_FOUND).where(found.matches)
            else:
                keys = found.narrow(select(found.key))
            order = _order(found, wanted)
            if not found.conditions and found.expression is None:
                # Keys grow with the time of opening, whose index is far smaller than the table.
                time = ticket_row.c.opened_at
                order = (time if wanted.order == "oldest" else time.desc(), *order)
            span = keys.order_by(*order).limit(limit).offset(offset)
            at = connection.execute(span).scalars().all()
            rows = self._rows.where(ticket_row.c.key.in_(at))
            return _rows(connection, rows.order_by(*_order(_Search([]), wanted)))

    def count(self, wanted: TicketFilter) -> int:
        """Return how many rows fit."""
        with self._database.read() as connection:
            found = self._search(connection, wanted)
            if found is None:
                return 0
            if found.index_alone:
                counted = select(func.count()).select_from(_FOUND).where(found.matches)
            else:
                counted = found.narrow(select(func.count()).select_from(ticket_row))
            return int(connection.execute(counted).scalar_one())

    def row(self, stream: str) -> TicketRow | None:
        """Return the row of one ticket."""
        return self._one(ticket_row.c.stream == stream)

    def open_by_due(self, limit: int) -> Sequence[TicketRow]:
        """Return open tickets, the tightest clock first, those without a clock last."""
        return self._all(
            self._rows.where(_IS_OPEN)
            .order_by(ticket_row.c.due_at.is_(None), ticket_row.c.due_at, ticket_row.c.key)
            .limit(limit)
        )

    def open_lengths(self, limit: int) -> Mapping[str, int]:
        """Return how many events each open ticket has, the tightest clock first."""
        row = ticket_row.c
        events = select(func.count()).where(event.c.stream == row.stream).scalar_subquery()
        counted = (
            select(row.stream, events.label("length"))
            .where(_IS_OPEN)
            .order_by(row.due_at.is_(None), row.due_at, row.key)
            .limit(limit)
        )
        with self._database.read() as connection:
            return {row.stream: row.length for row in connection.execute(counted)}

    def waiting(self) -> Sequence[Waiting]:
        """Return customers at the counter whom nobody has served, the longest wait first."""
        row = ticket_row.c
        at_counter = (
            select(row.stream, row.customer_name, row.waiting_since, row.waiting_due, row.emotion)
            .where(row.waiting_since.is_not(None))
            .order_by(row.waiting_since)
        )
        with self._database.read() as connection:
            return tuple(
                Waiting(stream, name, since, due or since, emotion)
                for stream, name, since, due, emotion in connection.execute(at_counter)
            )

    def by_phone(self, phone: str) -> Sequence[TicketRow]:
        """Return the tickets of a phone number, newest first, found by its keyed hash."""
        keyed = self._installation.phone_hash(phone)
        if keyed is None:
            return ()
        same = self._rows.where(ticket_row.c.phone_hash == keyed)
        return self._all(same.order_by(ticket_row.c.key.desc()))

    def by_number(self, number: str) -> TicketRow | None:
        """Return the one ticket with this number, or a unique tail of it."""
        asked = number.strip().upper()
        whole = self._all(self._rows.where(ticket_row.c.number == asked).limit(2))
        if whole or len(asked) < _SHORTEST_TAIL:
            return whole[0] if len(whole) == 1 else None
        found = self._all(self._rows.where(_number_ends(asked)).limit(2))
        return found[0] if len(found) == 1 else None

    def by_form_serial(self, serial: str) -> TicketRow | None:
        """Return the ticket that a paper form's serial became."""
        return self._one(ticket_row.c.form_serial == serial)

    def awaiting_approval(self) -> Sequence[TicketRow]:
        """Return tickets with a compensation that waits for an approver, the oldest first."""
        waiting = self._rows.where(_WAITS)
        return self._all(waiting.order_by(ticket_row.c.opened_at))

    def counts(self, now: datetime, day_start: datetime, month_start: datetime) -> Counts:
        """Return the figures of the Today board; soon is within DUE_SOON."""
        row = ticket_row.c
        with self._database.read() as connection:
            board = connection.execute(
                select(
                    func.count(),
                    _sum(row.due_at < now),
                    _sum((row.due_at >= now) & (row.due_at < now + DUE_SOON)),
                ).where(_IS_OPEN)
            ).one()
            opened = _count(connection, row.opened_at >= day_start)
            pending = connection.execute(
                select(func.coalesce(func.sum(row.pending_approvals), 0)).where(_WAITS)
            ).scalar_one()
            surveys = connection.execute(
                select(func.count(), _sum(row.survey_score >= _SATISFIED_FROM)).where(
                    row.surveyed_at >= month_start
                )
            ).one()
        return Counts(
            open=board[0],
            opened_today=opened,
            due_soon=board[2],
            overdue=board[1],
            pending_approvals=pending,
            satisfied=surveys[1],
            surveyed=surveys[0],
        )

    def streams(self, since: datetime, until: datetime) -> Sequence[str]:
        """Return what was opened before `until` and is open or touched since, oldest first."""
        key, row = ticket_row.c.key, ticket_row.c
        wanted = (
            select(row.stream)
            .where(key < key_floor(until), or_(_IS_OPEN, row.updated_at >= since))
            .order_by(key)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(wanted).scalars())

    def of_code(self, code: str, since: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Return tickets of `code` opened in [since, until), newest first."""
        key = ticket_row.c.key
        wanted = (
            select(ticket_row.c.stream)
            .where(key >= key_floor(since), key < key_floor(until), ticket_row.c.code == code)
            .order_by(key.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(wanted).scalars())

    def _one(self, condition: ColumnElement[bool]) -> TicketRow | None:
        found = self._all(self._rows.where(condition).limit(1))
        return found[0] if found else None

    def _all(self, statement: Select[Any]) -> Sequence[TicketRow]:
        with self._database.read() as connection:
            return _rows(connection, statement)

    def _search(self, connection: Connection, wanted: TicketFilter) -> _Search | None:
        """Return how to find `wanted`, None when its text holds nothing that could be found."""
        conditions, few = _conditions(wanted), _few(wanted)
        asked = self.one_spelling(wanted.text.strip())
        if not asked:
            return _Search(conditions, few=few)
        if _PHONE.fullmatch(asked):
            # A whole phone number is nowhere in the index, only its hash beside the row.
            same = ticket_row.c.phone_hash == self._installation.phone_hash(asked)
            if _any(connection, same):
                return _Search([*conditions, same, *_states(wanted)])
        if len(asked) >= _SHORTEST_TAIL and _NUMBER_TAIL.fullmatch(asked.upper()):
            # Words begin or end at its signs; a tail may begin between.
            ending = _number_ends(asked)
            if _any(connection, ending):
                return _Search([*conditions, ending, *_states(wanted)])
        # Once there they stay: what is saved later has them.
        self._beginnings = self._beginnings or are_beginnings_there(connection)
        expression = search.match_expression(asked, beginnings=self._beginnings)
        if expression is None:
            return None
        return _Search(conditions, expression or None, few)


@dataclass(frozen=True, slots=True)
class _Search:
    """Conditions on the rows and, when words were asked for, the question to the index.

    `few` are the keys of open or waiting complaints: few of a million, with indexes of their own.
    """

    conditions: Sequence[ColumnElement[bool]]
    expression: str | None = None
    few: Select[Any] | None = None

    @property
    def key(self) -> ColumnElement[int]:
        """The order key: the index's own when it is asked, so that it streams newest first."""
        return ticket_row.c.key if self.expression is None else _FOUND.c.rowid

    @property
    def index_alone(self) -> bool:
        """Whether the search index alone tells what fits."""
        return self.expression is not None and not self.conditions and self.few is None

    @property
    def matches(self) -> TextClause:
        """The question to the index."""
        return text("ticket_search MATCH :asked").bindparams(asked=self.expression)

    def narrow(self, statement: _Selected) -> _Selected:
        """Return `statement` with the conditions."""
        narrowed = statement.where(*self.conditions)
        if self.expression is None:
            return narrowed if self.few is None else narrowed.where(ticket_row.c.key.in_(self.few))
        narrowed = narrowed.where(_FOUND.c.rowid == ticket_row.c.key, self.matches)
        if self.few is None:
            return narrowed
        # The index streams down to the oldest of them; no row is read for a hit that is none.
        oldest = self.few.with_only_columns(_OLDEST_FEW).scalar_subquery()
        return narrowed.where(_FOUND.c.rowid >= oldest, _UNINDEXED_ROWID.in_(self.few))


def _states(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    found = [_IS_OPEN] if wanted.open_only or wanted.order == "due" else []
    asked = ((_WAITS, wanted.pending_approval), (_IS_LOW, wanted.low_stars))
    return [*found, *(state for state, holds in asked if holds)]


def _few(wanted: TicketFilter) -> Select[Any] | None:
    states = _states(wanted)
    return select(_FEW.c.key).where(*(_FEW_STATES[state] for state in states)) if states else None


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    row = ticket_row.c
    # Where few rows are asked for by key, a level's index would read a large part of the table.
    few = bool(_states(wanted))
    level = type_coerce(literal_column("+ticket_row.level"), Integer) if few else row.level
    family = type_coerce(literal_column("+ticket_row.family"), String) if few else row.family
    found: list[ColumnElement[bool]] = []
    if wanted.levels:
        found.append(level.in_(wanted.levels))
    if wanted.families:
        found.append(family.in_(wanted.families))
    if wanted.opened_from:
        found.append(row.key >= key_floor(wanted.opened_from))
    if wanted.opened_before:
        found.append(row.key < key_floor(wanted.opened_before))
    return found


def _order(found: _Search, wanted: TicketFilter) -> tuple[ColumnElement[Any], ...]:
    if wanted.order == "due":
        return (ticket_row.c.due_at.is_(None), ticket_row.c.due_at, found.key)
    return (found.key.asc() if wanted.order == "oldest" else found.key.desc(),)


def _after(
    connection: Connection, found: _Search, wanted: TicketFilter, after: PageCursor
) -> ColumnElement[bool]:
    """Return the condition for what follows a page's last row, in the order asked for."""
    key = _key_of(connection, after)
    if wanted.order == "oldest":
        return found.key > key
    if wanted.order == "newest":
        return found.key < key
    due = ticket_row.c.due_at
    at = connection.execute(select(due).where(ticket_row.c.key == key)).scalar_one_or_none()
    if at is None:
        return and_(due.is_(None), found.key > key)
    return or_(due.is_(None), due > at, and_(due == at, found.key > key))


def _number_ends(asked: str) -> ColumnElement[bool]:
    tail = asked.upper()[::-1]
    reverse = ticket_row.c.number_reversed
    return and_(reverse >= tail, reverse < tail + "\U0010ffff")


def _any(connection: Connection, condition: ColumnElement[bool]) -> bool:
    found = select(ticket_row.c.key).where(condition).limit(1)
    return connection.execute(found).first() is not None


def _key_of(connection: Connection, after: PageCursor) -> int:
    """Return the order key of a page's last row, even if that row has gone since."""
    key = connection.execute(
        select(ticket_row.c.key).where(
            ticket_row.c.stream == after.stream, ticket_row.c.opened_at == after.opened_at
        )
    ).scalar_one_or_none()
    return key_floor(after.opened_at) if key is None else int(key)


def _rows(connection: Connection, statement: Select[Any]) -> Sequence[TicketRow]:
    return tuple(TicketRow(**row) for row in connection.execute(statement).mappings())


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(ticket_row).where(condition)
    return int(connection.execute(counted).scalar_one())


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
