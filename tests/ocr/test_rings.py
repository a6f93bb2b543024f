"""Rings printed instead of tick boxes are found, ticked ones too; digits and letters are none."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.boxes import TickBox, signs_at
from ocr.rings import find_rings
from ocr.runs import Rect, Run, Sign

LINE = 44.0
LEFTS = (200, 420, 640, 860)


def words(text: str, left: float, top: float = 590) -> Run:
    """Return a line of writing, a sign every 30 pixels."""
    signs = tuple(Sign(sign, left + 15 + 30 * i, 0.99, spaced=False) for i, sign in enumerate(text))
    return Run(Rect(left, top, left + 30 * len(text), top + LINE), signs)


def sheet() -> np.ndarray:
    paper = np.full((900, 1200), 255, np.uint8)
    for left in LEFTS:
        cv2.circle(paper, (left + 12, 612), 12, 0, 2)
    return paper


def found(paper: np.ndarray, word: str = "质量") -> list[TickBox]:
    nothing = np.zeros_like(paper)
    runs = [words(word, left + 34) for left in LEFTS]
    return find_rings(paper, nothing, signs_at(runs), LINE)


def ticked(places: list[TickBox]) -> dict[int, bool]:
    return {round((place.rect.left - LEFTS[0]) / 220): place.ticked for place in places}


def test_rings_with_words_beside_them_are_places_to_tick() -> None:
    assert ticked(found(sheet())) == dict.fromkeys(range(4), False)


def test_a_tick_a_cross_or_a_filled_ring_is_a_mark() -> None:
    paper = sheet()
    tick = np.asarray([[[204, 606], [211, 616], [232, 580]]], np.int32)
    cv2.polylines(paper, tick, isClosed=False, color=0, thickness=3)
    cv2.line(paper, (424, 600), (440, 624), 0, 3)
    cv2.line(paper, (440, 600), (424, 624), 0, 3)
    cv2.circle(paper, (652, 612), 12, 0, -1)

    assert ticked(found(paper)) == {0: True, 1: True, 2: True, 3: False}


def test_round_digits_are_no_places_to_tick() -> None:
    assert found(sheet(), "38") == []


def test_a_ring_over_others_in_a_column_is_found_under_its_cross() -> None:
    paper = np.full((900, 1200), 255, np.uint8)
    tops = (300, 360, 420, 480)
    for top in tops:
        cv2.circle(paper, (212, top + 12), 12, 0, 2)
    cv2.line(paper, (206, 302), (228, 330), 0, 3)
    cv2.line(paper, (228, 302), (206, 330), 0, 3)
    runs = [words("质量", 240, top - 10) for top in tops]

    rings = find_rings(paper, np.zeros_like(paper), signs_at(runs), LINE)

    assert {round((ring.rect.top - 300) / 60): ring.ticked for ring in rings} == {
        0: True,
        1: False,
        2: False,
        3: False,
    }
