"""What merged events break together (异常): found from the ticket, marked on it, listed at HQ."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from desktop.domain.evolving import evolve
from desktop.domain.ticket import Anomaly, CompensationItem, TicketState

OVER_LIMIT: Final = "over_limit"


def find_anomalies(state: TicketState) -> tuple[Anomaly, ...]:
    """Return the items that stand above the authority under which they were allowed (D4, R7).

    Each PC was within the limit by what it knew; the sum of goodwill at the item's place in event
    order, the item included, is what counts. Refused items do not.
    """
    return tuple(
        Anomaly(
            OVER_LIMIT,
            item.proposed.event,
            {"item": item.id, "limit": f"{item.limit:.2f}", "cumulative": f"{cumulative:.2f}"},
        )
        for item, cumulative in _running_goodwill(state)
        if item.allowed and item.limit is not None and cumulative > item.limit
    )


def with_anomalies(state: TicketState) -> TicketState:
    """Return the ticket with its over-limit items marked as they stand now."""
    others = tuple(a for a in state.anomalies if a.code != OVER_LIMIT)
    marked = (*others, *find_anomalies(state))
    return state if marked == state.anomalies else evolve(state, anomalies=marked)


def _running_goodwill(state: TicketState) -> list[tuple[CompensationItem, Decimal]]:
    """Return the goodwill items that count, each with the sum up to and with it."""
    total, running = Decimal("0.00"), []
    for item in state.open_items:
        if item.ledger == "goodwill":
            total += item.amount
            running.append((item, total))
    return running
