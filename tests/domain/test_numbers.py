"""Complaint numbers: never the same on two PCs, and a slip of the pen is noticed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.numbers import check_character, complaint_number, is_complaint_number

DAY = date(2026, 11, 21)
COUNTS = st.integers(1, 2000)
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_iso_7064_mod_37_36_agrees_with_a_published_vector():
    # the Global Release Identifier's published example uses the same check character
    assert check_character("A12425GABC1234002") == "M"
    assert check_character("A1-2425G-ABC1234002") == "M"


def test_a_number_carries_store_device_day_and_count():
    assert complaint_number("S0217", "A", DAY, 6).startswith("S0217-A-261121-006-")
    assert complaint_number("S0217", "A", DAY, 1234).startswith("S0217-A-261121-1234-")


@given(COUNTS)
def test_a_number_is_recognised_however_it_is_typed(count):
    number = complaint_number("S0217", "A", DAY, count)
    assert is_complaint_number(number)
    assert is_complaint_number(f"  {number.lower()} ")


@given(COUNTS, st.data())
def test_one_wrong_character_is_noticed(count, data):
    number = complaint_number("S0217", "A", DAY, count)
    places = [i for i, char in enumerate(number) if char != "-"]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([c for c in _CHARACTERS if c != number[place]]))
    assert not is_complaint_number(number[:place] + wrong + number[place + 1 :])


def test_neighbours_swapped_are_noticed():
    number = complaint_number("S0217", "A", DAY, 6)
    for i in range(len(number) - 1):
        one, two = number[i], number[i + 1]
        if "-" not in (one, two) and one != two:
            assert not is_complaint_number(number[:i] + two + one + number[i + 2 :]), i


@given(COUNTS, COUNTS)
def test_two_devices_and_two_counts_never_collide(one, two):
    assert complaint_number("S0217", "A", DAY, one) != complaint_number("S0217", "B", DAY, two)
    if one != two:
        assert complaint_number("S0217", "A", DAY, one) != complaint_number("S0217", "A", DAY, two)


@pytest.mark.parametrize("text", ["", "-", "S0217", "S0217-A-261121-006", "投诉", "----"])
def test_anything_else_is_no_number(text):
    assert not is_complaint_number(text)
