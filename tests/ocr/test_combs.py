"""Combs are cut digit by digit, however small the hand, and specks are no digits."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.combs import Comb, cut_comb, settle_comb
from ocr.engines.base import NOTHING, Glyph, LineReading
from ocr.our_templates import our_templates
from ocr.registration import SCALE, Registered
from ocr.sheet import Sheet
from tests.ocr.drawn_forms import font

TEMPLATE = our_templates()["CF1"]
PHONE = TEMPLATE.field("phone")
AMOUNT = TEMPLATE.field("amount")


def sheet(draw_on: dict[str, str], size_mm: float, speck: bool = False) -> Registered:
    """Return a flat sheet with frames, dividers and digits of `size_mm`, cell by cell."""
    width, height = (round(side * SCALE) for side in TEMPLATE.page_mm)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for key, digits in draw_on.items():
        field = TEMPLATE.field(key)
        for index in range(field.cells or 0):
            cell = field.box.cell(index, field.cells or 1)
            edges = [round(v * SCALE) for v in (cell.x, cell.y, cell.x + cell.w, cell.y + cell.h)]
            draw.rectangle(edges, outline=165, width=2)
            if index < len(digits) and digits[index] != " ":
                middle = ((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2)
                face = font(round(size_mm * SCALE / 0.73))
                draw.text(middle, digits[index], font=face, fill=40, anchor="mm")
        if speck:
            last = field.box.cell((field.cells or 1) - 1, field.cells or 1)
            x, y = (last.x + 2) * SCALE, (last.y + 4) * SCALE
            draw.ellipse((x, y, x + 5, y + 5), fill=60)
    pixels = np.asarray(image, np.uint8)
    return Registered(TEMPLATE, Sheet(np.dstack([pixels] * 3), pixels, np.eye(3)))


@pytest.mark.parametrize("size_mm", [1.9, 3.0, 5.5])
def test_digits_of_any_size_are_found_each_in_its_cell(size_mm: float) -> None:
    comb = cut_comb(sheet({"phone": "13800472157"}, size_mm), PHONE)
    assert list(comb.tiles) == list(range(11))
    assert comb.strip is not None


def test_an_empty_comb_has_neither_strip_nor_digits() -> None:
    comb = cut_comb(sheet({"phone": ""}, 4), PHONE)
    assert comb.strip is None
    assert comb.tiles == {}


def test_a_speck_is_no_digit() -> None:
    comb = cut_comb(sheet({"phone": "1380047215"}, 4, speck=True), PHONE)
    assert list(comb.tiles) == list(range(10))


def test_digits_stay_in_the_cells_where_they_were_written() -> None:
    comb = cut_comb(sheet({"amount": "   12850"}, 4), AMOUNT)
    assert list(comb.tiles) == [3, 4, 5, 6, 7]


def line(text: str, level: float) -> LineReading:
    glyphs = tuple(Glyph(sign, 0.5, level) for sign in text)
    return LineReading(text, level, glyphs) if text else NOTHING


def comb_of(cells: int) -> Comb:
    tile = np.full((4, 4), 255, np.uint8)
    rect = sheet({}, 4).rect(PHONE.box)
    return Comb(PHONE, rect, tile, dict.fromkeys(range(cells), tile))


def test_two_readings_that_agree_are_evidence_and_others_are_none() -> None:
    comb = comb_of(2)
    agreed = settle_comb(comb, line("17", 0.9), {0: line("1", 0.3), 1: line("7", 0.8)})
    assert agreed.cells == {0: "1", 1: "7"}
    assert agreed.weakest == 0.0, "a 7 must be sure alone as well"
    steady = settle_comb(comb, line("12", 0.9), {0: line("1", 0.3), 1: line("2", 0.2)})
    assert steady.weakest == pytest.approx(0.9)
    apart = settle_comb(comb, line("77", 0.9), {0: line("1", 0.3), 1: line("7", 0.8)})
    assert apart.cells == {0: "7", 1: "7"}
    assert apart.weakest == 0.0
    short = settle_comb(comb, line("7", 0.99), {0: line("1", 0.3), 1: line("7", 0.8)})
    assert short.cells == {0: "1", 1: "7"}
    assert not short.agreed
