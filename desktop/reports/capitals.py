"""Amounts of money in Chinese capitals (人民币大写), as settlements and receipts state them.

Source: 支付结算办法, annex 一 (正确填写票据和结算凭证的基本规定).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")
_GROUPS: Final = ("", "万", "亿")
_LIMIT: Final = Decimal("1000000000000")


def rmb_capitals(amount: Decimal) -> str:
    """Return `amount` (yuan, at most two decimals) in capitals, e.g. 人民币贰仟元整.

    Raises ValueError below 0, from 10^12 up, and for fractions of a 分.
    """
    if not amount.is_finite() or not 0 <= amount < _LIMIT:
        raise ValueError("an amount in capitals lies from 0 to below 10^12 yuan")
    fen_total = amount * 100
    if fen_total != fen_total.to_integral_value():
        raise ValueError("an amount in capitals has at most two decimals")
    yuan, cents = divmod(int(fen_total), 100)
    jiao, fen = divmod(cents, 10)
    head = f"{_whole(yuan)}元" if yuan or not cents else ""
    if not cents:
        return f"人民币{head}整"
    if not fen:
        return f"人民币{head}{_DIGITS[jiao]}角整"
    if jiao:
        return f"人民币{head}{_DIGITS[jiao]}角{_DIGITS[fen]}分"
    gap = "零" if yuan else ""
    return f"人民币{head}{gap}{_DIGITS[fen]}分"


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    words, gap = "", False
    for index in range(len(_GROUPS) - 1, -1, -1):
        part = number // 10_000**index % 10_000
        if not part:
            gap = bool(words)
            continue
        if words and (gap or part < 1000):
            words += "零"
        words += _four(part) + _GROUPS[index]
        gap = False
    return words


def _four(number: int) -> str:
    words, gap = "", False
    for place, digit in zip(_PLACES, f"{number:04d}", strict=True):
        if digit == "0":
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return words
