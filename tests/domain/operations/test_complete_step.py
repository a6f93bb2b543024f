"""Steps in order, gates, closing: FL-01, FL-04, FL-06, FL-11."""

import pytest

from desktop.domain.operations import complete_step
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.tick_check import TickCheck
from tests.domain.history import CLERK, exchange, second_pc
from tests.domain.walking import close, prepare, step_in_hand, walk_to


def test_fl_01_only_the_step_in_hand_can_be_completed(pc):
    refusal = pc.refused(CompleteStep("archive"))
    assert refusal.code == "step_out_of_order"
    assert refusal.values["step"]["zh_CN"] == "接待安抚"
    assert pc.refused(CompleteStep("moon")).code == "step_out_of_order"


def test_fl_06_unticked_checks_and_closed_gates_are_named(pc):
    walk_to(pc, "classify")
    refusal = pc.refused(CompleteStep("classify"))
    assert refusal.code == "step_blocked"
    texts = {missing["en"] for missing in refusal.values["missing"]}
    assert "The complaint code is not set" in texts
    assert "Set level 1–4; changing the suggestion needs a reason" in texts


def test_completing_marks_the_step_with_who_and_when(pc):
    prepare(pc, "calm")
    state = pc.act(CompleteStep("calm"))
    assert state.steps_done["calm"].actor == "P-li"
    assert step_in_hand(pc) == "record"


def test_fl_04_the_last_step_closes_after_the_survey(pc):
    walk_to(pc, "callback")
    assert pc.refused(CompleteStep("callback")).code == "step_blocked"
    close(pc)
    assert pc.state.closed.actor == "P-li"
    assert set(pc.state.steps_done) >= {"calm", "record", "callback", "archive"}


def test_nc_05_fewer_than_three_stars_do_not_close(pc):
    walk_to(pc, "callback")
    pc.act(TickCheck("callback", "asked", True))
    pc.act(RecordSurvey("answered", 2))
    assert pc.refused(CompleteStep("callback")).code == "step_out_of_order"
    assert step_in_hand(pc) == "verify"


def test_fl_11_closing_late_needs_the_reason_and_keeps_it(pc):
    walk_to(pc, "sign")
    pc.wait(24 * 30)
    walk_to(pc, "archive")
    prepare(pc, "archive")
    assert pc.state.solved.at > pc.events[0].at
    blocked = pc.refused(CompleteStep("archive", "  "))
    assert [m["en"] for m in blocked.values["missing"]] == [
        "The time limit has passed; the reason is needed"
    ]
    state = pc.act(CompleteStep("archive", "等待配件"))
    assert state.closed
    assert state.text("overdue_reason") == "等待配件"


def test_an_overdue_reason_opens_no_gate_before_the_last_step(pc):
    prepare(pc, "calm")
    pc.act(CompleteStep("calm", "太忙"))
    assert pc.state.text("overdue_reason") == ""
    assert all("太忙" not in event.personal.values() for event in pc.events)


def test_level_four_skips_the_steps_that_do_not_apply(pc):
    walk_to(pc, "classify")
    prepare(pc, "classify", level=4)
    pc.act(CompleteStep("classify"))
    assert step_in_hand(pc) == "archive"


def test_a_step_that_applies_again_is_in_hand_again(pc):
    walk_to(pc, "classify")
    prepare(pc, "classify", level=4)
    pc.act(CompleteStep("classify"))
    prepare(pc, "classify", level=3)
    assert step_in_hand(pc) == "verify"


def test_after_the_last_step_nothing_is_left(pc):
    close(pc)
    assert complete_step.step_in_hand(pc.state, pc.context(CLERK)) is None
    assert pc.refused(CompleteStep("archive")).code == "ticket_closed"


def test_a_ticket_whose_steps_are_all_done_elsewhere_says_so(pc):
    for step in pc.policy.flow("store").steps:
        pc.write("step.completed", {"step": step.id})
    assert pc.refused(CompleteStep("archive")).code == "no_step_left"


@pytest.mark.parametrize(
    "command",
    [
        CorrectTicket({"phone": "1"}),
        TickCheck("calm", "safe", False),
        ContactCustomer("inquiry", "phone"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_closed_ticket_is_left_as_it_is(pc, command):
    close(pc)
    refusal = pc.refused(command)
    assert (refusal.code, refusal.values["number"]) == ("ticket_closed", pc.state.number)


def test_two_pcs_that_complete_one_step_leave_the_first_completion(pc):
    prepare(pc, "calm")
    other = second_pc(pc)
    pc.act(CompleteStep("calm"))
    other.wait(1)
    other.act(CompleteStep("calm"))
    state = exchange(pc, other)
    assert state.steps_done["calm"].event.chain == "A"
    assert step_in_hand(pc) == "record"
