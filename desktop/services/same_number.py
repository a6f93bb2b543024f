"""Complaints that have one number (编号相同): two PCs counted by themselves before they joined.

Numbers are printed on receipts and never changed; who holds one must come to the right complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop.services.ticket_ports import TicketFilter, TicketQueries, TicketRow

#: More than a store has PCs; so many can share a number at most.
_LOOKED_AT: Final = 50


def numbered(queries: TicketQueries, number: str) -> Sequence[TicketRow]:
    """Return every complaint with this whole number, the newest first."""
    asked = number.strip().upper()
    found = queries.page(TicketFilter(text=asked), None, _LOOKED_AT) if asked else ()
    return tuple(row for row in found if row.number == asked)
