"""What like cases were settled for (近 90 天同类中位数, CO-05): the median of how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from desktop.domain import fold
from desktop.services.ports import Clock, Journal
from desktop.services.ticket_ports import TicketQueries

LOOKED_BACK: Final = timedelta(days=90)
MOST_CASES: Final = 200
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Precedent:
    """The median goodwill in yuan over `cases` that got any; None where none did."""

    median: Decimal | None
    cases: int


class Precedents:
    """Reads like cases."""

    def __init__(self, queries: TicketQueries, journal: Journal, clock: Clock) -> None:
        self._queries = queries
        self._journal = journal
        self._clock = clock

    def precedent(self, code: str, but: str = "") -> Precedent:
        """Return the median of the last 90 days' complaints of `code`, the newest 200 at most.

        `but` is the complaint in hand, which is no precedent for itself.
        """
        now = self._clock.now()
        streams = self._queries.of_code(
            code, now - LOOKED_BACK, now + timedelta(seconds=1), MOST_CASES
        )
        sums = []
        for stream in (found for found in streams if found != but):
            items = fold.fold(stream, self._journal.events(stream)).compensation.values()
            given = sum(
                (i.amount for i in items if i.allowed and i.ledger == "goodwill"), Decimal(0)
            )
            if given:
                sums.append(given)
        return Precedent(median(sums).quantize(_CENT) if sums else None, len(sums))
