"""Brings what was written into the form that the desk stores, and tells what cannot be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Final

from ruamel.yaml import YAML

from desktop.domain.forms import DIGIT_KEYS, LONG_KEYS

_ALWAYS_DIGIT: Final = str.maketrans(
    {
        "|": "1",
        "!": "1",
        "丨": "1",
        "l": "1",
        "I": "1",
        "O": "0",
        "o": "0",
        "〇": "0",
        "○": "0",
        "Ｏ": "0",
        "D": "0",
        "Q": "0",
        "ｌ": "1",
        "i": "1",
        "]": "1",
        "[": "1",
        "ı": "1",
    }
)
_AMONG_DIGITS: Final = str.maketrans(
    {
        "S": "5",
        "s": "5",
        "B": "8",
        "Z": "2",
        "z": "2",
        "g": "9",
        "q": "9",
        "b": "6",
        "G": "6",
        "T": "7",
        "A": "4",
        "乙": "2",
        "了": "7",
    }
)
_ID_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{6}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")
_DATE: Final = re.compile(
    r"(?<![0-9])([12][0-9]{3}|[0-9]{2})[年./\-、,·:]([0-9]{1,2})[月./\-、,·:]([0-9]{1,2})(?![0-9])"
)
_SLASHED_DAY: Final = re.compile(r"(?<=月)[0-9/]{2}(?=日)")
_COMPACT_DATE: Final = re.compile(r"^(20[0-9]{2})([01][0-9])([0-3][0-9])$")
_ENGLISH_DATE: Final = re.compile(r"([0-9]{1,2})[./\-]([0-9]{1,2})[./\-](20[0-9]{2})")
_MOBILE: Final = re.compile(r"^1[3-9][0-9]{9}$")
_LANDLINE: Final = re.compile(r"^0[1-9][0-9]{8,10}$|^[48]00[0-9]{7}$")
_SPACE_BY_CHINESE: Final = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_MEASURED: Final = re.compile(
    r"(?<![A-Za-z])(?=[A-Z]*[0-9])[0-9OSIZB]{2,5}(?=(?:ml|ML|kg|KG)(?![a-z]))"
)
"""A number with its unit, in which some digits are read as letters: S00ml, 5OOml."""
_NEVER_WRITTEN: Final = (
    (re.compile("自已"), "自己"),
    (re.compile("(?<![自知异利])己(?=[经过付退坏收买打联])"), "已"),
    (re.compile("(?<![周月年期季岁始])末(?=[收处解退能给按发告及使开拆])"), "未"),
)
"""己, 已 and 末, 未 where no other is ever written."""
_BLANKS: Final = re.compile(r"[_＿]{1,}|[.．。…]{4,}")


def normalise(key: str, text: str) -> str:
    """Return the stored form of what was read for field `key`, or "" when nothing is left.

    Dates become ISO, amounts two decimals, numbers plain digits. What does not parse is
    returned as read, so that a person can see it. ID card numbers are dropped (PIPL 6).
    """
    plain = _BLANKS.sub(" ", _narrow(text)).strip()
    plain = _ID_NUMBER.sub("", plain)
    if key == "complaint_date":
        return _date(plain)
    if key == "amount":
        return _amount(plain)
    if key == "phone":
        return _phone(plain)
    if key in DIGIT_KEYS:
        return _number(plain)
    tidy = _SPACE_BY_CHINESE.sub("", plain).translate(_simplified())
    if key == "product":
        tidy = _MEASURED.sub(lambda number: _digits(number.group()), tidy)
    if key in LONG_KEYS:
        for misread, meant in _NEVER_WRITTEN:
            tidy = misread.sub(meant, tidy)
    else:
        tidy = tidy.strip(" :：,，.。、;；|")
    return tidy if any(sign.isalnum() for sign in tidy) else ""


@cache
def _simplified() -> Mapping[int, str]:
    """Return the simplified sign for each traditional one that handwriting is mistaken for."""
    text = (files("resources") / "ocr" / "traditional.yaml").read_text(encoding="utf-8")
    pairs = YAML(typ="safe").load(text)["pairs"].split()
    return {ord(pair[0]): pair[1] for pair in pairs}


def is_valid(key: str, value: str) -> bool:
    """Tell whether a normalised value has the form that its field must have."""
    if key == "complaint_date":
        return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None
    if key == "amount":
        return re.fullmatch(r"[0-9]{1,8}\.[0-9]{2}", value) is not None
    if key == "phone":
        return bool(_MOBILE.match(value) or _LANDLINE.match(value))
    if key in DIGIT_KEYS:
        return re.fullmatch(r"[A-Z]{0,4}[0-9]{4,24}", value) is not None
    return len(value) >= (2 if key not in LONG_KEYS else 4)


def comparable(value: str) -> str:
    """Return only letters and digits: readings that differ in punctuation alone agree."""
    return "".join(sign for sign in _narrow(value).lower() if sign.isalnum())


def _narrow(text: str) -> str:
    """Narrow full-width letters and digits, but keep Chinese punctuation as written."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if sign.isalnum() or sign in "¥￥－／．　（）" else sign
        for sign in text
    )


