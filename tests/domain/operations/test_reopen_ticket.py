"""A complaint reopens more urgent, with another owner, and its later steps are done again."""

import pytest

from desktop.domain import facts
from desktop.domain.operations import complete_step
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.reopen_ticket import ReopenTicket
from desktop.domain.operations.transfer_ticket import AcceptTransfer, TransferTicket
from tests.domain.history import CLERK, OTHER_CLERK, SUPERVISOR, exchange, second_pc
from tests.domain.walking import close, prepare, step_in_hand, walk_to


def unhappy(pc, score=2):
    walk_to(pc, "callback")
    pc.act(RecordSurvey("answered", score))


def test_nc_05_too_few_stars_reopen_in_the_same_decision(pc):
    walk_to(pc, "callback")
    before = len(pc.events)
    pc.act(RecordSurvey("answered", 2))
    kinds = [event.kind for event in pc.events[before:]]
    assert kinds == ["survey.recorded", "ticket.reopened"]
    assert pc.state.reopened[-1].cause == "low_score"


@pytest.mark.parametrize(("score", "reopens"), [(1, True), (2, True), (3, False), (5, False)])
def test_d3_three_stars_are_not_below_three(pc, score, reopens):
    unhappy(pc, score)
    assert bool(pc.state.reopened) is reopens


@pytest.mark.parametrize(("level", "then"), [(3, 2), (2, 1), (1, 1)])
def test_r11_it_reopens_one_level_more_urgent_and_level_one_stays(pc, level, then):
    walk_to(pc, "classify")
    prepare(pc, "classify", level)
    unhappy(pc)
    assert pc.state.level == then


def test_r11_another_owner_must_accept_before_any_step(pc):
    unhappy(pc)
    assert pc.state.text("owner") == CLERK.person
    prepare(pc, step_in_hand(pc))
    refusal = pc.refused(CompleteStep("verify"))
    assert "另一人" in refusal.values["missing"][-1]["zh_CN"]
    assert pc.refused(AcceptTransfer(), CLERK).code == "transfer_to_former_owner"
    assert pc.refused(AcceptTransfer(), OTHER_CLERK).code == "transfer_role"
    pc.act(AcceptTransfer(), SUPERVISOR)
    assert pc.state.text("owner") == SUPERVISOR.person
    pc.act(CompleteStep("verify"), SUPERVISOR)


def test_r11_the_team_may_name_a_person_but_never_the_former_owner(pc):
    unhappy(pc)
    back = TransferTicket(CLERK.person, "原负责人熟悉", "见记录")
    assert pc.refused(back, SUPERVISOR).code == "transfer_to_owner"
    pc.act(TransferTicket(OTHER_CLERK.person, "熟悉该品类", "见记录"), SUPERVISOR)
    assert pc.refused(back, SUPERVISOR).code == "transfer_to_owner"
    pc.act(AcceptTransfer(), OTHER_CLERK)
    assert pc.state.text("owner") == OTHER_CLERK.person


def test_steps_from_the_investigation_on_are_done_again_with_their_checks(pc):
    unhappy(pc)
    assert step_in_hand(pc) == "verify"
    assert {"calm", "record", "classify"} <= set(pc.state.steps_done)
    step = pc.policy.flow("store").step("verify")
    missing = complete_step.missing_for(pc.state, step, pc.context(SUPERVISOR))
    assert {m.id for m in missing} >= {check.id for check in step.do if check.required}
    assert pc.state.checks_done("calm")


def test_what_came_before_counts_no_more(pc):
    unhappy(pc)
    known = facts.of_ticket(pc.state, pc.context(SUPERVISOR))
    assert (known["solved"], known["signed"], known["contacted"]) == (False, False, False)
    assert (known["survey_done"], known["survey_score"]) == (False, 0)
    assert len(pc.state.surveys) == 1


def test_a_reopened_complaint_closes_after_all_was_done_again(pc):
    unhappy(pc)
    pc.act(AcceptTransfer(), SUPERVISOR)
    close(pc)
    assert pc.state.closed
    assert len(pc.state.surveys) == 2


def test_as_05_a_closed_complaint_reopens_when_the_customer_complains_again(pc):
    close(pc)
    assert pc.refused(ReopenTicket("repeat", " ")).code == "reopening_needs_reason"
    pc.act(ReopenTicket("repeat", "换新后再次故障"))
    assert pc.state.closed is None
    assert pc.state.level == 2


def test_what_is_not_answered_yet_is_not_reopened(pc):
    assert pc.refused(ReopenTicket("manager", "抽查")).code == "nothing_to_reopen"
    pc.act(RecordSolution("换新"))
    pc.act(ReopenTicket("manager", "抽查"))
    assert pc.state.solved is None


def test_two_pcs_that_reopen_at_once_agree_on_what_is_left(pc):
    walk_to(pc, "callback")
    other = second_pc(pc)
    pc.act(RecordSurvey("answered", 1))
    other.act(RecordSurvey("answered", 2))
    state = exchange(pc, other)
    assert len(state.reopened) == 2
    assert state.level == 2
    assert step_in_hand(pc) == step_in_hand(other) == "verify"


def test_the_solution_clock_runs_anew_from_the_reopening(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    pc.wait(60)
    unhappy(pc)
    assert facts.of_ticket(pc.state, pc.context(SUPERVISOR))["overdue"] is False
