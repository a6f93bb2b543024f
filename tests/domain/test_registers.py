"""One field, several writers: what was seen is replaced, what was not is kept beside it."""

from desktop.domain.events import Absent
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.registers import Register
from tests.domain.history import exchange, second_pc


def test_a_writer_replaces_what_it_had_seen(pc):
    one = pc.write("x", {})
    two = pc.write("x", {})
    register = Register().set(one, "a").set(two, "b")
    assert [c.value for c in register.candidates] == ["b"]
    assert not register.in_conflict
    assert (register.current.event, register.current.actor) == (two.id, "P-li")


def test_concurrent_values_are_both_kept_in_event_order(pc):
    other = second_pc(pc)
    here, there = pc.write("x", {}), other.write("x", {})
    register = Register().set(here, "a").set(there, "b")
    assert [c.value for c in register.candidates] == ["a", "b"]
    assert register.in_conflict
    assert register.current.value == "b"
    assert Register().set(there, "b").set(here, "a") == register


def test_settling_replaces_both_sides(pc):
    other = second_pc(pc)
    here, there = pc.write("x", {}), other.write("x", {})
    pc.receive(other)
    settled = Register().set(here, "a").set(there, "b").set(pc.write("x", {}), "a")
    assert [c.value for c in settled.candidates] == ["a"]


def test_a_third_writer_who_saw_one_side_only_leaves_the_other(pc):
    other, third = second_pc(pc), second_pc(pc, "C")
    here, there = pc.write("x", {}), other.write("x", {})
    third.receive(pc)
    late = third.write("x", {})
    register = Register().set(here, "a").set(there, "b").set(late, "c")
    assert {c.value for c in register.candidates} == {"b", "c"}


def test_true_and_one_are_two_values_but_equal_absences_are_no_conflict(pc):
    other = second_pc(pc)
    here, there = pc.write("x", {}), other.write("x", {})
    assert Register().set(here, True).set(there, 1).in_conflict
    assert not Register().set(here, Absent.ERASED).set(there, Absent.ERASED).in_conflict


def test_nobody_set_it():
    assert Register().current is None
    assert not Register().in_conflict


def test_three_pcs_settle_at_once_into_a_smaller_conflict_and_then_none(pc):
    other, third = second_pc(pc), second_pc(pc, "C")
    for computer, phone in ((pc, "1"), (other, "2"), (third, "3")):
        computer.act(CorrectTicket({"phone": phone}))
    exchange(pc, other)
    exchange(pc, third)
    other.receive(third)
    for computer, phone in ((pc, "1"), (other, "2")):
        computer.act(CorrectTicket({"phone": phone}))
    state = exchange(pc, other)
    assert {c.value for c in state.fields["phone"].candidates} == {"1", "2"}
    assert pc.act(CorrectTicket({"phone": "2"})).conflicts == ()
