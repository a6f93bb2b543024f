"""The one list of operations: each event's kind with what it changes, and the command behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from desktop.domain.events import Event
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
    erase_person,
    escalate_ticket,
    external_case,
    file_written_report,
    link_tickets,
    move_flow,
    note_progress,
    open_ticket,
    pause_clocks,
    pay_compensation,
    propose_compensation,
    rate_experience,
    record_legal_opinion,
    record_promise,
    record_red_act,
    record_solution,
    record_survey,
    reject_complaint,
    reopen_ticket,
    request_help,
    set_complexity,
    sign_settlement,
    take_red_channel,
    tick_check,
    transfer_ticket,
    withdraw_complaint,
)
from desktop.domain.outcomes import Context, Decision
from desktop.domain.ticket import TicketState


@dataclass(frozen=True, slots=True)
class Operation:
    """An event's kind and how the fold applies it; the command that decides it, where one does."""

    kind: str
    apply: Callable[[TicketState, Event], TicketState]
    command: type | None = None
    decide: Callable[[TicketState, Any, Context], Decision] | None = None


OPERATIONS: Final = (
    Operation(open_ticket.KIND, open_ticket.apply, open_ticket.OpenTicket, open_ticket.decide),
    Operation(
        correct_ticket.KIND,
        correct_ticket.apply,
        correct_ticket.CorrectTicket,
        correct_ticket.decide,
    ),
    Operation(
        classify_ticket.KIND,
        classify_ticket.apply,
        classify_ticket.ClassifyTicket,
        classify_ticket.decide,
    ),
    Operation(tick_check.KIND, tick_check.apply, tick_check.TickCheck, tick_check.decide),
    Operation(
        contact_customer.KIND,
        contact_customer.apply,
        contact_customer.ContactCustomer,
        contact_customer.decide,
    ),
    Operation(
        attach_evidence.KIND,
        attach_evidence.apply,
        attach_evidence.AttachEvidence,
        attach_evidence.decide,
    ),
    Operation(add_comment.KIND, add_comment.apply, add_comment.AddComment, add_comment.decide),
    Operation(
        propose_compensation.KIND,
        propose_compensation.apply,
        propose_compensation.ProposeCompensation,
        propose_compensation.decide,
    ),
    Operation(
        decide_approval.KIND,
        decide_approval.apply,
        decide_approval.DecideApproval,
        decide_approval.decide,
    ),
    Operation(
        approve_by_phone.KIND,
        approve_by_phone.apply,
        approve_by_phone.ApproveByPhone,
        approve_by_phone.decide,
    ),
    Operation(
        approve_by_phone.KIND_LOCKED,
        approve_by_phone.apply_lock,
        approve_by_phone.NotePhoneLock,
        approve_by_phone.decide_lock,
    ),
    Operation(
        pay_compensation.KIND,
        pay_compensation.apply,
        pay_compensation.PayCompensation,
        pay_compensation.decide,
    ),
    Operation(
        file_written_report.KIND,
        file_written_report.apply,
        file_written_report.FileWrittenReport,
        file_written_report.decide,
    ),
    Operation(
        record_solution.KIND,
        record_solution.apply,
        record_solution.RecordSolution,
        record_solution.decide,
    ),
    Operation(
        sign_settlement.KIND,
        sign_settlement.apply,
        sign_settlement.SignSettlement,
        sign_settlement.decide,
    ),
    Operation(
        record_survey.KIND, record_survey.apply, record_survey.RecordSurvey, record_survey.decide
    ),
    Operation(pause_clocks.KIND, pause_clocks.apply, pause_clocks.PauseClocks, pause_clocks.decide),
    Operation(
        pause_clocks.KIND_RESUMED,
        pause_clocks.apply_resume,
        pause_clocks.ResumeClocks,
        pause_clocks.decide_resume,
    ),
    Operation(
        complete_step.KIND, complete_step.apply, complete_step.CompleteStep, complete_step.decide
    ),
    Operation(complete_step.KIND_CLOSED, complete_step.apply_closed),
    Operation(
        transfer_ticket.KIND,
        transfer_ticket.apply,
        transfer_ticket.TransferTicket,
        transfer_ticket.decide,
    ),
    Operation(
        transfer_ticket.KIND_ACCEPTED,
        transfer_ticket.apply_accept,
        transfer_ticket.AcceptTransfer,
        transfer_ticket.decide_accept,
    ),
    Operation(request_help.KIND, request_help.apply, request_help.RequestHelp, request_help.decide),
    Operation(
        request_help.KIND_ANSWERED,
        request_help.apply_answer,
        request_help.AnswerHelp,
        request_help.decide_answer,
    ),
    Operation(
        reopen_ticket.KIND, reopen_ticket.apply, reopen_ticket.ReopenTicket, reopen_ticket.decide
    ),
    Operation(link_tickets.KIND, link_tickets.apply, link_tickets.LinkTicket, link_tickets.decide),
    Operation(
        link_tickets.KIND_UNDONE,
        link_tickets.apply_unlink,
        link_tickets.UnlinkTicket,
        link_tickets.decide_unlink,
    ),
    Operation(
        record_promise.KIND,
        record_promise.apply,
        record_promise.RecordPromise,
        record_promise.decide,
    ),
    Operation(
        record_promise.KIND_KEPT,
        record_promise.apply_keep,
        record_promise.KeepPromise,
        record_promise.decide_keep,
    ),
    Operation(
        record_legal_opinion.KIND,
        record_legal_opinion.apply,
        record_legal_opinion.RecordLegalOpinion,
        record_legal_opinion.decide,
    ),
    Operation(answer_task.KIND, answer_task.apply, answer_task.OpenTask, answer_task.decide),
    Operation(
        answer_task.KIND_ANSWERED,
        answer_task.apply_answer,
        answer_task.AnswerTask,
        answer_task.decide_answer,
    ),
    Operation(
        external_case.KIND,
        external_case.apply,
        external_case.RecordExternalCase,
        external_case.decide,
    ),
    Operation(
        external_case.KIND_ANSWERED,
        external_case.apply_answer,
        external_case.AnswerExternalCase,
        external_case.decide_answer,
    ),
    Operation(
        reject_complaint.KIND,
        reject_complaint.apply,
        reject_complaint.RejectComplaint,
        reject_complaint.decide,
    ),
    Operation(
        reject_complaint.KIND_RELEASED,
        reject_complaint.apply_release,
        reject_complaint.ReleaseRejection,
        reject_complaint.decide_release,
    ),
    Operation(
        withdraw_complaint.KIND,
        withdraw_complaint.apply,
        withdraw_complaint.WithdrawComplaint,
        withdraw_complaint.decide,
    ),
    Operation(
        withdraw_complaint.KIND_ANONYMOUS,
        withdraw_complaint.apply_anonymous,
        withdraw_complaint.MarkAnonymous,
        withdraw_complaint.decide_anonymous,
    ),
    Operation(
        note_progress.KIND, note_progress.apply, note_progress.NoteProgress, note_progress.decide
    ),
    Operation(
        record_red_act.KIND,
        record_red_act.apply,
        record_red_act.RecordRedAct,
        record_red_act.decide,
    ),
    Operation(
        attend_customer.KIND,
        attend_customer.apply,
        attend_customer.AttendCustomer,
        attend_customer.decide,
    ),
    Operation(
        escalate_ticket.KIND,
        escalate_ticket.apply,
        escalate_ticket.EscalateTicket,
        escalate_ticket.decide,
    ),
    Operation(
        escalate_ticket.KIND_TOLD,
        escalate_ticket.apply_told,
        escalate_ticket.TellEscalation,
        escalate_ticket.decide_told,
    ),
    Operation(move_flow.KIND, move_flow.apply, move_flow.MoveFlow, move_flow.decide),
    Operation(
        take_red_channel.KIND,
        take_red_channel.apply,
        take_red_channel.TakeRedChannel,
        take_red_channel.decide,
    ),
    Operation(
        rate_experience.KIND,
        rate_experience.apply,
        rate_experience.RateExperience,
        rate_experience.decide,
    ),
    Operation(
        set_complexity.KIND,
        set_complexity.apply,
        set_complexity.SetComplexity,
        set_complexity.decide,
    ),
    Operation(erase_person.KIND, erase_person.apply, erase_person.ErasePerson, erase_person.decide),
    Operation(
        record_promise.KIND_LAPSED,
        record_promise.apply_explain,
        record_promise.ExplainPromise,
        record_promise.decide_explain,
    ),
)
