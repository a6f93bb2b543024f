"""Has each digit of a line that was read judged alone as well, and weighs the two readings.

Where the likeliest signs make no day, phone or amount, the likeliest that make one are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr.alignment import align
from ocr.cleaning import strokes
from ocr.engines.base import Glyph, Image, LineReading
from ocr.engines.digits import NO_DIGIT, DigitJudge, judged
from ocr.loose_strokes import dots_of, missed, money_sign, two_high, without_ones
from ocr.normalise import is_valid, normalise, slashed_days
from ocr.runs import Rect
from ocr.tiles import split_tiles, tile_of
from ocr.unread import unread_ink
from ocr.votes import Odds, Option, likeliest_picks, rivals, weighed

_LEAST: Final = 0.06
"""Least length of a stroke as a share of its line's height: full stops are strokes as well."""
_SURE: Final = 0.6
"""From this share on a sign that was read as a letter is a digit."""
_READ_AS: Final = {"|": "1", "l": "1", "I": "1", "丨": "1", "O": "0", "o": "0", "〇": "0"}
"""Signs that a lone stroke or ring is read as."""
_LIKE: Final = {
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("gq", "9"),
    **dict.fromkeys("bG", "6"),
    **dict.fromkeys("DQ", "0"),
    "B": "8",
}
"""Letters that a digit is read as; each bears out its digit where our network sees that one."""
_USUAL: Final = frozenset("-—–_./／:：,，·。、'()（）#*¥￥№")
"""Signs that stand in and around numbers; any other, as ^ or ℃, is a digit misread."""
_DOUBTED: Final = 0.3
"""Confidence left of a digit that is none by its own look, or that only one reader saw."""
_UNREAD: Final = 0.8
"""From this share on a stroke between digits that was not read is a digit."""
_CLEARLY: Final = 0.9
"""The same where the field's form does not ask for another digit."""
_ALONE: Final = 0.5
"""Most confidence of a digit that one reader took for another sign."""
_OF_FORM: Final = frozenset({"complaint_date", "phone"})
"""Fields whose form tells where a digit is missing."""
_SLASH: Final = 0.15
"""How likely a stroke that was read as a 1 or a 7 in a day is a slash."""
_OF_MONEY: Final = frozenset("¥￥")
_LIKE_SLASH: Final = frozenset("17|lI丨!J\\")
_PARTING: Final = frozenset(".-年月日、,·")
"""What parts a day's numbers; where one of these stands, no stroke is a slash."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line's digits as cut, by the number of their glyph."""

    reading: LineReading
    tiles: dict[int, Image]
    gapped: bool = False
    """Whether there is ink that may be one digit more."""
    dots: tuple[float, ...] = ()
    """Where there is ink like a point that was not read, as shares of the line's width."""


def vetted(
    crops: Sequence[Image],
    readings: Sequence[LineReading],
    judge: DigitJudge,
    keys: Sequence[str] = (),
) -> list[LineReading]:
    """Return the readings with every digit decided by both readers, its confidence by both.

    What is not read as a digit stays as it is, and so does a digit that cannot be cut out.
    `keys` names each line's field. What stands first in an amount and is no digit is ¥, which
    is easily read as a 4; a day, phone or amount that cannot be is read as the likeliest that
    can be, and then is as sure as its least sure sign.
    """
    known = keys or [""] * len(readings)
    said = [
        _with_ones(one) if key == "complaint_date" else one
        for one, key in zip(map(_by_points, readings), known, strict=True)
    ]
    cuts = [_cut(crop, reading) for crop, reading in zip(crops, said, strict=True)]
    shares = iter(judged(judge, [tile for cut in cuts for tile in cut.tiles.values()]))
    found = []
    for cut, key in zip(cuts, known, strict=True):
        by_glyph = {at: next(shares) for at in cut.tiles}
        reading = _weighed(cut, by_glyph, fill=key not in _OF_FORM)
        reading = _with_sign(reading) if key == "amount" else reading
        formed = _formed(key, cut, by_glyph, reading) if key else _doubted(reading, cut)
        if key == "amount":
            formed = _with_point(formed, cut.dots)
        elif key == "complaint_date":
            formed = _with_parting(formed, cut.dots)
        found.append(formed)
    return found


def _by_points(reading: LineReading) -> LineReading:
    """Return a number in which a slash right beside a point is read as 1, to be judged as digit.

    Whoever parts 2026.11.22 or 72.10 by a point writes no slash: it is a slanted 1.
    """
    if "./" not in reading.text and "/." not in reading.text:
        return reading
    signs = ["", *(glyph.text for glyph in reading.glyphs), ""]
    glyphs = tuple(
        replace(one, text="1") if one.text == "/" and "." in (signs[at], signs[at + 2]) else one
        for at, one in enumerate(reading.glyphs)
    )
    text = reading.text.replace("./", ".1").replace("/.", "1.")
    return replace(reading, text=text, glyphs=glyphs)


