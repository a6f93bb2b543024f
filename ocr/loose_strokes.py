"""Finds strokes on a line of writing that were not read, or were taken for part of a neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

from ocr.alignment import Match
from ocr.runs import Rect, union

_AS_HIGH: Final = 0.6
"""Its least height as a share of the digits'."""
_AS_SMALL: Final = 0.3
"""Most height, width and distance from the digits' feet of a point, as a share of these."""
_THIN: Final = 0.45
"""Most width of a stroke like a 1 as a share of its height."""
_SIGN_AS_WIDE: Final = 1.4
"""Most width of a ¥ alone, in widths of the digits behind it."""
_ONE_BEFORE: Final = frozenset("日月")
_ONE_BEHIND: Final = frozenset("¥￥")
"""Signs whose first or last stroke may be a 1 of the number beside them."""


def without_ones(
    matches: Sequence[Match], signs: Sequence[str], rects: Sequence[Rect]
) -> list[Match]:
    """Return the matches, a stroke like a 1 that stands apart taken from 日, 月 or ¥.

    `signs` are the texts read, `rects` the strokes on the line.
    """
    found = []
    for match in matches:
        text = signs[match.signs[0]]
        apart = None
        if text in _ONE_BEFORE | _ONE_BEHIND and len(match.strokes) > 1:
            apart = _one_apart(match.strokes, rects, first=text in _ONE_BEFORE)
        kept = tuple(number for number in match.strokes if number != apart)
        found.append(replace(match, strokes=kept))
    return found


def money_sign(matches: Sequence[Match], signs: Sequence[str], rects: Sequence[Rect]) -> int | None:
    """Return the number of the ¥ at the head of an amount, if no digit runs into it.

    It is about as wide as a digit; a digit that runs into it makes it wider.
    """
    if not signs or signs[0] not in _ONE_BEHIND:
        return None
    wide = {
        match.signs[0]: union(rects[number] for number in match.strokes).width
        for match in matches
        if len(match.signs) == 1 and match.strokes
    }
    digits = [width for at, width in wide.items() if signs[at].isdigit()]
    if 0 not in wide or not digits:
        return None
    return 0 if wide[0] <= _SIGN_AS_WIDE * median(digits) else None


def _one_apart(strokes: Sequence[int], rects: Sequence[Rect], *, first: bool) -> int | None:
    order = sorted(strokes, key=lambda number: rects[number].middle[0])
    number = order[0] if first else order[-1]
    one, rest = rects[number], union(rects[other] for other in order if other != number)
    thin = one.width < _THIN * one.height and one.height > _AS_HIGH * rest.height
    middle = one.middle[0]
    beside = middle < rest.left if first else middle > rest.right
    return number if thin and beside else None


def dots_of(rects: Sequence[Rect], matches: Sequence[Match], asked: Sequence[bool]) -> list[float]:
    """Return the middles of small strokes at the digits' feet that were not read as signs.

    Such a stroke is part of no sign, or was made a part of a digit.
    """
    main = {
        max(match.strokes, key=lambda number: rects[number].height): match
        for match in matches
        if asked[match.signs[0]]
    }
    if not main:
        return []
    high = median(rects[number].height for number in main)
    foot = median(rects[number].bottom for number in main)
    signs = {number for match in matches for number in match.strokes if match not in main.values()}
    return [
        rect.middle[0]
        for number, rect in enumerate(rects)
        if number not in signs
        and max(rect.width, rect.height) < _AS_SMALL * high
        and abs(rect.middle[1] - foot) < _AS_SMALL * high
        and number not in main
    ]


def two_high(rects: Sequence[Rect]) -> bool:
    """Tell whether a digit is made of two strokes side by side, both as high as a digit.

    It may be a 0 that fell in two, or two digits of which one was not read.
    """
    high = max(rect.height for rect in rects)
    tall = sorted((rect.left, rect.right) for rect in rects if rect.height > _AS_HIGH * high)
    return any(one[1] <= two[0] for one, two in pairwise(tall))


def missed(
    rects: Sequence[Rect], taken: set[int], digits: set[int], ends: tuple[float, float]
) -> list[int]:
    """Return the strokes between the first and the last sign (`ends`, in pixels), as high as
    the digits, that are part of no sign read.
    """
    if not digits:
        return []
    high = median(rects[number].height for number in digits)
    left = min(ends[0], *(rects[number].middle[0] for number in digits))
    right = max(ends[1], *(rects[number].middle[0] for number in digits))
    return [
        number
        for number, rect in enumerate(rects)
        if number not in taken
        and left < rect.middle[0] < right
        and _AS_HIGH * high < rect.height < high / _AS_HIGH
    ]
