"""The fold: events of one stream, in logical order, become a ticket; it never refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Final

from desktop.domain.anomalies import with_anomalies
from desktop.domain.events import Event
from desktop.domain.evolving import evolve
from desktop.domain.operation_list import OPERATIONS
from desktop.domain.ticket import TicketState

APPLY: Final[dict[str, Callable[[TicketState, Event], TicketState]]] = {
    operation.kind: operation.apply for operation in OPERATIONS
}


def apply(state: TicketState, event: Event) -> TicketState:
    """Return the ticket after one more event; a kind from a newer version is kept and skipped."""
    return with_anomalies(_changed(state, event))


def _changed(state: TicketState, event: Event) -> TicketState:
    operation = APPLY.get(event.kind)
    if operation is None:
        return evolve(state, unknown_kinds=(*state.unknown_kinds, event.kind))
    return operation(state, event)


def fold(stream: str, events: Iterable[Event]) -> TicketState:
    """Return the ticket that `events` of `stream` make, whatever order they arrived in."""
    ordered = sorted(events, key=lambda e: e.order)
    return with_anomalies(reduce(_changed, ordered, TicketState(stream)))
