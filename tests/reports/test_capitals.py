"""人民币大写: known values, and any amount reads back to itself."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.reports.capitals import rmb_capitals

DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(words: str) -> Decimal:
    """Read capitals the way a cashier does, knowing nothing of how they were made."""
    found = re.fullmatch(r"人民币(?:(.+?)元)?(?:零?(.)角)?(?:零?(.)分)?整?", words)
    assert found, words
    whole, jiao, fen = found.groups()
    total = section = digit = 0
    for char in whole or "":
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in PLACES:
            section += digit * PLACES[char]
            digit = 0
        else:
            total += (section + digit) * {"万": 10**4, "亿": 10**8}[char]
            section = digit = 0
    cents = DIGITS.get(jiao or "", 0) * 10 + DIGITS.get(fen or "", 0)
    return Decimal(total + section + digit) + Decimal(cents) / 100


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "人民币零元整"),
        ("2000.00", "人民币贰仟元整"),
        ("2000.01", "人民币贰仟元零壹分"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("0.05", "人民币伍分"),
        ("0.30", "人民币叁角整"),
        ("10", "人民币壹拾元整"),
        ("100000000", "人民币壹亿元整"),
        ("100000001", "人民币壹亿零壹元整"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("1000100", "人民币壹佰万零壹佰元整"),
        ("999999999999.99", "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_known_amounts_follow_the_payment_rules(amount: str, words: str) -> None:
    assert rmb_capitals(Decimal(amount)) == words


@given(st.integers(0, 10**14 - 1))
def test_any_amount_reads_back_to_itself(cents: int) -> None:
    amount = Decimal(cents) / 100
    words = rmb_capitals(amount)
    assert read_back(words) == amount
    assert "零零" not in words
    assert "零元" not in words or cents == 0
    assert not re.search("零[万亿拾佰仟]", words)


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000", "0.001", "NaN", "Infinity"])
def test_what_cannot_be_written_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="amount in capitals"):
        rmb_capitals(Decimal(amount))
