"""What a barcode scanner read (扫码枪): to which field it belongs, by its pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

ScanField = Literal["sku", "batch", "receipt_no", "member_no"]

#: GS1 application identifiers that we use, with the length of their data where it is fixed.
_GTIN, _BATCH, _SERIAL = "01", "10", "21"
_FIXED: Final = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6}
_VARIABLE: Final = ("10", "21", "240", "37")
_SEPARATOR: Final = "\x1d"
_EAN: Final = re.compile(r"\d{8}|\d{12,14}")
_MEMBER: Final = re.compile(r"(?:VIP|HY|M)[0-9]{5,}", re.IGNORECASE)
_RECEIPT: Final = re.compile(r"(?:R|XP|NO)?-?[0-9]{9,20}", re.IGNORECASE)
_SERIAL_NUMBER: Final = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])[A-Za-z0-9\-]{6,24}")


@dataclass(frozen=True, slots=True)
class Scan:
    """One value with the field it belongs to; a serial number goes with the batch."""

    field: ScanField
    value: str


def is_gtin(digits: str) -> bool:
    """Tell whether digits are an EAN-8, UPC-12, EAN-13 or GTIN-14 by their check digit."""
    if not _EAN.fullmatch(digits):
        return False
    weighted = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits[-2::-1])
    )
    return (10 - weighted % 10) % 10 == int(digits[-1])


def read_scan(code: str) -> tuple[Scan, ...]:
    """Return where the parts of a code belong; empty when no pattern fits.

    Goods are told by their check digit, a GS1 code by its identifiers (01 goods, 10 batch, 21
    serial number), members by their letters, receipts by their length.
    """
    code = code.strip().strip(_SEPARATOR)
    gs1 = _gs1(code)
    if gs1:
        return gs1
    if is_gtin(code):
        return (Scan("sku", code),)
    if _MEMBER.fullmatch(code):
        return (Scan("member_no", code.upper()),)
    if _RECEIPT.fullmatch(code):
        return (Scan("receipt_no", code),)
    if _SERIAL_NUMBER.fullmatch(code):
        return (Scan("batch", code.upper()),)
    return ()


def _gs1(code: str) -> tuple[Scan, ...]:
    written = code.startswith("(")
    parts = _bracketed(code) if written else _plain(code)
    if _GTIN not in parts or not is_gtin(parts[_GTIN]):
        return ()
    goods = parts[_GTIN]
    found = [Scan("sku", goods[1:] if goods.startswith("0") else goods)]
    batch = parts.get(_BATCH) or parts.get(_SERIAL)
    if batch:
        found.append(Scan("batch", batch))
    return tuple(found)


def _bracketed(code: str) -> dict[str, str]:
    return dict(re.findall(r"\((\d{2,3})\)([^()\x1d]+)", code))


def _plain(code: str) -> dict[str, str]:
    if not code.startswith(_GTIN) or len(code) <= 16:
        return {}
    parts: dict[str, str] = {}
    rest = code
    while rest:
        name = next((n for n in (*_FIXED, *_VARIABLE) if rest.startswith(n)), "")
        if not name:
            return {}
        rest = rest[len(name) :]
        if name in _FIXED:
            value, rest = rest[: _FIXED[name]], rest[_FIXED[name] :]
        else:
            value, _, rest = rest.partition(_SEPARATOR)
        parts[name] = value
        rest = rest.lstrip(_SEPARATOR)
    return parts
