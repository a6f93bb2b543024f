"""Has each digit of a line that was read judged alone as well, and weighs the two readings.

Where the likeliest signs make no day, phone or amount, the likeliest that make one are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr.digit_cuts import Cut, cut_digits, digit_of
from ocr.engines.base import Glyph, Image, LineReading
from ocr.engines.digits import NO_DIGIT, DigitJudge, judged
from ocr.normalise import is_valid, normalise, slashed_days
from ocr.votes import Odds, Option, likeliest_picks, plain_ones, rivals, weighed

_SURE: Final = 0.6
"""From this share on a sign that was read as a letter is a digit."""
_LIKE: Final = {
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("gq", "9"),
    **dict.fromkeys("bG", "6"),
    **dict.fromkeys("DQ", "0"),
    "B": "8",
}
"""Letters that a digit is read as; each bears out its digit where our network sees that one."""
_DOUBTED: Final = 0.3
"""Confidence left of a digit that is none by its own look, or that only one reader saw."""
_UNREAD: Final = 0.8
"""From this share on a stroke between digits that was not read is a digit."""
_SURELY_4: Final = 0.9
"""Confidence with which a 4 is read; ¥ is read as a 4 with less."""
_CLEARLY: Final = 0.9
"""The same where the field's form does not ask for another digit."""
_ALONE: Final = 0.5
"""Most confidence of a digit that one reader took for another sign."""
_OF_FORM: Final = frozenset({"complaint_date", "phone"})
"""Fields whose form tells where a digit is missing."""
_MOST_DIGITS: Final = {"phone": 11, "complaint_date": 8}
_SUREST: Final = 0.99
_BADLY_SEEN: Final = 0.8
"""Confidence left of a digit that the other reader is this sure of where none can be lost, and
that is no digit by our look, as it is cut badly, but like no other digit than that."""
_SLASH: Final = 0.15
"""How likely a stroke that was read as a 1 or a 7 in a day is a slash."""
_OF_MONEY: Final = frozenset("¥￥")
_LIKE_SLASH: Final = frozenset("17|lI丨!J\\")
_PARTING: Final = frozenset(".-年月日、,·")
"""What parts a day's numbers; where one of these stands, no stroke is a slash."""


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What tells how a line's digits are weighed."""

    fill: bool
    """Whether a digit that only our network saw is put in."""
    plain: bool
    """Whether whoever wrote the page writes plain 1."""
    whole: bool
    """Whether no digit can be lost."""


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
    cuts = [
        cut_digits(crop, reading, money=key == "amount")
        for crop, reading, key in zip(crops, said, known, strict=True)
    ]
    seen = _seen(judge, cuts)
    plain = plain_ones(
        [one for cut, mine in zip(cuts, seen, strict=True) for one in _ones(cut, mine)]
    )
    found = []
    for cut, by_glyph, key in zip(cuts, seen, known, strict=True):
        by = _Circumstances(key not in _OF_FORM, plain, _is_whole(key, cut.reading))
        reading = _weighed(cut, by_glyph, by)
        reading = _with_sign(reading, cut.reading, by_glyph) if key == "amount" else reading
        formed = (
            _formed(key, cut, by_glyph, reading, plain=plain) if key else _doubted(reading, cut)
        )
        if key == "amount":
            formed = _with_point(formed, cut.dots)
        elif key == "complaint_date":
            formed = _with_parting(formed, cut.dots)
        found.append(formed)
    return found


def _seen(judge: DigitJudge, cuts: Sequence[Cut]) -> list[dict[int, NDArray[np.float32]]]:
    """Return what our network sees of each cut's digits, by glyph.

    A digit that may have run into ¥ or 元 is seen without it where that is none and leaves the
    digit that was read.
    """
    alone = [tile for cut in cuts for tile in cut.tiles.values()]
    apart = [tile for cut in cuts for both in cut.run_into.values() for tile in both]
    shares = iter(judged(judge, [*alone, *apart]))
    seen = [{at: next(shares) for at in cut.tiles} for cut in cuts]
    for cut, mine in zip(cuts, seen, strict=True):
        for at in cut.run_into:
            digit, other = next(shares), next(shares)
            clear = other[NO_DIGIT] >= _UNREAD and digit.max() >= _UNREAD
            if clear and digit_of(cut.reading.glyphs[at]) == str(digit.argmax()):
                mine[at] = digit
                if at and cut.reading.glyphs[at - 1].text in _OF_MONEY:
                    mine.setdefault(at - 1, other)
    return seen


