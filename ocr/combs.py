"""Cuts a comb (one digit a cell) into a strip and single digits, to be read independently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.domain.form_template import FormField
from ocr.cleaning import settled, stretched, unlined
from ocr.engines.base import Image, LineReading
from ocr.engines.digits import NO_DIGIT
from ocr.registration import SCALE, Registered
from ocr.runs import Rect
from ocr.tiles import cut_tiles
from ocr.votes import likeliest, weighed

_REACH: Final = 12
"""Pixels (1.5 mm) by which a bent sheet may move a box from its place."""
_MARGIN: Final = 6
"""Pixels of paper kept over and under the box: digits reach out of it."""
_LEAST_DIGIT: Final = 0.13
"""Least height of a digit as a share of the cell's: some people write small."""
_ASIDE: Final = 0.2
"""Paper kept left and right of the strip's digits, in cells."""
_BORDER: Final = 6
"""White pixels added to either end of the strip."""


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
    tiles = cut_tiles(pen, edges, _LEAST_DIGIT * rect.height)
    return Comb(field, rect, _strip(pen, tiles, offset, width), tiles)


def _erase_point(area: Image, x: float, bottom: float) -> None:
    """Whiten the printed decimal point, which stands on the divider near the lower edge."""
    centre = (round(x), round(bottom - 0.9 * SCALE))
    cv2.circle(area, centre, round(0.9 * SCALE), 255, -1)


def _strip(pen: Image, tiles: dict[int, Image], offset: float, width: float) -> Image | None:
    if not tiles:
        return None
    left = max(0, int(offset + min(tiles) * width - _ASIDE * width))
    right = int(offset + (max(tiles) + 1) * width + _ASIDE * width)
    rows = np.flatnonzero((pen[:, left:right] < 150).any(axis=1))
    if len(rows) == 0:
        return None
    strip = pen[max(0, rows[0] - 5) : rows[-1] + 6, left:right]
    return np.asarray(
        cv2.copyMakeBorder(strip, 2, 2, _BORDER, _BORDER, cv2.BORDER_CONSTANT, value=255), np.uint8
    )


@dataclass(frozen=True, slots=True)
class CombReading:
    """What a comb says by both readers.

    `weakest` is how likely the least sure digit is; 0 where neither reader says what the form
    of the number demands, or where one of them says that a digit is none.
    """

    cells: dict[int, str]
    confidence: float
    weakest: float


def settle_comb(
    comb: Comb,
    strip: LineReading,
    shares: Mapping[int, NDArray[np.float32]],
    fits: Callable[[str], bool],
) -> CombReading:
    """Decide each cell's digit by the strip's reading and by the digits' own, `shares` by cell.

    `fits` tells whether a number can be what the field asks for.
    """
    order = list(comb.tiles)
    if not order:
        return CombReading({}, 0.0, 0.0)
    said = _by_cell(comb, strip)
    odds = [weighed(shares[cell], *said.get(cell, ("", 0.0))) for cell in order]
    text = likeliest(odds, fits)
    levels = [float(one[int(digit)]) for one, digit in zip(odds, text, strict=True)]
    weakest = min(levels)
    for cell, digit in zip(order, text, strict=True):
        known = int(shares[cell].argmax())
        if known == NO_DIGIT or digit not in (str(known), said.get(cell, ("", 0.0))[0]):
            weakest = 0.0
    return CombReading(dict(zip(order, text, strict=True)), sum(levels) / len(levels), weakest)


def _by_cell(comb: Comb, strip: LineReading) -> dict[int, tuple[str, float]]:
    """Return the strip's digit and its confidence by cell: in order, or else by their places."""
    order = list(comb.tiles)
    digits = [glyph for glyph in strip.glyphs if glyph.text.isdigit()]
    if len(digits) == len(order):
        return {c: (g.text, g.confidence) for c, g in zip(order, digits, strict=True)}
    width = comb.rect.width / (comb.field.cells or 1)
    across = (order[-1] - order[0] + 1 + 2 * _ASIDE) * width + 2 * _BORDER
    found: dict[int, list[tuple[str, float]]] = {}
    for glyph in digits:
        cell = order[0] + int((glyph.at * across - _BORDER - _ASIDE * width) // width)
        found.setdefault(cell, []).append((glyph.text, glyph.confidence))
    return {cell: said[0] for cell, said in found.items() if len(said) == 1}
