"""Has each digit of a line that was read judged alone as well, and weighs the two readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr.alignment import align
from ocr.cleaning import strokes
from ocr.engines.base import Glyph, Image, LineReading
from ocr.engines.digits import NO_DIGIT, DigitJudge, judged
from ocr.tiles import split_tiles, tile_of
from ocr.votes import weighed

_LEAST: Final = 0.06
"""Least length of a stroke as a share of its line's height: full stops are strokes as well."""
_SURE: Final = 0.6
"""From this share on a sign that was read as a letter is a digit."""
_READ_AS: Final = {"|": "1", "l": "1", "I": "1", "丨": "1", "O": "0", "o": "0", "〇": "0"}
"""Signs that a lone stroke or ring is read as."""
_DOUBTED: Final = 0.3
"""Confidence left of a digit that is none by its own look."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line's digits as cut, by the number of their glyph."""

    reading: LineReading
    tiles: dict[int, Image]


def vetted(
    crops: Sequence[Image],
    readings: Sequence[LineReading],
    judge: DigitJudge,
    money: Sequence[bool] = (),
) -> list[LineReading]:
    """Return the readings with every digit decided by both readers, its confidence by both.

    What is not read as a digit stays as it is, and so does a digit that cannot be cut out.
    `money` tells which lines are amounts: what stands first there and is no digit is ¥, which
    is easily read as a 4.
    """
    cuts = [_cut(crop, reading) for crop, reading in zip(crops, readings, strict=True)]
    shares = iter(judged(judge, [tile for cut in cuts for tile in cut.tiles.values()]))
    found = [_weighed(cut, {at: next(shares) for at in cut.tiles}) for cut in cuts]
    amounts = money or [False] * len(cuts)
    return [_with_sign(one) if amount else one for one, amount in zip(found, amounts, strict=True)]


def _with_sign(reading: LineReading) -> LineReading:
    """Return an amount with its doubted first digit read as ¥, if digits follow."""
    first, *others = reading.glyphs or (Glyph("", 0.0, 0.0),)
    doubted = first.text.isdigit() and first.confidence <= _DOUBTED
    if not doubted or not others or not others[0].text.isdigit():
        return reading
    # It stays doubted, so that a person sees an amount from which a digit may be missing.
    sign = Glyph("¥", first.at, first.confidence)
    return LineReading("¥" + reading.text[1:], reading.confidence, (sign, *others))


def _cut(crop: Image, reading: LineReading) -> _Cut:
    glyphs = reading.glyphs
    head = next((at for at, glyph in enumerate(glyphs) if not _letter(glyph)), len(glyphs))
    # NO and VIP are written before numbers; one letter alone is a digit misread.
    asked = [
        (at >= head or head == 1) and (bool(_digit(glyph)) or _letter(glyph))
        for at, glyph in enumerate(glyphs)
    ]
    if not any(asked):
        return _Cut(reading, {})
    parts = strokes(crop, _LEAST * crop.shape[0])
    places = [glyph.at * crop.shape[1] for glyph in glyphs]
    tiles: dict[int, Image] = {}
    for match in align(places, asked, [rect for rect, _ in parts]):
        chosen = [parts[number] for number in match.strokes]
        if len(match.signs) == 1:
            cut = [tile_of(crop, chosen)]
        else:
            cut = split_tiles(crop, *chosen[0], len(match.signs))
        tiles |= dict(zip(match.signs, cut, strict=True))
    return _Cut(reading, {at: tile for at, tile in tiles.items() if asked[at]})


def _letter(glyph: Glyph) -> bool:
    return glyph.text.isascii() and glyph.text.isalpha()


def _digit(glyph: Glyph) -> str:
    """Return the digit that a glyph stands for, or ""."""
    return glyph.text if glyph.text in "0123456789" else _READ_AS.get(glyph.text, "")


def _weighed(cut: _Cut, shares: dict[int, NDArray[np.float32]]) -> LineReading:
    glyphs = [
        _settled(glyph, shares[at]) if at in shares else glyph
        for at, glyph in enumerate(cut.reading.glyphs)
    ]
    left = iter(glyphs)
    text = "".join(" " if sign.isspace() else next(left).text for sign in cut.reading.text)
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return LineReading(text, mean, tuple(glyphs))


def _settled(glyph: Glyph, shares: NDArray[np.float32]) -> Glyph:
    """Return a glyph as both readers see it."""
    said = _digit(glyph)
    if shares.argmax() == NO_DIGIT:
        return Glyph(glyph.text, glyph.at, min(glyph.confidence, _DOUBTED)) if said else glyph
    if not said and shares.max() < _SURE:
        return glyph
    odds = weighed(shares, said, glyph.confidence)
    digit = int(odds.argmax())
    return Glyph(str(digit), glyph.at, float(odds[digit]))
