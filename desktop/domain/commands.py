"""Every command that a person may give on a ticket, and the one way to decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

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
from desktop.domain.outcomes import Context, Decision, Refusal
from desktop.domain.ticket import TicketState

Command: TypeAlias = (
    open_ticket.OpenTicket
    | correct_ticket.CorrectTicket
    | classify_ticket.ClassifyTicket
    | tick_check.TickCheck
    | contact_customer.ContactCustomer
    | attach_evidence.AttachEvidence
    | add_comment.AddComment
    | propose_compensation.ProposeCompensation
    | decide_approval.DecideApproval
    | pay_compensation.PayCompensation
    | file_written_report.FileWrittenReport
    | record_solution.RecordSolution
    | sign_settlement.SignSettlement
    | record_survey.RecordSurvey
    | pause_clocks.PauseClocks
    | pause_clocks.ResumeClocks
    | complete_step.CompleteStep
)

_DECIDE: Final[dict[type, Callable[[TicketState, Any, Context], Decision]]] = {
    open_ticket.OpenTicket: open_ticket.decide,
    correct_ticket.CorrectTicket: correct_ticket.decide,
    classify_ticket.ClassifyTicket: classify_ticket.decide,
    tick_check.TickCheck: tick_check.decide,
    contact_customer.ContactCustomer: contact_customer.decide,
    attach_evidence.AttachEvidence: attach_evidence.decide,
    add_comment.AddComment: add_comment.decide,
    propose_compensation.ProposeCompensation: propose_compensation.decide,
    decide_approval.DecideApproval: decide_approval.decide,
    pay_compensation.PayCompensation: pay_compensation.decide,
    file_written_report.FileWrittenReport: file_written_report.decide,
    record_solution.RecordSolution: record_solution.decide,
    sign_settlement.SignSettlement: sign_settlement.decide,
    record_survey.RecordSurvey: record_survey.decide,
    pause_clocks.PauseClocks: pause_clocks.decide,
    pause_clocks.ResumeClocks: pause_clocks.decide_resume,
    complete_step.CompleteStep: complete_step.decide,
}


def decide(state: TicketState, command: Command, context: Context) -> Decision:
    """Return the changes that `command` makes, or why not; only opening works on no ticket."""
    if state.opened is None and not isinstance(command, open_ticket.OpenTicket):
        return Refusal("no_such_ticket", {"ticket": state.id})
    return _DECIDE[type(command)](state, command, context)
