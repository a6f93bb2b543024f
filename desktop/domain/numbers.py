"""Complaint numbers that people read (投诉编号): S0217-A-261121-006-W, never renumbered.

Store, device letter, day, count of the day on that device, and a check character, so that two
offline PCs never collide and a wrong digit is noticed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text: str) -> str:
    """Return the ISO/IEC 7064 MOD 37,36 check character of the letters and digits in `text`."""
    remainder = 36
    for char in text.upper():
        position = _ALPHABET.find(char)
        if position >= 0:
            remainder = (remainder + position) % 36 or 36
            remainder = remainder * 2 % 37
    return _ALPHABET[(37 - remainder) % 36]


def complaint_number(store: str, device: str, day: date, count: int) -> str:
    """Return the number of the `count`-th complaint that `device` of `store` opened on `day`."""
    body = f"{store}-{device}-{day:%y%m%d}-{count:03d}"
    return f"{body}-{check_character(body)}"


def is_complaint_number(text: str) -> bool:
    """Tell whether `text` is a whole complaint number with a right check character."""
    body, _, check = text.strip().upper().rpartition("-")
    return body.count("-") == 3 and check == check_character(body)
