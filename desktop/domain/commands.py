"""Every command that a person may give on a ticket, and the one way to decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

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
    | approve_by_phone.ApproveByPhone
    | approve_by_phone.NotePhoneLock
    | pay_compensation.PayCompensation
    | file_written_report.FileWrittenReport
    | record_solution.RecordSolution
    | sign_settlement.SignSettlement
    | record_survey.RecordSurvey
    | pause_clocks.PauseClocks
    | pause_clocks.ResumeClocks
    | complete_step.CompleteStep
    | transfer_ticket.TransferTicket
    | transfer_ticket.AcceptTransfer
    | request_help.RequestHelp
    | request_help.AnswerHelp
    | reopen_ticket.ReopenTicket
    | link_tickets.LinkTicket
    | link_tickets.UnlinkTicket
    | record_promise.RecordPromise
    | record_promise.KeepPromise
    | record_legal_opinion.RecordLegalOpinion
    | answer_task.OpenTask
    | answer_task.AnswerTask
    | external_case.RecordExternalCase
    | external_case.AnswerExternalCase
    | reject_complaint.RejectComplaint
    | reject_complaint.ReleaseRejection
    | withdraw_complaint.WithdrawComplaint
    | withdraw_complaint.MarkAnonymous
    | note_progress.NoteProgress
    | record_red_act.RecordRedAct
    | attend_customer.AttendCustomer
    | escalate_ticket.EscalateTicket
    | escalate_ticket.TellEscalation
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
    approve_by_phone.ApproveByPhone: approve_by_phone.decide,
    approve_by_phone.NotePhoneLock: approve_by_phone.decide_lock,
    pay_compensation.PayCompensation: pay_compensation.decide,
    file_written_report.FileWrittenReport: file_written_report.decide,
    record_solution.RecordSolution: record_solution.decide,
    sign_settlement.SignSettlement: sign_settlement.decide,
    record_survey.RecordSurvey: record_survey.decide,
    pause_clocks.PauseClocks: pause_clocks.decide,
    pause_clocks.ResumeClocks: pause_clocks.decide_resume,
    complete_step.CompleteStep: complete_step.decide,
    transfer_ticket.TransferTicket: transfer_ticket.decide,
    transfer_ticket.AcceptTransfer: transfer_ticket.decide_accept,
    request_help.RequestHelp: request_help.decide,
    request_help.AnswerHelp: request_help.decide_answer,
    reopen_ticket.ReopenTicket: reopen_ticket.decide,
    link_tickets.LinkTicket: link_tickets.decide,
    link_tickets.UnlinkTicket: link_tickets.decide_unlink,
    record_promise.RecordPromise: record_promise.decide,
    record_promise.KeepPromise: record_promise.decide_keep,
    record_legal_opinion.RecordLegalOpinion: record_legal_opinion.decide,
    answer_task.OpenTask: answer_task.decide,
    answer_task.AnswerTask: answer_task.decide_answer,
    external_case.RecordExternalCase: external_case.decide,
    external_case.AnswerExternalCase: external_case.decide_answer,
    reject_complaint.RejectComplaint: reject_complaint.decide,
    reject_complaint.ReleaseRejection: reject_complaint.decide_release,
    withdraw_complaint.WithdrawComplaint: withdraw_complaint.decide,
    withdraw_complaint.MarkAnonymous: withdraw_complaint.decide_anonymous,
    note_progress.NoteProgress: note_progress.decide,
    record_red_act.RecordRedAct: record_red_act.decide,
    attend_customer.AttendCustomer: attend_customer.decide,
    escalate_ticket.EscalateTicket: escalate_ticket.decide,
    escalate_ticket.TellEscalation: escalate_ticket.decide_told,
}


def decide(state: TicketState, command: Command, context: Context) -> Decision:
    """Return the changes that `command` makes, or why not; only opening works on no ticket."""
    if state.opened is None and not isinstance(command, open_ticket.OpenTicket):
        return Refusal("no_such_ticket", {"ticket": state.id})
    return _DECIDE[type(command)](state, command, context)
