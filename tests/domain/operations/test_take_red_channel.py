"""CL-01: one act makes a complaint level 1, on its way to the top, its clocks on the wall."""

from datetime import timedelta

from desktop.domain import deadlines
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.record_red_act import RecordRedAct
from desktop.domain.operations.take_red_channel import TakeRedChannel
from tests.domain.history import CLERK, Pc, exchange, opening, second_pc
from tests.domain.walking import close, step_in_hand, walk_to


def test_cl_01_one_act_takes_an_open_complaint_into_the_red_channel(pc):
    pc.act(TakeRedChannel("有人触电"))
    state = pc.state
    assert (state.level, state.flow, step_in_hand(pc)) == (1, "red", "safe")
    assert [(e.cause, e.to_role) for e in state.escalations] == [("level_one", "department_head")]
    due = {d.clock.name: d.clock.due for d in deadlines.of_ticket(state, pc.context(CLERK))}
    assert due["special_team"] == state.opened.at + timedelta(minutes=30)
    pc.act(RecordRedAct("make_safe"))


def test_a_second_press_changes_nothing(pc):
    pc.act(TakeRedChannel())
    before = len(pc.events)
    pc.act(TakeRedChannel())
    assert len(pc.events) == before
    assert pc.act(ClassifyTicket("PQ-05", 1)).flow == "red"
    assert len(pc.state.escalations) == 1


def test_cl_01_a_new_complaint_opens_in_it_with_nothing_filled_in(policy):
    pc = Pc("A", policy)
    empty = {"verbatim": None, "emotion": None, "expectation": None}
    pc.act(opening(red=True, flow="red", fields={**empty, "customer_name": None, "phone": None}))
    assert (pc.state.level, pc.state.flow) == (1, "red")
    pc.act(CorrectTicket({"customer_name": "张三", "phone": "13800000000"}))
    walk_to(pc, "record")
    pc.act(CorrectTicket({"verbatim": "货架倒了，砸到脚"}))
    assert pc.refused(CorrectTicket({"verbatim": "没事"})).code == "verbatim_is_kept"
    close(pc)
    assert pc.state.closed


def test_in_15_the_words_are_written_once_and_an_empty_text_writes_nothing(policy):
    pc = Pc("A", policy)
    pc.act(opening(red=True, flow="red", fields={"verbatim": None}))
    assert pc.refused(CorrectTicket({"verbatim": "  "})).code == "verbatim_is_kept"
    assert pc.refused(CompleteStep("record")).code == "step_out_of_order"


def test_a_closed_complaint_does_not_take_it(pc):
    close(pc)
    assert pc.refused(TakeRedChannel()).code == "ticket_closed"


def test_two_pcs_that_press_at_once_agree(pc):
    other = second_pc(pc)
    pc.act(TakeRedChannel())
    other.act(TakeRedChannel())
    merged = exchange(pc, other)
    assert (merged.level, merged.flow, merged.conflicts) == (1, "red", ())
    assert len(merged.escalations) == 1
