"""Cuts the digits of a line that was read into tiles, each with its own strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr.alignment import Match, align
from ocr.cleaning import strokes
from ocr.engines.base import Glyph, Image, LineReading
from ocr.loose_strokes import dots_of, missed, money_sign, two_high, without_ones
from ocr.runs import Rect
from ocr.tiles import split_tiles, tile_of
from ocr.unread import unread_ink

LEAST_STROKE: Final = 0.06
"""Least length of a stroke as a share of its line's height: full stops are strokes as well."""
_READ_AS: Final = {"|": "1", "l": "1", "I": "1", "丨": "1", "O": "0", "o": "0", "〇": "0"}
"""Signs that a lone stroke or ring is read as."""
_USUAL: Final = frozenset("-—–_./／:：,，·。、'()（）#*¥￥№")
"""Signs that stand in and around numbers; any other, as ^ or ℃, is a digit misread."""
_RUN_INTO: Final = 1.15
"""Width, in widths of the other digits, from which on a digit may be one with its neighbour."""

_Stroke = tuple[Rect, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Cut:
    """A line's digits as cut, by the number of their glyph."""

    reading: LineReading
    tiles: dict[int, Image]
    gapped: bool = False
    """Whether there is ink that may be one digit more."""
    dots: tuple[float, ...] = ()
    """Where there is ink like a point that was not read, as shares of the line's width."""
    run_into: dict[int, tuple[Image, Image]] = field(default_factory=dict)
    """Digits that may have run into ¥ or 元: the digit alone, and what it ran into."""


def cut_digits(crop: Image, reading: LineReading, *, money: bool = False) -> Cut:
    """Return a line's digits as cut; `money` tells that ¥ or 元 may stand around them."""
    glyphs = reading.glyphs
    head = next((at for at, glyph in enumerate(glyphs) if not letter(glyph)), len(glyphs))
    # NO and VIP are written before numbers; one letter alone is a digit misread.
    asked = [
        (at >= head or head == 1) and (bool(digit_of(glyph)) or letter(glyph))
        for at, glyph in enumerate(glyphs)
    ]
    if not any(asked):
        return Cut(reading, {})
    parts = strokes(crop, LEAST_STROKE * crop.shape[0])
    places = [glyph.at * crop.shape[1] for glyph in glyphs]
    tiles: dict[int, Image] = {}
    rects = [rect for rect, _ in parts]
    signs = [glyph.text for glyph in glyphs]
    matches = without_ones(align(places, asked, rects), signs, rects)
    for match in matches:
        chosen = [parts[number] for number in match.strokes]
        if len(match.signs) == 1:
            cut = [tile_of(crop, chosen)]
        else:
            cut = split_tiles(crop, *chosen[0], len(match.signs))
        tiles |= dict(zip(match.signs, cut, strict=True))
    apart = money_sign(matches, signs, rects)
    tiles = {at: tile for at, tile in tiles.items() if asked[at] or at == apart}
    taken = {number for match in matches for number in match.strokes}
    digits = {number for match in matches if asked[match.signs[0]] for number in match.strokes}
    ends = (min(places), max(places))
    left_out = missed(rects, taken, digits, ends)
    # Behind strokes that were not read the glyphs have other numbers.
    beside = _run_into(crop, matches, signs, asked, parts) if money and not left_out else {}
    cut_out = _with_missed(crop, reading, tiles, [parts[number] for number in left_out])
    halves = any(
        asked[match.signs[0]] and two_high([rects[number] for number in match.strokes])
        for match in matches
    )
    dots = dots_of(rects, matches, asked)
    return replace(
        cut_out,
        gapped=halves or unread_ink(crop, reading, str.isdigit),
        dots=tuple(dot / crop.shape[1] for dot in dots),
        run_into=beside,
    )


def _run_into(
    crop: Image,
    matches: Sequence[Match],
    signs: Sequence[str],
    asked: Sequence[bool],
    parts: Sequence[_Stroke],
) -> dict[int, tuple[Image, Image]]:
    """Return the first and the last digit of an amount cut off from ¥ or 元, where too wide."""
    known = {match.signs[0]: match.strokes for match in matches if len(match.signs) == 1}
    digits = [at for at, strokes in known.items() if asked[at] and len(strokes) == 1]
    wide = {at: parts[known[at][0]][0].width for at in digits}
    found = {}
    for at in digits:
        others = [width for other, width in wide.items() if other != at]
        before = not any(asked[:at]) and not any(number in known for number in range(at))
        behind = signs[at + 1 : at + 2] == ["元"] and at + 1 not in known
        if len(others) > 1 and before != behind and wide[at] > _RUN_INTO * median(others):
            left, right = split_tiles(crop, *parts[known[at][0]], 2)
            found[at] = (right, left) if before else (left, right)
    return found


def _with_missed(
    crop: Image,
    reading: LineReading,
    tiles: dict[int, Image],
    missed: Sequence[tuple[Rect, NDArray[np.bool_]]],
) -> Cut:
    """Return a cut with a glyph without text for each missed stroke."""
    if not missed:
        return Cut(reading, tiles)
    signs = [(glyph, tiles.get(at)) for at, glyph in enumerate(reading.glyphs)]
    for rect, mask in missed:
        glyph = Glyph("", rect.middle[0] / crop.shape[1], 0.0)
        signs.append((glyph, tile_of(crop, [(rect, mask)])))
    signs.sort(key=lambda sign: sign[0].at)
    glyphs = tuple(glyph for glyph, _ in signs)
    # A number needs no spaces, and where they stood is not known any more.
    whole = LineReading("".join(glyph.text for glyph in glyphs), reading.confidence, glyphs)
    return Cut(whole, {at: tile for at, (_, tile) in enumerate(signs) if tile is not None})


def letter(glyph: Glyph) -> bool:
    """Tell whether a glyph was read as a letter, or a sign that stands in no number."""
    sign = glyph.text
    odd = bool(sign) and not sign.isalnum() and sign not in _USUAL
    return (sign.isascii() and sign.isalpha()) or odd


def digit_of(glyph: Glyph) -> str:
    """Return the digit that a glyph stands for, or ""."""
    return glyph.text if glyph.text in "0123456789" else _READ_AS.get(glyph.text, "")
