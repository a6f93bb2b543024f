"""The fold: events of one stream, in logical order, become a ticket; it never refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Final

from desktop.domain.anomalies import with_anomalies
from desktop.domain.events import Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import (
    add_comment,
    answer_task,
    approve_by_phone,
    attach_evidence,
    attend_customer,
    classify_ticket,
    complete_step,
    contact_customer,
    correct_ticket,
    decide_approval,
    escalate_ticket,
    external_case,
    file_written_report,
    link_tickets,
    note_progress,
    open_ticket,
    pause_clocks,
    pay_compensation,
    propose_compensation,
    record_legal_opinion,
    record_promise,
    record_red_act,
    record_solution,
    record_survey,
    reject_complaint,
    reopen_ticket,
    request_help,
    sign_settlement,
    tick_check,
    transfer_ticket,
    withdraw_complaint,
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
    approve_by_phone.KIND: approve_by_phone.apply,
    approve_by_phone.KIND_LOCKED: approve_by_phone.apply_lock,
    pay_compensation.KIND: pay_compensation.apply,
    file_written_report.KIND: file_written_report.apply,
    record_solution.KIND: record_solution.apply,
    sign_settlement.KIND: sign_settlement.apply,
    record_survey.KIND: record_survey.apply,
    pause_clocks.KIND: pause_clocks.apply,
    pause_clocks.KIND_RESUMED: pause_clocks.apply_resume,
    complete_step.KIND: complete_step.apply,
    complete_step.KIND_CLOSED: complete_step.apply_closed,
    transfer_ticket.KIND: transfer_ticket.apply,
    transfer_ticket.KIND_ACCEPTED: transfer_ticket.apply_accept,
    request_help.KIND: request_help.apply,
    request_help.KIND_ANSWERED: request_help.apply_answer,
    reopen_ticket.KIND: reopen_ticket.apply,
    link_tickets.KIND: link_tickets.apply,
    link_tickets.KIND_UNDONE: link_tickets.apply_unlink,
    record_promise.KIND: record_promise.apply,
    record_promise.KIND_KEPT: record_promise.apply_keep,
    record_legal_opinion.KIND: record_legal_opinion.apply,
    answer_task.KIND: answer_task.apply,
    answer_task.KIND_ANSWERED: answer_task.apply_answer,
    external_case.KIND: external_case.apply,
    external_case.KIND_ANSWERED: external_case.apply_answer,
    reject_complaint.KIND: reject_complaint.apply,
    reject_complaint.KIND_RELEASED: reject_complaint.apply_release,
    withdraw_complaint.KIND: withdraw_complaint.apply,
    withdraw_complaint.KIND_ANONYMOUS: withdraw_complaint.apply_anonymous,
    note_progress.KIND: note_progress.apply,
    record_red_act.KIND: record_red_act.apply,
    attend_customer.KIND: attend_customer.apply,
    escalate_ticket.KIND: escalate_ticket.apply,
    escalate_ticket.KIND_TOLD: escalate_ticket.apply_told,
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
