"""Pausing: D2, R3."""

from datetime import timedelta

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.pause_clocks import REASONS, PauseClocks, ResumeClocks
from desktop.domain.outcomes import Accepted
from tests.domain.history import MONDAY, exchange, second_pc


@pytest.mark.parametrize("reason", REASONS)
def test_a_pause_runs_until_it_is_resumed(pc, reason):
    (pause,) = pc.act(PauseClocks(reason)).pauses
    assert (pause.since, pause.until, pause.reason) == (MONDAY, None, reason)
    pc.wait(3)
    (ended,) = pc.act(ResumeClocks()).pauses
    assert ended.until == MONDAY + timedelta(hours=3)


def test_d2_level_one_never_pauses(pc):
    pc.act(ClassifyTicket("PQ-03", 1))
    assert pc.refused(PauseClocks("waiting_customer")).code == "level_one_never_pauses"


def test_one_pause_at_a_time(pc):
    pc.act(PauseClocks("waiting_customer"))
    assert pc.refused(PauseClocks("waiting_parts")).code == "already_paused"


def test_r3_no_other_reason_pauses(pc):
    with pytest.raises(ValueError, match="lunch"):
        pc.decide(PauseClocks("lunch"))


def test_resuming_what_runs_writes_nothing(pc):
    assert pc.decide(ResumeClocks()) == Accepted(())


def test_one_resume_ends_the_pauses_of_both_pcs(pc):
    other = second_pc(pc)
    pc.act(PauseClocks("waiting_customer"))
    other.wait(1)
    other.act(PauseClocks("waiting_parts"))
    exchange(pc, other)
    pc.wait(5)
    state = pc.act(ResumeClocks())
    assert [p.until for p in state.pauses] == [MONDAY + timedelta(hours=5)] * 2


def test_a_wrong_clock_never_ends_a_pause_before_it_began(pc):
    pc.act(PauseClocks("waiting_parts"))
    pc.wait(-10)
    (pause,) = pc.act(ResumeClocks()).pauses
    assert pause.until == pause.since
