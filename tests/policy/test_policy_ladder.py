"""CO-05, CO-07: the compensation ladder is whole: every kind of complaint by customer grade."""

from __future__ import annotations

import pytest

from desktop.domain import authority
from desktop.domain.policy import FACTS, LadderRow
from desktop.policy import load_policy

POLICY = load_policy()


def rungs(code: str, tier: str) -> list[LadderRow]:
    known = POLICY.codes[code]
    facts = {name: kind() for name, kind in FACTS.items()}
    facts |= {"code": code, "family": known.family, "class": known.class_ or "", "tier": tier}
    facts |= {"level": 3, "emotion": 3, "complexity": "ordinary"}
    return [row for row in POLICY.ladder if row.when(facts)]


@pytest.mark.parametrize("code", sorted(POLICY.codes))
def test_co_05_every_code_has_a_rung_and_vip_customers_none_lower(code: str) -> None:
    vip, plain = rungs(code, "vip")[0], rungs(code, "ordinary")[0]
    assert vip.high >= plain.high
    for row in (vip, plain):
        assert 0 < row.low <= row.high
        assert set(row.title) == {"zh_CN", "en"}


def test_co_05_attitude_is_soothed_by_a_letter_and_a_call_before_money() -> None:
    """CO-07: the apology comes first, a small gift beside it."""
    for row in (rungs("SP-01", tier)[0] for tier in ("vip", "ordinary")):
        assert row.instrument == "gift"
        assert "致歉信" in row.title["zh_CN"]


@pytest.mark.parametrize("row", POLICY.ladder, ids=lambda row: row.id)
def test_co_01_co_03_co_04_what_a_rung_offers_somebody_may_grant(row: LadderRow) -> None:
    """The ladder suggests goodwill; the authority of D5 decides who grants it."""
    by = authority.Proposer("p", "clerk")
    offer = authority.Proposal(row.instrument, "goodwill", row.high, by, "customer")
    ruling = authority.decide(offer, (), POLICY.authority)
    frontline = row.instrument in ("voucher", "credit")
    assert ruling.decision == ("granted" if frontline else "needs_approval")
    assert ruling.approver == (None if frontline else "supervisor")


@pytest.mark.parametrize("role", ["clerk", "supervisor", "regional_manager", "department_head"])
def test_co_11_no_role_pays_itself_at_any_rung(role: str) -> None:
    for row in POLICY.ladder:
        by = authority.Proposer("p", role)
        offer = authority.Proposal(row.instrument, "goodwill", row.low, by, "p")
        ruling = authority.decide(offer, (), POLICY.authority)
        assert (ruling.decision, ruling.reason) == ("refused", "paid_to_proposer")
