"""Reviews and the rule checks on the words of a case (QA-01, QA-07)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from desktop.domain.improvement.reviews import CRITERIA, RecordReview, check_text, decide, total_of
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.record_promise import RecordPromise
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.outcomes import Accepted, Actor, Refusal
from desktop.policy import load_policy
from tests.storage.store_kit import CLERK, Shop

FULL = dict.fromkeys(CRITERIA, 5)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    shop = Shop(tmp_path / "data", load_policy())
    shop.complain("t1")
    return shop


def test_weights_make_a_hundred() -> None:
    assert sum(CRITERIA.values()) == 100
    assert total_of(FULL) == 100
    assert total_of({**FULL, "record": 0}) == 80


def test_silence_about_sorry_and_when_is_noticed(shop: Shop) -> None:
    """QA-07: no apology, no next date."""
    assert check_text(shop.state("t1"), shop.policy) == ()
    shop.act("t1", ContactCustomer("first_response", "phone", note="已告知顾客会处理"))
    assert check_text(shop.state("t1"), shop.policy) == ("no_apology", "no_next_date")
    shop.act("t1", ContactCustomer("interim_feedback", "phone", note="非常抱歉，周三前给您答复"))
    assert check_text(shop.state("t1"), shop.policy) == ()


def test_promises_above_authority_are_noticed(shop: Shop) -> None:
    """QA-07: over-limit promises, in a promise's amount or in words."""
    shop.act("t1", RecordSolution("抱歉，明天赔您 80000 元"))
    assert "over_promise" in check_text(shop.state("t1"), shop.policy)
    shop.complain("t2", phone="13900000001")
    promise = RecordPromise("p1", "抱歉，明天退 6000 元", Decimal("6000.00"))
    shop.act("t2", promise)
    assert check_text(shop.state("t2"), shop.policy) == ("over_promise",)
    shop.complain("t3", phone="13900000002")
    shop.act("t3", RecordSolution("抱歉，明天退 30 元"))
    assert check_text(shop.state("t3"), shop.policy) == ()


def test_who_reviews_and_how(shop: Shop) -> None:
    state = shop.state("t1")
    command = RecordReview("t1", "2026-11", FULL)
    boss = Actor("P-boss", "supervisor")
    assert decide(state, command, CLERK, ()) == Refusal("review_role")
    assert decide(state, command, Actor(CLERK.person, "supervisor"), ()) == Refusal("review_own")
    partly = RecordReview("t1", "2026-11", {"record": 5})
    assert getattr(decide(state, partly, boss, ()), "code", "") == "review_scores"
    too_much = RecordReview("t1", "2026-11", {**FULL, "record": 6})
    assert getattr(decide(state, too_much, boss, ()), "code", "") == "review_scores"
    kept = decide(state, command, boss, ("no_apology",))
    assert isinstance(kept, Accepted)
    assert kept.drafts[0].data["total"] == 100
    assert kept.drafts[0].data["flags"] == ["no_apology"]
