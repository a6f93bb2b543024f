"""Cuts lines of writing out of a sheet and reads them; labels set one sign under the other too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from ocr.engines.base import NOTHING, Engine, Glyph, Image, LineReading, Quad

_INK: Final = 170
_TALL: Final = 1.7
"""From this height by width on, what was found stands upright: signs one under the other."""
_MOST_SIGNS: Final = 12
_SIGN_HEIGHT: Final = 1.15
"""Most height of one sign as a multiple of the column's width."""


def read_lines(engine: Engine, image: Image, quads: Sequence[Quad]) -> list[LineReading]:
    """Read the writing in each of `quads`, one reading for each."""
    crops: list[Image] = []
    owners: list[int] = []
    for index, quad in enumerate(quads):
        crop = _cut(image, quad)
        pieces = _signs(crop) if crop.shape[0] > _TALL * crop.shape[1] else [crop]
        crops += pieces
        owners += [index] * len(pieces)
    found: list[list[LineReading]] = [[] for _ in quads]
    for owner, reading in zip(owners, engine.recognise(crops), strict=True):
        found[owner].append(reading)
    return [_joined(readings) for readings in found]


def _joined(readings: Sequence[LineReading]) -> LineReading:
    if len(readings) == 1:
        return readings[0]
    said = [reading for reading in readings if reading.text]
    if not said:
        return NOTHING
    glyphs = tuple(
        Glyph(glyph.text, 0.5, glyph.confidence) for reading in said for glyph in reading.glyphs
    )
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return LineReading("".join(reading.text for reading in said), mean, glyphs)


def _signs(column: Image) -> list[Image]:
    """Cut a column into its signs, at rows without ink; the column itself when that fails."""
    ink = column < _INK
    across = np.flatnonzero(ink.any(axis=0))
    if len(across) == 0:
        return [column]
    most = _SIGN_HEIGHT * (across[-1] - across[0] + 1)
    steps = np.diff(ink.any(axis=1).astype(np.int8), prepend=0, append=0)
    bands: list[tuple[int, int]] = []
    for top, bottom in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True):
        if bands and bottom - bands[-1][0] <= most:
            bands[-1] = (bands[-1][0], int(bottom))
        else:
            bands.append((int(top), int(bottom)))
    if not 2 <= len(bands) <= _MOST_SIGNS:
        return [column]
    return [np.ascontiguousarray(column[max(0, top - 3) : end + 3]) for top, end in bands]


def _cut(image: Image, quad: Quad) -> Image:
    """Cut a line of writing out level, as wide and high as its quad."""
    wide = int(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))
    high = int(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))
    wide, high = max(wide, 1), max(high, 1)
    target = np.asarray([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    way = cv2.getPerspectiveTransform(np.asarray(quad, dtype=np.float32), target)
    cut = cv2.warpPerspective(
        image, way, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)
