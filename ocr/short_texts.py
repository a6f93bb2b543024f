"""Doubts short texts that two readings of one engine agree on: names, stores and products.

Readings of one engine share its errors: a character is taken for a rarer one that looks alike,
or characters in a row are left out. Each shows otherwise: by how common the character is, by
ink that no character explains, and by a third reading of the writing with other strokes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import cv2
import numpy as np

from ocr.engines.base import Engine, Image, LineReading
from ocr.normalise import comparable, normalise

_INK: Final = 170
_WIDE_GAP: Final = 1.75
"""From this many usual distances between two characters on, one between them was not read."""
_AT_THE_END: Final = 1.3
"""The same from a line's end to its first or last character."""
_COMMON: Final = range(0xB0, 0xD8)
"""First bytes of GB 2312's level 1: the 3,755 characters in daily use."""


def rare_signs(text: str) -> bool:
    """Tell whether a text holds a Chinese character outside those in daily use."""
    return any("\u3400" <= sign <= "\u9fff" and not _common(sign) for sign in text)


def _common(sign: str) -> bool:
    try:
        return sign.encode("gb2312")[0] in _COMMON
    except UnicodeEncodeError:
        return False


def unread_ink(crop: Image, reading: LineReading) -> bool:
    """Tell whether a line holds ink where its Chinese characters leave room for one more."""
    wide = crop.shape[1]
    places = [(glyph.at * wide, "\u3400" <= glyph.text <= "\u9fff") for glyph in reading.glyphs]
    gaps = [(one, two) for (one, first), (two, second) in pairwise(places) if first and second]
    if not gaps:
        return False
    usual = _usual([two - one for one, two in gaps])
    inked = np.flatnonzero((crop < _INK).any(axis=0))
    if len(inked) == 0 or usual <= 0:
        return False
    for one, two in gaps:
        between = (inked > one + 0.6 * usual) & (inked < two - 0.6 * usual)
        if two - one > _WIDE_GAP * usual and between.any():
            return True
    before = places[0][1] and places[0][0] - inked[0] > _AT_THE_END * usual
    after = places[-1][1] and inked[-1] - places[-1][0] > _AT_THE_END * usual
    return bool(before or after)


def _usual(steps: Sequence[float]) -> float:
    """Return the usual distance; of two the shorter, as the other may hold what was not read."""
    return median(steps) if len(steps) > 2 else min(steps)


def restroked(crop: Image) -> Image:
    """Draw a line with thicker, softer strokes and a little narrower: another look at it."""
    thick = cv2.erode(crop, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2)))
    soft = cv2.GaussianBlur(thick, (0, 0), max(0.6, crop.shape[0] / 60))
    padded = cv2.copyMakeBorder(soft, 4, 4, 6, 6, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(cv2.resize(padded, None, fx=0.92, fy=1.0, interpolation=cv2.INTER_AREA))


def borne_out(
    values: Mapping[str, str], crops: Mapping[str, Sequence[Image]], engine: Engine
) -> dict[str, float]:
    """Return for each value the least confidence with which a third reading bears it out.

    It is 0 where that reading differs, where ink was left out, and where a character is rare.
    """
    if not values:
        return {}
    looks = {key: [restroked(crop) for crop in crops[key]] for key in values}
    readings = iter(engine.recognise([look for several in looks.values() for look in several]))
    found: dict[str, float] = {}
    for key, value in values.items():
        several = [next(readings) for _ in looks[key]]
        text = normalise(key, " ".join(one.text for one in several if one.text))
        doubted = (
            comparable(text) != comparable(value)
            or rare_signs(value)
            or any(unread_ink(look, one) for look, one in zip(looks[key], several, strict=True))
        )
        found[key] = 0.0 if doubted else min((one.weakest for one in several), default=0.0)
    return found
