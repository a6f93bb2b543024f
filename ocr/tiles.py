"""Shares the strokes of a strip of digits out among the digits and cuts a tile for each."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.cleaning import strokes
from ocr.engines.base import Image
from ocr.runs import Rect

_LIKE_OTHERS: Final = 0.5
"""Least height of a digit as a share of the usual one in its strip: specks are smaller."""
_TILE: Final = 1.3
"""Height of the tile for one digit as a multiple of the digit's."""
_FAR: Final = 0.2
_SMALL: Final = 0.25
"""A stroke this far from a cell's digit, in its heights, with this share of its ink is none."""
_WHOLE: Final = 1.15
"""A stroke at most this many cells wide belongs to one cell, however it leans over."""
_LEANS: Final = (0.0, -0.15, 0.15, -0.3, 0.3, 0.45)
"""How far a cut between signs that touch may lean to the right, in its heights."""
_REACH: Final = 0.4
_LEANING: Final = 0.04
_ASIDE: Final = 0.1
"""What a leaning cut costs in its heights, and each column beside the middle, in pixels of ink."""

_Stroke = tuple[Rect, NDArray[np.bool_]]


def cut_tiles(pen: Image, edges: Sequence[float], least: float) -> dict[int, Image]:
    """Return a tile for each cell between two `edges` (pixels) that holds a digit.

    `pen` is dark writing on white. A stroke belongs to the cell of its middle; strokes over
    several cells are cut at the edges. What is lower than `least` pixels is no digit.
    """
    layers: dict[int, Image] = {}
    bounds = np.asarray(edges)
    for rect, mask in _written(strokes(pen, least * 0.5), bounds):
        first, last, middle = (
            int(np.searchsorted(bounds, x, side="right")) - 1
            for x in (rect.left, rect.right - 1, rect.middle[0])
        )
        known = min(max(middle, 0), len(bounds) - 2)
        whole = rect.width < _WHOLE * (bounds[known + 1] - bounds[known])
        for cell in (middle,) if whole else range(first, last + 1):
            if 0 <= cell < len(bounds) - 1:
                layer = layers.setdefault(cell, np.full_like(pen, 255))
                _copy(pen, layer, rect, mask, None if whole else (bounds[cell], bounds[cell + 1]))
    heights = {cell: _height(layer) for cell, layer in layers.items()}
    written = [height for height in heights.values() if height >= least]
    if not written:
        return {}
    lowest = max(least, _LIKE_OTHERS * median(written))
    return {cell: _tile(layers[cell]) for cell in sorted(layers) if heights[cell] >= lowest}


def _written(parts: list[_Stroke], bounds: NDArray[np.float64]) -> list[_Stroke]:
    """Return the strokes without the small ones far over or under a cell's digit.

    These are remains of the printed frame; the bar of a 5 that does not touch it is near.
    """
    largest: dict[int, _Stroke] = {}
    cells = [int(np.searchsorted(bounds, rect.middle[0], side="right")) for rect, _ in parts]
    for cell, part in zip(cells, parts, strict=True):
        if cell not in largest or part[1].sum() > largest[cell][1].sum():
            largest[cell] = part
    return [
        part for cell, part in zip(cells, parts, strict=True) if not _astray(part, largest[cell])
    ]


def _astray(part: _Stroke, digit: _Stroke) -> bool:
    (rect, mask), (main, ink) = part, digit
    gap = max(rect.top - main.bottom, main.top - rect.bottom)
    return bool(gap > _FAR * main.height and mask.sum() < _SMALL * ink.sum())


def tile_of(pen: Image, parts: Sequence[_Stroke]) -> Image:
    """Return a tile of some strokes (at least one) of `pen`."""
    layer = np.full_like(pen, 255)
    for rect, mask in parts:
        _copy(pen, layer, rect, mask, None)
    return _tile(layer)


def split_tiles(pen: Image, rect: Rect, mask: NDArray[np.bool_], count: int) -> list[Image]:
    """Return tiles of `count` signs that touch, cut where the ink is thinnest.

    A cut may lean as writing does: a slanted 1 stands over the belly of the 6 before it.
    """
    high, wide = mask.shape
    part = wide / count
    ys, xs = np.mgrid[0:high, 0:wide]
    beyond = [_thinnest(mask, part * number, _REACH * part) for number in range(1, count)]
    edges = [xs - lean * (high / 2 - ys) - x for x, lean in beyond]
    tiles = []
    for number in range(count):
        own = mask.copy()
        if number:
            own &= edges[number - 1] >= 0
        if number < len(edges):
            own &= edges[number] < 0
        layer = np.full_like(pen, 255)
        _copy(pen, layer, rect, own, None, mask & ~own)
        tiles.append(_tile(layer))
    return tiles


def _thinnest(mask: NDArray[np.bool_], x: float, reach: float) -> tuple[float, float]:
    """Return where, at half height, and how leaning a cut near column `x` meets least ink."""
    high, wide = mask.shape
    ys, xs = np.nonzero(mask)
    best, found = float("inf"), (x, 0.0)
    for lean in _LEANS:
        across = np.round(xs - lean * (high / 2 - ys)).astype(int)
        for column in range(max(1, round(x - reach)), min(wide, round(x + reach) + 1)):
            crossed = int((across == column).sum()) + _LEANING * abs(lean) * high
            cost = crossed + _ASIDE * abs(column - x)
            if cost < best:
                best, found = cost, (float(column), lean)
    return found


def _copy(
    pen: Image,
    layer: Image,
    rect: Rect,
    mask: NDArray[np.bool_],
    within: tuple[float, float] | None,
    without: NDArray[np.bool_] | None = None,
) -> None:
    """Copy one stroke with its soft edge, at most the columns of one cell.

    `without` is the rest of the stroke that belongs to others.
    """
    y, x = int(rect.top), int(rect.left)
    soft = cv2.dilate(np.pad(mask.astype(np.uint8), 2), np.ones((5, 5), np.uint8)).astype(bool)
    if without is not None:
        soft &= ~np.pad(without, 2)
    y0, x0 = max(0, y - 2), max(0, x - 2)
    soft = soft[y0 - y + 2 :, x0 - x + 2 :]
    part = np.s_[y0 : y0 + soft.shape[0], x0 : x0 + soft.shape[1]]
    source, target = pen[part], layer[part]
    soft = soft[: source.shape[0], : source.shape[1]].copy()
    if within is not None:
        columns = np.arange(source.shape[1]) + x0
        soft &= (columns >= within[0]) & (columns < within[1])
    target[soft] = np.minimum(target[soft], source[soft])


def _height(layer: Image) -> int:
    rows = np.flatnonzero((layer < 150).any(axis=1))
    return int(rows[-1] - rows[0]) if len(rows) else 0


def _tile(layer: Image) -> Image:
    """Return a digit in the middle of a tile; a layer without ink is one white tile."""
    ys, xs = np.nonzero(layer < 150)
    if len(ys) == 0:
        return np.full((8, 8), 255, np.uint8)
    digit = layer[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    side = round(_TILE * digit.shape[0])
    wide = max(side, digit.shape[1] + 8)
    tile = np.full((side, wide), 255, np.uint8)
    top, left = (side - digit.shape[0]) // 2, (wide - digit.shape[1]) // 2
    tile[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return tile
