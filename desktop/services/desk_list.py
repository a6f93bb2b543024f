"""The list of complaints on the desk: pages, counts, and files made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desktop.services.exporting import Exporting
from desktop.services.list_views import ListViews
from desktop.services.same_number import numbered
from desktop.services.ticket_ports import PageCursor, TicketFilter, TicketRow
from desktop.services.use_cases import UseCases


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases


class ListDesk:
    """The part of the desk that the Complaints screen reads."""

    def page(
        self: _Desk, wanted: TicketFilter, after: PageCursor | None, limit: int
    ) -> Sequence[TicketRow]:
        """Return list rows in the order asked for."""
        return self.use_cases.queries.page(wanted, after, limit)

    def page_at(self: _Desk, wanted: TicketFilter, offset: int, limit: int) -> Sequence[TicketRow]:
        """Return list rows from the `offset`-th on."""
        return self.use_cases.queries.page_at(wanted, offset, limit)

    def count(self: _Desk, wanted: TicketFilter) -> int:
        """Return how many rows fit."""
        return self.use_cases.queries.count(wanted)

    def same_number(self: _Desk, row: TicketRow) -> Sequence[TicketRow]:
        """Return the other complaints that have this one's number."""
        found = numbered(self.use_cases.queries, row.number)
        return tuple(other for other in found if other.stream != row.stream)

    @property
    def exporting(self: _Desk) -> Exporting:
        """Files made of the list."""
        return Exporting(self.use_cases.queries)

    @property
    def views(self: _Desk) -> ListViews:
        """The saved views."""
        return ListViews(self.use_cases.settings)
