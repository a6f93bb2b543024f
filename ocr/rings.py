"""Finds the rings (○) that some forms print instead of tick boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

import cv2
import numpy as np

from ocr.boxes import SignAt, TickBox, inked, is_word, same_size
from ocr.engines.base import Image
from ocr.runs import Rect
from ocr.tick_marks import is_marked, reaches_out

_INK: Final = 185
_SMALLEST, _LARGEST = 0.2, 0.95
"""Across, in heights of a line of writing."""
_ROUND: Final = 0.09
"""How far the paper in a ring may differ from the area of an ellipse."""
_LEAST_ARC: Final = 0.62
_ARCS: Final = 8
_LIKE_RINGS: Final = "图口囗凶囚区区因OoQ0DU6〇○◯⊙②①④⑦φΦØ"
_MOST: Final = 400
"""Round patches looked at on one sheet."""


def find_rings(
    clean: Image, lines: Image, signs: Sequence[SignAt], line_height: float
) -> list[TickBox]:
    """Find rings of one size, two or more on a row or in a column, each with words beside it."""
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    short = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(lines)), np.uint8)
    rings = [rect for rect in _round_holes(short, line_height) if _is_option(rect, short, signs)]
    # Of two options with one ticked, one ring is plain.
    plain = [rect for rect in rings if any(_company(rect, other) for other in rings)] or rings
    covered = [rect for rect in _covered(short, plain) if _is_option(rect, None, signs)]
    every = [*plain, *covered]
    rings = [rect for rect in every if any(_company(rect, other) for other in every)]
    return [TickBox(rect, is_marked(clean, rect) or reaches_out(clean, rect)) for rect in rings]


def _round_holes(ink: Image, line_height: float) -> list[Rect]:
    """Return what surrounds each round patch of paper, its stroke included."""
    _, _, stats, middles = cv2.connectedComponentsWithStats(255 - ink, connectivity=4)
    wide, high = stats[:, 2].astype(float), stats[:, 3].astype(float)
    fits = (np.minimum(wide, high) > _SMALLEST * line_height) & (
        np.maximum(wide, high) < _LARGEST * line_height
    )
    fits &= np.abs(wide - high) < 0.18 * high
    fits &= np.abs(stats[:, 4] / (np.pi / 4 * wide * high) - 1) < _ROUND
    found = []
    for index in np.flatnonzero(fits)[:_MOST]:
        x, y, w, h, _ = (float(value) for value in stats[index])
        if abs(middles[index][0] - x - w / 2) < 0.06 * w:
            thick = _thickness(ink, x, y, w, h)
            found.append(Rect(x - thick, y - thick, x + w + thick, y + h + thick))
    return found


def _thickness(ink: Image, x: float, y: float, w: float, h: float) -> float:
    """Return how thick the stroke is left of and under a hole, in pixels."""
    middle = ink[int(y + h / 2), max(0, int(x - w / 2)) : int(x)][::-1]
    below = ink[int(y + h) : int(y + h + h / 2), int(x + w / 2)]
    rays = [int(np.argmin(ray > 0)) or 1 for ray in (middle, below) if ray.size]
    return float(min(rays, default=1))


def _is_option(rect: Rect, ink: Image | None, signs: Sequence[SignAt]) -> bool:
    """Tell whether a ring has paper around it and words, not digits, next to it.

    Without `ink` the paper is not looked at, as a mark may run out of a ring anywhere.
    """
    side = rect.width
    level = [sign for sign in signs if sign.top < rect.middle[1] < sign.bottom]
    if is_word(rect, level, _LIKE_RINGS):
        return False
    if ink is not None and not _bare_around(rect, ink):
        return False
    after = [s for s in level if rect.right - 0.1 * side < s.x < rect.right + 3 * side]
    before = [s for s in level if rect.left - 3 * side < s.x < rect.left + 0.1 * side]
    words = [min(after, key=lambda s: s.x)] if after else []
    words += [max(before, key=lambda s: s.x)] if before else []
    latin = [sign for sign in words if sign.text.isascii()]
    if ink is not None and len(latin) == 2:
        # The O of a word that is printed wide has letters as near on both sides.
        left = inked(ink, rect.left - 0.9 * side, rect.top, rect.left - 0.1 * side, rect.bottom)
        if left > 0:
            return False
    return any(sign.text.isalpha() for sign in words)


def _bare_around(rect: Rect, ink: Image) -> bool:
    side = rect.width
    left = inked(ink, rect.left - 0.3 * side, rect.top, rect.left - 0.1 * side, rect.bottom)
    under = inked(ink, rect.left, rect.bottom + 0.1 * side, rect.right, rect.bottom + 0.3 * side)
    return left < 0.06 and under < 0.2


def _company(one: Rect, two: Rect) -> bool:
    """Tell whether two rings stand on one row with room for words between, or in a column."""
    if one is two or not same_size(one, two):
        return False
    across = abs(one.middle[0] - two.middle[0])
    down = abs(one.middle[1] - two.middle[1])
    on_a_row = down < 0.5 * one.height and across > 2.2 * one.width
    return on_a_row or (across < 0.35 * one.width and down > 1.2 * one.height)


def _covered(ink: Image, rings: Sequence[Rect]) -> list[Rect]:
    """Find the rings on the rows and in the columns of others that a mark runs through."""
    if not rings:
        return []
    wide, high = median(r.width for r in rings), median(r.height for r in rings)
    found: list[Rect] = []
    for x0, y0, x1, y1 in _ways(rings, ink.shape):
        for x, y in _like_ring(ink[y0:y1, x0:x1], round(wide), round(high)):
            rect = Rect(x0 + x, y0 + y, x0 + x + wide, y0 + y + high)
            if all(_clear(rect, other) for other in [*rings, *found]):
                found.append(rect)
    return found


def _ways(rings: Sequence[Rect], shape: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return the rows of rings, and the columns of two or more with room over and under."""
    ways: list[tuple[int, int, int, int]] = []
    far = 0.5 * rings[0].height
    for row in _lines(rings, lambda ring: ring.top, far):
        y = median(ring.top for ring in row)
        ways.append((0, max(0, int(y - far)), shape[1], int(y + row[0].height + far) + 1))
    for column in _lines(rings, lambda ring: ring.left, far):
        tops = sorted(ring.top for ring in column)
        if len(tops) > 1:
            x, pitch = median(ring.left for ring in column), min(np.diff(tops))
            top, bottom = max(0, int(tops[0] - 2.5 * pitch)), int(tops[-1] + 3.5 * pitch)
            ways.append((max(0, int(x - far)), top, int(x + column[0].width + far) + 1, bottom))
    return ways


