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
_FRAME: Final = 0.06
"""Share of each side along which the printed frame may run."""
_RULE: Final = 0.5
"""A row or column that is dark for more than this share is a printed line."""
_LEAST: Final = 2
"""Dark pixels in a row or column of writing."""


def written_part(image: QImage, box: Part) -> Part:
    """Return the part of `box` with writing on it, or `box` when none stands out."""
    x, y, w, h = box
    cut = image.copy(QRect(round(x), round(y), max(1, round(w)), max(1, round(h))))
    if cut.isNull() or min(cut.width(), cut.height()) < 8:
        return box
    small = cut.scaled(
        _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    dark = _dark(small)
    rows, columns = _span(dark.sum(axis=1)), _span(dark.sum(axis=0))
    if rows is None or columns is None:
        return box
    across, down = w / dark.shape[1], h / dark.shape[0]
    return (
        x + columns[0] * across,
        y + rows[0] * down,
        (columns[1] - columns[0]) * across,
        (rows[1] - rows[0]) * down,
    )


def _dark(picture: QImage) -> NDArray[np.bool_]:
    """Return where there is pen: not the frame at the edge, nor lines to write on."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    wide, high = grey.width(), grey.height()
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(high, grey.bytesPerLine())[:, :wide]
    dark = pixels.astype(np.int16) < float(np.median(pixels)) - _DARKER
    edge_x, edge_y = max(2, round(_FRAME * wide)), max(2, round(_FRAME * high))
    dark[:edge_y], dark[high - edge_y :] = False, False
    dark[:, :edge_x], dark[:, wide - edge_x :] = False, False
    dark[dark.mean(axis=1) > _RULE] = False
    dark[:, dark.mean(axis=0) > _RULE] = False
    return np.asarray(dark)


def _span(counts: NDArray[np.int64]) -> tuple[int, int] | None:
    found = np.flatnonzero(counts >= _LEAST)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else None
