"""Takes printed frames, dividers and guides out of a field whose place is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image
from ocr.runs import Rect

_HALF_LINE: Final = 3
"""Half the width of the band, in pixels, that a printed line may take up after the scan."""
_DARKER: Final = 40
"""Grey levels by which a pen's stroke is darker than the printed line that it crosses."""
_PAPER: Final = 245
_FAINTEST: Final = 214
"""An area whose darkest hundredth is lighter than this carries no writing."""


def settled(clean: Image, rect: Rect, reach: int) -> Rect:
    """Move a framed box by up to `reach` pixels onto the frame that is really printed there."""
    top, left = max(0, int(rect.top) - reach - 2), max(0, int(rect.left) - reach - 2)
    area = clean[top : int(rect.bottom) + reach + 3, left : int(rect.right) + reach + 3]
    if area.size == 0:
        return rect
    down = _offset(area, (rect.top - top, rect.bottom - top), reach, across=True)
    right = _offset(area, (rect.left - left, rect.right - left), reach, across=False)
    return Rect(rect.left + right, rect.top + down, rect.right + right, rect.bottom + down)


def _offset(area: Image, edges: tuple[float, float], reach: int, *, across: bool) -> int:
    """Return by how much two parallel edges must move onto the darkest rows or columns."""
    sums = cv2.reduce(area, 1 if across else 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    profile = 255 - np.asarray(sums, np.float64).ravel()
    best, at = -1.0, 0
    for shift in sorted(range(-reach, reach + 1), key=abs):
        levels = [_near(profile, round(edge) + shift) for edge in edges]
        score = min(levels) + 0.25 * sum(levels)
        if score > best + 2.0:
            best, at = score, shift
    return at if best > 15 else 0


def _near(profile: NDArray[np.float64], place: int) -> float:
    around = profile[max(0, place - 1) : place + 2]
    return float(around.max()) if len(around) else 0.0


def unlined(area: Image, levels: Iterable[float], uprights: Iterable[float]) -> Image:
    """Return `area` without printed lines at rows `levels` and columns `uprights` (in pixels).

    What the pen wrote across a line stays, as it goes on at both sides or is darker.
    """
    cleared = area.copy()
    for row in levels:
        _clear(cleared, row)
    turned = cleared.T
    for column in uprights:
        _clear(turned, column)
    return cleared


def _clear(area: Image, row: float) -> None:
    top, bottom = round(row) - _HALF_LINE, round(row) + _HALF_LINE + 1
    above, below = max(top - 1, 0), min(bottom, area.shape[0] - 1)
    top, bottom = max(top, 0), min(bottom, area.shape[0])
    if top >= bottom:
        return
    band = area[top:bottom].astype(np.int16)
    usual = np.median(band, axis=1, keepdims=True)
    weight = np.linspace(0, 1, bottom - top + 2)[1:-1, None]
    first = area[above].astype(np.int16) if above < top else np.full(area.shape[1], 255, np.int16)
    last = area[below].astype(np.int16) if below >= bottom else np.full_like(first, 255)
    between = first * (1 - weight) + last * weight
    keep = band < usual - _DARKER
    area[top:bottom] = np.where(keep, band, np.maximum(band, between)).astype(np.uint8)


def stretched(area: Image) -> Image | None:
    """Return `area` with its pen as dark as print; None when it carries no writing.

    A fixed threshold would lose pale blue pens on poor scans.
    """
    if area.size == 0:
        return None
    dark = _darkest(area)
    if dark > _FAINTEST:
        return None
    wide = (area.astype(np.float32) - dark) * (255 / max(_PAPER - dark, 1))
    return np.asarray(np.clip(wide, 0, 255), np.uint8)


def _darkest(area: Image) -> float:
    """Return how dark the darkest strokes are, small ones on much paper included."""
    smooth = cv2.blur(area, (3, 3))
    rank = min(max(12, area.size // 400), smooth.size - 1)
    return float(np.partition(smooth.ravel(), rank)[rank])


def strokes(area: Image, least: float) -> list[tuple[Rect, NDArray[np.bool_]]]:
    """Return connected strokes at least `least` pixels long: their box and their mask."""
    ink = np.where(area < 150, 255, 0).astype(np.uint8)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found = []
    for index in range(1, count):
        x, y, w, h, filled = (int(value) for value in stats[index])
        if max(w, h) >= least and filled >= least:
            mask = np.asarray(marks[y : y + h, x : x + w] == index)
            found.append((Rect(x, y, x + w, y + h), mask))
    return found
