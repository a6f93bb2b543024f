"""Completing and correcting facts: IN-15, and the settling of conflicts."""

import pytest

from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.outcomes import Accepted
from tests.domain.history import exchange, second_pc


def test_a_correction_changes_only_the_fields_it_names(pc):
    before = pc.state
    after = pc.act(CorrectTicket({"phone": "13900000000", "sku": "AX-1"}))
    changed = {n for n in after.fields if after.value(n) != before.value(n)}
    assert changed == {"phone", "sku"}


def test_in_15_the_customers_words_are_never_replaced(pc):
    assert pc.refused(CorrectTicket({"verbatim": "没事了"})).code == "verbatim_is_kept"
    assert pc.decide(CorrectTicket({"verbatim": pc.state.text("verbatim")})) == Accepted(())


def test_what_is_already_so_writes_nothing(pc):
    assert pc.decide(CorrectTicket({"emotion": 3, "phone": "13800000000"})) == Accepted(())


@pytest.mark.parametrize("emotion", [0, 6])
def test_emotion_stays_in_range(pc, emotion):
    assert pc.refused(CorrectTicket({"emotion": emotion})).code == "emotion_out_of_range"


def test_an_unknown_field_is_a_fault_of_the_program(pc):
    with pytest.raises(ValueError, match="owner"):
        pc.decide(CorrectTicket({"owner": "P-x"}))


def test_a_conflict_keeps_both_values_until_somebody_who_saw_both_settles_it(pc):
    other = second_pc(pc)
    pc.act(CorrectTicket({"phone": "13811111111"}))
    other.act(CorrectTicket({"phone": "13822222222"}))
    state = exchange(pc, other)
    assert state.conflicts == ("phone",)
    assert {c.value for c in state.fields["phone"].candidates} == {"13811111111", "13822222222"}
    settled = pc.act(CorrectTicket({"phone": state.text("phone")}))
    assert settled.conflicts == ()
    assert exchange(pc, other).text("phone") == state.text("phone")


def test_equal_values_set_at_once_are_no_conflict(pc):
    other = second_pc(pc)
    for computer in (pc, other):
        computer.act(CorrectTicket({"sku": "AX-1"}))
    assert exchange(pc, other).conflicts == ()
