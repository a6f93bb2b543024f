"""Cuts a comb (one digit a cell) into a strip and single digits, to be read independently."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.domain.form_template import FormField
from ocr.cleaning import settled, stretched, strokes, unlined
from ocr.engines.base import Image, LineReading
from ocr.registration import SCALE, Registered
from ocr.runs import Rect

_REACH: Final = 12
"""Pixels (1.5 mm) by which a bent sheet may move a box from its place."""
_MARGIN: Final = 6
"""Pixels of paper kept over and under the box: digits reach out of it."""
_LEAST_DIGIT: Final = 0.13
"""Least height of a digit as a share of the cell's: some people write small."""
_LIKE_OTHERS: Final = 0.5
"""Least height of a digit as a share of the usual one in its comb: specks are smaller."""
_SURE_SEVEN: Final = 0.97
_TILE: Final = 1.3
"""Height of the tile for one digit as a multiple of the digit's."""


@dataclass(frozen=True, slots=True)
class Comb:
    """A comb as cut: the whole strip, and a tile for every cell that is written in."""

    field: FormField
    rect: Rect
    strip: Image | None
    tiles: dict[int, Image]


def cut_comb(page: Registered, field: FormField) -> Comb:
    """Cut out a comb; it has no strip when nothing is written in it."""
    rect = settled(page.sheet.clean, page.rect(field.box), _REACH)
    cells = field.cells or 1
    top, left = max(0, int(rect.top) - _MARGIN), max(0, int(rect.left))
    area = page.sheet.clean[top : int(rect.bottom) + _MARGIN, left : int(rect.right) + 1].copy()
    if area.size == 0:
        return Comb(field, rect, None, {})
    width = rect.width / cells
    offset = rect.left - left
    if field.decimals:
        _erase_point(area, offset + width * (cells - field.decimals), rect.bottom - top)
    edges = [offset + width * index for index in range(cells + 1)]
    cleared = unlined(area, (rect.top - top, rect.bottom - top), edges)
    pen = stretched(cleared)
    if pen is None:
        return Comb(field, rect, None, {})
    tiles = _tiles(pen, offset, width, cells, rect.height)
    return Comb(field, rect, _strip(pen, tiles, offset, width), tiles)


def _erase_point(area: Image, x: float, bottom: float) -> None:
    """Whiten the printed decimal point, which stands on the divider near the lower edge."""
    centre = (round(x), round(bottom - 0.9 * SCALE))
    cv2.circle(area, centre, round(0.9 * SCALE), 255, -1)


