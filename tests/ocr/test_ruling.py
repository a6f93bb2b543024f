"""Ruled lines are told from the upright strokes of writing (IN-04)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.ruling import find_ruling, without_lines

HEIGHT = 36.0


def paper() -> NDArray[np.uint8]:
    return np.full((400, 700), 255, np.uint8)


def draw(page: NDArray[np.uint8], *ends: tuple[int, int]) -> None:
    cv2.line(page, ends[0], ends[1], 30, 3)


def test_the_upright_strokes_of_digits_stay_when_lines_are_taken_out() -> None:
    page = paper()
    draw(page, (40, 300), (660, 300))
    draw(page, (120, 220), (120, 280))  # a 1 over the line
    draw(page, (200, 240), (200, 300))  # one that stands on it
    cleared = without_lines(page, find_ruling(page, HEIGHT))
    assert (cleared[225:275, 115:126] < 100).sum() > 100
    assert (cleared[245:290, 195:206] < 100).sum() > 90
    assert (cleared[298:303, 300:600] > 200).all(), "the line itself is taken out"


def test_the_walls_of_a_table_and_of_a_comb_are_lines() -> None:
    page = paper()
    for y in (100, 150, 340):
        draw(page, (40, y), (660, y))
    for x in range(100, 650, 50):
        draw(page, (x, 100), (x, 150))
    draw(page, (300, 150), (300, 340))
    found = find_ruling(page, HEIGHT)
    assert all(found.upright[125, x - 1 : x + 2].any() for x in range(100, 650, 50))
    assert found.upright[245, 299:302].any()
    assert (without_lines(page, found)[110:140, 60:640] > 200).all()
