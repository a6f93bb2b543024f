"""Proves that a photographed sheet is made level by its ruled boxes, and never torn apart."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.sheet import apply
from ocr.straighten import levelling

SIZE = (1000, 1400)
#: Left, top, right and bottom of boxes for one line each, two beside each other.
BOXES = [(x, y, x + 380, y + 55) for y in range(200, 1200, 130) for x in (80, 520)]


def _page(boxes: list[tuple[int, int, int, int]]) -> NDArray[np.uint8]:
    page = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    for left, top, right, bottom in boxes:
        cv2.rectangle(page, (left, top), (right, bottom), 20, 2)
    return page


def _quads(boxes: list[tuple[int, int, int, int]]) -> list[NDArray[np.float32]]:
    return [
        np.asarray([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
        for left, top, right, bottom in boxes
    ]


def test_short_boxes_of_a_tilted_photo_become_level_and_upright() -> None:
    """IN-04: the sides of boxes for one line tell how the camera stood."""
    seen = np.asarray([[60, 30], [960, 90], [1000, 1390], [0, 1400]], dtype=np.float32)
    flat = np.asarray([[0, 0], [1000, 0], [1000, 1400], [0, 1400]], dtype=np.float32)
    tilt = np.asarray(cv2.getPerspectiveTransform(flat, seen), np.float64)
    photo = np.asarray(cv2.warpPerspective(_page(BOXES), tilt, SIZE, borderValue=255), np.uint8)
    corners = [apply(tilt, quad.astype(np.float64)) for quad in _quads(BOXES)]
    assert max(abs(quad[0, 1] - quad[1, 1]) for quad in corners) > 10

    way = levelling(photo, [corner.astype(np.float32) for corner in corners])

    assert way is not None
    levelled = [apply(way, quad) for quad in corners]
    assert max(abs(quad[0, 1] - quad[1, 1]) for quad in levelled) < 3
    assert max(abs(quad[0, 0] - quad[3, 0]) for quad in levelled) < 3


def test_sides_in_one_column_do_not_tear_the_sheet_apart() -> None:
    """IN-04: nearly parallel lines in one column meet anywhere; a sheet is not bent by them."""
    page = _page([])
    for top, lean in ((150, 0), (420, 2), (700, 3), (980, 1), (1150, 2)):
        cv2.line(page, (100, top), (100 + lean, top + 200), 20, 2)
    for top in range(150, 1300, 100):
        cv2.line(page, (100, top), (900, top + 1), 20, 2)
    corners = np.asarray([[0, 0], [1000, 0], [1000, 1400], [0, 1400]], dtype=np.float64)

    way = levelling(page, _quads([(100, 150, 900, 1300)]))

    moved = corners if way is None else apply(way, corners)
    assert float(np.abs(moved - corners).max()) < 40
