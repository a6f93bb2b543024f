"""Draws forms unlike those that the reader grew up with: columns, spreads, slips, English alone.

None of the thresholds was tuned on them; `ocr_measure --kind unlike` reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.bench.ocr_corpus.foreign import GROUPS, Sheet, options_line, pairs, title

_ENGLISH: Final = {
    "customer_name": ("Customer Name", "Name of Customer", "Full Name"),
    "phone": ("Phone No.", "Contact Number", "Mobile"),
    "member_no": ("Membership No.", "Member ID"),
    "complaint_date": ("Date of Complaint", "Date"),
    "store": ("Store", "Branch"),
    "product": ("Product", "Item"),
    "receipt_no": ("Receipt No.", "Order No."),
    "amount": ("Amount", "Amount Paid"),
    "description": ("Description of Complaint", "Details"),
    "expected_resolution": ("Desired Outcome", "Resolution Requested"),
    "received_by": ("Received by", "Staff Name"),
}
_SHORT: Final = (
    "customer_name",
    "phone",
    "member_no",
    "complaint_date",
    "store",
    "product",
    "receipt_no",
    "amount",
)


def two_columns(sheet: Sheet) -> None:
    """Draw the short fields in a left column, the long ones in boxes on the right."""
    title(sheet)
    keys = list(_SHORT)
    sheet.rng.shuffle(keys)
    for index, key in enumerate(keys):
        y = 40 + index * 21
        sheet.print(14, y, sheet.words[key], 3.8)
        sheet.line(14, y + 12.5, 92, y + 12.5)
        sheet.fill(key, 16, y + 8.6, 74, 0)
    sheet.line(102, 34, 102, 270, 0.4)
    y = 40.0
    for key, high in (("description", 92.0), ("expected_resolution", 70.0)):
        sheet.print(110, y, sheet.words[key], 3.8)
        sheet.box(110, y + 5, 86, high - 12)
        sheet.fill(key, 114, y + 12, 80, 10)
        y += high
    sheet.print(110, y + 2, sheet.words["received_by"], 3.8)
    sheet.line(110, y + 15, 196, y + 15)
    sheet.fill("received_by", 114, y + 10.6, 78, 0)


def spread(sheet: Sheet) -> None:
    """Draw two pages of a book side by side: who and what on the left, the matter on the right."""
    sheet.print(30, 14, "投诉登记簿", 6)
    sheet.line(148.5, 4, 148.5, 206, 0.15)
    keys = list(_SHORT)
    for index, key in enumerate(keys):
        y = 26 + index * 20
        sheet.box(12, y, 30, 20)
        sheet.box(42, y, 96, 20)
        sheet.print(15, y + 10, sheet.words[key], 3.8)
        sheet.fill(key, 47, y + 10, 86, 0)
    y = 26.0
    for key, high in (("description", 84.0), ("expected_resolution", 56.0), ("received_by", 20.0)):
        sheet.box(159, y, 30, high)
        sheet.box(189, y, 96, high)
        sheet.print(161, y + high / 2, sheet.words[key], 3.8)
        sheet.fill(key, 193, y + 10, 88, 0 if high == 20.0 else 10)
        y += high


def english(sheet: Sheet) -> None:
    """Draw labels in English alone before blanks, two to a line where they fit."""
    sheet.words = {key: sheet.rng.choice(words) for key, words in _ENGLISH.items()}
    sheet.print(60, 18, "CUSTOMER COMPLAINT FORM", 6)
    y = 38.0
    for key in _SHORT:
        end = sheet.print(16, y, sheet.words[key] + ":", 4.2)
        sheet.line(end + 1, y + 3.2, 150, y + 3.2)
        sheet.fill(key, end + 4, y - 0.4, 144 - end, 0)
        y += 13.5
    for key, lines in (("description", 4), ("expected_resolution", 3)):
        sheet.print(16, y, sheet.words[key] + ":", 4.2)
        for index in range(lines):
            sheet.line(16, y + 13.5 + index * 10, 194, y + 13.5 + index * 10)
        sheet.fill(key, 18, y + 9.5, 170, 10)
        y += 10 * lines + 12
    end = sheet.print(16, y, sheet.words["received_by"] + ":", 4.2)
    sheet.line(end + 1, y + 3.2, 120, y + 3.2)
    sheet.fill("received_by", end + 4, y - 0.4, 100 - end, 0)


def notepaper(sheet: Sheet) -> None:
    """Draw evenly ruled paper on which label and value share each line."""
    title(sheet)
    for index in range(22):
        sheet.line(12, 42 + index * 11, 198, 42 + index * 11, 0.2)
    row = 0
    for keys in pairs(sheet):
        for side, key in enumerate(keys):
            x, y = 14 + side * 94, 42 + row * 11 - 4.2
            end = sheet.print(x, y, sheet.words[key] + "：", 4.2)
            sheet.fill(key, end + 2, y - 0.2, x + 88 - end, 0)
        row += 1
    options_line(sheet, 14, 42 + row * 11 - 4.2)
    row += 1
    for key, lines in (("description", 6), ("expected_resolution", 4)):
        y = 42 + row * 11 - 4.2
        sheet.print(14, y, sheet.words[key] + "：", 4.2)
        sheet.fill(key, 18, y + 11, 172, 11)
        row += lines
    y = 42 + row * 11 - 4.2
    end = sheet.print(14, y, sheet.words["received_by"] + "：", 4.2)
    sheet.fill("received_by", end + 2, y - 0.2, 80, 0)


def numbered(sheet: Sheet) -> None:
    """Draw numbered labels, each over a box of its own, as a web form is printed."""
    title(sheet)
    keys = list(_SHORT)
    sheet.rng.shuffle(keys)
    for index, key in enumerate(keys):
        x, y = 14 + index % 2 * 94, 32 + index // 2 * 24
        sheet.print(x, y, f"{index + 1}. {sheet.words[key]}", 3.8)
        sheet.box(x, y + 4, 88, 13)
        sheet.fill(key, x + 3, y + 10.5, 82, 0)
    y = 130.0
    group = sheet.rng.choice(GROUPS)
    sheet.print(14, y, f"9. {group[0]}", 3.8)
    sheet.options(group, 14, y + 9)
    y += 20
    for number, (key, high) in enumerate((("description", 56.0), ("expected_resolution", 38.0))):
        sheet.print(14, y, f"{10 + number}. {sheet.words[key]}", 3.8)
        sheet.box(14, y + 4, 182, high - 10)
        sheet.fill(key, 19, y + 11, 172, 10)
        y += high
    sheet.print(14, y, f"12. {sheet.words['received_by']}", 3.8)
    sheet.box(14, y + 4, 88, 13)
    sheet.fill("received_by", 18, y + 10.5, 80, 0)


def slip(sheet: Sheet) -> None:
    """Draw a narrow slip, one field under the other, dots in place of lines."""
    sheet.print(32, 12, "顾客投诉联", 6)
    y = 26.0
    for key in _SHORT:
        end = sheet.print(8, y, sheet.words[key], 4)
        sheet.print(end + 1, y + 1.6, "." * int((112 - end) / 1.35), 4)
        sheet.fill(key, end + 5, y - 1.2, 104 - end, 0)
        y += 14
    for key, lines in (("description", 4), ("expected_resolution", 3)):
        sheet.print(8, y, sheet.words[key], 4)
        sheet.fill(key, 10, y + 10, 104, 10)
        y += 10 * lines + 12
    end = sheet.print(8, y, sheet.words["received_by"], 4)
    sheet.fill("received_by", end + 6, y - 0.6, 60, 0)


LAYOUTS: Final[dict[str, tuple[Callable[[Sheet], None], tuple[float, float]]]] = {
    "two columns": (two_columns, (210.0, 297.0)),
    "spread": (spread, (297.0, 210.0)),
    "english": (english, (210.0, 297.0)),
    "notepaper": (notepaper, (210.0, 297.0)),
    "numbered": (numbered, (210.0, 297.0)),
    "slip": (slip, (120.0, 240.0)),
}
"""Each layout with the width and height of its paper in millimetres."""
