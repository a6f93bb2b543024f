"""Finds tick boxes by their shape and tells which are ticked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image
from ocr.ruling import Ruling
from ocr.runs import Rect, Run, moved, union
from ocr.tick_marks import is_marked, reaches_out

_INK: Final = 185
_LINE: Final = 26.0
"""Height to which a line of writing is shrunk for the search, in pixels."""
_SMALLEST: Final = 0.32
_LARGEST: Final = 1.25
_LEAST_FRAME: Final = 0.8
_FAINT_FRAME: Final = 0.55
"""Enough of a frame where a row of boxes leads one to expect another."""
_SURE_WORD: Final = 0.8
_HALF_A_SIGN: Final = 0.2
"""How near to its middle a sign takes up the paper, in heights of its line."""
_MOST_SQUARES: Final = 20_000
"""Candidates looked at: noise alone yields more."""
_LIKE_BOXES: Final = "图口囗凶囚区区因Xx×VvYyZ√"
"""Characters as which recognisers read ticked boxes."""
_SOLID: Final = 1.4
_LOGO: Final = 2.0
"""Lines of writing that a logo is at least wide and high: a box that is scribbled full is not."""
_FILLED: Final = 0.35
"""Least share of its outline that a logo fills; a table fills far less."""
_SHAPES: Final = (1.0, 0.87, 1.15)
"""Height by width: a photo taken at a slant leaves boxes a little flat or tall."""


@dataclass(frozen=True, slots=True)
class TickBox:
    """A square on the sheet, and whether there is a mark in it."""

    rect: Rect
    ticked: bool


def find_boxes(
    clean: Image, ruling: Ruling, runs: Sequence[Run], line_height: float
) -> list[TickBox]:
    """Find small framed squares of one size among `runs`, whatever was scribbled over them."""
    edge = union([run.rect for run in runs])
    margin = 2 * line_height
    x0, y0 = max(0, int(edge.left - margin)), max(0, int(edge.top - margin))
    part = np.s_[y0 : int(edge.bottom + margin), x0 : int(edge.right + margin)]
    lines = np.asarray(cv2.bitwise_or(ruling.level, ruling.upright)[part], dtype=np.uint8)
    found = _boxes(clean[part], lines, signs_at(runs, -x0, -y0), line_height)
    return [TickBox(moved(box.rect, x0, y0), box.ticked) for box in found]


@dataclass(frozen=True, slots=True)
class SignAt:
    """A sign as read, how surely, and where on the sheet."""

    text: str
    confidence: float
    x: float
    top: float
    bottom: float


def signs_at(runs: Sequence[Run], right: float = 0, down: float = 0) -> list[SignAt]:
    """Return every sign of `runs`, moved right and down by so many pixels."""
    return [
        SignAt(
            sign.text,
            sign.confidence,
            sign.x + right,
            run.rect.top + down,
            run.rect.bottom + down,
        )
        for run in runs
        for sign in run.glyphs
    ]


def _boxes(
    clean: Image, lines: Image, signs: Sequence[SignAt], line_height: float
) -> list[TickBox]:
    ink = np.where(clean < _INK, 255, 0).astype(np.uint8)
    other = cv2.dilate(cv2.bitwise_or(lines, _solid(ink, line_height)), np.ones((3, 3), np.uint8))
    short = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(other)), dtype=np.uint8)
    length = max(7, int(0.28 * line_height))
    across = _strokes(short, length, across=True)
    down = _strokes(short, length, across=False)
    scale = min(1.0, _LINE / line_height)
    level = _shrunk(across, scale, np.ones((3, 1), np.uint8))
    upright = _shrunk(down, scale, np.ones((1, 3), np.uint8))
    sides = range(int(_SMALLEST * line_height * scale), int(_LARGEST * line_height * scale))
    sizes = {(wide, round(wide * shape)) for wide in sides for shape in _SHAPES}
    squares = _squares(level, upright, sorted(sizes), _LEAST_FRAME)
    rects = [_fitted(_scaled(square, 1 / scale), across, down) for square in squares]
    boxes = _printed_alike(rects, short, signs)
    if boxes:
        faint = _squares(level, upright, _sizes_of(boxes, scale), _FAINT_FRAME)
        for square in faint:
            rect = _fitted(_scaled(square, 1 / scale), across, down)
            apart = stands_apart(rect, short) or _ends_its_words(rect, short)
            if _belongs(rect, boxes) and apart and not is_word(rect, signs):
                boxes.append(rect)
        boxes.extend(_crossed(level, upright, scale, short, boxes, signs))
    boxes.sort(key=lambda rect: (rect.top, rect.left))
    return [TickBox(rect, is_marked(clean, rect) or reaches_out(clean, rect)) for rect in boxes]


def _crossed(
    level: Image,
    upright: Image,
    scale: float,
    ink: Image,
    boxes: Sequence[Rect],
    signs: Sequence[SignAt],
) -> list[Rect]:
    """Find the boxes in line with others of which a cross set too high hides one side."""
    found: list[Rect] = []
    side = median(rect.height for rect in boxes)
    top = max(0, int((min(rect.top for rect in boxes) - side) * scale))
    bottom = int((max(rect.bottom for rect in boxes) + side) * scale)
    sizes = _sizes_of(boxes, scale)
    for square in _squares(level[top:bottom], upright[top:bottom], sizes, _FAINT_FRAME, spare=1):
        rect = _scaled(moved(square, 0, top), 1 / scale)
        alone = _fills_a_gap(rect, [*boxes, *found]) and not is_word(rect, signs)
        if alone and _blank_beside(rect, ink) and reaches_out(255 - ink, rect):
            found.append(rect)
    return found


def _fills_a_gap(rect: Rect, boxes: Sequence[Rect]) -> bool:
    """Tell whether a square fits on a row of boxes, or into a column of two or more."""
    column = [box for box in boxes if abs(box.left - rect.left) < 0.2 * box.width]
    apart = all(abs(box.middle[1] - rect.middle[1]) > 1.2 * box.height for box in column)
    return _belongs(rect, boxes) or (len(column) > 1 and apart and same_size(column[0], rect))


def _solid(ink: Image, line_height: float) -> Image:
    """Return what is filled and larger than any box: a photo, a heading on black, a logo.

    A logo is taken as a whole, with the letters left white in it: in what is filled every frame
    of every size is found, and so many leave no room for those that are drawn.
    """
    side = int(_SOLID * line_height)
    core = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    solid = np.asarray(core, np.uint8)
    _, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = np.minimum(stats[:, 2], stats[:, 3]) > _LOGO * line_height
    filled = stats[:, 4] > _FILLED * stats[:, 2].astype(np.float64) * stats[:, 3]
    for index in np.flatnonzero(large & filled):
        x, y, w, h, _ = (int(value) for value in stats[index])
        if index:
            solid[y : y + h, x : x + w][marks[y : y + h, x : x + w] == index] = 255
    return solid


def _sizes_of(boxes: Sequence[Rect], scale: float) -> list[tuple[int, int]]:
    wide = round(median(rect.width for rect in boxes) * scale)
    high = round(median(rect.height for rect in boxes) * scale)
    return [(wide + i, high + j) for i in (-2, -1, 0) for j in (-2, -1, 0)]


def _belongs(rect: Rect, boxes: Sequence[Rect]) -> bool:
    """Tell whether a faint square fills a place on a row of boxes of its size."""
    row = [box for box in boxes if abs(box.middle[1] - rect.middle[1]) < 0.2 * box.height]
    clear = all(
        abs(box.middle[0] - rect.middle[0]) > 1.3 * box.width for box in boxes if box in row
    )
    return bool(row) and clear and same_size(row[0], rect)


def _scaled(rect: Rect, by: float) -> Rect:
    return Rect(rect.left * by, rect.top * by, rect.right * by, rect.bottom * by)


def _strokes(ink: Image, length: int, *, across: bool) -> Image:
    thicken = np.ones((2, 1) if across else (1, 2), np.uint8)
    kernel = np.ones((1, length) if across else (length, 1), np.uint8)
    bridge = np.ones((1, 5) if across else (5, 1), np.uint8)
    solid = cv2.morphologyEx(cv2.dilate(ink, thicken), cv2.MORPH_CLOSE, bridge)
    return np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, kernel), np.uint8)


def _squares(
    level: Image, upright: Image, sizes: Sequence[tuple[int, int]], least: float, spare: int = 0
) -> list[Rect]:
    """Slide frames of every size over the strokes; keep the best of those that overlap.

    A frame is as good as its weakest side, once `spare` of the weakest are left aside.
    """
    found: list[NDArray[np.float64]] = []
    floor = round(least * 255)
    # Sizes share their sides, and a side is the costly part.
    along = {wide: _share(level, wide + 1, 1) for wide in {wide for wide, _ in sizes}}
    drop = {high: _share(upright, 1, high + 1) for high in {high for _, high in sizes}}
    for wide, high in sizes:
        frame = _frame_scores(along[wide], drop[high], wide, high, spare)
        if int(frame.max(initial=0)) < floor:
            continue
        peaks = cv2.dilate(np.maximum(frame, np.uint8(floor)), np.ones((5, 5), np.uint8))
        places = cv2.findNonZero(cv2.compare(frame, peaks, cv2.CMP_EQ))
        xs, ys = np.asarray(places, np.intp).reshape(-1, 2).T
        scores = (frame[ys, xs] / 255).round(2).round(1)
        size = np.full((2, len(xs)), [[wide], [high]])
        found.append(np.column_stack([scores, xs, ys, *size]).astype(np.float64))
    return _apart(np.vstack(found)) if found else []


def _apart(found: NDArray[np.float64]) -> list[Rect]:
    """Keep the best of the squares (rows of score, x, y, width, height) that overlap."""
    # Of equal frames the larger one is the outline of the printed line.
    order = np.lexsort((-found[:, 3] * found[:, 4], -found[:, 0]))
    left = found[order[:_MOST_SQUARES], 1:]
    chosen: list[Rect] = []
    while len(left):
        x, y, wide, high = left[0].tolist()
        chosen.append(Rect(x, y, x + wide, y + high))
        across = np.abs(left[:, 0] + left[:, 2] / 2 - x - wide / 2)
        down = np.abs(left[:, 1] + left[:, 3] / 2 - y - high / 2)
        left = left[np.maximum(across, down) > 0.75 * left[:, 2]]
    return chosen


def _shrunk(mask: Image, scale: float, thicken: NDArray[np.uint8]) -> Image:
    small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    solid = np.where(small > 50, 255, 0).astype(np.uint8)
    return np.asarray(cv2.dilate(solid, thicken), np.uint8)


def _share(mask: Image, wide: int, high: int) -> Image:
    """Return for each pixel the drawn share (0..255) of the line that begins there."""
    return np.asarray(
        cv2.blur(mask, (wide, high), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT), np.uint8
    )


def _frame_scores(along: Image, drop: Image, wide: int, high: int, spare: int) -> Image:
    """Return for each top left corner the share (0..255) of its weakest side that is drawn."""
    rows, columns = along.shape[0] - high, along.shape[1] - wide
    if rows <= 0 or columns <= 0:
        return np.zeros((1, 1), np.uint8)
    over, under = along[:rows, :columns], along[high:, :columns]
    left, right = drop[:rows, :columns], drop[:rows, wide:]
    level, upright = cv2.min(over, under), cv2.min(left, right)
    if not spare:
        return np.asarray(cv2.min(level, upright), np.uint8)
    # The second weakest of four: the better of what either pair has without its weaker one.
    one = cv2.min(level, cv2.max(left, right))
    two = cv2.min(upright, cv2.max(over, under))
    return np.asarray(cv2.max(one, two), np.uint8)


def _fitted(rect: Rect, across: Image, down: Image) -> Rect:
    """Move each side to the outer edge of the line nearest to it."""
    reach = max(3, round(0.15 * rect.width))
    x0, x1, y0, y1 = (round(v) for v in (rect.left, rect.right, rect.top, rect.bottom))
    up, left = max(0, y0 - reach), max(0, x0 - reach)
    rows = (across[up : y1 + reach + 1, max(0, x0) : x1 + 1] > 0).mean(axis=1)
    columns = (down[max(0, y0) : y1 + 1, left : x1 + reach + 1] > 0).mean(axis=0)
    return Rect(
        left + _nearest(columns, x0 - left, reach, first=True),
        up + _nearest(rows, y0 - up, reach, first=True),
        left + _nearest(columns, x1 - left, reach, first=False),
        up + _nearest(rows, y1 - up, reach, first=False),
    )


def _nearest(profile: NDArray[np.float64], at: int, reach: int, *, first: bool) -> float:
    start = max(0, at - reach)
    strong = np.flatnonzero(profile[start : at + reach + 1] > 0.6)
    if len(strong) == 0:
        return float(at)
    # The line nearest to the edge, not a stroke of the word beside the box.
    edge = int(strong[np.argmin(np.abs(strong - (at - start)))])
    step = -1 if first else 1
    while edge + step in strong:
        edge += step
    return float(start + edge)


def _printed_alike(squares: Sequence[Rect], ink: Image, signs: Sequence[SignAt]) -> list[Rect]:
    """Keep boxes of one size with paper around them: characters that look square have neither.

    A box with no other on its row must stand under or over another and begin a line, because
    口 and 回 in a text look the same.
    """
    apart = [rect for rect in squares if stands_apart(rect, ink) and not is_word(rect, signs)]
    best: list[Rect] = []
    for rect in apart:
        alike = [other for other in apart if same_size(rect, other) and _aligned(rect, other)]
        if len(alike) > len(best):
            best = alike
    if len(best) < 2:
        return []
    wide, high = median(rect.width for rect in best), median(rect.height for rect in best)
    usual = Rect(0, 0, wide, high)
    alike = [rect for rect in apart if same_size(usual, rect)]
    return [rect for rect in alike if _has_company(rect, alike, signs)]


def is_word(rect: Rect, signs: Sequence[SignAt], like: str = _LIKE_BOXES) -> bool:
    """Tell whether the recogniser surely read a character, none of `like`, at this place.

    Two characters too close for a box between them hold none either.
    """
    x, y = rect.middle
    words = [
        sign
        for sign in signs
        if sign.top < y < sign.bottom
        and sign.confidence > _SURE_WORD
        and sign.text.isalnum()
        and sign.text not in like
    ]
    reach = [_HALF_A_SIGN * (sign.bottom - sign.top) for sign in words]
    if any(
        abs(sign.x - x) < max(0.45 * rect.width, near)
        for sign, near in zip(words, reach, strict=True)
    ):
        return True
    left = max((sign.x for sign in words if sign.x <= x), default=-math.inf)
    right = min((sign.x for sign in words if sign.x > x), default=math.inf)
    return right - left < rect.width + min(reach, default=0.0)


def _has_company(rect: Rect, alike: Sequence[Rect], signs: Sequence[SignAt]) -> bool:
    others = [other for other in alike if other is not rect]
    if any(abs(rect.middle[1] - other.middle[1]) < 0.5 * rect.height for other in others):
        return True
    reach = 1.8 * rect.width
    follows = any(
        sign.top < rect.middle[1] < sign.bottom
        and rect.left - reach < sign.x < rect.left - 0.1 * rect.width
        for sign in signs
    )
    below = any(abs(rect.left - other.left) < 0.25 * rect.width for other in others)
    return below and not follows


def same_size(one: Rect, two: Rect) -> bool:
    """Tell whether two places were printed in one size."""
    wide = abs(one.width - two.width) <= 0.14 * one.width
    return wide and abs(one.height - two.height) <= 0.14 * one.height


def _aligned(one: Rect, two: Rect) -> bool:
    across = abs(one.middle[1] - two.middle[1]) < 0.5 * one.height
    return across or abs(one.middle[0] - two.middle[0]) < 0.3 * one.width


def stands_apart(rect: Rect, ink: Image) -> bool:
    """Tell whether there is paper left of, below and, but for a tick's end, above a square."""
    near, within, high = 0.12 * rect.width, 0.15 * rect.width, 0.32 * rect.height
    over = inked(ink, rect.left + within, rect.top - high, rect.right - within, rect.top - near)
    return over < 0.35 and _blank_beside(rect, ink)


