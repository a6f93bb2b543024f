"""A number on a foreign form is certain by agreement and by what it is made of (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.engines.base import LineReading, Quad
from ocr.engines.digits import DigitReader
from ocr.labels import Label
from ocr.layout import Place
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
