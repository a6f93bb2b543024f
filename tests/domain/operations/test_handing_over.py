"""Transfers, help from other departments, and who answers for a complaint meanwhile."""

from datetime import timedelta

import pytest

from desktop.domain import deadlines
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.request_help import AnswerHelp, RequestHelp
from desktop.domain.operations.transfer_ticket import AcceptTransfer, TransferTicket
from tests.domain.history import (
    CLERK,
    MONDAY,
    OTHER_CLERK,
    SUPERVISOR,
    exchange,
    second_pc,
)
from tests.domain.walking import prepare, walk_to

TO_ZHAO = TransferTicket(OTHER_CLERK.person, "下班交接", "小票已核对，待致电厂家")


def clock(pc, name):
    found = deadlines.of_ticket(pc.state, pc.context(SUPERVISOR))
    return next((d for d in found if d.clock.name == name), None)


def test_as_11_the_owner_stays_until_the_named_person_accepts(pc):
    pc.act(TO_ZHAO)
    assert pc.state.text("owner") == CLERK.person
    assert pc.refused(AcceptTransfer(), SUPERVISOR).code == "transfer_not_yours"
    pc.act(AcceptTransfer(), OTHER_CLERK)
    assert pc.state.text("owner") == OTHER_CLERK.person
    assert pc.refused(AcceptTransfer(), OTHER_CLERK).code == "no_transfer_waits"


@pytest.mark.parametrize(
    ("to", "reason", "note", "code"),
    [
        (OTHER_CLERK.person, " ", "已核对", "transfer_needs_reason"),
        (OTHER_CLERK.person, "下班", "", "transfer_needs_note"),
        (CLERK.person, "下班", "已核对", "transfer_to_owner"),
        ("", "下班", "已核对", "transfer_to_owner"),
    ],
)
def test_as_03_a_transfer_says_to_whom_why_and_what_was_done(pc, to, reason, note, code):
    assert pc.refused(TransferTicket(to, reason, note)).code == code


def test_a_clerk_does_not_hand_over_what_is_not_theirs_but_a_manager_may(pc):
    to_zhao = TransferTicket("P-qian", "分流", "待核实")
    assert pc.refused(to_zhao, OTHER_CLERK).code == "transfer_not_owner"
    pc.act(to_zhao, SUPERVISOR)
    assert pc.state.handover.to == "P-qian"


def test_as_04_the_fourth_transfer_is_an_exception(pc):
    people = [OTHER_CLERK, CLERK, OTHER_CLERK, CLERK]
    for number, person in enumerate(people, start=1):
        pc.act(TransferTicket(person.person, "分流", "待核实"), SUPERVISOR)
        pc.act(AcceptTransfer(), person)
        codes = [a.code for a in pc.state.anomalies]
        assert codes == (["transferred_often"] if number == 4 else [])
    assert pc.state.anomalies[0].values == {"count": "4"}


def test_as_10_the_handover_note_stays_with_the_ticket(pc):
    pc.act(TO_ZHAO)
    assert pc.state.handover.note == TO_ZHAO.note


def test_two_transfers_that_did_not_know_each_other_leave_the_later_one_open(pc):
    other = second_pc(pc)
    pc.act(TO_ZHAO)
    other.act(TransferTicket("P-qian", "分流", "待核实"), SUPERVISOR)
    state = exchange(pc, other)
    assert [h.to for h in state.handovers] == [OTHER_CLERK.person, "P-qian"]
    assert state.handover.to == "P-qian"


def test_fl_09_a_department_has_48_hours_to_diagnose_and_72_to_solve(pc):
    pc.wait(2)
    pc.act(RequestHelp("H-1", "quality", "主板是否故障"))
    asked = MONDAY + timedelta(hours=2)
    assert clock(pc, "diagnosis").clock.due == asked + timedelta(hours=48)
    rules = [row.rule for row in clock(pc, "solution").clock.lost]
    assert "FL-09.solution" in [*rules, clock(pc, "solution").clock.rule]
    pc.wait(5)
    pc.act(AnswerHelp("H-1", "diagnosis", "电容损坏"))
    assert clock(pc, "diagnosis").done_at == asked + timedelta(hours=5)
    assert pc.state.help_requests["H-1"].open
    pc.act(AnswerHelp("H-1", "solution", "更换主板"))
    assert not pc.state.help_requests["H-1"].open


def test_fl_09_of_two_requests_the_one_that_waits_longest_runs(pc):
    pc.act(RequestHelp("H-1", "quality", "诊断"))
    pc.wait(10)
    pc.act(RequestHelp("H-2", "logistics", "查件"))
    assert clock(pc, "diagnosis").clock.started_at == MONDAY
    pc.act(AnswerHelp("H-1", "solution", "更换"))
    assert clock(pc, "diagnosis").clock.started_at == MONDAY + timedelta(hours=10)
    assert clock(pc, "diagnosis").done_at is None


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (RequestHelp("H-2", " ", "诊断"), "help_department_missing"),
        (RequestHelp("H-2", "quality", ""), "help_question_missing"),
        (RequestHelp("H-1", "quality", "诊断"), "help_known"),
        (AnswerHelp("H-9", "solution", "换"), "help_unknown"),
        (AnswerHelp("H-1", "solution", ""), "help_answer_empty"),
    ],
)
def test_as_09_requests_and_answers_say_something(pc, command, code):
    pc.act(RequestHelp("H-1", "quality", "诊断"))
    assert pc.refused(command).code == code


def test_as_09_an_answered_request_is_not_answered_again(pc):
    pc.act(RequestHelp("H-1", "quality", "诊断"))
    pc.act(AnswerHelp("H-1", "diagnosis", "电容损坏"))
    assert pc.refused(AnswerHelp("H-1", "diagnosis", "又一次")).code == "help_answered_already"
    pc.act(AnswerHelp("H-1", "withdrawn", "顾客已换货"))
    assert pc.refused(AnswerHelp("H-1", "solution", "换")).code == "help_answered_already"


def test_an_open_request_keeps_the_complaint_open_and_an_answer_lets_it_close(pc):
    walk_to(pc, "archive")
    prepare(pc, "archive")
    pc.act(RequestHelp("H-1", "quality", "诊断"))
    refusal = pc.refused(CompleteStep("archive"))
    assert refusal.code == "step_blocked"
    assert "协办" in refusal.values["missing"][0]["zh_CN"]
    pc.act(AnswerHelp("H-1", "withdrawn", "不再需要"))
    assert pc.act(CompleteStep("archive")).closed