def _tiles(pen: Image, offset: float, width: float, cells: int, high: float) -> dict[int, Image]:
    """Share the strokes out among the cells; strokes over several cells are cut at the borders."""
    layers: dict[int, Image] = {}
    for rect, mask in strokes(pen, _LEAST_DIGIT * high * 0.5):
        first = int((rect.left - offset) // width)
        last = int((rect.right - 1 - offset) // width)
        whole = rect.width < 1.15 * width
        middle = int((rect.middle[0] - offset) // width)
        for cell in (middle,) if whole else range(first, last + 1):
            if 0 <= cell < cells:
                layer = layers.setdefault(cell, np.full_like(pen, 255))
                _copy(pen, layer, rect, mask, None if whole else (offset, width, cell))
    heights = {cell: _height(layer) for cell, layer in layers.items()}
    written = [height for height in heights.values() if height >= _LEAST_DIGIT * high]
    if not written:
        return {}
    least = max(_LEAST_DIGIT * high, _LIKE_OTHERS * median(written))
    return {cell: _tile(layers[cell]) for cell in sorted(layers) if heights[cell] >= least}


def _copy(
    pen: Image,
    layer: Image,
    rect: Rect,
    mask: NDArray[np.bool_],
    within: tuple[float, float, int] | None,
) -> None:
    """Copy one stroke with its soft edge, at most the columns of one cell."""
    y, x = int(rect.top), int(rect.left)
    soft = cv2.dilate(np.pad(mask.astype(np.uint8), 2), np.ones((5, 5), np.uint8)).astype(bool)
    y0, x0 = max(0, y - 2), max(0, x - 2)
    soft = soft[y0 - y + 2 :, x0 - x + 2 :]
    part = np.s_[y0 : y0 + soft.shape[0], x0 : x0 + soft.shape[1]]
    source, target = pen[part], layer[part]
    soft = soft[: source.shape[0], : source.shape[1]].copy()
    if within is not None:
        offset, width, cell = within
        columns = np.arange(source.shape[1]) + x0
        soft &= (columns >= offset + cell * width) & (columns < offset + (cell + 1) * width)
    target[soft] = np.minimum(target[soft], source[soft])


def _height(layer: Image) -> int:
    rows = np.flatnonzero((layer < 150).any(axis=1))
    return int(rows[-1] - rows[0]) if len(rows) else 0


def _tile(layer: Image) -> Image:
    """Return a digit in the middle of a tile; the layer has ink."""
    ys, xs = np.nonzero(layer < 150)
    digit = layer[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    side = round(_TILE * digit.shape[0])
    wide = max(side, digit.shape[1] + 8)
    tile = np.full((side, wide), 255, np.uint8)
    top, left = (side - digit.shape[0]) // 2, (wide - digit.shape[1]) // 2
    tile[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return tile


def _strip(pen: Image, tiles: dict[int, Image], offset: float, width: float) -> Image | None:
    if not tiles:
        return None
    left = max(0, int(offset + min(tiles) * width - 0.2 * width))
    right = int(offset + (max(tiles) + 1) * width + 0.2 * width)
    rows = np.flatnonzero((pen[:, left:right] < 150).any(axis=1))
    if len(rows) == 0:
        return None
    strip = pen[max(0, rows[0] - 5) : rows[-1] + 6, left:right]
    return np.asarray(
        cv2.copyMakeBorder(strip, 2, 2, 6, 6, cv2.BORDER_CONSTANT, value=255), np.uint8
    )


@dataclass(frozen=True, slots=True)
class CombReading:
    """What a comb says by strip and by cell.

    `weakest` is the least confidence of any digit of the strip where both agree, else 0.
    """

    cells: dict[int, str]
    confidence: float
    weakest: float
    agreed: bool


def settle_comb(comb: Comb, strip: LineReading, singles: dict[int, LineReading]) -> CombReading:
    """Decide each cell's digit: by both readings where they agree, else by the surer one."""
    order = list(comb.tiles)
    by_cell = {cell: singles[cell].text[:1] for cell in order}
    levels = {cell: singles[cell].confidence for cell in order}
    digits = [glyph for glyph in strip.glyphs if glyph.text.isdigit()]
    agreed = len(digits) == len(order) and all(
        glyph.text == by_cell[cell] for glyph, cell in zip(digits, order, strict=True)
    )
    if agreed and order:
        # A digit alone is easily taken for a letter (5 and S), so that its own level says little;
        # that it is the likeliest digit, found without its neighbours, says much.
        # A 7 is the exception: a 1 with a long upstroke is read as one, but seldom surely.
        sevens = [levels[cell] for cell in order if by_cell[cell] == "7"]
        sure = min(glyph.confidence for glyph in digits)
        if min(sevens, default=1.0) < _SURE_SEVEN:
            sure = 0.0
        mean = sum(glyph.confidence for glyph in digits) / len(digits)
        return CombReading(by_cell, mean, sure, agreed=True)
    chosen = dict(by_cell)
    if len(digits) == len(order):
        for glyph, cell in zip(digits, order, strict=True):
            if glyph.confidence > levels[cell]:
                chosen[cell], levels[cell] = glyph.text, glyph.confidence
    mean = sum(levels.values()) / max(len(levels), 1)
    return CombReading(chosen, 0.6 * mean, 0.0, agreed=False)
