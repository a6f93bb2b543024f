"""Combs are cut digit by digit, however small the hand, and specks are no digits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr.combs import Comb, cut_comb, settle_comb
from ocr.engines.base import NOTHING, Glyph, LineReading
from ocr.engines.digits import NO_DIGIT
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


def shares(*digits: str, level: float = 0.98) -> dict[int, NDArray[np.float32]]:
    """Return what the digit reader says cell by cell; "" for what is no digit."""
    rows = np.full((len(digits), NO_DIGIT + 1), (1 - level) / NO_DIGIT, np.float32)
    for row, digit in zip(rows, digits, strict=True):
        row[int(digit) if digit else NO_DIGIT] = level
    return dict(enumerate(rows))


def anything(_: str) -> bool:
    return True


def test_two_readers_that_agree_are_surer_than_one() -> None:
    comb = comb_of(2)
    agreed = settle_comb(comb, line("17", 0.98), shares("1", "7"), anything)
    assert agreed.cells == {0: "1", 1: "7"}
    alone = settle_comb(comb, NOTHING, shares("1", "7"), anything)
    assert alone.cells == agreed.cells
    assert alone.weakest < 0.9 < agreed.weakest
    apart = settle_comb(comb, line("77", 0.7), shares("1", "7"), anything)
    assert apart.cells == {0: "1", 1: "7"}
    assert apart.weakest < agreed.weakest


def test_a_1_that_the_strip_takes_for_a_7_stays_what_it_is_alone() -> None:
    found = settle_comb(comb_of(2), line("77", 0.99), shares("1", "7", level=0.95), anything)
    assert found.cells == {0: "1", 1: "7"}
    other_way = settle_comb(comb_of(2), line("11", 0.99), shares("7", "1", level=0.9), anything)
    assert other_way.cells == {0: "1", 1: "1"}


def test_a_strip_that_lost_a_digit_still_speaks_for_the_cells_where_it_saw_some() -> None:
    comb = comb_of(3)
    glyphs = (Glyph("1", 0.17, 0.9), Glyph("3", 0.83, 0.9))
    found = settle_comb(comb, LineReading("13", 0.9, glyphs), shares("1", "1", "3"), anything)
    assert found.cells == {0: "1", 1: "1", 2: "3"}
    assert 0 < found.weakest < 0.9


def test_what_a_number_must_be_decides_between_likely_digits() -> None:
    comb = comb_of(2)
    unsure = shares("7", "2")
    unsure[0][[1, 7]] = 0.42, 0.5
    found = settle_comb(comb, line("72", 0.6), unsure, lambda text: text[0] == "1")
    assert found.cells == {0: "1", 1: "2"}
    assert found.weakest == 0.0, "neither reader took it for the likeliest: a person looks"
    nothing_fits = settle_comb(comb, line("72", 0.6), unsure, lambda text: len(text) > 2)
    assert nothing_fits.cells == {0: "7", 1: "2"}


def test_what_is_no_digit_is_never_certain() -> None:
    found = settle_comb(comb_of(2), line("12", 0.98), shares("1", ""), anything)
    assert found.cells == {0: "1", 1: "2"}
    assert found.weakest == 0.0
