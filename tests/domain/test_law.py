"""What the law gives by date and amount: R9, R10 and the articles of law.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from desktop.domain.law import Entitlement, Purchase, add_months, entitlements, last_day
from desktop.policy import load_policy

WORKING = load_policy().calendar


def given(
    *facts: str,
    bought: str = "2026-11-02",
    today: str = "2026-11-09",
    received: str | None = None,
    price: str = "100.00",
    loss: str = "0.00",
    quantity: int = 1,
    category: str = "general",
    channel: str = "store",
) -> dict[str, Entitlement]:
    purchase = Purchase(
        bought_at=date.fromisoformat(bought),
        received_at=date.fromisoformat(received) if received else None,
        today=date.fromisoformat(today),
        price=Decimal(price),
        loss=Decimal(loss),
        quantity=quantity,
        category=category,
        channel=channel,
        facts=frozenset(facts),
    )
    return {item.article: item for item in entitlements(purchase, WORKING)}


def test_without_a_fact_nothing_is_given_in_a_store() -> None:
    assert given() == {}


@pytest.mark.parametrize(
    ("bought", "today", "amount"),
    [
        ("2026-11-02", "2026-11-09", Decimal("100.00")),  # the 7th day, a Monday
        ("2026-11-02", "2026-11-10", None),
        ("2026-11-07", "2026-11-16", Decimal("100.00")),  # the 7th is Saturday: Monday counts
        ("2026-11-07", "2026-11-17", None),
        ("2026-09-26", "2026-10-08", Decimal("100.00")),  # 3 October: after the holidays
        ("2026-09-26", "2026-10-09", None),
        ("2026-02-07", "2026-02-14", Decimal("100.00")),  # a make-up Saturday is a working day
        ("2026-02-07", "2026-02-15", None),
    ],
)
def test_non_conforming_goods_go_back_within_seven_days(
    bought: str, today: str, amount: Decimal | None
) -> None:
    item = given("nonconforming", bought=bought, today=today)["消法 24"]
    assert (item.amount, item.assessed_by) == (amount, "store")


def test_a_distance_sale_counts_from_receipt_and_a_store_sale_from_the_purchase() -> None:
    late = {"received": "2026-11-06", "today": "2026-11-13"}
    assert given("nonconforming", channel="distance", **late)["消法 24"].amount == 100
    assert given("nonconforming", channel="store", **late)["消法 24"].amount is None
    assert given(channel="distance", today="2026-11-09")["消法 25"].amount == 100


def test_return_without_reason_is_for_distance_sales_only() -> None:
    assert "消法 25" in given(channel="distance")
    assert "消法 25" not in given(channel="store")
    assert "消法 25" not in given(channel="distance", today="2026-11-10")
    assert given(channel="distance")["消法 25"].needs == ("intact",)
    assert given("intact", channel="distance")["消法 25"].needs == ()


@pytest.mark.parametrize(
    ("facts", "category", "today", "reversed_"),
    [
        (("nonconforming",), "durable", "2027-05-03", True),  # 2 May 2027 is a Sunday
        (("nonconforming",), "durable", "2027-05-04", False),
        (("nonconforming",), "general", "2026-11-09", False),
        ((), "durable", "2026-11-09", False),  # a defect must be told
    ],
)
def test_for_six_months_the_operator_proves_for_durable_goods(
    facts: tuple[str, ...], category: str, today: str, reversed_: bool
) -> None:
    found = given(*facts, category=category, today=today)
    assert ("消法 23" in found) is reversed_
    if facts:
        assert found["消法 24"].needs == (() if reversed_ else ("nonconforming",))


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [
        ("100.00", 1, "500.00"),
        ("166.67", 1, "500.01"),
        ("100.00", 3, "900.00"),
        ("10.00", 2, "500"),
    ],
)
def test_fraud_gives_three_times_the_price_at_least_500(
    price: str, quantity: int, amount: str
) -> None:
    item = given("fraud", price=price, quantity=quantity)["消法 55(1)"]
    assert (item.amount, item.assessed_by) == (Decimal(amount), "legal")


@pytest.mark.parametrize(
    ("price", "loss", "amount"),
    [
        ("12.00", "0", "1000.00"),
        ("100.01", "0", "1000.10"),
        ("12.00", "400.00", "1200.00"),
        ("200.00", "400.00", "2000.00"),
    ],
)
def test_unsafe_food_sold_knowingly_gives_the_highest_of_three(
    price: str, loss: str, amount: str
) -> None:
    facts = ("below_food_standard", "knew")
    item = given(*facts, category="food", price=price, loss=loss)["食安法 148(2)"]
    assert (item.amount, item.assessed_by) == (Decimal(amount), "legal")
    assert item.needs == ("below_food_standard", "knew")


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        (("below_food_standard",), "food"),
        (("knew",), "food"),
        (("below_food_standard", "knew", "label_only"), "food"),
        (("below_food_standard", "knew"), "general"),
    ],
)
def test_food_damages_need_all_their_facts(facts: tuple[str, ...], category: str) -> None:
    assert "食安法 148(2)" not in given(*facts, category=category)


def test_food_below_its_standard_is_non_conforming_too() -> None:
    assert given("below_food_standard", category="food")["消法 24"].amount == 100


def test_claims_older_than_three_years_stay_listed_with_the_limitation_named() -> None:
    within = given("fraud", bought="2023-11-09", today="2026-11-09")["消法 55(1)"]
    past = given("fraud", bought="2023-11-08", today="2026-11-09")["消法 55(1)"]
    assert "188" not in within.what["zh_CN"]
    assert "188" in past.what["zh_CN"]
    assert "188" in past.what["en"]


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-15", 12, "2027-12-15"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, day: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(day)


def test_a_free_last_day_moves_to_the_next_working_day() -> None:
    assert last_day(date(2026, 9, 24), days=7, working=WORKING) == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"category": "toys"}, "category: 'toys'"),
        ({"channel": "mail"}, "channel: 'mail'"),
        ({"quantity": 0}, "quantity"),
        ({"price": "-1"}, "price"),
        ({"today": "2026-11-01"}, "today"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        given("fraud", **change)  # type: ignore[arg-type]