def _digits(text: str) -> str:
    return text.translate(_ALWAYS_DIGIT).translate(_AMONG_DIGITS)


def _date(text: str) -> str:
    tight = re.sub(r"\s+", "", text)
    # Between 月 and 日 no slash is written: what looks like one is a slanted 1.
    tight = _SLASHED_DAY.sub(lambda day: day.group().replace("/", "1"), tight)
    for candidate in (tight, _digits(tight)):
        match = _DATE.search(candidate)
        if match:
            year, month, day = (int(part) for part in match.groups())
            found = _iso(year + 2000 if year < 100 else year, month, day)
            if found:
                return found
        # A slash is easily read as a 1: 2025/1015 is not taken for eight digits.
        match = _COMPACT_DATE.match(re.sub(r"^[^0-9]+|[^0-9]+$", "", candidate))
        if match:
            found = _iso(*(int(part) for part in match.groups()))
            if found:
                return found
        match = _ENGLISH_DATE.search(candidate)
        if match:
            first, second, year = (int(part) for part in match.groups())
            found = _iso(year, second, first) if first > 12 else _iso(year, first, second)
            if found and (first > 12 or second > 12):
                return found
    return text if any(sign.isdigit() for sign in text) else ""


def slashed_days(text: str) -> set[str]:
    """Return the days (ISO) that a year, a month and a day make whose slashes were read as 1."""
    figures = text.replace("/", "1")
    if not re.fullmatch(r"20[0-9]{2}1[0-9]{3,5}", figures):
        return set()
    year, rest = int(figures[:4]), figures[5:]
    days = {
        _iso(year, int(rest[:cut]), int(rest[cut + 1 :]))
        for cut in (1, 2)
        if rest[cut] == "1" and 1 <= len(rest) - cut - 1 <= 2
    }
    return days - {""}


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _amount(text: str) -> str:
    tight = re.sub(r"\s+", "", text)
    tight = re.sub(r"人民币|rmb|cny|[¥￥$元圆整]|yuan", "", tight, flags=re.IGNORECASE)
    tight = _digits(tight).replace("，", ",").replace("。", ".").replace("·", ".")
    tight = re.sub(r",(?=[0-9]{3}(?:[^0-9]|$))", "", tight).replace(",", ".")
    match = re.search(r"[0-9]+(?:\.[0-9]{1,2})?", tight)
    if not match:
        return ""
    rest = tight[: match.start()] + tight[match.end() :]
    if any(sign.isdigit() for sign in rest):
        return text.strip()
    try:
        return f"{Decimal(match.group()):.2f}"
    except InvalidOperation:
        return text.strip()


def _phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", _digits(re.sub(r"\s+", "", text)))
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits


def _number(text: str) -> str:
    tight = re.sub(r"^\s*(?:no|№)[.:：\s]*", "", text, flags=re.IGNORECASE)
    tight = re.sub(r"[\s:：.,，。、·'`\"]+", "", tight)
    prefix = re.match(r"[A-Za-z]{2,4}(?=[-0-9])", tight)
    head = prefix.group() if prefix else ""
    body = tight[len(head) :]
    share = sum(sign.isdigit() for sign in body) / max(len(body), 1)
    if share >= 0.5:
        body = _digits(body)
    kept = re.sub(r"[^0-9A-Za-z\-]", "", head.upper() + body).strip("-")
    return kept if any(sign.isdigit() for sign in kept) else ""
