"""Rolling caps on goodwill (滚动限额, D4) and overdue reports (CO-02), added up when asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain import deadlines, fold
from desktop.domain.outcomes import Context
from desktop.domain.restraints import CapRow, CapUsed
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services.caps_ports import Proposals
from desktop.services.ports import Journal
from desktop.services.ticket_ports import TicketQueries

#: A report that is older was dealt with by the region, which has it on its list.
LOOKED_BACK: Final = timedelta(days=60)


class RollingSums:
    """Adds up what other complaints gave, where a cap of the pack asks for it."""

    def __init__(self, journal: Journal, queries: TicketQueries, proposals: Proposals) -> None:
        self._journal = journal
        self._queries = queries
        self._proposals = proposals

    def caps(self, state: TicketState, context: Context) -> tuple[CapUsed, ...]:
        """Return the pack's caps for the one who acts on this complaint, the sums of others in."""
        found = []
        for row in context.policy.caps:
            since = _first_moment(row, context)
            if row.scope == "customer":
                items = self._of_customer(state, since)
            else:
                items = self._of_staff(state, context.actor.person, since)
            total = sum((item.amount for item in items), Decimal("0.00"))
            found.append(CapUsed(row, total))
        return tuple(found)

    def overdue_reports(self, context: Context) -> int:
        """Return how many written reports the one who acts owes and has not filed in time."""
        row = context.policy.suspension
        if row is None or context.actor.role != row.role:
            return 0
        now = context.now
        streams = self._proposals.unreported(context.actor.person, now - LOOKED_BACK, now)
        return sum(self._is_overdue(stream, context) for stream in streams)

    def _is_overdue(self, stream: str, context: Context) -> bool:
        state = fold.fold(stream, self._journal.events(stream))
        return any(
            d.clock.name == "written_report" and d.done_at is None and d.overdue
            for d in deadlines.of_ticket(state, context)
        )

    def _of_customer(self, state: TicketState, since: datetime) -> Sequence[CompensationItem]:
        phone = state.text("phone")
        streams = [row.stream for row in self._queries.by_phone(phone)] if phone else []
        return self._items(streams, state.id, since)

    def _of_staff(
        self, state: TicketState, person: str, since: datetime
    ) -> Sequence[CompensationItem]:
        streams = self._proposals.streams_of(person, since)
        items = self._items(streams, state.id, since)
        return [item for item in items if item.proposed.actor == person]

    def _items(
        self, streams: Iterable[str], but: str, since: datetime
    ) -> Sequence[CompensationItem]:
        return [
            item
            for stream in streams
            if stream != but
            for item in fold.fold(stream, self._journal.events(stream)).open_items
            if item.ledger == "goodwill" and item.proposed.at >= since
        ]


def _first_moment(row: CapRow, context: Context) -> datetime:
    local = context.now.astimezone(ZoneInfo(context.timezone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=row.days - 1)
