"""Weighs a reading of a form against what is known here: what agrees is certain.

The reader knows only the writing. That a member's number and name, or an order and its amount,
stand together in the customer snapshot is evidence of another kind (IN-04).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Levenshtein

from desktop.domain.forms import FormReading
from desktop.services.form_checks import check_form
from desktop.services.paper_ports import CustomerBook


def weighed(
    reading: FormReading, book: CustomerBook, names: Mapping[str, Sequence[str]], today: date
) -> FormReading:
    """Return the reading with `certain` as the snapshot and the known `names` (by key) bear out.

    No value is changed. What contradicts the snapshot or its own sense, such as a day to come,
    is for a person to see however sure its characters are.
    """
    values = {key: one.value for key, one in reading.fields.items() if one.value}
    against = {one.key for one in check_form(values, book, today) if one.verdict == "differs"}
    proved = (_by_snapshot(values, book) | _by_name(values, names)) - against
    fields = {
        key: replace(one, certain=key in proved or (one.certain and key not in against))
        for key, one in reading.fields.items()
    }
    return replace(reading, fields=fields)


def _by_snapshot(values: Mapping[str, str], book: CustomerBook) -> set[str]:
    """Return the fields of which two agree with one member or one order of the snapshot.

    A number alone proves nothing: a digit misread may be another member's.
    """
    proved: set[str] = set()
    member = book.member(values["member_no"]) if values.get("member_no") else None
    if member is not None:
        known = {"customer_name": member.name, "phone": member.phone}
        proved |= _agreeing("member_no", values, known)
    order = book.order(values["receipt_no"]) if values.get("receipt_no") else None
    if order is not None:
        known = {"member_no": order.member_no, "phone": order.phone}
        if _same_sum(values.get("amount", ""), order.amount):
            known["amount"] = values["amount"]
        proved |= _agreeing("receipt_no", values, known)
    return proved


def _agreeing(number: str, values: Mapping[str, str], known: Mapping[str, str]) -> set[str]:
    agreeing = {key for key, value in known.items() if value and values.get(key) == value}
    return {number, *agreeing} if agreeing else set()


def _same_sum(one: str, two: str) -> bool:
    try:
        return Decimal(one) == Decimal(two)
    except InvalidOperation:
        return False


def _by_name(values: Mapping[str, str], names: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the fields that say a known name from which every other differs in two signs."""
    return {
        key
        for key, known in names.items()
        if values.get(key) in known
        and all(Levenshtein.distance(values[key], one) > 1 for one in known if one != values[key])
    }
