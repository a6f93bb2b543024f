"""Finds ruled lines on a sheet and the table cells that they close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from ocr.engines.base import Image
from ocr.runs import Rect, union

_INK: Final = 200
_REACH: Final = 3
_COMB: Final = 4
_WALL: Final = 2.2
"""Line heights from which on an upright line is ruled, wherever it ends: no digit is as high."""
_TOUCH: Final = 0.3
"""Line heights between the end of a lower wall and the level line that it stands on."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Masks of level and upright lines (255 on a line), and the cells, reading order."""

    level: Image
    upright: Image
    cells: tuple[Rect, ...]


def find_ruling(clean: Image, line_height: float) -> Ruling:
    """Find lines longer than writing is: `line_height` is the usual height of a text line."""
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    level = _lines(ink, int(max(40, 2.2 * line_height)), across=True)
    upright = _lines(ink, int(max(30, 1.3 * line_height)), across=False)
    upright = _walls(upright, level, line_height)
    return Ruling(level, upright, tuple(_cells(level, upright, line_height)))


def _lines(ink: Image, length: int, *, across: bool) -> Image:
    # A line that drifts by a pixel must not fall apart, so it is thickened before opening.
    thicken = np.ones((3, 1) if across else (1, 3), np.uint8)
    kernel = np.ones((1, length) if across else (length, 1), np.uint8)
    lines = cv2.morphologyEx(cv2.dilate(ink, thicken), cv2.MORPH_OPEN, kernel)
    # Solid areas (photos, black headings) are no lines.
    thick = np.ones((25, 1) if across else (1, 25), np.uint8)
    solid = cv2.morphologyEx(lines, cv2.MORPH_OPEN, thick)
    solid = cv2.dilate(solid, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.bitwise_and(lines, cv2.bitwise_not(solid)), dtype=np.uint8)


def _walls(upright: Image, level: Image, line_height: float) -> Image:
    """Return the upright lines without the strokes of writing: a 1, the long leg of a 4 or 9.

    A wall is far higher than writing, or goes from one level line to another.
    """
    bridge = int(max(9, 0.6 * line_height)) | 1
    joined = cv2.morphologyEx(upright, cv2.MORPH_CLOSE, np.ones((bridge, 3), np.uint8))
    count, marks, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    near = round(max(6, _TOUCH * line_height))
    kept = np.zeros(count, np.uint8)
    for index in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[index])
        across = slice(max(0, x - near), x + w + near)
        ends = (slice(max(0, end - near), end + near + 1) for end in (y, y + h - 1))
        ruled = h >= _WALL * line_height or all(level[end, across].any() for end in ends)
        kept[index] = 255 if ruled else 0
    return np.asarray(cv2.bitwise_and(upright, kept[marks]), dtype=np.uint8)


def _cells(level: Image, upright: Image, line_height: float) -> list[Rect]:
    bridge = int(max(9, 0.9 * line_height)) | 1
    across = cv2.morphologyEx(level, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    down = cv2.morphologyEx(upright, cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))
    reach = 2 * _REACH + 1
    across = cv2.dilate(across, np.ones((1, reach * 2), np.uint8))
    down = cv2.dilate(down, np.ones((reach * 2, 1), np.uint8))
    walls = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(walls), connectivity=4)
    height, width = level.shape
    cells = []
    for index in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[index])
        edge = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        if edge or h < 0.8 * line_height or w < 1.0 * line_height or area < 0.8 * w * h:
            continue
        cells.append(Rect(x - 2, y - 2, x + w + 2, y + h + 2))
    return sorted(_combs_joined(cells), key=lambda cell: (cell.top, cell.left))


def _combs_joined(cells: list[Rect]) -> list[Rect]:
    """Make one cell of a comb: four or more narrow cells of one size, wall to wall."""
    rest = sorted(cells, key=lambda cell: (round(cell.top / 8), cell.left))
    joined: list[Rect] = []
    while rest:
        chain = [rest.pop(0)]
        while rest and _continues(chain[-1], rest[0]):
            chain.append(rest.pop(0))
        joined.extend([union(chain)] if len(chain) >= _COMB else chain)
    return joined


def _continues(one: Rect, two: Rect) -> bool:
    narrow = two.width < 1.7 * two.height and abs(one.width - two.width) < 0.25 * one.width
    level = abs(one.top - two.top) < 8 and abs(one.bottom - two.bottom) < 8
    return narrow and level and abs(two.left - one.right) < 0.3 * one.width


def without_lines(clean: Image, ruling: Ruling) -> Image:
    """Return the sheet with ruled lines whitened, strokes that cross them kept."""
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    cleared = clean.copy()
    for mask, across in ((ruling.level, True), (ruling.upright, False)):
        kernel = np.ones((9, 1) if across else (1, 9), np.uint8)
        crossing = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        wide = cv2.dilate(mask, np.ones((3, 1) if across else (1, 3), np.uint8))
        cleared[(wide > 0) & (crossing == 0)] = 255
    return cleared
