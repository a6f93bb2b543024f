"""A complaint takes the flow that its facts ask for; what is done stays, no gate is lost."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain import facts
from desktop.domain.operations import complete_step
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.external_case import RecordExternalCase
from desktop.domain.operations.move_flow import MoveFlow, flow_facts
from desktop.domain.operations.tick_check import TickCheck
from desktop.policy import load_policy
from tests.domain.history import CLERK, SUPERVISOR, Pc, exchange, opening, second_pc
from tests.domain.walking import close, prepare, step_in_hand, walk_to

POLICY = load_policy()
CASE = RecordExternalCase("E-1", "12315", "310000-2026-7", date(2026, 11, 16), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("code", "level", "flow"),
    [
        ("SP-12", 3, "store"),
        ("SP-12", 1, "red"),
        ("PQ-01", 3, "exchange"),
        ("PQ-01", 4, "store"),
        ("PQ-03", 2, "quality_test"),
        ("PQ-03", 1, "red"),
    ],
)
def test_fl_05_classifying_takes_the_flow_of_the_code_and_level(pc, code, level, flow):
    pc.act(ClassifyTicket(code, level))
    assert pc.state.flow == flow
    moved = [event.kind for event in pc.events].count("ticket.flow_moved")
    assert moved == (0 if flow == "store" else 1)


def test_ch_05_a_case_at_12315_takes_its_flow_and_another_authority_does_not(pc):
    pc.act(replace(CASE, authority="court"))
    assert pc.state.flow == "store"
    pc.act(replace(CASE, case="E-2"))
    assert pc.state.flow == "case_12315"
    assert pc.state.flow_moves[-1].rule == "authority"
    assert step_in_hand(pc) == "notice"


def test_cl_01_raised_in_the_middle_the_done_steps_stay_and_the_red_acts_come_first(pc):
    walk_to(pc, "propose")
    done = dict(pc.state.steps_done)
    pc.act(ClassifyTicket("SP-12", 1))
    assert pc.state.flow == "red"
    assert done.items() <= pc.state.steps_done.items()
    assert step_in_hand(pc) == "safe"
    close(pc)
    assert pc.state.closed
    assert {"safe", "call", "preserve", "notify", "team"} <= pc.state.steps_done.keys()


def test_lowered_again_it_goes_back_and_nothing_is_asked_twice(pc):
    walk_to(pc, "propose")
    pc.act(ClassifyTicket("SP-12", 1))
    pc.act(ClassifyTicket("SP-12", 3))
    assert pc.state.flow == "store"
    assert step_in_hand(pc) == "propose"
    assert [m.after for m in pc.state.flow_moves] == ["red", "store"]


def test_r13_a_new_code_sends_back_to_the_gate_that_it_opens(pc):
    """SKU and batch are asked for when classifying; a later change to PQ must not pass them by."""
    walk_to(pc, "propose")
    pc.act(ClassifyTicket("PQ-99", 3))
    assert pc.state.flow == "store"
    assert pc.state.flow_moves[-1].redo == ("classify",)
    assert step_in_hand(pc) == "classify"
    assert pc.refused(CompleteStep("classify")).code == "step_blocked"
    pc.act(CorrectTicket({"sku": "AX-1", "batch": "7"}))
    pc.act(CompleteStep("classify"))
    assert step_in_hand(pc) == "propose"


def test_a_shared_step_with_more_to_do_is_done_again_for_that_alone(pc):
    """The red channel's archive also asks for the review; its ticks from before still count."""
    walk_to(pc, "archive")
    prepare(pc, "archive")
    pc.act(ClassifyTicket("SP-12", 1))
    while step_in_hand(pc) != "archive":
        prepare(pc, step_in_hand(pc))
        pc.act(CompleteStep(step_in_hand(pc)))
    missing = pc.refused(CompleteStep("archive")).values["missing"]
    assert any("复盘" in text["zh_CN"] for text in missing)
    pc.act(TickCheck("archive", "review", True))
    assert pc.act(CompleteStep("archive")).closed


def test_a_manager_chooses_a_flow_with_a_reason_and_it_stays_until_facts_change(pc):
    walk_to(pc, "verify")
    assert pc.refused(MoveFlow("exchange", "顾客要求换货"), CLERK).code == "flow_role"
    assert pc.refused(MoveFlow("moon", "x"), SUPERVISOR).code == "unknown_flow"
    assert pc.refused(MoveFlow("exchange", " "), SUPERVISOR).code == "flow_needs_reason"
    pc.act(MoveFlow("exchange", "顾客要求换货"), SUPERVISOR)
    assert (pc.state.flow, step_in_hand(pc)) == ("exchange", "goods")
    assert pc.state.flow_moves[-1].reason == "顾客要求换货"
    pc.act(CorrectTicket({"tier": "vip"}))
    assert pc.state.flow == "exchange"
    pc.act(ClassifyTicket("SP-12", 1))
    assert pc.state.flow == "red"
    before = len(pc.events)
    pc.act(MoveFlow("red", "同一流程"), SUPERVISOR)
    assert len(pc.events) == before


def test_a_closed_complaint_stays_where_it_is(pc):
    close(pc)
    assert pc.refused(MoveFlow("exchange", "x"), SUPERVISOR).code == "ticket_closed"


def test_two_pcs_move_at_once_and_agree(pc):
    other = second_pc(pc)
    pc.act(ClassifyTicket("PQ-01", 3))
    other.act(ClassifyTicket("SP-12", 1))
    merged = exchange(pc, other)
    assert merged.flow in ("exchange", "red")
    assert {"code", "level"} <= set(merged.conflicts)
    pc.act(ClassifyTicket("SP-12", 1))
    assert pc.state.flow == "red"


def test_an_event_of_another_version_that_names_no_flow_changes_nothing(pc):
    before = pc.state
    pc.write("ticket.flow_moved", {"redo": ["x"]})
    assert pc.state == before


CHANGES = st.lists(
    st.tuples(st.sampled_from(sorted(POLICY.codes)), st.integers(1, 4)), min_size=1, max_size=5
)


@settings(max_examples=25, deadline=None)
@given(CHANGES, st.sampled_from((None, "verify", "sign", "archive")))
def test_fl_07_whatever_it_is_changed_to_every_done_step_of_its_flow_holds_its_gates(drawn, start):
    pc = Pc("A", POLICY)
    pc.act(opening())
    if start:
        walk_to(pc, start)
    for code, level in drawn:
        pc.act(ClassifyTicket(code, level))
        context = pc.context(CLERK)
        assert pc.state.flow == POLICY.flow_for(flow_facts(pc.state, POLICY))
        known = facts.of_ticket(pc.state, context)
        flow = POLICY.flow(pc.state.flow)
        for step in complete_step.steps_in_force(pc.state, context):
            if step.id in pc.state.steps_done:
                assert not step.missing(known), (flow.id, step.id, code, level)
                assert not step.unchecked(known), (flow.id, step.id)


def test_the_evidence_of_one_flow_counts_in_the_next(pc):
    walk_to(pc, "verify")
    pc.act(AttachEvidence("cd" * 32, "image/png", 9, "photo", "样品.png"))
    pc.act(ClassifyTicket("SP-12", 1))
    for step in ("safe", "call"):
        prepare(pc, step)
        pc.act(CompleteStep(step))
    for check in ("photos", "camera"):
        pc.act(TickCheck("preserve", check, True))
    pc.act(CompleteStep("preserve"))
    assert step_in_hand(pc) == "notify"
