"""A mark counts in a box and where it comes down over its edge; a line above it does not."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.runs import Rect
from ocr.tick_marks import is_marked, reaches_out

BOX = Rect(100, 100, 125, 125)


def framed() -> np.ndarray:
    paper = np.full((300, 300), 255, np.uint8)
    cv2.rectangle(paper, (100, 100), (125, 125), 0, 2)
    return paper


def test_an_empty_box_is_not_marked() -> None:
    assert not is_marked(framed(), BOX)
    assert not reaches_out(framed(), BOX)


def test_a_cross_set_too_high_is_a_mark() -> None:
    paper = framed()
    cv2.line(paper, (104, 84), (122, 104), 0, 3)
    cv2.line(paper, (122, 84), (104, 104), 0, 3)

    assert reaches_out(paper, BOX)


def test_what_does_not_touch_the_box_or_comes_from_far_above_is_no_mark() -> None:
    apart, long = framed(), framed()
    cv2.line(apart, (104, 84), (122, 94), 0, 3)
    cv2.line(long, (112, 20), (112, 100), 0, 3)

    assert not reaches_out(apart, BOX)
    assert not reaches_out(long, BOX)