def _with_ones(reading: LineReading) -> LineReading:
    """Return a day whose slashes between 月 and 日 are read as 1, to be judged as digits."""
    month, _, end = reading.text.partition("月")
    day, sun, after = end.partition("日")
    places = {glyph.text: glyph.at for glyph in reading.glyphs if glyph.text in "月日"}
    if "/" not in day or not sun or len(places) < len("月日"):
        return reading
    glyphs = tuple(
        replace(one, text="1") if one.text == "/" and places["月"] < one.at < places["日"] else one
        for one in reading.glyphs
    )
    text = f"{month}月{day.replace('/', '1')}日{after}"
    return replace(reading, text=text, glyphs=glyphs)


def _with_sign(reading: LineReading) -> LineReading:
    """Return an amount with its doubted first 4 read as ¥, if digits follow."""
    first, *others = reading.glyphs or (Glyph("", 0.0, 0.0),)
    doubted = first.text == "4" and first.confidence <= _DOUBTED
    if not doubted or not others or not others[0].text.isdigit():
        return reading
    # It stays doubted, so that a person sees an amount from which a digit may be missing.
    sign = Glyph("¥", first.at, first.confidence)
    return LineReading("¥" + reading.text[1:], reading.confidence, (sign, *others))


def _with_point(reading: LineReading, dots: Sequence[float]) -> LineReading:
    """Return an amount without a point with the one that its ink shows, for a person to see."""
    glyphs = reading.glyphs
    after = [sum(glyph.text.isdigit() and glyph.at > dot for glyph in glyphs) for dot in dots]
    fitting = [dot for dot, count in zip(dots, after, strict=True) if count in (1, 2)]
    digits = all(glyph.text.isdigit() for glyph in glyphs[1:])
    if len(fitting) != 1 or not digits or len(glyphs) < len("100"):
        return reading
    return _pointed(reading, fitting[0])


def _with_parting(reading: LineReading, dots: Sequence[float]) -> LineReading:
    """Return what is no day with the one point by which it becomes one, for a person to see."""
    if not dots or _is_day(reading):
        return reading
    days = [pointed for pointed in (_pointed(reading, dot) for dot in dots) if _is_day(pointed)]
    return _all_doubted(days[0]) if len(days) == 1 else reading


def _is_day(reading: LineReading) -> bool:
    return is_valid("complaint_date", normalise("complaint_date", reading.text))


def _pointed(reading: LineReading, at: float) -> LineReading:
    point = Glyph(".", at, _DOUBTED)
    whole = tuple(sorted((*reading.glyphs, point), key=lambda glyph: glyph.at))
    return replace(reading, text="".join(glyph.text for glyph in whole), glyphs=whole)


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
    )


def _with_missed(
    crop: Image,
    reading: LineReading,
    tiles: dict[int, Image],
    missed: Sequence[tuple[Rect, NDArray[np.bool_]]],
) -> _Cut:
    """Return a cut with a glyph without text for each missed stroke."""
    if not missed:
        return _Cut(reading, tiles)
    signs = [(glyph, tiles.get(at)) for at, glyph in enumerate(reading.glyphs)]
    for rect, mask in missed:
        glyph = Glyph("", rect.middle[0] / crop.shape[1], 0.0)
        signs.append((glyph, tile_of(crop, [(rect, mask)])))
    signs.sort(key=lambda sign: sign[0].at)
    glyphs = tuple(glyph for glyph, _ in signs)
    # A number needs no spaces, and where they stood is not known any more.
    whole = LineReading("".join(glyph.text for glyph in glyphs), reading.confidence, glyphs)
    return _Cut(whole, {at: tile for at, (_, tile) in enumerate(signs) if tile is not None})


def _letter(glyph: Glyph) -> bool:
    sign = glyph.text
    odd = bool(sign) and not sign.isalnum() and sign not in _USUAL
    return (sign.isascii() and sign.isalpha()) or odd


def _digit(glyph: Glyph) -> str:
    """Return the digit that a glyph stands for, or ""."""
    return glyph.text if glyph.text in "0123456789" else _READ_AS.get(glyph.text, "")


def _weighed(cut: _Cut, shares: dict[int, NDArray[np.float32]], *, fill: bool) -> LineReading:
    glyphs = [
        _settled(glyph, shares[at], fill=fill) if at in shares else glyph
        for at, glyph in enumerate(cut.reading.glyphs)
    ]
    left = iter(glyphs)
    if all(glyph.text for glyph in cut.reading.glyphs):
        text = "".join(" " if sign.isspace() else next(left).text for sign in cut.reading.text)
    else:
        text = "".join(glyph.text for glyph in glyphs)
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return LineReading(text, mean, tuple(glyphs))


