"""Code and level: CL-01 … CL-10; CL-06, an override needs its reason."""

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from tests.domain.history import exchange, second_pc


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_classifying_sets_code_and_level_and_nothing_else(pc, level):
    before = pc.state
    after = pc.act(ClassifyTicket("PQ-03", level))
    assert (after.text("code"), after.level) == ("PQ-03", level)
    assert after.fields.keys() - before.fields.keys() == {"code", "level"}


@pytest.mark.parametrize("level", [0, 5, -1])
def test_levels_are_one_to_four(pc, level):
    assert pc.refused(ClassifyTicket("PQ-03", level)).code == "level_out_of_range"


def test_a_code_that_the_pack_lacks_is_refused(pc):
    refusal = pc.refused(ClassifyTicket("XX-99", 3))
    assert (refusal.code, refusal.values) == ("unknown_code", {"code": "XX-99"})


@pytest.mark.parametrize(
    "suggested", [{"suggested_code": "SP-12"}, {"suggested_level": 1}], ids=["code", "level"]
)
def test_cl_06_changing_a_suggestion_needs_a_reason(pc, suggested):
    silent = ClassifyTicket("PQ-03", 3, reason="  ", **suggested)
    assert pc.refused(silent).code == "override_needs_reason"
    pc.act(ClassifyTicket("PQ-03", 3, reason="顾客补充了说明", **suggested))
    event = next(e for e in pc.events if e.kind == "ticket.classified")
    assert event.personal == {"reason": "顾客补充了说明"}
    assert {k: event.data[k] for k in suggested} == suggested


def test_cl_06_following_the_suggestion_needs_none(pc):
    pc.act(ClassifyTicket("PQ-03", 2, "PQ-03", 2))


def test_two_levels_set_at_once_are_both_kept(pc):
    other = second_pc(pc)
    pc.act(ClassifyTicket("PQ-03", 2))
    other.act(ClassifyTicket("PQ-03", 3))
    state = exchange(pc, other)
    assert state.conflicts == ("level",)
    assert pc.act(ClassifyTicket("PQ-03", 2)).conflicts == ()


@pytest.mark.parametrize("level", [99, 0, "high", None, True, [1]])
def test_a_level_that_no_clock_knows_reads_as_unset(pc, level):
    pc.write("ticket.classified", {"code": "PQ-03", "level": level})
    assert pc.state.level == 3
