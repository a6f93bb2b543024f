"""What two computers break together: over a limit (D4, R7), and when it is no longer broken."""

import pytest

from desktop.domain.anomalies import find_anomalies
from desktop.domain.operations.decide_approval import DecideApproval
from tests.domain.history import CLERK, HEAD, OTHER_CLERK, SUPERVISOR, exchange, second_pc, voucher


def together(pc, first, second, actors=(CLERK, OTHER_CLERK)):
    """Let two computers propose at once, then exchange; the first comes first in event order."""
    other = second_pc(pc)
    pc.act(first, actors[0])
    other.act(second, actors[1])
    return exchange(pc, other)


def over_limit(state):
    return [(a.values["item"], a.values["limit"], a.values["cumulative"]) for a in state.anomalies]


def test_two_grants_within_the_limit_that_pass_it_together_are_marked_once(pc):
    state = together(pc, voucher("I-1", "1500.00"), voucher("I-2", "1500.00"))
    assert over_limit(state) == [("I-2", "2000.00", "3000.00")]
    (anomaly,) = state.anomalies
    assert anomaly.code == "over_limit"
    assert anomaly.event == state.compensation["I-2"].proposed.event
    assert find_anomalies(state) == state.anomalies


def test_d3_the_limit_itself_is_within(pc):
    assert over_limit(together(pc, voucher("I-1", "1000.00"), voucher("I-2", "1000.00"))) == []
    more = second_pc(pc, "C")
    assert more.act(voucher("I-3", "0.01")).anomalies == ()  # waits for the supervisor


def test_one_cent_above_is_marked(pc):
    state = together(pc, voucher("I-1", "1000.00"), voucher("I-2", "1000.01"))
    assert over_limit(state) == [("I-2", "2000.00", "2000.01")]


def test_the_event_order_says_which_one_stands_above(pc):
    big, small = voucher("I-1", "3000.00"), voucher("I-2", "1500.00")
    state = together(pc, big, small, (SUPERVISOR, CLERK))
    assert over_limit(state) == [("I-2", "2000.00", "4500.00")]


def test_a_higher_authority_after_a_lower_one_is_judged_by_its_own_limit(pc):
    small, big = voucher("I-1", "1500.00"), voucher("I-2", "3000.00")
    assert over_limit(together(pc, small, big, (CLERK, SUPERVISOR))) == []


def test_refunds_of_the_price_and_statutory_claims_never_count(pc):
    refund = voucher("I-1", "9000.00", instrument="refund", ledger="refund")
    assert over_limit(together(pc, refund, voucher("I-2", "2000.00"), (SUPERVISOR, CLERK))) == []


def test_no_limit_is_never_passed(pc):
    state = together(pc, voucher("I-1", "2000.00"), voucher("I-2", "90000.00"), (CLERK, HEAD))
    assert over_limit(state) == []


def test_a_pending_item_counts_until_it_is_refused(pc):
    state = together(pc, voucher("I-1", "3000.00"), voucher("I-2", "1500.00"))
    assert over_limit(state) == [("I-2", "2000.00", "4500.00")]
    state = pc.act(DecideApproval("I-1", False, "先换货"), SUPERVISOR)
    assert over_limit(state) == []


def test_approvals_given_on_two_pcs_at_once_are_marked_too(pc):
    other = second_pc(pc)
    for computer, item, clerk in ((pc, "I-1", CLERK), (other, "I-2", OTHER_CLERK)):
        computer.act(voucher(item, "3000.00"), clerk)
        computer.act(DecideApproval(item, True), SUPERVISOR)
    assert over_limit(exchange(pc, other)) == [("I-2", "5000.00", "6000.00")]


def test_an_approval_without_limit_is_never_above_it(pc):
    other = second_pc(pc)
    for computer, item, clerk in ((pc, "I-1", CLERK), (other, "I-2", OTHER_CLERK)):
        computer.act(voucher(item, "3000.00"), clerk)
        computer.act(DecideApproval(item, True), HEAD)
    assert over_limit(exchange(pc, other)) == []


def test_other_anomalies_stay_when_sums_change(pc):
    pc.write("compensation.proposed", {"item": "I-0"})
    state = together(pc, voucher("I-1", "1500.00"), voucher("I-2", "1500.00"))
    assert [a.code for a in state.anomalies] == ["item_unreadable", "over_limit"]


@pytest.mark.parametrize("count", [3, 4])
def test_each_item_above_the_limit_is_marked(pc, count):
    others = [second_pc(pc, chain) for chain in "BCDE"[: count - 1]]
    for number, computer in enumerate((pc, *others)):
        computer.act(voucher(f"I-{number}", "1200.00"))
    for other in others:
        pc.receive(other)
    assert len(over_limit(pc.state)) == count - 1