def _ones(cut: Cut, seen: dict[int, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Return the shares of what is read as 1."""
    return [shares for at, shares in seen.items() if cut.reading.glyphs[at].text == "1"]


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


def _with_sign(
    reading: LineReading, said: LineReading, seen: dict[int, NDArray[np.float32]]
) -> LineReading:
    """Return an amount with its doubted first 4 read as ¥, if digits follow.

    A 4 is read for sure: what `said` takes for a 4 with doubt, and is surely no digit by our
    network, is surely ¥. Any other stays doubted, so that a person sees an amount from which a
    digit may be missing.
    """
    first, *others = reading.glyphs or (Glyph("", 0.0, 0.0),)
    doubted = first.text == "4" and first.confidence <= _DOUBTED
    if not doubted or not others or not others[0].text.isdigit():
        return reading
    level = float(seen[0][NO_DIGIT]) if 0 in seen else 0.0
    told = said.glyphs[0].confidence < _SURELY_4 and level >= _UNREAD
    sign = Glyph("¥", first.at, level if told else first.confidence)
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


def _is_whole(key: str, reading: LineReading) -> bool:
    """Tell whether a phone or a day has all digits that it can have, so that none is lost."""
    return sum(glyph.text.isdigit() for glyph in reading.glyphs) == _MOST_DIGITS.get(key)


def _weighed(cut: Cut, shares: dict[int, NDArray[np.float32]], by: _Circumstances) -> LineReading:
    glyphs = [
        _settled(glyph, shares[at], by) if at in shares else glyph
        for at, glyph in enumerate(cut.reading.glyphs)
    ]
    left = iter(glyphs)
    if all(glyph.text for glyph in cut.reading.glyphs):
        text = "".join(" " if sign.isspace() else next(left).text for sign in cut.reading.text)
    else:
        text = "".join(glyph.text for glyph in glyphs)
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return LineReading(text, mean, tuple(glyphs))


def _settled(glyph: Glyph, shares: NDArray[np.float32], by: _Circumstances) -> Glyph:
    """Return a glyph as both readers see it."""
    said = digit_of(glyph)
    if glyph.text in _OF_MONEY:
        return replace(glyph, confidence=max(glyph.confidence, float(1 - shares[:10].max())))
    if not glyph.text:
        seen = by.fill and shares.argmax() != NO_DIGIT and shares.max() >= _CLEARLY
        return replace(glyph, text=str(shares.argmax()), confidence=_DOUBTED) if seen else glyph
    if shares.argmax() == NO_DIGIT:
        sure = by.whole and glyph.confidence >= _SUREST and said == str(shares[:NO_DIGIT].argmax())
        most = _BADLY_SEEN if sure else _DOUBTED
        return Glyph(glyph.text, glyph.at, min(glyph.confidence, most)) if said else glyph
    said = said or _borne_out(glyph, shares)
    if not said and shares.max() < _SURE:
        return glyph
    odds = weighed(shares, said, glyph.confidence, plain=by.plain)
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


def _doubted(reading: LineReading, cut: Cut) -> LineReading:
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
    key: str,
    cut: Cut,
    shares: dict[int, NDArray[np.float32]],
    reading: LineReading,
    *,
    plain: bool,
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
        _options(key, first, now, shares.get(at), parted=parted, plain=plain)
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
    key: str,
    first: Glyph,
    now: Glyph,
    shares: NDArray[np.float32] | None,
    *,
    parted: bool,
    plain: bool,
) -> list[Option]:
    """Return what a glyph, read as `first` and settled as `now`, may be."""
    if not first.text:
        seen = shares is not None and shares.argmax() != NO_DIGIT and shares.max() >= _UNREAD
        digit = [(str(shares.argmax()), _DOUBTED)] if shares is not None and seen else []
        return [("", 1 - _DOUBTED), *digit]
    if shares is None or (key == "amount" and now.text == "¥"):
        return [(now.text, max(now.confidence, 1e-3))]
    said = digit_of(first) or _borne_out(first, shares)
    odds: Odds = weighed(shares, said, first.confidence, plain=plain)
    found = rivals(odds)
    if key == "complaint_date" and first.text in _LIKE_SLASH and not parted:
        found.append(("/", _SLASH))
    return sorted(found, key=lambda option: -option[1])
