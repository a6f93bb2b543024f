"""External cases, rejection, withdrawal, anonymity: ways to end beside a solution (CH-05, R14)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from desktop.domain import deadlines, facts
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.external_case import AnswerExternalCase, RecordExternalCase
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.reject_complaint import (
    ROUTES,
    RejectComplaint,
    ReleaseRejection,
)
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.operations.withdraw_complaint import MarkAnonymous, WithdrawComplaint
from tests.domain.history import CLERK, SUPERVISOR
from tests.domain.playing import try_to_close
from tests.domain.walking import prepare, step_in_hand, walk_to

CASE = RecordExternalCase(
    "E-1", "12315", "310000-2026-7", date(2026, 11, 16), date(2026, 11, 20), materials="小票复印件"
)
#: Of an authority that has no flow of its own.
COURT = RecordExternalCase("E-1", "court", "2026-7", date(2026, 11, 16), date(2026, 11, 20))
REJECT = RejectComplaint("检测为人为进水", frozenset(ROUTES))


def clock(pc, name):
    found = deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
    return next((d for d in found if d.clock.name == name), None)


def test_ch_05_the_reply_is_due_at_the_end_of_the_typed_day_in_the_stores_zone(pc):
    pc.act(CASE)
    assert clock(pc, "external_reply").clock.due == datetime(2026, 11, 20, 16, tzinfo=UTC)
    pc.act(AnswerExternalCase("E-1"))
    assert clock(pc, "external_reply").done_at == pc.now
    pc.act(AnswerExternalCase("E-1", "调解成功"))
    assert pc.state.external_cases["E-1"].outcome == "调解成功"


def test_ch_05_a_later_notice_corrects_dates_and_keeps_the_reply(pc):
    pc.act(CASE)
    pc.act(AnswerExternalCase("E-1"))
    hearing = pc.now + timedelta(days=9)
    pc.act(RecordExternalCase("E-1", "12315", "310000-2026-7", CASE.received, hearing=hearing))
    case = pc.state.external_cases["E-1"]
    assert (case.reply_by, case.hearing) == (None, hearing)
    assert case.replied is not None
    assert clock(pc, "hearing").clock.due == hearing


@pytest.mark.parametrize(
    ("number", "reply_by", "code"),
    [(" ", None, "case_number_missing"), ("7", date(2026, 11, 15), "case_dates")],
)
def test_ch_05_a_case_has_a_number_and_dates_in_order(pc, number, reply_by, code):
    wrong = RecordExternalCase("E-1", "12315", number, CASE.received, reply_by)
    assert pc.refused(wrong).code == code
    assert pc.refused(AnswerExternalCase("E-9")).code == "case_unknown"


def test_ch_05_an_authority_that_waits_keeps_the_complaint_open(pc):
    walk_to(pc, "archive")
    prepare(pc, "archive")
    pc.act(COURT)
    assert pc.refused(CompleteStep("archive")).code == "step_blocked"
    pc.act(AnswerExternalCase("E-1"))
    assert pc.act(CompleteStep("archive")).closed


def test_r14_a_rejection_is_the_managers_with_reason_and_all_five_routes(pc):
    assert pc.refused(REJECT, CLERK).code == "reject_role"
    silent = RejectComplaint(" ", frozenset(ROUTES))
    assert pc.refused(silent, SUPERVISOR).code == "reject_needs_reason"
    for route in ROUTES:
        four = RejectComplaint("人为进水", frozenset(ROUTES) - {route})
        assert pc.refused(four, SUPERVISOR).code == "reject_routes"
    pc.act(REJECT, SUPERVISOR)
    assert pc.refused(REJECT, SUPERVISOR).code == "rejected_already"


def rejected(pc):
    walk_to(pc, "sign")
    pc.act(REJECT, SUPERVISOR)
    for check in pc.policy.flow("store").step("sign").do:
        pc.act(TickCheck("sign", check.id, True))
    if step_in_hand(pc) == "sign":
        pc.act(CompleteStep("sign"))
    prepare(pc, "callback")
    pc.act(CompleteStep("callback"))
    prepare(pc, "archive")


def test_r14_a_rejection_stops_the_solution_clock_and_stays_open(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    rejected(pc)
    assert clock(pc, "solution").done_at is not None
    assert pc.refused(CompleteStep("archive")).code == "step_blocked"
    assert facts.of_ticket(pc.state, pc.context(CLERK))["rejected"] is True


def test_r14_acceptance_lets_it_close(pc):
    rejected(pc)
    assert pc.refused(ReleaseRejection("accepted", " ")).code == "release_needs_note"
    pc.act(ReleaseRejection("accepted", "顾客电话表示接受"))
    assert pc.act(CompleteStep("archive")).closed
    assert pc.refused(ReleaseRejection("accepted", "再次")).code == "not_rejected"


def test_r14_an_external_outcome_lets_it_close(pc):
    rejected(pc)
    ended = ReleaseRejection("external_outcome", "法院判决")
    assert pc.refused(ended).code == "release_without_outcome"
    pc.act(COURT)
    pc.act(AnswerExternalCase("E-1", "判决"))
    pc.act(ended)
    assert pc.act(CompleteStep("archive")).closed


def test_r14_limitation_lets_it_close_the_day_after_three_years(pc):
    rejected(pc)
    barred = ReleaseRejection("limitation", "已满三年")
    pc.now = datetime(2029, 11, 16, 15, 59, tzinfo=UTC)  # still the last day in Shanghai
    assert pc.refused(barred).code == "release_before_limitation"
    pc.now = datetime(2029, 11, 16, 16, 0, tzinfo=UTC)
    pc.act(barred)
    assert not pc.state.rejected


def test_r14_a_withdrawn_complaint_closes_without_calls(pc):
    assert pc.refused(WithdrawComplaint(" ")).code == "withdrawal_needs_reason"
    pc.act(ClassifyTicket("SP-12", 3))
    pc.act(WithdrawComplaint("顾客说已经解决"))
    try_to_close(pc)
    assert pc.state.closed
    assert pc.state.surveys == ()


def test_cl_01_a_danger_is_not_withdrawn(pc):
    pc.act(ClassifyTicket("SP-12", 1))
    assert pc.refused(WithdrawComplaint("顾客不追究")).code == "level_one_not_withdrawn"


def test_r14_whoever_can_be_called_is_not_anonymous(pc):
    assert pc.refused(MarkAnonymous("不愿留名")).code == "anonymous_with_phone"
    pc.act(CorrectTicket({"phone": ""}))
    assert pc.refused(MarkAnonymous("")).code == "anonymous_needs_reason"
    assert facts.of_ticket(pc.state, pc.context(CLERK))["anonymous"] is False
    pc.act(MarkAnonymous("顾客要求不留名"))
    assert facts.of_ticket(pc.state, pc.context(CLERK))["anonymous"] is True


def test_a_rejected_complaint_may_be_surveyed_and_signed_as_declined(pc):
    walk_to(pc, "sign")
    pc.act(REJECT, SUPERVISOR)
    pc.act(RecordSurvey("refused"))
    assert pc.refused(SignSettlement("paper")).code == "no_solution_yet"
