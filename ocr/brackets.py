"""Finds the brackets, （ ） or [ ], that some forms print instead of tick boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import SignAt, TickBox
from ocr.engines.base import Image
from ocr.runs import Rect

_INK: Final = 185
_SMALLEST, _LARGEST = 0.22, 1.1
"""How tall a bracket is, in heights of a line of writing."""
_SLIM: Final = 0.5
"""Most width of a bracket, of its height."""
_BENT: Final = 0.06
"""Least way by which both ends stand out from the middle, of the height."""
_WIDEST: Final = 3.2
"""Most room between two brackets, of their height."""
_OPENS: Final = "(（[【〔［"
_CLOSES: Final = ")）]】〕］"
_LEAST_MARK: Final = 0.3
_SURE_WORD: Final = 0.8
_LIKE_MARKS: Final = "√✓✔×✕✗Xx∨VvUuJjLlYy/\\7人入又丶ノ乂〉〈>✘●"


@dataclass(frozen=True, slots=True)
class _Bracket:
    rect: Rect
    opens: bool


def find_brackets(
    clean: Image, lines: Image, signs: Sequence[SignAt], line_height: float
) -> list[TickBox]:
    """Find pairs of brackets of one width on a row, empty or with a mark but no word in them."""
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    short = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(lines)), np.uint8)
    single = _brackets(short, line_height, signs)
    inner = _without(short, single)
    pairs = [
        rect
        for one in single
        if one.opens and (rect := _closed(one, single)) and not _holds_a_word(rect, signs)
    ]
    boxes: list[TickBox] = []
    for rect in pairs:
        alike = [other for other in pairs if _company(rect, other)]
        # Brackets that all hold something are a remark each; where one may be ticked, one is not.
        if alike and any(not _marked(inner, other) for other in (rect, *alike)):
            boxes.append(TickBox(rect, _marked(inner, rect)))
    return [*boxes, *_half_covered(inner, single, [box.rect for box in boxes], signs)]


def _brackets(ink: Image, line_height: float, signs: Sequence[SignAt]) -> list[_Bracket]:
    _, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high = stats[:, 2].astype(float), stats[:, 3].astype(float)
    fits = (high > _SMALLEST * line_height) & (high < _LARGEST * line_height)
    fits &= (wide < _SLIM * high) & (wide > 0.08 * high)
    found = []
    for index in np.flatnonzero(fits):
        x, y, w, h, _ = (int(value) for value in stats[index])
        lean = _lean(marks[y : y + h, x : x + w] == index)
        if lean is None:
            continue
        rect = Rect(x, y, x + w, y + h)
        opens = lean > 0 if abs(lean) > _BENT else _as_read(rect, signs)
        if opens is not None:
            found.append(_Bracket(rect, opens))
    return found


def _without(ink: Image, single: Sequence[_Bracket]) -> Image:
    """Return the ink without the brackets themselves."""
    left = ink.copy()
    for one in single:
        x0, x1 = int(one.rect.left) - 1, int(one.rect.right) + 1
        left[int(one.rect.top) - 1 : int(one.rect.bottom) + 1, max(0, x0) : x1] = 0
    return left


def _as_read(rect: Rect, signs: Sequence[SignAt]) -> bool | None:
    """Tell from the sign read at its place what a short upright stroke is; None if no bracket."""
    x, y = rect.middle
    near = [
        sign for sign in signs if sign.top < y < sign.bottom and abs(sign.x - x) < 0.8 * rect.height
    ]
    brackets = [sign for sign in near if sign.text in _OPENS + _CLOSES]
    if not brackets:
        return None
    return min(brackets, key=lambda sign: abs(sign.x - x)).text in _OPENS


def _lean(stroke: NDArray[np.bool_]) -> float | None:
    """Return how far both ends stand out to the right, in heights; None for no slim upright."""
    high, wide = stroke.shape
    middles = (stroke * np.arange(wide)).sum(axis=1) / np.maximum(1, stroke.sum(axis=1))
    end = max(1, round(0.1 * high))
    over, under = float(middles[:end].mean()), float(middles[-end:].mean())
    core = np.s_[round(0.3 * high) : round(0.7 * high)]
    inner, thick = middles[core], stroke[core].sum(axis=1)
    # A bracket's middle is one upright stroke; letters and digits are more than that.
    straight = inner.size > 0 and float(np.ptp(inner)) <= 0.12 * high
    if not straight or thick.min() == 0 or thick.max() > max(4.0, 0.28 * high):
        return None
    middle = float(inner.mean())
    ends = sorted((over - middle, under - middle), key=abs)
    return ends[0] / high if ends[0] * ends[1] > 0 else 0.0


def _closed(one: _Bracket, single: Sequence[_Bracket]) -> Rect | None:
    """Return the area from an opening bracket to the next on its row, if that closes it."""
    tall = one.rect.height
    right = [
        other
        for other in single
        if abs(other.rect.middle[1] - one.rect.middle[1]) < 0.3 * tall
        and other.rect.left > one.rect.right
    ]
    other = min(right, key=lambda item: item.rect.left, default=None)
    if other is None or other.opens or abs(other.rect.height - tall) > 0.25 * tall:
        return None
    if not 0.2 * tall < other.rect.left - one.rect.right < _WIDEST * tall:
        return None
    return Rect(
        one.rect.left,
        min(one.rect.top, other.rect.top),
        other.rect.right,
        max(one.rect.bottom, other.rect.bottom),
    )


def _holds_a_word(rect: Rect, signs: Sequence[SignAt]) -> bool:
    inset = 0.25 * rect.height
    return any(
        sign.top < rect.middle[1] < sign.bottom
        and rect.left + inset < sign.x < rect.right - inset
        and sign.confidence > _SURE_WORD
        and sign.text.isalnum()
        and sign.text not in _LIKE_MARKS
        for sign in signs
    )


def _company(one: Rect, two: Rect) -> bool:
    """Tell whether two pairs of one width stand on one row or in a column."""
    if one is two or abs(one.width - two.width) > 0.2 * one.width:
        return False
    across = abs(one.middle[0] - two.middle[0])
    down = abs(one.middle[1] - two.middle[1])
    return down < 0.4 * one.height or (across < 0.25 * one.width and down > one.height)


def _marked(ink: Image, rect: Rect, edge: float = 0.28) -> bool:
    """Tell whether there is a mark between two brackets, a little over or under them as well."""
    inset, over = edge * rect.height, 0.2 * rect.height
    top, bottom = max(0, int(rect.top - over)), int(rect.bottom + over)
    left, right = int(rect.left + inset), int(rect.right - inset)
    part = ink[top:bottom, left:right]
    if part.size == 0:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    reach = np.maximum(stats[1:, 2], stats[1:, 3])
    inside = stats[1:, 1] + stats[1:, 3] > over + 0.2 * rect.height
    inside &= stats[1:, 1] < part.shape[0] - over - 0.2 * rect.height
    return bool((reach[inside] >= _LEAST_MARK * rect.height).any())


def _half_covered(
    ink: Image, single: Sequence[_Bracket], pairs: Sequence[Rect], signs: Sequence[SignAt]
) -> list[TickBox]:
    """Find pairs of which a mark has run into one: its other bracket, and ink where it was."""
    found: list[TickBox] = []
    for one in single:
        if any(_within(one.rect, pair) for pair in pairs):
            continue
        row = [pair for pair in pairs if _beside(one, pair)]
        if not row:
            continue
        wide = median(pair.width for pair in row)
        left = one.rect.left if one.opens else one.rect.right - wide
        rect = Rect(left, one.rect.top, left + wide, one.rect.bottom)
        if _marked(ink, rect, 0.15) and not _holds_a_word(rect, signs):
            found.append(TickBox(rect, ticked=True))
    return found


def _within(one: Rect, pair: Rect) -> bool:
    return pair.left - 1 <= one.middle[0] <= pair.right + 1 and one.level_with(pair)


def _beside(one: _Bracket, pair: Rect) -> bool:
    """Tell whether a bracket stands on a pair's row, or over or under its own side of it."""
    edge = abs(one.rect.left - pair.left) if one.opens else abs(one.rect.right - pair.right)
    on_its_row = abs(pair.middle[1] - one.rect.middle[1]) < 0.4 * pair.height
    return on_its_row or edge < 0.25 * pair.height
