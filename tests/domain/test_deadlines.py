"""The clocks of a ticket: which exist, when they are done, what is overdue (D1, D2, R2, R3)."""

from datetime import timedelta

import pytest

from desktop.domain import deadlines
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pause_clocks import PauseClocks, ResumeClocks
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.request_help import RequestHelp
from desktop.domain.operations.set_complexity import SetComplexity
from tests.domain.history import MONDAY, SUPERVISOR, Pc, opening, voucher
from tests.domain.walking import close


def clock(pc, name):
    """The deadline with this name as it stands now, or None."""
    found = deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
    return next((d for d in found if d.clock.name == name), None)


def test_the_tightest_running_clock_comes_first_and_done_ones_last(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.act(ContactCustomer("first_response", "counter"))
    found = deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
    running = [d for d in found if d.done_at is None]
    assert found[: len(running)] == tuple(running)
    assert [d.clock.due for d in running] == sorted(d.clock.due for d in running)
    assert found[-1].done_at is not None


@pytest.mark.parametrize(
    ("channel", "reached", "done"), [("phone", True, True), ("phone", False, False)]
)
def test_the_first_response_is_a_word_that_reached_the_customer(pc, channel, reached, done):
    pc.wait(1)
    pc.act(ContactCustomer("inquiry", channel, reached))
    assert (clock(pc, "first_response").done_at is not None) is done


def test_fl_08_feedback_clocks_wait_for_their_own_kind_of_word(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.act(ContactCustomer("first_response", "phone"))
    assert clock(pc, "interim_feedback").done_at is None
    pc.wait(1)
    pc.act(ContactCustomer("interim_feedback", "phone"))
    assert clock(pc, "interim_feedback").done_at == MONDAY + timedelta(hours=1)


def test_the_solution_ends_the_solution_clock_for_good(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(10)
    pc.act(RecordSolution("换新"))
    pc.wait(24 * 30)
    solution = clock(pc, "solution")
    assert solution.done_at == MONDAY + timedelta(hours=10)
    assert not solution.overdue


def test_what_is_not_done_in_time_is_overdue_and_stays_so_when_done_late(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    due = clock(pc, "solution").clock.due
    pc.now = due
    assert not clock(pc, "solution").overdue  # D3: the limit itself is in time
    pc.now = due + timedelta(seconds=1)
    assert clock(pc, "solution").overdue
    pc.act(RecordSolution("换新"))
    assert clock(pc, "solution").overdue


def test_r2_payout_starts_at_the_approval_and_ends_with_the_last_payment(pc):
    assert clock(pc, "payout") is None
    pc.act(voucher("I-1", "2500.00"))
    assert clock(pc, "payout") is None
    pc.wait(5)
    pc.act(DecideApproval("I-1", True), SUPERVISOR)
    approved = pc.now
    assert clock(pc, "payout").clock.due == approved + timedelta(hours=24)
    pc.act(voucher("I-2", "10.00", instrument="refund", ledger="refund"), SUPERVISOR)
    pc.act(PayCompensation("I-1"))
    assert clock(pc, "payout").done_at is None
    pc.wait(1)
    pc.act(PayCompensation("I-2"))
    assert clock(pc, "payout").done_at == approved + timedelta(hours=1)


def test_co_02_the_written_report_is_due_48_hours_after_the_compensation(pc):
    pc.act(voucher("I-1", "100.00"))
    assert clock(pc, "written_report").clock.due == MONDAY + timedelta(hours=48)
    pc.wait(3)
    pc.act(FileWrittenReport("经过"))
    assert clock(pc, "written_report").done_at == MONDAY + timedelta(hours=3)


def test_nc_05_the_survey_is_due_48_hours_after_the_solution(pc):
    assert clock(pc, "survey") is None
    pc.act(RecordSolution("换新"))
    assert clock(pc, "survey").clock.due == MONDAY + timedelta(hours=48)
    pc.wait(2)
    pc.act(RecordSurvey("answered", 5))
    assert clock(pc, "survey").done_at == MONDAY + timedelta(hours=2)


def test_fl_04_the_third_call_without_reply_ends_the_survey(pc):
    pc.act(RecordSolution("换新"))
    for _ in range(4):
        pc.wait(1)
        pc.act(RecordSurvey("unreachable"))
    assert clock(pc, "survey").done_at == MONDAY + timedelta(hours=3)


def test_sl_10_a_customer_at_the_counter_waits_until_served(policy):
    pc = Pc("A", policy)
    pc.act(opening(arrived_at=MONDAY - timedelta(minutes=5)))
    waiting = clock(pc, "waiting_customer")
    assert waiting.clock.due == MONDAY + timedelta(minutes=10)
    pc.wait(0.1)
    pc.act(ContactCustomer("first_response", "counter"))
    assert clock(pc, "waiting_customer").done_at == pc.now


def test_r3_a_pause_moves_the_solution_and_nothing_that_may_not_pause(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    solution, response = clock(pc, "solution").clock.due, clock(pc, "first_response").clock.due
    pc.act(PauseClocks("waiting_customer"))
    pc.wait(6)
    pc.act(ResumeClocks())
    assert clock(pc, "solution").clock.due == solution + timedelta(hours=6)
    assert clock(pc, "first_response").clock.due == response


def test_r4_level_four_has_no_clocks(pc):
    pc.act(ClassifyTicket("SP-12", 4))
    assert deadlines.of_ticket(pc.state, pc.context(SUPERVISOR)) == ()


def test_closing_ends_every_clock(pc):
    close(pc)
    pc.wait(24 * 90)
    found = deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
    assert found
    assert all(d.done_at is not None and not d.overdue for d in found)


def test_r12_money_makes_a_complaint_complex(pc):
    assert not deadlines.is_complex(pc.state)
    pc.act(voucher("I-1", "1.00"))
    assert deadlines.is_complex(pc.state)


def test_r12_another_department_makes_a_complaint_complex(pc):
    pc.act(RequestHelp("H-1", "quality", "是不是批次问题？"))
    assert deadlines.is_complex(pc.state)
    names = {d.clock.name for d in deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))}
    assert "progress_report" in names


def test_r12_a_person_sets_it_complex_with_a_reason_and_back(pc):
    assert pc.refused(SetComplexity("complex", " ")).code == "complexity_needs_reason"
    pc.act(SetComplexity("complex", "须等厂家检测"))
    assert deadlines.is_complex(pc.state)
    handling = next(
        d.clock
        for d in deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
        if d.clock.name == "handling"
    )
    assert handling.rule == "FL-10.supervisor"
    seen = len(pc.events)
    pc.act(SetComplexity("complex", "再说一次"))
    assert len(pc.events) == seen
    pc.act(SetComplexity("ordinary", "厂家当场答复"))
    assert not deadlines.is_complex(pc.state)


def test_a_ticket_without_opening_has_no_clock_facts(policy, ask):
    empty = Pc("A", policy)
    with pytest.raises(ValueError, match="not open"):
        deadlines.clock_facts(empty.state, ask())
