"""A number on a foreign form is certain by agreement and by what it is made of (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.engines.base import LineReading, Quad
from ocr.engines.digits import DigitReader
from ocr.labels import Label
from ocr.layout import Place
from ocr.normalise import slashed_days
from ocr.runs import Rect, Run, run_of
from ocr.values import Value, read_values
from tests.ocr.test_digit_lines import line


class Reads:
    """An engine that reads every line as the same text."""

    name = "reads"

    def __init__(self, reading: LineReading) -> None:
        self.reading = reading

    def check(self) -> None:
        """It is always there."""

    def detect(self, image: NDArray[np.uint8]) -> list[Quad]:
        return []

    def recognise(
        self, crops: Sequence[NDArray[np.uint8]], *, digits: bool = False
    ) -> list[LineReading]:
        return [self.reading] * len(crops)

    def release(self) -> None:
        """It holds nothing."""


def read(key: str, text: str, first: float, second: float) -> Value:
    """Return what a line that says `text` is taken for, its two readings this sure."""
    page, seen = line(text, level=first)
    _, again = line(text, level=second)
    rect = Rect(0, 0, page.shape[1], page.shape[0])
    runs = (run_of(rect, seen),)
    place = Place(key, cast(Label, None), cast(tuple[Run, ...], runs), rect, None)
    return read_values({key: place}, page, Reads(again), 36.0, DigitReader())[key]


def test_a_number_whose_digits_are_sure_is_certain_though_the_first_look_was_not() -> None:
    found = read("member_no", "20011846", first=0.6, second=0.97)
    assert found.text == "20011846"
    assert found.certain


@pytest.mark.parametrize(("text", "certain"), [("12850", False), ("128.50", True)])
def test_an_amount_without_a_point_is_for_a_person_to_see(text: str, *, certain: bool) -> None:
    assert read("amount", text, first=0.97, second=0.97).certain is certain


def test_an_unsure_digit_is_never_certain() -> None:
    assert not read("member_no", "20011846", first=0.97, second=0.05).certain


def test_a_number_from_which_a_crop_lost_a_digit_is_not_certain() -> None:
    page, seen = line("1299.00", level=0.97)
    short, again = line("299.00", level=0.97)
    rect = Rect(0, 0, page.shape[1], page.shape[0])
    place = Place("amount", cast(Label, None), (cast(Run, run_of(rect, seen)),), rect, None)
    lost = read_values({"amount": place}, short, Reads(again), 36.0, DigitReader())["amount"]
    assert not lost.certain
    kept = Rect(0, 0, short.shape[1], short.shape[0])
    same = Place("amount", cast(Label, None), (cast(Run, run_of(kept, again)),), kept, None)
    both = read_values({"amount": same}, short, Reads(again), 36.0, DigitReader())["amount"]
    assert both.certain
    assert both.text == "299.00"


class ReadsOften(Reads):
    """An engine that reads first one text and then another."""

    def __init__(self, *readings: LineReading) -> None:
        super().__init__(readings[0])
        self.left = list(readings)

    def recognise(
        self, crops: Sequence[NDArray[np.uint8]], *, digits: bool = False
    ) -> list[LineReading]:
        return [self.left.pop(0) for _ in crops]


def looked_at(key: str, text: str, *looks: tuple[str, float], first: float = 0.97) -> Value:
    """Return what a line is taken for that is read as `text`, then as `looks` say."""
    page, seen = line(text, level=first)
    rect = Rect(0, 0, page.shape[1], page.shape[0])
    place = Place(key, cast(Label, None), (cast(Run, run_of(rect, seen)),), rect, None)
    again = []
    for said, level in looks:
        glyphs = (
            replace(glyph, text=sign, confidence=level)
            for sign, glyph in zip(said, seen.glyphs, strict=True)
        )
        again.append(LineReading(said, level, tuple(glyphs)))
    engine = ReadsOften(*again)
    return read_values({key: place}, page, engine, 36.0, DigitReader())[key]


def test_a_number_not_quite_sure_is_certain_when_a_third_look_agrees() -> None:
    sure = looked_at("member_no", "20011846", ("20011846", 0.7), ("20011846", 0.7))
    assert sure.certain
    doubted = looked_at("member_no", "20011846", ("20011846", 0.7), ("2001184.", 0.7))
    assert doubted.text == "20011846"
    assert not doubted.certain


def test_a_poor_look_costs_little_where_a_sure_line_and_the_other_look_say_the_same() -> None:
    looks = (("20011846", 0.7), ("20011846", 0.05))
    assert looked_at("member_no", "20011846", *looks).certain
    assert not looked_at("member_no", "20011846", *looks, first=0.6).certain
    poor = (("20011846", 0.05), ("20011846", 0.05))
    assert not looked_at("member_no", "20011846", *poor).certain


def test_a_line_that_has_a_4_for_the_sign_of_money_casts_no_doubt() -> None:
    """IN-04: both looks at the crop see ¥ where the line has a 4; a 7 is another digit."""
    looks = (("¥128.50", 0.95), ("¥128.50", 0.95))
    told = looked_at("amount", "4128.50", *looks)
    assert (told.text, told.certain) == ("128.50", True)
    assert not looked_at("amount", "7128.50", *looks).certain


def test_two_unsure_looks_do_not_outvote_a_sure_one() -> None:
    kept = looked_at("receipt_no", "2001184620", ("20011846E.", 0.2), ("20011846E.", 0.2))
    assert kept.text == "2001184620"
    assert not kept.certain
    outvoted = looked_at("receipt_no", "2001184620", ("200118462.", 0.97), ("200118462.", 0.97))
    assert outvoted.text == "200118462"


def test_a_sure_digit_more_in_one_look_is_kept_for_a_person_to_see() -> None:
    page, seen = line("176.66", level=0.99)
    glyphs = seen.glyphs[1:]
    rect = Rect(0, 0, page.shape[1], page.shape[0])
    short = LineReading("76.66", 0.99, glyphs)
    place = Place("amount", cast(Label, None), (cast(Run, run_of(rect, short)),), rect, None)
    engine = ReadsOften(seen, short)
    found = read_values({"amount": place}, page, engine, 36.0, DigitReader())["amount"]
    assert found.text == "176.66"
    assert not found.certain


def test_slashes_read_as_1_leave_no_doubt_where_they_make_one_day_only() -> None:
    assert slashed_days("202616118") == {"2026-06-18"}
    assert slashed_days("2025/10117") == {"2025-10-17"}
    assert slashed_days("202611118") == {"2026-01-18", "2026-11-08"}
    assert slashed_days("20260618") == slashed_days("12345") == slashed_days("") == set()
