"""Finds ink on a line that none of the signs read there explains: signs left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np

from ocr.engines.base import Image, LineReading

_INK: Final = 170
_WIDE_GAP: Final = {True: 1.5, False: 1.75}
"""From this many usual distances between two signs on, one between them was not read: among
Chinese characters, which are as wide as each other, a digit's room tells."""
_AT_THE_END: Final = 1.3
"""The same from a line's end to its first or last sign."""


def is_chinese(sign: str) -> bool:
    """Tell whether a sign is a Chinese character."""
    return "\u3400" <= sign <= "\u9fff"


def unread_ink(crop: Image, reading: LineReading, counts: Callable[[str], bool]) -> bool:
    """Tell whether a line holds ink where its signs leave room for one more.

    Only signs that `counts` are as wide as each other, so that their distances tell.
    """
    wide = crop.shape[1]
    places = [(glyph.at * wide, counts(glyph.text)) for glyph in reading.glyphs]
    gaps = [(one, two) for (one, first), (two, second) in pairwise(places) if first and second]
    if not gaps:
        return False
    usual = _usual([two - one for one, two in gaps])
    inked = np.flatnonzero((crop < _INK).any(axis=0))
    if len(inked) == 0 or usual <= 0:
        return False
    wide_gap = _WIDE_GAP[counts is is_chinese]
    for one, two in gaps:
        between = (inked > one + 0.6 * usual) & (inked < two - 0.6 * usual)
        if two - one > wide_gap * usual and between.any():
            return True
    before = places[0][1] and places[0][0] - inked[0] > _AT_THE_END * usual
    after = places[-1][1] and inked[-1] - places[-1][0] > _AT_THE_END * usual
    return bool(before or after)


def _usual(steps: Sequence[float]) -> float:
    """Return the usual distance; of two the shorter, as the other may hold what was not read."""
    return median(steps) if len(steps) > 2 else min(steps)
