"""Finds tick boxes by their shape and tells which are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image
from ocr.ruling import Ruling
from ocr.runs import Rect

_INK: Final = 175
_LEAST_MARK: Final = 0.3
"""A tick reaches over at least this share of the box; specks and rests of its frame do not."""
_LEAST_INK: Final = 0.035
_LINE: Final = 26.0
"""Height to which a line of writing is shrunk for the search, in pixels."""
_SMALLEST: Final = 0.34
_LARGEST: Final = 1.25
_LEAST_FRAME: Final = 0.8


@dataclass(frozen=True, slots=True)
class TickBox:
    """A square on the sheet, and whether there is a mark in it."""

    rect: Rect
    ticked: bool


def find_boxes(clean: Image, ruling: Ruling, line_height: float) -> list[TickBox]:
    """Find small framed squares of one size, whatever was scribbled over them."""
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    long_lines = cv2.dilate(cv2.bitwise_or(ruling.level, ruling.upright), np.ones((3, 3), np.uint8))
    short = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(long_lines)), dtype=np.uint8)
    length = max(7, int(0.28 * line_height))
    across = _strokes(short, length, across=True)
    down = _strokes(short, length, across=False)
    squares = _squares(across, down, min(1.0, _LINE / line_height), line_height)
    squares = [_fitted(rect, across, down) for rect in squares]
    return [TickBox(rect, _marked(clean, rect)) for rect in _printed_alike(squares, short)]


def _strokes(ink: Image, length: int, *, across: bool) -> Image:
    thicken = np.ones((2, 1) if across else (1, 2), np.uint8)
    kernel = np.ones((1, length) if across else (length, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(cv2.dilate(ink, thicken), cv2.MORPH_OPEN, kernel), np.uint8)


def _squares(across: Image, down: Image, scale: float, line_height: float) -> list[Rect]:
    """Slide frames of every size over the strokes; keep the best of those that overlap."""
    level = _shrunk(across, scale, np.ones((3, 1), np.uint8))
    upright = _shrunk(down, scale, np.ones((1, 3), np.uint8))
    found: list[tuple[float, int, int, int]] = []
    for side in range(int(_SMALLEST * line_height * scale), int(_LARGEST * line_height * scale)):
        frame = _frame_scores(level, upright, side)
        ys, xs = np.nonzero(frame >= _LEAST_FRAME)
        found.extend(
            (float(frame[y, x]), int(x), int(y), side) for y, x in zip(ys, xs, strict=True)
        )
    # Of equal frames the larger one is the outline of the printed line.
    found.sort(key=lambda item: (-round(item[0], 1), -item[3]))
    chosen: list[Rect] = []
    for _, x, y, side in found[:4000]:
        rect = Rect(x / scale, y / scale, (x + side) / scale, (y + side) / scale)
        near = 0.75 * rect.width
        if all(
            abs(rect.middle[0] - other.middle[0]) > near
            or abs(rect.middle[1] - other.middle[1]) > near
            for other in chosen
        ):
            chosen.append(rect)
    return chosen


def _shrunk(mask: Image, scale: float, thicken: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    solid = np.where(small > 50, 1.0, 0.0).astype(np.float32)
    return np.asarray(cv2.dilate(solid, thicken), dtype=np.float32)


def _frame_scores(
    level: NDArray[np.float32], upright: NDArray[np.float32], side: int
) -> NDArray[np.float32]:
    """Return for each top left corner the share of its weakest side that is drawn."""
    along = cv2.blur(level, (side + 1, 1), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    drop = cv2.blur(upright, (1, side + 1), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    height, width = level.shape
    rows, columns = height - side, width - side
    if rows <= 0 or columns <= 0:
        return np.zeros((1, 1), np.float32)
    horizontal = np.minimum(along[:rows, :columns], along[side:, :columns])
    vertical = np.minimum(drop[:rows, :columns], drop[:rows, side:])
    return np.asarray(np.minimum(horizontal, vertical), dtype=np.float32)


def _fitted(rect: Rect, across: Image, down: Image) -> Rect:
    """Move each side to the outermost line near it."""
    reach = max(3, round(0.15 * rect.width))
    x0, x1, y0, y1 = (round(v) for v in (rect.left, rect.right, rect.top, rect.bottom))
    rows = (across[:, max(0, x0) : x1 + 1] > 0).mean(axis=1)
    columns = (down[max(0, y0) : y1 + 1] > 0).mean(axis=0)
    return Rect(
        _nearest(columns, x0, reach, first=True),
        _nearest(rows, y0, reach, first=True),
        _nearest(columns, x1, reach, first=False),
        _nearest(rows, y1, reach, first=False),
    )


def _nearest(profile: NDArray[np.float64], at: int, reach: int, *, first: bool) -> float:
    start = max(0, at - reach)
    strong = np.flatnonzero(profile[start : at + reach + 1] > 0.6)
    if len(strong) == 0:
        return float(at)
    return float(start + (strong[0] if first else strong[-1]))


def _printed_alike(squares: Sequence[Rect], ink: Image) -> list[Rect]:
    """Keep boxes of one size with paper before them: characters that look square have neither.

    One box on its own is not believed: 口 and 回 in a text look the same.
    """
    apart = [rect for rect in squares if _stands_apart(rect, ink)]
    best: list[Rect] = []
    for rect in apart:
        alike = [other for other in apart if _same_size(rect, other) and _aligned(rect, other)]
        if len(alike) > len(best):
            best = alike
    if len(best) < 2:
        return []
    usual = median(rect.width for rect in best)
    return [rect for rect in apart if abs(rect.width - usual) <= 0.14 * usual]


def _same_size(one: Rect, two: Rect) -> bool:
    return abs(one.width - two.width) <= 0.14 * one.width


def _aligned(one: Rect, two: Rect) -> bool:
    across = abs(one.middle[1] - two.middle[1]) < 0.5 * one.height
    return across or abs(one.middle[0] - two.middle[0]) < 0.3 * one.width


def _stands_apart(rect: Rect, ink: Image) -> bool:
    """Tell whether there is paper left of, above and below a square."""
    side = rect.width
    left = ink[
        int(rect.top + 0.15 * side) : int(rect.bottom - 0.15 * side) + 1,
        max(0, int(rect.left - 0.42 * side)) : max(1, int(rect.left - 0.1 * side)),
    ]
    return left.size == 0 or float((left > 0).mean()) < 0.06


def _marked(clean: Image, rect: Rect) -> bool:
    side = rect.width
    inset = max(3.0, 0.17 * side)
    left, top = int(rect.left + inset), int(rect.top + inset)
    right, bottom = int(rect.right - inset) + 1, int(rect.bottom - inset) + 1
    inner = clean[top:bottom, left:right]
    if inner.size == 0:
        return False
    ink = np.where(inner < _INK + 15, 255, 0).astype(np.uint8)
    if float((ink > 0).mean()) < _LEAST_INK:
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    reach = max((max(int(row[2]), int(row[3])) for row in stats[1:count]), default=0)
    return reach >= _LEAST_MARK * side
