"""The one way to decide a command on a ticket, and what it owes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from desktop.domain.events import Draft
from desktop.domain.operation_list import OPERATIONS
from desktop.domain.operations import move_flow, open_ticket
from desktop.domain.operations.base import Command
from desktop.domain.outcomes import Context, Decision, Refusal
from desktop.domain.ticket import TicketState

__all__ = ["Command", "decide", "follow_up"]

_DECIDE: Final[dict[type, Callable[[TicketState, Any, Context], Decision]]] = {
    operation.command: operation.decide
    for operation in OPERATIONS
    if operation.command and operation.decide
}


def decide(state: TicketState, command: Command, context: Context) -> Decision:
    """Return the changes that `command` makes, or why not; only opening works on no ticket."""
    if state.opened is None and not isinstance(command, open_ticket.OpenTicket):
        return Refusal("no_such_ticket", {"ticket": state.id})
    if state.erased:
        # Nothing about the person may come back; a new matter is a new complaint.
        return Refusal("person_erased", {"number": state.number})
    return _DECIDE[type(command)](state, command, context)


def follow_up(before: TicketState, after: TicketState, context: Context) -> tuple[Draft, ...]:
    """Return what a carried-out command owes beside its own changes, in the same save.

    A complaint whose facts ask for another procedure moves there (FL-07).
    """
    moved = move_flow.owed(before, after, context)
    return (moved,) if moved else ()
