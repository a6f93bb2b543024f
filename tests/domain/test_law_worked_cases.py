"""CO-13, R9, R10: worked cases of what the law gives, by hand from the articles and the calendar.

Each line: bought, today, unit price, what is told, and what each article gives in yuan (None: a
right without a sum). 2026-11-02 is a Monday; holidays and make-up days are those published.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from desktop.domain.law import Purchase, entitlements
from desktop.policy import load_policy

WORKING = load_policy().calendar
BROKEN = "nonconforming"
BAD_FOOD = ("below_food_standard", "knew")

#: 消法 24: seven days, the day of receipt not counted, a free last day moves on (CC 201–203).
RETURNS = [
    ("2026-11-02", "2026-11-02", "100.00", "100.00"),
    ("2026-11-02", "2026-11-09", "100.00", "100.00"),
    ("2026-11-02", "2026-11-10", "100.00", None),
    ("2026-11-07", "2026-11-16", "59.90", "59.90"),  # the 14th is a Saturday: Monday
    ("2026-11-07", "2026-11-17", "59.90", None),
    ("2026-11-08", "2026-11-16", "59.90", "59.90"),  # the 15th is a Sunday: Monday
    ("2026-11-08", "2026-11-17", "59.90", None),
    ("2026-09-24", "2026-10-08", "59.90", "59.90"),  # 1 October: after the holidays
    ("2026-09-24", "2026-10-09", "59.90", None),
    ("2026-09-30", "2026-10-08", "59.90", "59.90"),
    ("2026-10-03", "2026-10-10", "59.90", "59.90"),  # Saturday the 10th is worked
    ("2026-10-03", "2026-10-11", "59.90", None),
    ("2026-02-07", "2026-02-14", "59.90", "59.90"),  # Saturday the 14th is worked
    ("2026-02-07", "2026-02-15", "59.90", None),
    ("2026-02-08", "2026-02-24", "59.90", "59.90"),  # the 15th begins the Spring Festival
    ("2026-02-08", "2026-02-25", "59.90", None),
    ("2026-02-21", "2026-02-28", "59.90", "59.90"),
    ("2026-02-21", "2026-03-01", "59.90", None),
    ("2026-04-24", "2026-05-06", "59.90", "59.90"),  # 1 May: after the holidays
    ("2026-04-24", "2026-05-07", "59.90", None),
    ("2026-12-25", "2027-01-01", "59.90", "59.90"),  # 2027 is not published: a Friday counts
    ("2026-12-25", "2027-01-02", "59.90", None),
]

#: 消法 23: six calendar months for durable goods (24 beside it has no sum any more).
BURDEN = [
    ("2026-05-20", "2026-11-20", True),
    ("2026-05-20", "2026-11-21", False),
    ("2026-08-31", "2027-03-01", True),  # 28 February 2027 is a Sunday
    ("2026-08-31", "2027-03-02", False),
    ("2026-03-31", "2026-09-30", True),
    ("2026-03-31", "2026-10-01", False),
]

#: 消法 55(1): three times the price, at least 500.
FRAUD = [
    ("0.01", 1, "500.00"),
    ("99.00", 1, "500.00"),
    ("166.66", 1, "500.00"),
    ("166.67", 1, "500.01"),
    ("200.00", 1, "600.00"),
    ("100.00", 2, "600.00"),
    ("1000.00", 1, "3000.00"),
    ("5999.00", 1, "17997.00"),
    ("50.00", 3, "500.00"),
    ("50.00", 4, "600.00"),
]

#: 食安法 148(2): ten times the price or three times the loss, at least 1000.
FOOD = [
    ("12.50", "0.00", 1, "1000.00"),
    ("99.99", "0.00", 1, "1000.00"),
    ("100.00", "0.00", 1, "1000.00"),
    ("100.01", "0.00", 1, "1000.10"),
    ("150.00", "0.00", 1, "1500.00"),
    ("15.00", "0.00", 10, "1500.00"),
    ("20.00", "500.00", 1, "1500.00"),
    ("20.00", "333.33", 1, "1000.00"),
    ("20.00", "333.34", 1, "1000.02"),
    ("200.00", "600.00", 1, "2000.00"),
    ("200.00", "700.00", 1, "2100.00"),
    ("0.50", "0.00", 1, "1000.00"),
]

#: Facts that give no food damages, in which trade.
NO_FOOD = [
    (("below_food_standard",), "food"),
    (("knew",), "food"),
    ((*BAD_FOOD, "label_only"), "food"),
    (BAD_FOOD, "general"),
    (BAD_FOOD, "durable"),
    (("nonconforming", "knew"), "food"),
]

#: Channel, bought, received, today: does article 25 hold, and does 24 still return?
CHANNELS = [
    ("distance", "2026-11-02", "2026-11-06", "2026-11-13", True),
    ("distance", "2026-11-02", "2026-11-06", "2026-11-14", False),
    ("distance", "2026-11-02", None, "2026-11-09", True),
    ("distance", "2026-11-02", None, "2026-11-10", False),
    ("distance", "2026-09-20", "2026-09-30", "2026-10-08", True),
    ("distance", "2026-09-20", "2026-09-30", "2026-10-09", False),
]


def given(
    bought: str,
    today: str,
    price: str,
    *facts: str,
    received: str | None = None,
    loss: str = "0.00",
    quantity: int = 1,
    category: str = "general",
    channel: str = "store",
) -> dict[str, str | None]:
    purchase = Purchase(
        date.fromisoformat(bought),
        date.fromisoformat(received) if received else None,
        date.fromisoformat(today),
        Decimal(price),
        Decimal(loss),
        quantity,
        category,
        channel,
        frozenset(facts),
    )
    found = entitlements(purchase, WORKING)
    return {e.article: None if e.amount is None else format(e.amount, ".2f") for e in found}


def test_there_are_at_least_sixty_worked_cases() -> None:
    tables = (RETURNS, BURDEN, FRAUD, FOOD, NO_FOOD, CHANNELS)
    assert sum(map(len, tables)) >= 60


@pytest.mark.parametrize(("bought", "today", "price", "amount"), RETURNS)
def test_co_13_faulty_goods_go_back_for_seven_days(bought, today, price, amount) -> None:
    assert given(bought, today, price, BROKEN) == {"消法 24": amount}


@pytest.mark.parametrize(("bought", "today", "ours"), BURDEN)
def test_co_13_for_six_months_the_proof_is_ours(bought, today, ours) -> None:
    found = given(bought, today, "3000.00", BROKEN, category="durable")
    assert found == ({"消法 23": None} if ours else {}) | {"消法 24": None}


@pytest.mark.parametrize(("price", "quantity", "amount"), FRAUD)
def test_co_13_fraud_gives_three_times_the_price(price, quantity, amount) -> None:
    found = given("2026-11-02", "2026-11-03", price, "fraud", quantity=quantity)
    assert found == {"消法 55(1)": amount}


@pytest.mark.parametrize(("price", "loss", "quantity", "amount"), FOOD)
def test_co_13_unsafe_food_gives_ten_times_the_price(price, loss, quantity, amount) -> None:
    case = given(
        "2026-11-02", "2026-11-02", price, *BAD_FOOD, loss=loss, quantity=quantity, category="food"
    )
    total = format(Decimal(price) * quantity, ".2f")
    assert case == {"消法 24": total, "食安法 148(2)": amount}


@pytest.mark.parametrize(("facts", "category"), NO_FOOD)
def test_co_13_food_damages_need_every_fact(facts, category) -> None:
    found = given("2026-11-02", "2026-11-02", "80.00", *facts, category=category)
    assert "食安法 148(2)" not in found


@pytest.mark.parametrize(("channel", "bought", "received", "today", "holds"), CHANNELS)
def test_co_13_no_reason_is_asked_for_at_a_distance(
    channel, bought, received, today, holds
) -> None:
    found = given(bought, today, "88.00", BROKEN, received=received, channel=channel)
    assert found == ({"消法 24": "88.00", "消法 25": "88.00"} if holds else {"消法 24": None})


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"facts": frozenset({"angry"})}, "facts: 'angry' is not one of"),
        ({"price": Decimal("1.999")}, "price: 1.999 has more than two decimals"),
        ({"loss": Decimal("0.001")}, "loss: 0.001 has more than two decimals"),
        ({"received_at": date(2026, 11, 1)}, "received_at lies before bought_at"),
        ({"received_at": date(2026, 11, 9)}, "today lies before received_at"),
    ],
)
def test_a_case_that_cannot_be_is_told_in_one_line(changed, line) -> None:
    values = {
        "bought_at": date(2026, 11, 2),
        "received_at": None,
        "today": date(2026, 11, 3),
        "price": Decimal("1.00"),
        "loss": Decimal("0.00"),
        "quantity": 1,
        "category": "general",
        "channel": "distance",
        "facts": frozenset(),
    }
    with pytest.raises(ValueError, match=line):
        Purchase(**{**values, **changed})


#: 三包: kind of goods, bought, today, sum to return (None: exchange or repair), or no right at all.
GUARANTEES = [
    ("phone", "2026-11-02", "2026-11-09", "2999.00"),
    ("phone", "2026-11-02", "2026-11-10", None),
    ("phone", "2026-11-02", "2026-11-17", None),
    ("phone", "2025-11-02", "2026-11-02", None),
    ("phone", "2025-11-02", "2026-11-03", "none"),
    ("headset", "2026-07-03", "2026-10-08", None),  # 3 October: after the holidays
    ("headset", "2026-07-03", "2026-10-09", "none"),
    ("appliance_parts", "2023-11-20", "2026-11-20", None),
    ("appliance_parts", "2023-11-20", "2026-11-21", "none"),
    ("", "2026-11-02", "2026-11-09", "2999.00"),
]


@pytest.mark.parametrize(("group", "bought", "today", "amount"), GUARANTEES)
def test_co_12_the_three_guarantees_go_by_the_kind_of_goods(group, bought, today, amount) -> None:
    """The right to repair outlasts the right to exchange, and that the right to return."""
    policy = load_policy()
    purchase = Purchase(
        date.fromisoformat(bought),
        None,
        date.fromisoformat(today),
        Decimal("2999.00"),
        Decimal("0.00"),
        1,
        "durable",
        "store",
        frozenset({"performance_fault"}),
        group,
    )
    found = {e.article: e for e in entitlements(purchase, WORKING, policy.three_guarantees)}
    if amount == "none":
        assert found == {}
    else:
        given_back = found["三包"].amount
        assert (None if given_back is None else format(given_back, ".2f")) == amount
        assert "须核实" in found["三包"].what["zh_CN"]


def test_co_12_twice_repaired_in_vain_it_is_exchanged_and_an_unknown_kind_is_told() -> None:
    facts = frozenset({"performance_fault", "repaired_twice"})
    values = (date(2026, 3, 2), None, date(2026, 11, 2), Decimal(1), Decimal(0), 1, "durable")
    rows = load_policy().three_guarantees
    [found] = entitlements(Purchase(*values, "store", facts, "phone"), WORKING, rows)
    assert "免费换货" in found.what["zh_CN"]
    with pytest.raises(ValueError, match="group: 'boat' is not one of general, phone"):
        entitlements(Purchase(*values, "store", facts, "boat"), WORKING, rows)
