"""What a form says is checked against sense, the customer snapshot and known names (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from desktop.services.form_checks import check_form, snap
from desktop.services.paper_ports import KnownMember, KnownOrder

TODAY = date(2026, 11, 22)
MEMBER = KnownMember("03597638", "董桂洋", "19707675907")
ORDER = KnownOrder(
    "8495371073", "03597638", "19707675907", "2026-11-01", "129.00", "羊毛围巾", "无锡店"
)


@dataclass
class Book:
    """A snapshot in memory."""

    members: dict[str, KnownMember] = field(default_factory=lambda: {MEMBER.member_no: MEMBER})
    orders: dict[str, KnownOrder] = field(default_factory=lambda: {ORDER.receipt_no: ORDER})
    at: datetime | None = datetime(2026, 11, 20, tzinfo=UTC)

    def imported_at(self) -> datetime | None:
        return self.at

    def replace(self, members: Sequence[KnownMember], orders: Sequence[KnownOrder], at) -> None:
        self.members = {one.member_no: one for one in members}
        self.orders = {one.receipt_no: one for one in orders}
        self.at = at

    def member(self, member_no: str) -> KnownMember | None:
        return self.members.get(member_no)

    def by_phone(self, phone: str) -> KnownMember | None:
        found = [one for one in self.members.values() if one.phone == phone]
        return found[0] if len(found) == 1 else None

    def order(self, receipt_no: str) -> KnownOrder | None:
        return self.orders.get(receipt_no)

    def products(self) -> Sequence[str]:
        return ("羊毛围巾",)

    def stores(self) -> Sequence[str]:
        return ("无锡店",)


def said(values: dict[str, str], book: Book | None = None) -> dict[str, tuple[str, str]]:
    checks = check_form(values, book or Book(), TODAY)
    return {check.key: (check.verdict, check.note) for check in checks}


def test_all_that_agrees_says_so() -> None:
    found = said(
        {
            "customer_name": "董桂洋",
            "phone": "19707675907",
            "member_no": "03597638",
            "receipt_no": "8495371073",
            "amount": "129.00",
            "complaint_date": "2026-11-21",
        }
    )
    assert set(found) == {"customer_name", "phone", "member_no", "receipt_no", "amount"}
    assert {verdict for verdict, _ in found.values()} == {"match"}


def test_another_name_or_phone_than_the_members_differs() -> None:
    found = said({"customer_name": "王伟", "phone": "13800000000", "member_no": "03597638"})
    assert found["customer_name"] == ("differs", "name_of_member")
    assert found["phone"] == ("differs", "phone_of_member_is")
    assert found["member_no"] == ("differs", "member_is")


def test_a_number_that_the_snapshot_lacks_cannot_be_checked() -> None:
    found = said({"member_no": "99999999", "receipt_no": "1111111111"})
    assert found["member_no"] == ("unknown", "not_in_snapshot")
    assert found["receipt_no"] == ("unknown", "not_in_snapshot")


def test_without_a_snapshot_nothing_is_claimed() -> None:
    found = said({"member_no": "03597638", "receipt_no": "8495371073"}, Book(at=None))
    assert found["member_no"] == ("unknown", "no_snapshot")
    assert found["receipt_no"] == ("unknown", "no_snapshot")


def test_a_misread_member_number_is_found_by_the_phone() -> None:
    found = said({"member_no": "08597638", "phone": "19707675907"})
    assert found["member_no"] == ("differs", "phone_of_member")


def test_more_than_the_receipts_total_differs() -> None:
    found = said({"receipt_no": "8495371073", "amount": "1290.00"})
    assert found["amount"] == ("differs", "over_total")


def test_a_receipt_of_another_member_differs() -> None:
    book = Book()
    book.members["11111111"] = KnownMember("11111111", "王伟", "13800000000")
    found = said({"member_no": "11111111", "receipt_no": "8495371073"}, book)
    assert found["member_no"] == ("differs", "order_of_member")


@pytest.mark.parametrize(
    ("key", "value", "note"),
    [
        ("phone", "1380013800", "phone_form"),
        ("phone", "12345678901", "phone_form"),
        ("amount", "12.3.4", "amount_form"),
        ("amount", "-3.00", "amount_form"),
        ("amount", "NaN", "amount_form"),
        ("complaint_date", "2026-13-01", "date_form"),
        ("complaint_date", "2026-11-23", "date_future"),
        ("complaint_date", "2016-11-01", "date_old"),
    ],
)
def test_what_makes_no_sense_differs(key: str, value: str, note: str) -> None:
    assert said({key: value})[key] == ("differs", note)


@pytest.mark.parametrize("phone", ["13800138000", "051082180000", "4008123123"])
def test_phones_of_every_form_pass(phone: str) -> None:
    assert "phone" not in said({"phone": phone})


def test_a_name_read_nearly_right_is_taken_from_the_list_with_the_reading_kept() -> None:
    snapped = snap("元锡万达店", ("无锡万达店", "苏州观前街店"))
    assert snapped is not None
    assert (snapped.value, snapped.read) == ("无锡万达店", "元锡万达店")


def test_an_exact_unlike_or_ambiguous_name_stays_as_it_is() -> None:
    stores = ("无锡万达一店", "无锡万达二店")
    assert snap("无锡万达一店", stores) is None
    assert snap("上海外滩店", stores) is None
    assert snap("无锡万达店", stores) is None
    assert snap("", stores) is None
