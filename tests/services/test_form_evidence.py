"""What agrees with the snapshot is certain, what contradicts it never is (IN-04)."""

from __future__ import annotations

from desktop.domain.forms import Box, FieldReading, FormReading
from desktop.services.form_evidence import weighed
from tests.services.test_form_checks import TODAY, Book

NAMES = {"store": ("无锡店", "苏州一店", "苏州二店"), "product": ("羊毛围巾",)}


def certain(sure: bool = False, **values: str) -> set[str]:
    """Return which fields of a form with these values are certain after the weighing."""
    box = Box(0, 0, 10, 10)
    fields = {key: FieldReading(value, 0.8, sure, box, 0.5) for key, value in values.items()}
    reading = weighed(FormReading("scan.jpg", 1, fields=fields), Book(), NAMES, TODAY)
    assert {key: one.value for key, one in reading.fields.items()} == values, "no value changes"
    return {key for key, one in reading.fields.items() if one.certain}


def test_a_member_whose_name_or_phone_agrees_is_certain() -> None:
    assert certain(member_no="03597638", customer_name="董桂洋") == {"member_no", "customer_name"}
    beside = certain(member_no="03597638", phone="19707675907", customer_name="董")
    assert beside == {"phone"}, "a name that differs is for a person to see, with the number"


def test_a_number_alone_proves_nothing() -> None:
    assert certain(member_no="03597638") == set()
    assert certain(receipt_no="8495371073") == set()
    assert certain(member_no="99999999", customer_name="董桂洋") == set()


def test_an_order_and_its_sum_or_member_prove_each_other() -> None:
    assert certain(receipt_no="8495371073", amount="129.00") == {"receipt_no", "amount"}
    assert certain(receipt_no="8495371073", amount="29.00") == set()
    assert certain(receipt_no="8495371073", amount="12a") == set()
    assert "member_no" in certain(receipt_no="8495371073", member_no="03597638")


def test_a_known_name_is_certain_unless_another_is_one_sign_away() -> None:
    assert certain(store="无锡店", product="羊毛围巾") == {"store", "product"}
    assert certain(store="苏州一店") == set()
    assert certain(store="元锡店", product="围巾") == set()


def test_what_contradicts_is_for_a_person_to_see_however_sure_it_was_read() -> None:
    assert certain(sure=True, complaint_date="2026-12-01") == set()
    assert certain(sure=True, complaint_date="2026-11-20") == {"complaint_date"}
    assert certain(sure=True, receipt_no="8495371073", amount="1129.00") == {"receipt_no"}
    assert certain(sure=True, member_no="03597638", customer_name="董桂祥") == set()
