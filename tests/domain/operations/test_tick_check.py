"""Ticking the lines of a step card: FL-06."""

import pytest

from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Accepted
from tests.domain.history import exchange, second_pc


def test_a_tick_is_set_and_taken_back(pc):
    assert pc.act(TickCheck("calm", "listened", True)).checks_done("calm") == {"listened"}
    assert pc.act(TickCheck("calm", "listened", False)).checks_done("calm") == set()


def test_a_tick_that_is_already_so_writes_nothing(pc):
    assert pc.decide(TickCheck("calm", "listened", False)) == Accepted(())


@pytest.mark.parametrize(("step", "check"), [("calm", "nothing"), ("moon", "listened"), ("", "")])
def test_a_check_that_the_flow_lacks_is_refused(pc, step, check):
    refusal = pc.refused(TickCheck(step, check, True))
    assert (refusal.code, refusal.values) == ("unknown_check", {"check": f"{step}.{check}"})


def test_equal_names_in_two_steps_are_two_checks(pc):
    state = pc.act(TickCheck("record", "receipt", True))
    assert state.checks_done("verify") == set()


def test_ticking_and_unticking_at_once_is_a_conflict(pc):
    pc.act(TickCheck("calm", "safe", True))
    other = second_pc(pc)
    pc.act(TickCheck("calm", "safe", False))
    other.act(TickCheck("calm", "listened", True))
    assert exchange(pc, other).conflicts == ()  # different checks
    third = second_pc(pc, "C")
    pc.act(TickCheck("calm", "safe", True))
    third.write("check.ticked", {"step": "calm", "check": "safe", "done": False})
    assert exchange(pc, third).conflicts == ("check:calm.safe",)
