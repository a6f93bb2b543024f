"""Finds every place to tick on a sheet: framed boxes, rings and brackets."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.boxes import TickBox, find_boxes, signs_at
from ocr.brackets import find_brackets
from ocr.engines.base import Image
from ocr.rings import find_rings
from ocr.ruling import Ruling
from ocr.runs import Rect, Run


def find_tick_places(
    clean: Image, ruling: Ruling, runs: Sequence[Run], line_height: float
) -> list[TickBox]:
    """Find what may be ticked among `runs`, and whether it is; boxes go before all else."""
    places = find_boxes(clean, ruling, runs, line_height)
    lines = cv2.dilate(cv2.bitwise_or(ruling.level, ruling.upright), np.ones((3, 3), np.uint8))
    signs = signs_at(runs)
    drawn = np.asarray(lines, np.uint8)
    for find in (find_rings, find_brackets):
        others = find(clean, drawn, signs, line_height)
        places += [one for one in others if all(_apart(one.rect, two.rect) for two in places)]
    return sorted(places, key=lambda place: (place.rect.top, place.rect.left))


def _apart(one: Rect, two: Rect) -> bool:
    across = one.left > two.right or two.left > one.right
    return across or one.top > two.bottom or two.top > one.bottom
