"""Tells whether a place to tick is marked, in it or over its edge."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from ocr.engines.base import Image
from ocr.runs import Rect

_INK: Final = 185
_LEAST_MARK: Final = 0.3
"""A tick reaches over at least this share of the box; specks and rests of its frame do not."""
_LEAST_INK: Final = 0.035
_REACH: Final = 1.3
"""How far over a box, in its heights, a mark is followed."""


def is_marked(clean: Image, rect: Rect) -> bool:
    """Tell whether there is a mark in a framed box: the frame and specks are none."""
    side = rect.width
    inset = max(3.0, 0.17 * side)
    left, top = int(rect.left + inset), int(rect.top + inset)
    right, bottom = int(rect.right - inset) + 1, int(rect.bottom - inset) + 1
    inner = clean[top:bottom, left:right]
    if inner.size == 0:
        return False
    ink = np.where(inner < _INK, 255, 0).astype(np.uint8)
    if float((ink > 0).mean()) < _LEAST_INK:
        return False
    _, found, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    high, wide = ink.shape
    # What is left of a thick frame keeps to the edge; a mark comes near the middle.
    core = found[high // 4 : high - high // 4, wide // 4 : wide - wide // 4]
    central = {int(index) for index in np.unique(core) if index}
    reach = max((max(int(stats[i][2]), int(stats[i][3])) for i in central), default=0)
    return reach >= _LEAST_MARK * side


def reaches_out(clean: Image, rect: Rect) -> bool:
    """Tell whether a mark that was set too high comes down into a box: a frame ends with it."""
    top, left = int(rect.top - _REACH * rect.height), int(rect.left - 0.15 * rect.width)
    if top < 0 or left < 0:
        return False
    part = clean[top : int(rect.bottom) + 1, left : int(rect.right + 0.35 * rect.width) + 1]
    _, found, stats, _ = cv2.connectedComponentsWithStats(
        np.where(part < _INK, 255, 0).astype(np.uint8), connectivity=8
    )
    frame = found[int(rect.top) - top :, :]
    counts = np.bincount(frame[frame > 0].ravel(), minlength=1)
    if not counts.any():
        return False
    mine = stats[int(np.argmax(counts))]
    over = rect.top - top - int(mine[1])
    # What runs through from the line above is no mark.
    return 0.3 * rect.height < over and int(mine[1]) > 0
