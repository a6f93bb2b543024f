"""Reminders, escalation, the daily line, the red channel and the wait at the counter."""

from datetime import date, timedelta

import pytest

from desktop.domain import daily, deadlines, escalation
from desktop.domain.operations import record_red_act
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.attend_customer import AttendCustomer
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.escalate_ticket import (
    EscalateTicket,
    TellEscalation,
    role_in_charge,
)
from desktop.domain.operations.note_progress import NoteProgress
from desktop.domain.operations.record_red_act import ACTS, RecordRedAct
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.reopen_ticket import ReopenTicket
from desktop.domain.outcomes import Accepted
from tests.domain.history import CLERK, MONDAY, Pc, exchange, opening, second_pc


def reminders(pc, since):
    found = escalation.reminders_since(pc.state, pc.context(CLERK), since)
    return {r.clock: r.percent for r in found}


def test_sl_05_marks_are_said_at_50_80_and_100_percent(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    due = next(
        d.clock
        for d in deadlines.of_ticket(pc.state, pc.context(CLERK))
        if d.clock.name == "first_response"
    )
    assert [r.percent for r in due.reminders] == [50, 80, 100]
    for mark in due.reminders:
        pc.now = mark.at
        just_before = mark.at - timedelta(seconds=1)
        assert reminders(pc, just_before)["first_response"] == mark.percent
        assert "first_response" not in reminders(pc, mark.at)


def test_sl_05_after_a_night_of_sleep_only_the_highest_mark_is_said(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(24 * 4)
    said = reminders(pc, MONDAY)
    assert said["solution"] == said["handling"] == 100


def test_what_is_done_is_no_reminder(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.act(ContactCustomer("first_response", "phone"))
    pc.wait(24)
    assert "first_response" not in reminders(pc, MONDAY)


def escalate(pc):
    """Carry out what is owed; return the clocks."""
    owed = escalation.overdue_escalations(pc.state, pc.context(CLERK))
    for command in owed:
        pc.act(command)
    return {command.clock: command.to_role for command in owed}


def test_sl_07_an_overdue_clock_goes_one_role_up_once(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(5)
    assert escalate(pc) == {"first_response": "supervisor"}
    assert escalate(pc) == {}
    pc.wait(20)
    owed = escalate(pc)
    assert set(owed.values()) == {"regional_manager"}
    assert "handling" in owed
    assert role_in_charge(pc.state) == "regional_manager"


def test_fl_10_handling_overdue_at_24_hours_is_brought_to_the_supervisor(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.act(ContactCustomer("first_response", "phone"))
    pc.act(ContactCustomer("interim_feedback", "phone"))
    pc.now = MONDAY + timedelta(hours=24)
    assert escalate(pc) == {}
    pc.now += timedelta(seconds=1)
    assert escalate(pc) == {"handling": "supervisor"}


def test_two_pcs_that_escalate_for_one_clock_make_one(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(5)
    other = second_pc(pc)
    escalate(pc)
    escalate(other)
    assert len(exchange(pc, other).escalations) == 1


def test_after_a_reopening_clocks_escalate_anew_from_the_counter(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(5)
    escalate(pc)
    pc.act(RecordSolution("换新"))
    pc.act(ReopenTicket("manager", "抽查"))
    assert role_in_charge(pc.state) == "clerk"
    pc.wait(30)
    assert escalate(pc)["first_response"] == "supervisor"


def test_a_person_escalates_with_a_reason_and_notes_who_was_told(pc):
    assert pc.refused(TellEscalation("王店长")).code == "nothing_escalated"
    assert pc.refused(EscalateTicket("manual")).code == "escalation_needs_reason"
    pc.act(EscalateTicket("manual", reason="顾客要求见负责人"))
    assert pc.refused(TellEscalation(" ")).code == "escalation_who"
    pc.act(TellEscalation("王店长"))
    last = pc.state.escalations[-1]
    assert (last.to_role, last.told) == ("supervisor", "王店长")


def test_sl_13_level_one_goes_straight_to_the_top_once(pc):
    pc.act(ClassifyTicket("SP-12", 1))
    pc.act(ClassifyTicket("PQ-03", 1))
    assert [(e.cause, e.to_role) for e in pc.state.escalations] == [
        ("level_one", "department_head")
    ]


def test_as_06_more_than_48_hours_without_a_sign_of_work_is_said(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.now = MONDAY + timedelta(hours=48)
    assert escalation.unhandled_since(pc.state, pc.context(CLERK)) is None
    pc.now += timedelta(seconds=1)
    assert escalation.unhandled_since(pc.state, pc.context(CLERK)) == MONDAY
    pc.act(AddComment("已致电厂家"))
    assert escalation.unhandled_since(pc.state, pc.context(CLERK)) is None


def test_cl_02_each_day_of_level_two_needs_its_line(pc):
    pc.act(ClassifyTicket("SP-12", 2))
    pc.wait(48)
    days = [date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)]
    assert list(daily.missing_days(pc.state, pc.context(CLERK))) == days
    pc.act(NoteProgress("已联系厂家", days[1]))
    pc.act(NoteProgress("换货到店"))
    assert daily.missing_days(pc.state, pc.context(CLERK)) == (days[0],)
    pc.act(ClassifyTicket("SP-12", 3))
    assert daily.missing_days(pc.state, pc.context(CLERK)) == ()


def test_cl_02_the_day_is_that_of_the_store(pc):
    pc.act(ClassifyTicket("SP-12", 2))
    pc.now = MONDAY.replace(hour=16, minute=30)  # half past midnight of Tuesday in Shanghai
    pc.act(NoteProgress("夜班交接"))
    assert daily.missing_days(pc.state, pc.context(CLERK)) == (date(2026, 11, 16),)


@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2026, 11, 17)])
def test_cl_02_no_line_for_a_day_to_come_or_before_the_complaint(pc, day):
    assert pc.refused(NoteProgress("已联系", day)).code == "progress_day"
    assert pc.refused(NoteProgress(" ")).code == "progress_empty"


def test_cl_01_the_special_team_stands_by_the_first_call_that_is_answered(pc):
    assert pc.refused(RecordRedAct("call", "店长")).code == "red_channel_level"
    pc.act(ClassifyTicket("SP-12", 1))

    def team():
        found = deadlines.of_ticket(pc.state, pc.context(CLERK))
        return next(d for d in found if d.clock.name == "special_team")

    assert team().clock.due == MONDAY + timedelta(minutes=30)
    pc.act(RecordRedAct("make_safe"))
    assert pc.refused(RecordRedAct("call")).code == "red_contact_missing"
    pc.act(RecordRedAct("call", "区域经理", reached=False))
    assert team().done_at is None
    pc.wait(0.2)
    pc.act(RecordRedAct("call", "客户服务部负责人"))
    assert team().done_at == pc.now
    assert record_red_act.missing_acts(pc.state) == ("preserve_evidence", "notify")
    assert ACTS == ("make_safe", "call", "preserve_evidence", "notify")


@pytest.mark.parametrize("outcome", ["served", "left"])
def test_sl_10_the_wait_ends_when_the_customer_is_served_or_leaves(policy, outcome):
    pc = Pc("A", policy)
    pc.act(opening(arrived_at=MONDAY - timedelta(minutes=3)))
    pc.wait(0.1)
    pc.act(AttendCustomer(outcome))
    found = deadlines.of_ticket(pc.state, pc.context(CLERK))
    assert next(d for d in found if d.clock.name == "waiting_customer").done_at == pc.now
    assert pc.refused(AttendCustomer("served")).code == "nobody_waits"


def test_escalating_twice_for_a_clock_changes_nothing(pc):
    command = EscalateTicket("overdue", "solution", MONDAY, "supervisor")
    pc.act(command)
    assert pc.decide(command) == Accepted(())


def test_nothing_is_said_or_escalated_before_the_next_moment(pc):
    """SL-05, SL-07, AS-06: a look may be left out until then, and only until then."""
    pc.act(ClassifyTicket("SP-12", 3))
    answers = []
    for _step in range(12):
        begun, context = pc.now, pc.context(CLERK)
        coming = escalation.next_moment(pc.state, context)
        if coming is None:
            break
        known = escalation.overdue_escalations(pc.state, context)
        pc.now = coming - timedelta(milliseconds=1)
        if pc.now > begun:
            quiet = pc.context(CLERK)
            assert not escalation.reminders_since(pc.state, quiet, begun)
            assert escalation.overdue_escalations(pc.state, quiet) == known
            idle = escalation.unhandled_since(pc.state, quiet)
            assert idle == escalation.unhandled_since(pc.state, context)
        pc.now = coming + timedelta(milliseconds=1)
        said = escalation.reminders_since(pc.state, pc.context(CLERK), begun)
        answers.append((said, escalation.unhandled_since(pc.state, pc.context(CLERK))))
    assert any(idle for _said, idle in answers)
    assert sum(len(said) for said, _idle in answers) > 3
