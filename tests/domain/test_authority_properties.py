"""What must hold of authority for every amount and every split of it (D4)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.authority import Decision, Proposal, Proposer, decide
from desktop.domain.policy import INSTRUMENTS, ROLES
from desktop.policy import load_policy

ROWS = load_policy().authority
RANKS = {role: rank for rank, role in enumerate(ROLES)}
amounts = st.integers(1, 2_000_000).map(lambda cents: Decimal(cents) / 100)
roles = st.sampled_from(ROLES[:4])
instruments = st.sampled_from(INSTRUMENTS)


def needed(decision: Decision, proposer: str) -> int:
    """The rank of the role that decides."""
    return RANKS[decision.approver or proposer]


def goodwill(amount: Decimal, role: str, instrument: str) -> Proposal:
    return Proposal(instrument, "goodwill", amount, Proposer("lin", role), "customer")


@given(st.lists(amounts, min_size=1, max_size=8), roles, instruments)
def test_any_split_needs_at_least_the_authority_of_the_whole(
    parts: list[Decimal], role: str, instrument: str
) -> None:
    whole = needed(decide(goodwill(sum(parts, Decimal(0)), role, instrument), (), ROWS), role)
    earlier: list[Proposal] = []
    highest = 0
    for part in parts:
        item = goodwill(part, role, instrument)
        highest = max(highest, needed(decide(item, earlier, ROWS), role))
        earlier.append(item)
    assert highest >= whole


@given(amounts, amounts, roles, instruments)
def test_more_money_never_needs_less_authority(
    one: Decimal, other: Decimal, role: str, instrument: str
) -> None:
    less, more = sorted((one, other))
    small = decide(goodwill(less, role, instrument), (), ROWS)
    large = decide(goodwill(more, role, instrument), (), ROWS)
    assert needed(small, role) <= needed(large, role)


@given(amounts, roles, instruments, st.sampled_from(["refund", "statutory", "goodwill"]))
def test_nothing_that_the_customer_may_have_is_refused_for_authority(
    amount: Decimal, role: str, instrument: str, ledger: str
) -> None:
    item = Proposal(instrument, ledger, amount, Proposer("lin", role), "customer")
    assert decide(item, (), ROWS).decision != "refused"
