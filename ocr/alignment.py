"""Finds which strokes of a line are which of the signs that were read on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from ocr.runs import Rect, union

_MOST_STROKES: Final = 4
"""Separate strokes of one sign: 年 and 日 in haste."""
_MOST_TOUCHING: Final = 3
_EXTRA_STROKE: Final = {True: 0.35, False: 0.06}
"""Cost of each further stroke of a digit, and of another sign."""
_TOUCHING: Final = 0.35
_UNREAD: Final = 0.25
"""Cost of a stroke that is part of no sign, and the same again times its height in lines."""
_TWO_DIGITS: Final = 0.8
"""Cost of a digit of two strokes side by side, each as high as a digit: one was not read."""
_AS_HIGH: Final = 0.6
_WIDER: Final = 1.25
"""Width from which on these are two digits, in distances between signs."""
_UNSEEN: Final = {True: 1.2, False: 0.35}
"""Cost of a digit, and of another sign, without a stroke."""


@dataclass(frozen=True, slots=True)
class Match:
    """Signs `signs` (numbers) are written with strokes `strokes`; one of the two is single."""

    signs: tuple[int, ...]
    strokes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _State:
    cost: float
    way: tuple[Match, ...]


def align(places: Sequence[float], digits: Sequence[bool], strokes: Sequence[Rect]) -> list[Match]:
    """Return the cheapest way to give signs their strokes, both going left to right.

    `places` are the signs' middles as read, in pixels and a few off; `digits` tells which of
    them are digits. Signs without strokes and strokes without sign are left out.
    """
    if not places or not strokes:
        return []
    order = sorted(range(len(strokes)), key=lambda i: strokes[i].middle[0])
    known = [strokes[i] for i in order]
    high = max(rect.height for rect in known)
    pitch = _pitch(places, high)
    best: list[list[_State | None]] = [[None] * (len(known) + 1) for _ in range(len(places) + 1)]
    best[0][0] = _State(0.0, ())
    for i in range(len(places) + 1):
        for j in range(len(known) + 1):
            state = best[i][j]
            if state is None:
                continue
            for cost, signs, taken in _steps(i, j, places, digits, known, pitch, high):
                match = Match(tuple(range(i, i + signs)), tuple(order[j : j + taken]))
                way = (*state.way, match) if signs and taken else state.way
                old = best[i + signs][j + taken]
                if old is None or state.cost + cost < old.cost:
                    best[i + signs][j + taken] = _State(state.cost + cost, way)
    end = best[-1][-1]
    return list(end.way) if end else []


def _pitch(places: Sequence[float], high: float) -> float:
    gaps = [two - one for one, two in pairwise(places)]
    return max(median(gaps) if gaps else high, 0.3 * high, 4.0)


def _steps(
    i: int,
    j: int,
    places: Sequence[float],
    digits: Sequence[bool],
    strokes: Sequence[Rect],
    pitch: float,
    high: float,
) -> list[tuple[float, int, int]]:
    """Return what can come next after `i` signs and `j` strokes: cost, signs and strokes taken."""
    found = []
    if j < len(strokes):
        found.append((_UNREAD * (1 + 2 * strokes[j].height / high), 0, 1))
    if i == len(places):
        return found
    found.append((_UNSEEN[digits[i]], 1, 0))
    for taken in range(1, min(_MOST_STROKES, len(strokes) - j) + 1):
        whole = union(strokes[j : j + taken])
        wide = max(0.0, whole.width / (1.6 * pitch) - 1) if taken > 1 else 0.0
        off = abs(places[i] - whole.middle[0]) / pitch
        low = 0.6 if digits[i] and whole.height < 0.45 * high else 0.0
        low += _TWO_DIGITS if digits[i] and _apart(strokes[j : j + taken], pitch, high) else 0.0
        found.append((off + wide + low + _EXTRA_STROKE[digits[i]] * (taken - 1), 1, taken))
    if j < len(strokes):
        for signs in range(2, min(_MOST_TOUCHING, len(places) - i) + 1):
            part = strokes[j].width / signs
            middles = [strokes[j].left + part * (number + 0.5) for number in range(signs)]
            off = sum(abs(places[i + n] - x) for n, x in enumerate(middles)) / pitch
            narrow = max(0.0, 1 - part / (0.45 * high))
            found.append((off + narrow + _TOUCHING * (signs - 1), signs, 1))
    return found


def _apart(strokes: Sequence[Rect], pitch: float, high: float) -> bool:
    """Tell two digits from one that fell in two halves, as a 0 does, by their width."""
    tall = [rect for rect in strokes if rect.height >= _AS_HIGH * high]
    side_by_side = any(one.right <= two.left for one, two in pairwise(tall))
    return side_by_side and union(strokes).width > _WIDER * pitch
