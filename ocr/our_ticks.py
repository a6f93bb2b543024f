"""Reads the tick boxes of our own form: each is looked for near its place, then into."""

from __future__ import annotations

from typing import Final

import numpy as np

from ocr.engines.base import Image
from ocr.registration import Registered
from ocr.runs import Rect
from ocr.tick_marks import is_marked

_REACH: Final = 18
"""Pixels (2.2 mm) by which a bent or badly lit photo moves a box from its place."""
_INK: Final = 190


def read_ticks(page: Registered) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Return of every group each option by its name in the template, and whether it is ticked."""
    clean = page.sheet.clean
    return {
        group.group: tuple(
            (option.option, is_marked(clean, _found(clean, page.rect(option.box))))
            for option in group.options
        )
        for group in page.template.tick_groups
    }


def _found(clean: Image, rect: Rect) -> Rect:
    """Move a square onto the frame printed nearest to it."""
    side = round(rect.width)
    top, left = max(0, round(rect.top) - _REACH), max(0, round(rect.left) - _REACH)
    area = clean[top : top + side + 2 * _REACH + 1, left : left + side + 2 * _REACH + 1]
    if min(area.shape) <= side + 2:
        return rect
    dark = (area < _INK).astype(np.float32)
    thick = np.maximum(dark[:-1, :-1], np.maximum(dark[1:, :-1], dark[:-1, 1:]))
    best, place = -1.0, (round(rect.left) - left, round(rect.top) - top)
    home = np.asarray(place)
    along = np.cumsum(np.pad(thick, ((0, 0), (1, 0))), axis=1)
    down = np.cumsum(np.pad(thick, ((1, 0), (0, 0))), axis=0)
    level = (along[:, side:] - along[:, :-side]) / side
    upright = (down[side:, :] - down[:-side, :]) / side
    rows, columns = thick.shape[0] - side, thick.shape[1] - side
    level, upright = level[:, :columns], upright[:rows]
    frame = np.minimum(
        np.minimum(level[:rows], level[side : side + rows]),
        np.minimum(upright[:, :columns], upright[:, side : side + columns]),
    )
    for y, x in np.argwhere(frame >= max(0.5, float(frame.max()) - 0.1)):
        score = float(frame[y, x]) - 0.004 * float(np.abs(np.asarray([x, y]) - home).sum())
        if score > best:
            best, place = score, (int(x), int(y))
    x, y = place
    return Rect(left + x, top + y, left + x + side, top + y + side)
