"""Finds the part of a field's box that is written on, so that it can be shown large."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

Part = tuple[float, float, float, float]
"""x, y, width and height in the picture's pixels."""

_SIDE: Final = 360
"""The longer side to which a box is shrunk for the search, in pixels."""
_DARKER: Final = 36
"""Grey levels by which a pen is darker than the paper."""
_FRAME: Final = 0.025
"""Share of the width at either side along which the printed frame may run."""
_BESIDE: Final = 0.08
_UPRIGHT: Final = 0.6
"""Share of the width at either side in which upright strokes over this share of the height are the
frame of a tilted box; writing is lower."""
_LONGEST: Final = 1 / 6
"""Strokes that run level for more than this share of the width are printed lines."""
_LONGEST_OF_SEVERAL: Final = 1 / 14
"""The same in a box for several lines of writing, whose characters are small beside it."""
_SLOPES: Final = (0.0, 0.008, -0.008, 0.016, -0.016, 0.024, -0.024, 0.032, -0.032)
"""Slopes at which a printed line may run on a photograph."""
_LEAST: Final = 2
"""Dark pixels in a row or column of writing."""
_SPARE: Final = 6
"""Rows and columns, of those of the search, kept around what was found."""


def written_part(image: QImage, box: Part, *, several: bool) -> Part:
    """Return the part of `box` with writing on it, or `box` when none stands out.

    `several` tells that the box is for several lines of writing.

    Only empty paper over, under and right of the writing goes: no stroke may be hidden.
    """
    x, y, w, h = box
    cut = image.copy(QRect(round(x), round(y), max(1, round(w)), max(1, round(h))))
    if cut.isNull() or min(cut.width(), cut.height()) < 8:
        return box
    small = cut.scaled(
        _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    dark = _pen(small, _LONGEST_OF_SEVERAL if several else _LONGEST)
    high, wide = dark.shape
    rows, columns = _inked(dark.sum(axis=1)), _inked(dark.sum(axis=0))
    if len(rows) == 0 or len(columns) == 0:
        return box
    top, bottom = max(0, rows[0] - _SPARE), min(high, rows[-1] + 1 + _SPARE)
    right = min(wide, columns[-1] + 1 + 2 * _SPARE)
    return (x, y + top * h / high, right * w / wide, (bottom - top) * h / high)


def _pen(picture: QImage, longest_share: float) -> NDArray[np.bool_]:
    """Return where there is pen: not the frame at the sides, nor lines to write on."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    wide, high = grey.width(), grey.height()
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(high, grey.bytesPerLine())[:, :wide]
    dark = np.asarray(pixels.astype(np.int16) < float(np.median(pixels)) - _DARKER)
    edge, longest = max(2, round(_FRAME * wide)), round(longest_share * wide)
    frame = _lines(dark.T, round(_UPRIGHT * high)).T
    beside = max(edge, round(_BESIDE * wide))
    frame[:, beside : wide - beside] = False
    dark &= ~(_lines(dark, longest) | frame)
    dark[:, :edge], dark[:, wide - edge :] = False, False
    return dark


def _lines(dark: NDArray[np.bool_], longest: int) -> NDArray[np.bool_]:
    """Return where strokes run straight and about level for more than `longest` columns.

    A tilted line is level in the picture sheared by its slope.
    """
    high, wide = dark.shape
    columns = np.arange(wide)
    found = np.zeros_like(dark)
    for slope in _SLOPES:
        rows = (
            np.arange(high)[:, None] + np.round(slope * (columns - wide / 2)).astype(int)
        ) % high
        level = dark[rows, columns]
        # A thin line steps from one row to the next, and is faint in both where it does.
        level |= np.roll(level, -1, axis=0)
        long = _runs(level, longest + 1)
        # What goes on in the line's direction, a step or a gap further, is line as well.
        long |= level & _widened(long, longest)
        found[rows, columns] |= long | np.roll(long, 1, axis=0)
    return found


def _runs(level: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Return what is part of at least `length` True side by side."""
    if level.shape[1] < length:
        return np.zeros_like(level)
    summed = np.pad(level.astype(np.int32).cumsum(axis=1), ((0, 0), (1, 0)))
    begun = summed[:, length:] - summed[:, :-length] == length
    spread = np.pad(begun.astype(np.int32), ((0, 0), (length, length - 1))).cumsum(axis=1)
    return np.asarray(spread[:, length:] > spread[:, :-length])


def _widened(marks: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Return what is at most `by` columns beside a mark."""
    summed = np.pad(marks.astype(np.int32).cumsum(axis=1), ((0, 0), (by + 1, by)), mode="edge")
    summed[:, : by + 1] = 0
    return np.asarray(summed[:, 2 * by + 1 :] > summed[:, : -(2 * by + 1)])


def _inked(counts: NDArray[np.int64]) -> NDArray[np.intp]:
    return np.flatnonzero(counts >= _LEAST)
