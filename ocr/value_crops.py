"""Cuts a field's writing out of the sheet, and finds writing in its cell that no line holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from ocr.engines.base import Image
from ocr.layout import Place
from ocr.runs import Rect, union

_INK: Final = 170
_SPARE: Final = 5
"""Rows of paper kept over and under a line's ink."""


def lines_of(place: Place, unruled: Image, line_height: float) -> list[Rect]:
    """Return where the lines of a value are; in a cell also writing that was not detected."""
    if place.runs:
        return [run.rect for run in place.runs]
    if place.cell is None:
        return []
    return _ink_lines(place.cell, unruled, line_height)


def _ink_lines(cell: Rect, unruled: Image, line_height: float) -> list[Rect]:
    """Return the one line of ink in a cell, if what is there is as large as writing."""
    marks = _marks(cell, unruled, line_height)
    if not marks:
        return []
    line = union(marks)
    if line.height > 2.2 * line_height:
        return []
    return [Rect(line.left - 4, line.top - 6, line.right + 4, line.bottom + 6)]


def _marks(cell: Rect, unruled: Image, line_height: float) -> list[Rect]:
    """Return the connected strokes in a cell that are as large as a character or a digit."""
    margin = max(4, round(0.08 * line_height))
    top, left = max(0, int(cell.top) + margin), max(0, int(cell.left) + margin)
    area = unruled[top : int(cell.bottom) - margin, left : int(cell.right) - margin]
    if area.size == 0:
        return []
    ink = np.where(area < _INK, 255, 0).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks = []
    for x, y, w, h, filled in stats[1:count].astype(int).tolist():
        if 0.3 * line_height < h < 2.2 * line_height and filled > 0.08 * w * h:
            marks.append(Rect(left + x, top + y, left + x + w, top + y + h))
    return marks


def unread_in_cell(place: Place, unruled: Image, line_height: float) -> bool:
    """Tell whether a field's cell holds writing that is on none of its lines."""
    if place.cell is None:
        return False
    known = [*(run.rect for run in place.runs), place.label.run.rect]
    return any(
        not any(rect.top <= mark.middle[1] <= rect.bottom for rect in known)
        for mark in _marks(place.cell, unruled, line_height)
    )


def around(rects: Sequence[Rect]) -> Rect | None:
    """Return the rectangle around all `rects`; None when there are none."""
    return union(rects) if rects else None


def tight(image: Image, rect: Rect) -> Image:
    """Cut out a line of writing with its contrast stretched and an even margin of paper."""
    top, left = max(0, int(rect.top)), max(0, int(rect.left))
    crop = image[top : int(rect.bottom) + 1, left : int(rect.right) + 1]
    if crop.size == 0:
        return np.full((4, 4), 255, np.uint8)
    dark = float(np.percentile(crop, 1))
    if dark < 200:
        stretched = (crop.astype(np.float32) - dark) * (255 / max(245 - dark, 1))
        crop = np.clip(stretched, 0, 255).astype(np.uint8)
    columns = np.flatnonzero((crop < _INK).sum(axis=0) > 0)
    if len(columns) == 0:
        return np.full((4, 4), 255, np.uint8)
    # A recogniser scales a line to its own height: empty rows would make the writing small.
    rows = np.flatnonzero((crop < _INK).sum(axis=1) > 1)
    top, bottom = (rows[0], rows[-1]) if len(rows) else (0, crop.shape[0] - 1)
    crop = crop[max(0, top - _SPARE) : bottom + _SPARE + 1]
    crop = crop[:, max(0, columns[0] - 6) : columns[-1] + 7]
    return np.asarray(
        cv2.copyMakeBorder(crop, 3, 3, 8, 8, cv2.BORDER_CONSTANT, value=255), dtype=np.uint8
    )


def widened(crop: Image) -> Image:
    """Draw a crop wider: equal digits side by side, which are read as one, come apart."""
    return np.asarray(
        cv2.resize(crop, None, fx=1.3, fy=1.0, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )
