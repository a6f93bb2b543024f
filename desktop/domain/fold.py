"""The fold: events of one stream, in logical order, become a ticket; it never refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Final

from desktop.domain.anomalies import with_anomalies
from desktop.domain.events import Event
from desktop.domain.operations import (
    add_comment,
    attach_evidence,
    classify_ticket,
    complete_step,
    contact_customer,
    correct_ticket,
    decide_approval,
    file_written_report,
    open_ticket,
    pause_clocks,
    pay_compensation,
    propose_compensation,
    record_solution,
    record_survey,
    sign_settlement,
    tick_check,
)
from desktop.domain.ticket import TicketState

APPLY: Final[dict[str, Callable[[TicketState, Event], TicketState]]] = {
    open_ticket.KIND: open_ticket.apply,
    correct_ticket.KIND: correct_ticket.apply,
    classify_ticket.KIND: classify_ticket.apply,
    tick_check.KIND: tick_check.apply,
    contact_customer.KIND: contact_customer.apply,
    attach_evidence.KIND: attach_evidence.apply,
    add_comment.KIND: add_comment.apply,
    propose_compensation.KIND: propose_compensation.apply,
    decide_approval.KIND: decide_approval.apply,
    pay_compensation.KIND: pay_compensation.apply,
    file_written_report.KIND: file_written_report.apply,
    record_solution.KIND: record_solution.apply,
    sign_settlement.KIND: sign_settlement.apply,
    record_survey.KIND: record_survey.apply,
    pause_clocks.KIND: pause_clocks.apply,
    pause_clocks.KIND_RESUMED: pause_clocks.apply_resume,
    complete_step.KIND: complete_step.apply,
    complete_step.KIND_CLOSED: complete_step.apply_closed,
}


def apply(state: TicketState, event: Event) -> TicketState:
    """Return the ticket after one more event; a kind from a newer version is kept and skipped."""
    operation = APPLY.get(event.kind)
    if operation is None:
        return replace(state, unknown_kinds=(*state.unknown_kinds, event.kind))
    changed = operation(state, event)
    return changed if changed.compensation is state.compensation else with_anomalies(changed)


def fold(stream: str, events: Iterable[Event]) -> TicketState:
    """Return the ticket that `events` of `stream` make, whatever order they arrived in."""
    return reduce(apply, sorted(events, key=lambda e: e.order), TicketState(stream))
