"""Prepares line crops for PP-OCR's recogniser in batches of like width, and decodes its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import NOTHING, Glyph, Image, LineReading

_HEIGHT: Final = 48
"""The model's input height."""
_STEP: Final = 16
_NARROWEST: Final = 320
"""The width that the model was trained on: short words padded to less are read worse."""
_NARROWEST_DIGIT: Final = 48
_WIDEST: Final = 3200
_BATCH_PIXELS: Final = 4000
"""Most columns in one batch: what a batch needs of memory grows with them."""
_SPREAD: Final = 1.3
"""Wider crops pad the narrow ones of their batch with nothing, which costs as much as writing."""
_BLANK: Final = 0
_DIGITS: Final = "0123456789"


def line_strip(crop: Image) -> Image:
    """Scale a crop (grey or RGB) to the model's height, at most some 66 times as wide as high."""
    high, wide = crop.shape[:2]
    width = min(max(1, -(-_HEIGHT * wide // high)), _WIDEST)
    strip = np.asarray(cv2.resize(crop, (width, _HEIGHT)), np.uint8)
    if strip.ndim == 2:
        return np.asarray(cv2.cvtColor(strip, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.asarray(cv2.cvtColor(strip, cv2.COLOR_RGB2BGR), np.uint8)


def least_width(*, digits: bool) -> int:
    """Return the width to which narrower strips are padded."""
    return _NARROWEST_DIGIT if digits else _NARROWEST


def batches(widths: Mapping[int, int], least: int) -> list[list[int]]:
    """Return the crops' numbers in batches of like width, the narrow ones first."""
    found: list[list[int]] = []
    narrowest = 0
    for index in sorted(widths, key=lambda number: widths[number]):
        width = max(widths[index], least)
        fits = bool(found) and width <= _SPREAD * narrowest
        if not fits or (len(found[-1]) + 1) * width > _BATCH_PIXELS:
            found.append([])
            narrowest = width
        found[-1].append(index)
    return found


def as_tensor(strips: Sequence[Image], least: int) -> NDArray[np.float32]:
    """Return strips as (n, 3, 48, width), -1 … 1, right of each strip 0."""
    widest = max(least, *(strip.shape[1] for strip in strips))
    width = -(-widest // _STEP) * _STEP
    tensor = np.zeros((len(strips), 3, _HEIGHT, width), np.float32)
    for place, strip in zip(tensor, strips, strict=True):
        place[:, :, : strip.shape[1]] = strip.transpose(2, 0, 1) / np.float32(127.5) - 1
    return tensor


def decode(
    scores: NDArray[Any], signs: Sequence[str], share: float, *, digits: bool
) -> LineReading:
    """Decode one line's (steps, signs) probabilities greedily (CTC).

    `share` is the part of the width that the strip takes up, the rest being padding.
    """
    if digits:
        allowed = [_BLANK, *(signs.index(digit) for digit in _DIGITS)]
        picked = scores[:, allowed].argmax(axis=1)
        indices = np.asarray(allowed)[picked]
    else:
        indices = scores.argmax(axis=1)
    levels = scores[np.arange(len(indices)), indices]
    glyphs: list[Glyph] = []
    text = ""
    before = _BLANK
    for step, (index, level) in enumerate(zip(indices.tolist(), levels.tolist(), strict=True)):
        if index not in (_BLANK, before):
            sign = signs[index]
            text += sign
            if not sign.isspace():
                at = min((step + 0.5) / (len(indices) * share), 1.0)
                glyphs.append(Glyph(sign, at, round(float(level), 5)))
        before = index
    if not text.strip():
        return NOTHING
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return LineReading(text.strip(), mean, tuple(glyphs))