def _settled(glyph: Glyph, shares: NDArray[np.float32], *, fill: bool) -> Glyph:
    """Return a glyph as both readers see it; with `fill` also one that only ours saw."""
    said = _digit(glyph)
    if glyph.text in _OF_MONEY:
        return replace(glyph, confidence=max(glyph.confidence, float(1 - shares[:10].max())))
    if not glyph.text:
        seen = fill and shares.argmax() != NO_DIGIT and shares.max() >= _CLEARLY
        return replace(glyph, text=str(shares.argmax()), confidence=_DOUBTED) if seen else glyph
    if shares.argmax() == NO_DIGIT:
        return Glyph(glyph.text, glyph.at, min(glyph.confidence, _DOUBTED)) if said else glyph
    said = said or _borne_out(glyph, shares)
    if not said and shares.max() < _SURE:
        return glyph
    odds = weighed(shares, said, glyph.confidence)
    digit = int(odds.argmax())
    level = float(odds[digit]) if said else min(float(odds[digit]), _ALONE)
    return Glyph(str(digit), glyph.at, level)


def _borne_out(glyph: Glyph, shares: NDArray[np.float32]) -> str:
    """Return the digit that our network sees and whose like the other reader read, or ""."""
    digit = str(shares.argmax())
    return digit if _LIKE.get(glyph.text) == digit else ""


def _known(reading: LineReading) -> LineReading:
    """Return a reading without the strokes that were no part of it."""
    return replace(reading, glyphs=tuple(glyph for glyph in reading.glyphs if glyph.text))


def _doubted(reading: LineReading, cut: _Cut) -> LineReading:
    """Return a number of no form: a stroke that was not read leaves doubt in all of it."""
    if all(glyph.text for glyph in cut.reading.glyphs) and not cut.gapped:
        return reading
    return _known(_all_doubted(reading))


def _all_doubted(reading: LineReading) -> LineReading:
    glyphs = (
        replace(glyph, confidence=min(glyph.confidence, _DOUBTED)) for glyph in reading.glyphs
    )
    return replace(reading, glyphs=tuple(glyphs))


def _formed(
    key: str, cut: _Cut, shares: dict[int, NDArray[np.float32]], reading: LineReading
) -> LineReading:
    """Return the reading, or the likeliest that can be field `key` when this one cannot."""

    def fits(text: str) -> bool:
        value = normalise(key, text)
        return is_valid(key, value) and (key != "complaint_date" or value.startswith("20"))

    if not shares or fits(reading.text):
        # An amount or a day of one digit less is one as well.
        return _known(reading) if key == "phone" else _doubted(reading, cut)
    parted = bool(_PARTING.intersection(cut.reading.text))
    options = [
        _options(key, first, now, shares.get(at), parted=parted)
        for at, (first, now) in enumerate(zip(cut.reading.glyphs, reading.glyphs, strict=True))
    ]
    picks = likeliest_picks(options, fits)
    if picks is None:
        return _known(reading)
    signs = [several[pick] for several, pick in zip(options, picks, strict=True)]
    glyphs = tuple(
        Glyph(sign, glyph.at, min(share, glyph.confidence) if sign == glyph.text else share)
        for (sign, share), glyph in zip(signs, reading.glyphs, strict=True)
    )
    text = "".join(glyph.text for glyph in glyphs)
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    formed = LineReading(text, mean, glyphs)
    # 2026/1/18 and 2026/11/8 are the same strokes.
    open_to_doubt = "/" in text and len(slashed_days(text)) > 1
    return _known(_all_doubted(formed) if open_to_doubt else formed)


def _options(
    key: str, first: Glyph, now: Glyph, shares: NDArray[np.float32] | None, *, parted: bool
) -> list[Option]:
    """Return what a glyph, read as `first` and settled as `now`, may be."""
    if not first.text:
        seen = shares is not None and shares.argmax() != NO_DIGIT and shares.max() >= _UNREAD
        digit = [(str(shares.argmax()), _DOUBTED)] if shares is not None and seen else []
        return [("", 1 - _DOUBTED), *digit]
    if shares is None or (key == "amount" and now.text == "¥"):
        return [(now.text, max(now.confidence, 1e-3))]
    said = _digit(first) or _borne_out(first, shares)
    odds: Odds = weighed(shares, said, first.confidence)
    found = rivals(odds)
    if key == "complaint_date" and first.text in _LIKE_SLASH and not parted:
        found.append(("/", _SLASH))
    return sorted(found, key=lambda option: -option[1])