def _ends_its_words(rect: Rect, ink: Image) -> bool:
    """Tell whether a square on a row of boxes stands right behind its words, paper after it."""
    near, far, within = 0.12 * rect.width, 0.2 * rect.width, 0.15 * rect.height
    top, bottom = rect.top + within, rect.bottom - within
    before = inked(ink, rect.left - far, top, rect.left - near, bottom)
    after = inked(ink, rect.right + near, top, rect.right + 0.5 * rect.width, bottom)
    return before < 0.06 and after < 0.02


def _blank_beside(rect: Rect, ink: Image) -> bool:
    near, far = 0.12 * rect.width, 0.42 * rect.width
    within, high = 0.15 * rect.width, 0.32 * rect.height
    left = inked(ink, rect.left - far, rect.top + within, rect.left - near, rect.bottom - within)
    under = inked(
        ink, rect.left + within, rect.bottom + near, rect.right - within, rect.bottom + high
    )
    return left < 0.06 and under < 0.2


def inked(ink: Image, left: float, top: float, right: float, bottom: float) -> float:
    """Return the share of an area that is ink."""
    x0, y0 = max(0, round(left)), max(0, round(top))
    area = ink[y0 : max(y0, round(bottom)) + 1, x0 : max(x0, round(right)) + 1]
    return float((area > 0).mean()) if area.size else 0.0
