"""What consumer law gives for a purchase, by date and amount (R9, R10): never legal advice."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.guarantees import Guarantee, row_for
from desktop.domain.policy import LocalText

CATEGORIES = ("food", "durable", "general")
CHANNELS = ("store", "distance")
#: What may be told of a purchase. The first six and `performance_fault` decide what the law gives,
#: the others are kept with the case for whoever assesses it.
FACTS = (
    *("nonconforming", "fraud", "below_food_standard", "knew", "label_only", "intact"),
    *("performance_fault", "repaired_twice", "personal_injury", "posted_promise"),
    *("perishable", "custom_made", "opened", "recalled"),
)
_CENTS = -2
_RETURN_DAYS = 7  # 消法 24, 25
_BURDEN_MONTHS = 6  # 消法 23
_LIMITATION_YEARS = 3  # 民法典 188
_FRAUD_TIMES, _FRAUD_MINIMUM = 3, Decimal("500.00")  # 消法 55(1)
_FOOD_TIMES, _FOOD_LOSS_TIMES, _FOOD_MINIMUM = 10, 3, Decimal("1000.00")  # 食安法 148(2)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase and what is claimed of it; `price` per unit and `loss` in yuan.

    `facts` are allegations (FACTS); `group` is the kind of goods in the table of the three
    guarantees, empty where it is not known.
    """

    bought_at: date
    received_at: date | None
    today: date
    price: Decimal
    loss: Decimal
    quantity: int
    category: str
    channel: str
    facts: frozenset[str]
    group: str = ""

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise ValueError(f"category: {self.category!r} is not one of {', '.join(CATEGORIES)}")
        if self.channel not in CHANNELS:
            raise ValueError(f"channel: {self.channel!r} is not one of {', '.join(CHANNELS)}")
        unknown = sorted(self.facts - set(FACTS))
        if unknown:
            raise ValueError(f"facts: {unknown[0]!r} is not one of {', '.join(FACTS)}")
        for name, amount in (("price", self.price), ("loss", self.loss)):
            exponent = amount.as_tuple().exponent
            if not isinstance(exponent, int) or exponent < _CENTS:
                raise ValueError(f"{name}: {amount} has more than two decimals")
        if self.price < 0 or self.loss < 0 or self.quantity < 1:
            raise ValueError("price and loss must not be below 0, quantity not below 1")
        if self.today < self.bought_at:
            raise ValueError("today lies before bought_at")
        if self.received_at is not None and self.received_at < self.bought_at:
            raise ValueError("received_at lies before bought_at")
        if self.received_at is not None and self.today < self.received_at:
            raise ValueError("today lies before received_at")

    @property
    def received(self) -> date:
        """The day that starts the periods: receipt for a distance sale, else the purchase (R10)."""
        if self.channel == "distance" and self.received_at is not None:
            return self.received_at
        return self.bought_at

    @property
    def total(self) -> Decimal:
        """Price × quantity (R9)."""
        return self.price * self.quantity

    @property
    def nonconforming(self) -> bool:
        """Whether a defect is told; food below its standard has one too (R10)."""
        return bool(self.facts & {"nonconforming", "below_food_standard"})


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One thing that the law gives; `needs` are the facts still to be proved by the customer."""

    article: str
    what: LocalText
    amount: Decimal | None
    needs: tuple[str, ...]
    assessed_by: Literal["store", "legal"]


def entitlements(
    purchase: Purchase, working: WorkCalendar, guarantees: Sequence[Guarantee] = ()
) -> tuple[Entitlement, ...]:
    """Return every entitlement whose facts are all given; statutory damages are for legal (D6).

    Claims older than three years stay listed with the limitation named (Civil Code 188).
    """
    found = (
        *_burden_of_proof(purchase, working),
        *_nonconforming(purchase, working),
        *_guaranteed(purchase, working, guarantees),
        *_no_reason(purchase, working),
        *_fraud(purchase),
        *_food(purchase),
    )
    if purchase.today <= add_months(purchase.received, 12 * _LIMITATION_YEARS):
        return found
    return tuple(_with_limitation(item) for item in found)


def last_day(start: date, *, days: int = 0, months: int = 0, working: WorkCalendar) -> date:
    """The last day of a period; `start` does not count, a free last day moves on (CC 201–203)."""
    day = add_months(start, months) + timedelta(days=days)
    while not working.is_workday(day):
        day += timedelta(days=1)
    return day


def add_months(start: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _burden_is_ours(purchase: Purchase, working: WorkCalendar) -> bool:
    until = last_day(purchase.received, months=_BURDEN_MONTHS, working=working)
    return purchase.category == "durable" and purchase.nonconforming and purchase.today <= until


def _burden_of_proof(purchase: Purchase, working: WorkCalendar) -> Iterator[Entitlement]:
    if _burden_is_ours(purchase, working):
        what = {
            "zh_CN": "六个月内发现瑕疵，由经营者举证",
            "en": "defect within six months: the operator bears the burden of proof",
        }
        yield Entitlement("消法 23", what, None, (), "store")


def _nonconforming(purchase: Purchase, working: WorkCalendar) -> Iterator[Entitlement]:
    if not purchase.nonconforming:
        return
    until = last_day(purchase.received, days=_RETURN_DAYS, working=working)
    needs = () if _burden_is_ours(purchase, working) else ("nonconforming",)
    if purchase.today <= until:
        what = {
            "zh_CN": f"退货退款、换货或修理（退货截至 {until}），运费由经营者承担",
            "en": f"return (until {until}), exchange or repair; the operator bears transport",
        }
        yield Entitlement("消法 24", what, purchase.total, needs, "store")
        return
    what = {
        "zh_CN": f"换货或修理（七日退货期已于 {until} 届满，符合法定解除条件的仍可退货）",
        "en": f"exchange or repair (seven days ended {until}; return where the law lets rescind)",
    }
    yield Entitlement("消法 24", what, None, needs, "store")


def _guaranteed(
    purchase: Purchase, working: WorkCalendar, guarantees: Sequence[Guarantee]
) -> Iterator[Entitlement]:
    """三包: a performance fault within the days of its kind of goods; none without a row."""
    row = row_for(guarantees, purchase.group, purchase.category)
    if purchase.group and row is None:
        known = ", ".join(known.id for known in guarantees)
        raise ValueError(f"group: {purchase.group!r} is not one of {known}")
    if row is None or "performance_fault" not in purchase.facts:
        return
    back, swap = (
        last_day(purchase.received, days=days, working=working)
        for days in (row.return_days, row.exchange_days)
    )
    repair = last_day(purchase.received, months=row.warranty_months, working=working)
    name_zh, name_en = row.title["zh_CN"], row.title["en"]
    if purchase.today <= back:
        amount, until = purchase.total, back
        zh, en = "可选择退货、换货或修理", "return, exchange or repair"
    elif purchase.today <= swap:
        amount, until = None, swap
        zh, en = "可选择换货或修理", "exchange or repair"
    elif purchase.today <= repair:
        amount, until = None, repair
        twice = "repaired_twice" in purchase.facts
        zh = "已修理两次仍不能正常使用，免费换货" if twice else "免费修理；两次修不好可换货"
        en = "repaired twice in vain: exchange" if twice else "free repair; exchange after two"
    else:
        return
    what = {
        "zh_CN": f"三包（{name_zh}）：{zh}，截至 {until}（可信度 {row.confidence}，须核实）",
        "en": f"three guarantees ({name_en}): {en} until {until} "
        f"(confidence {row.confidence}, verify)",
    }
    yield Entitlement("三包", what, amount, ("performance_fault",), "store")


def _no_reason(purchase: Purchase, working: WorkCalendar) -> Iterator[Entitlement]:
    """Distance sales only: no right in a store (消法 25)."""
    until = last_day(purchase.received, days=_RETURN_DAYS, working=working)
    if purchase.channel == "distance" and purchase.today <= until:
        what = {
            "zh_CN": f"七日无理由退货（截至 {until}，商品完好，法定例外除外）",
            "en": f"return without reason until {until} (goods intact, exceptions of the law)",
        }
        needs = () if "intact" in purchase.facts else ("intact",)
        yield Entitlement("消法 25", what, purchase.total, needs, "store")


def _fraud(purchase: Purchase) -> Iterator[Entitlement]:
    if "fraud" in purchase.facts:
        amount = max(_FRAUD_TIMES * purchase.total, _FRAUD_MINIMUM)
        what = {
            "zh_CN": "欺诈：退款之外增加赔偿价款三倍，不足五百元按五百元",
            "en": "fraud: three times the price beside the refund, at least 500 yuan",
        }
        yield Entitlement("消法 55(1)", what, amount, ("fraud",), "legal")


def _food(purchase: Purchase) -> Iterator[Entitlement]:
    """The minimum is once per claim (R9); a harmless label flaw gives no claim."""
    asked = {"below_food_standard", "knew"}
    if purchase.category != "food" or not asked <= purchase.facts:
        return
    if "label_only" not in purchase.facts:
        amount = max(_FOOD_TIMES * purchase.total, _FOOD_LOSS_TIMES * purchase.loss, _FOOD_MINIMUM)
        what = {
            "zh_CN": "不符合食品安全标准且明知：价款十倍或损失三倍，不足一千元按一千元",
            "en": "unsafe food, knowingly: ten times the price or three times the loss, "
            "at least 1000 yuan",
        }
        yield Entitlement("食安法 148(2)", what, amount, tuple(sorted(asked)), "legal")


def _with_limitation(item: Entitlement) -> Entitlement:
    what = {
        "zh_CN": f"{item.what['zh_CN']}；已超过三年诉讼时效（民法典 188）",
        "en": f"{item.what['en']}; past the three years' limitation (Civil Code 188)",
    }
    return Entitlement(item.article, what, item.amount, item.needs, item.assessed_by)