def _lines(rings: Sequence[Rect], edge: Callable[[Rect], float], far: float) -> list[list[Rect]]:
    lines: list[list[Rect]] = []
    for ring in sorted(rings, key=edge):
        if lines and edge(ring) - edge(lines[-1][-1]) < far:
            lines[-1].append(ring)
        else:
            lines.append([ring])
    return lines


def _clear(one: Rect, two: Rect) -> bool:
    across = abs(one.middle[0] - two.middle[0])
    return max(across, abs(one.middle[1] - two.middle[1])) > 1.1 * one.width


def _like_ring(ink: Image, wide: int, high: int) -> list[tuple[float, float]]:
    """Return the places of rings of which all arcs but one are drawn, best first."""
    if ink.shape[0] <= high or ink.shape[1] <= wide:
        return []
    thick = max(2, round(0.12 * wide))
    ring = np.zeros((high, wide), np.uint8)
    size = ((wide - thick) // 2, (high - thick) // 2)
    cv2.ellipse(ring, (wide // 2, high // 2), size, 0, 0, 360, 255, thick)
    ys, xs = np.mgrid[0:high, 0:wide]
    turn = np.arctan2(ys - high / 2, xs - wide / 2)
    arc_of = np.floor((turn + np.pi) / (2 * np.pi) * _ARCS).astype(int) % _ARCS
    drawn = cv2.dilate(ink, np.ones((3, 3), np.uint8)).astype(np.float32) / 255
    shares = []
    for arc in range(_ARCS):
        part = ((ring > 0) & (arc_of == arc)).astype(np.float32)
        shares.append(cv2.matchTemplate(drawn, part / part.sum(), cv2.TM_CCORR))
    score = np.sort(np.stack(shares), axis=0)[1]
    found: list[tuple[float, float]] = []
    while len(found) < _MOST:
        y, x = np.unravel_index(int(np.argmax(score)), score.shape)
        if score[y, x] < _LEAST_ARC:
            break
        found.append((float(x), float(y)))
        score[max(0, y - high) : y + high, max(0, x - wide) : x + wide] = 0
    return found
