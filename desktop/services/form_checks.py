"""Checks what a form says against its own sense, the customer snapshot and known names (IN-04).

Each check answers 一致, 不一致 or 无法核对; nothing is changed without a person seeing it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, TypeAlias

from rapidfuzz import fuzz

from desktop.services.paper_ports import CustomerBook, KnownMember, KnownOrder

Verdict: TypeAlias = Literal["match", "differs", "unknown"]
"""一致 · 不一致 · 无法核对."""

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"0[1-9][0-9]{8,10}|[48]00[0-9]{7}")
_LIKE: Final = 72.0
"""Least likeness (rapidfuzz, 0..100) of a reading to a known name that it is taken for."""
_APART: Final = 8.0
"""By how much the next best name must be less alike."""
_OLDEST_DAYS: Final = 730
"""A complaint older than this (days) is more often a misread year."""


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """What is to be said about one field; `note` names a text, `facts` fills it."""

    key: str
    verdict: Verdict
    note: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapped:
    """A name taken from a list because it was read nearly like it; `read` is the reading."""

    value: str
    read: str


def check_form(
    values: Mapping[str, str], book: CustomerBook, today: date
) -> tuple[FieldCheck, ...]:
    """Return what is to be said, at most one line a field, the gravest first."""
    found = [*_sense(values, today), *_against(values, book)]
    grave = {"differs": 0, "unknown": 1, "match": 2}
    best: dict[str, FieldCheck] = {}
    for check in sorted(found, key=lambda one: grave[one.verdict]):
        best.setdefault(check.key, check)
    return tuple(best.values())


def _sense(values: Mapping[str, str], today: date) -> list[FieldCheck]:
    """Check formats: phone, amount, date."""
    found = []
    phone, amount = values.get("phone", ""), values.get("amount", "")
    if phone and not (_MOBILE.fullmatch(phone) or _LANDLINE.fullmatch(phone)):
        found.append(FieldCheck("phone", "differs", "phone_form"))
    if amount and _money(amount) is None:
        found.append(FieldCheck("amount", "differs", "amount_form"))
    day = values.get("complaint_date", "")
    if day:
        found.extend(_day(day, today))
    return found


def _day(text: str, today: date) -> list[FieldCheck]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return [FieldCheck("complaint_date", "differs", "date_form")]
    if day > today:
        return [FieldCheck("complaint_date", "differs", "date_future")]
    if (today - day).days > _OLDEST_DAYS:
        return [FieldCheck("complaint_date", "differs", "date_old")]
    return []


def _money(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _against(values: Mapping[str, str], book: CustomerBook) -> list[FieldCheck]:
    """Compare member, phone and receipt with the snapshot."""
    if book.imported_at() is None:
        return [
            FieldCheck(key, "unknown", "no_snapshot")
            for key in ("member_no", "receipt_no")
            if values.get(key)
        ]
    return [*_member(values, book), *_receipt(values, book)]


def _member(values: Mapping[str, str], book: CustomerBook) -> list[FieldCheck]:
    number, phone = values.get("member_no", ""), values.get("phone", "")
    member = book.member(number) if number else None
    if member is None:
        found = [FieldCheck("member_no", "unknown", "not_in_snapshot")] if number else []
        by_phone = book.by_phone(phone) if phone else None
        if by_phone is not None:
            facts = {"member": by_phone.member_no}
            if number:
                return [FieldCheck("member_no", "differs", "phone_of_member", facts)]
            return [*found, FieldCheck("phone", "match", "phone_of_member", facts)]
        return found
    found = [FieldCheck("member_no", "match", "member_found")]
    found.extend(_differs("customer_name", values, member.name, "name_of_member"))
    found.extend(_differs("phone", values, member.phone, "phone_of_member_is"))
    return _marked(found, member)


def _marked(found: list[FieldCheck], member: KnownMember) -> list[FieldCheck]:
    """Say of the member's number that something beside it differs."""
    if all(check.verdict == "match" for check in found):
        return found
    facts = {"name": member.name}
    return [FieldCheck("member_no", "differs", "member_is", facts), *found[1:]]


def _receipt(values: Mapping[str, str], book: CustomerBook) -> list[FieldCheck]:
    number = values.get("receipt_no", "")
    if not number:
        return []
    order = book.order(number)
    if order is None:
        return [FieldCheck("receipt_no", "unknown", "not_in_snapshot")]
    found = [FieldCheck("receipt_no", "match", "order_found", {"day": order.bought_on})]
    found.extend(_total(values, order))
    found.extend(_differs("member_no", values, order.member_no, "order_of_member"))
    return found


def _total(values: Mapping[str, str], order: KnownOrder) -> list[FieldCheck]:
    """Compare the amount with the order's total: a complaint cannot be about more."""
    amount, total = _money(values.get("amount", "") or "0"), _money(order.amount)
    if not values.get("amount") or amount is None or total is None:
        return []
    facts = {"total": order.amount}
    if amount > total:
        return [FieldCheck("amount", "differs", "over_total", facts)]
    return [FieldCheck("amount", "match", "of_total", facts)]


def _differs(key: str, values: Mapping[str, str], known: str, note: str) -> list[FieldCheck]:
    written = values.get(key, "")
    if not written or not known:
        return []
    if written == known:
        return [FieldCheck(key, "match", "as_in_snapshot")]
    return [FieldCheck(key, "differs", note, {"known": known})]


def snap(read: str, names: Sequence[str]) -> Snapped | None:
    """Return the one known name that a reading is nearly like; None when it is exact or unlike."""
    if not read or read in names:
        return None
    scored = sorted(((fuzz.ratio(read, name), name) for name in names), reverse=True)[:2]
    if not scored or scored[0][0] < _LIKE:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < _APART:
        return None
    return Snapped(scored[0][1], read)
