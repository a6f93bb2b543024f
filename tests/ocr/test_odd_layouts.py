"""Labels set far apart, in a column, numbered, or parted by a line are found all the same."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.engines.base import Glyph, Image, LineReading, Quad
from ocr.labels import shipped_labels
from ocr.layout import lay_out, place_fields
from ocr.lines import read_lines
from ocr.ruling import Ruling
from ocr.runs import Rect, Run, run_of

SIZE = (1200, 800)


def said(text: str, left: float, top: float, high: float = 40.0) -> Run:
    """Place printed text on the sheet, every sign as wide as 0.68 of the line is high."""
    glyphs = tuple(Glyph(sign, (i + 0.5) / len(text), 0.99) for i, sign in enumerate(text))
    rect = Rect(left, top, left + 0.68 * high * len(text), top + high)
    return run_of(rect, LineReading(text, 0.99, glyphs))


def ruling(*cells: Rect, divider: int | None = None) -> Ruling:
    level, upright = np.zeros((2, SIZE[1], SIZE[0]), np.uint8)
    if divider is not None:
        upright[:, divider] = 255
    return Ruling(level, upright, cells)


def values(runs: list[Run], ruled: Ruling) -> dict[str, str]:
    layout = lay_out(runs, ruled, shipped_labels(), SIZE)
    places = place_fields(layout, [])
    return {key: "".join(run.text for run in place.runs) for key, place in places.items()}


@pytest.mark.parametrize(
    "parts",
    [
        [said("门", 30, 60), said("店", 130, 60)],
        [said("门", 60, 20), said("店", 60, 90)],
    ],
    ids=["far apart", "one under the other"],
)
def test_a_label_in_pieces_is_one_label_of_its_cell(parts: list[Run]) -> None:
    cells = (Rect(0, 0, 200, 160), Rect(200, 0, 700, 160))

    assert values([*parts, said("昆明台东店", 230, 60)], ruling(*cells)) == {"store": "昆明台东店"}


def test_the_number_of_the_next_label_is_no_part_of_a_value() -> None:
    line = said("联系电话：13728354507(3)会员卡号：23628193", 30, 60)

    assert values([line], ruling()) == {"phone": "13728354507", "member_no": "23628193"}


def test_a_value_ends_at_a_line_that_parts_the_page() -> None:
    runs = [said("品名：", 30, 60), said("儿童水杯", 200, 60), said("要求退款", 700, 60)]

    assert values(runs, ruling(divider=620))["product"] == "儿童水杯"
    assert values(runs, ruling())["product"] == "儿童水杯要求退款"


def test_what_stands_in_the_next_column_ends_no_field() -> None:
    runs = [
        said("小票编号", 30, 60),
        said("4193237907", 50, 125),
        said("处理要求", 700, 120),
        said("联系电话", 30, 230),
        said("13728354507", 50, 295),
    ]

    found = values(runs, ruling(divider=620))
    assert found["receipt_no"] == "4193237907"
    assert found["phone"] == "13728354507"


class _Counting:
    """Reads each crop as its number, so that what was cut can be told."""

    name = "counting"

    def check(self) -> None: ...

    def release(self) -> None: ...

    def detect(self, image: Image) -> list[Quad]:
        raise AssertionError(image)

    def recognise(self, crops: list[Image], *, digits: bool = False) -> list[LineReading]:
        del digits
        return [LineReading(str(n), 0.9, (Glyph(str(n), 0.5, 0.9),)) for n in range(len(crops))]


def test_a_column_of_signs_is_read_sign_by_sign() -> None:
    sheet = np.full((400, 300), 255, np.uint8)
    for top in (20, 80, 140, 200):
        sheet[top : top + 30, 40:70] = 0
        sheet[top + 12 : top + 15, 40:70] = 255  # a gap within a sign parts nothing
    column = np.asarray([[30, 10], [80, 10], [80, 240], [30, 240]], np.float32)
    line = np.asarray([[100, 10], [280, 10], [280, 50], [100, 50]], np.float32)

    first, second = read_lines(_Counting(), sheet, [column, line])

    assert first.text == "0123"
    assert second.text == "4"
