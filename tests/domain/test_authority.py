"""Authority by hand-written cases: D3–D6, R7, R8."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.domain.authority import AmountError, Decision, Proposal, Proposer, decide
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.policy import load_policy

ROWS = load_policy().authority


def proposal(
    amount: str,
    role: str = "clerk",
    instrument: str = "voucher",
    ledger: str = "goodwill",
    person: str = "lin",
    payee: str = "customer",
) -> Proposal:
    return Proposal(instrument, ledger, Decimal(amount), Proposer(person, role), payee)


def ruled(item: Proposal, *earlier: Proposal) -> Decision:
    return decide(item, earlier, ROWS)


@pytest.mark.parametrize(
    ("role", "instrument", "amount", "decision", "approver"),
    [
        ("clerk", "voucher", "2000.00", "granted", None),
        ("clerk", "credit", "2000.00", "granted", None),
        ("clerk", "voucher", "2000.01", "needs_approval", "supervisor"),
        ("clerk", "voucher", "5000.00", "needs_approval", "supervisor"),
        ("clerk", "voucher", "5000.01", "needs_approval", "department_head"),
        ("clerk", "refund", "0.01", "needs_approval", "supervisor"),
        ("clerk", "cash", "10.00", "needs_approval", "supervisor"),
        ("clerk", "gift", "10.00", "needs_approval", "supervisor"),
        ("clerk", "cash", "5000.01", "needs_approval", "department_head"),
        ("supervisor", "cash", "5000.00", "granted", None),
        ("supervisor", "cash", "5000.01", "needs_approval", "department_head"),
        ("regional_manager", "voucher", "5000.00", "granted", None),
        ("regional_manager", "voucher", "5000.01", "needs_approval", "department_head"),
        ("department_head", "cash", "999999.99", "granted", None),
    ],
)
def test_goodwill_by_instrument_role_and_amount(
    role: str, instrument: str, amount: str, decision: str, approver: str | None
) -> None:
    answer = ruled(proposal(amount, role, instrument))
    assert (answer.decision, answer.approver) == (decision, approver)
    assert answer.cumulative == Decimal(amount)


def test_earlier_goodwill_counts_over_instruments_persons_and_payees() -> None:
    earlier = (
        proposal("1500.00", person="chen", payee="customer"),
        proposal("400.00", "supervisor", "cash", person="zhou", payee="customer's sister"),
    )
    within = ruled(proposal("100.00"), *earlier)
    above = ruled(proposal("100.01"), *earlier)
    assert (within.decision, within.cumulative) == ("granted", Decimal("2000.00"))
    assert (above.approver, above.cumulative) == ("supervisor", Decimal("2000.01"))


def test_refunds_and_statutory_claims_do_not_use_up_goodwill() -> None:
    earlier = (
        proposal("9000.00", "supervisor", "refund", "refund"),
        proposal("9000.00", "clerk", "cash", "statutory"),
    )
    answer = ruled(proposal("2000.00"), *earlier)
    assert (answer.decision, answer.cumulative) == ("granted", Decimal("2000.00"))


@pytest.mark.parametrize(
    ("role", "decision", "approver"),
    [
        ("clerk", "needs_approval", "supervisor"),
        ("supervisor", "granted", None),
        ("regional_manager", "granted", None),
        ("department_head", "granted", None),
    ],
)
def test_a_refund_of_the_price_binds_the_role_and_not_the_amount(
    role: str, decision: str, approver: str | None
) -> None:
    for amount in ("0.01", "5000.01", "99999.00"):
        answer = ruled(proposal(amount, role, "refund", "refund"), proposal("5000.00"))
        assert (answer.decision, answer.approver) == (decision, approver)
        assert answer.cumulative == Decimal("5000.00")


@pytest.mark.parametrize("role", ["clerk", "supervisor", "regional_manager", "department_head"])
@pytest.mark.parametrize("amount", ["0.01", "2000.01", "1000000.00"])
def test_a_statutory_claim_always_goes_to_legal(role: str, amount: str) -> None:
    answer = ruled(proposal(amount, role, "cash", "statutory"))
    assert (answer.decision, answer.approver) == ("needs_approval", "legal")
    assert answer.cumulative == Decimal("0.00")


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_nobody_pays_themselves(ledger: str, instrument: str) -> None:
    item = proposal("10.00", "department_head", instrument, ledger, person="he", payee="he")
    answer = ruled(item)
    assert (answer.decision, answer.approver) == ("refused", None)
    assert answer.reason == "paid_to_proposer"


def test_what_was_refused_for_self_payment_does_not_count() -> None:
    answer = ruled(proposal("2000.00"), proposal("100.00", person="chen", payee="chen"))
    assert (answer.decision, answer.cumulative) == ("granted", Decimal("2000.00"))


def test_a_payee_of_the_approving_role_leaves_it_to_another_person_of_it() -> None:
    known = proposal("1.00", "supervisor", person="zhou")
    answer = ruled(proposal("3000.00", payee="zhou"), known)
    assert (answer.decision, answer.approver) == ("needs_approval", "supervisor")
    assert "另一人" in answer.why["zh_CN"]
    assert "another person" in answer.why["en"]


def test_the_limit_of_a_grant_is_told() -> None:
    assert ruled(proposal("10.00")).limit == Decimal("2000.00")
    assert ruled(proposal("10.00", "department_head")).limit is None


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "-0.01", "0.001", "2000.001", "NaN", "Inf"])
def test_amounts_that_are_none_are_errors(amount: str) -> None:
    with pytest.raises(AmountError, match="amount"):
        proposal(amount)


def test_unknown_instruments_and_ledgers_are_errors() -> None:
    with pytest.raises(ValueError, match="instrument: 'cheque'"):
        proposal("1.00", instrument="cheque")
    with pytest.raises(ValueError, match="ledger: 'other'"):
        proposal("1.00", ledger="other")


def test_a_pack_without_a_fitting_role_refuses_and_says_what_to_do() -> None:
    limited = [row for row in ROWS if row.up_to is not None]
    answer = decide(proposal("5000.01"), (), limited)
    assert (answer.decision, answer.reason) == ("refused", "no_authority")
    assert answer.cumulative == Decimal("0.00")
