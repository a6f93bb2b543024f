"""Makes tiles of the signs of a number on a line as the reader really cuts them.

Beside the digits stand ¥, 元, 年, 月 and 日, ruled lines run under and through the feet, and
neighbours touch. What is learnt from them is what the reader meets on foreign forms.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw

from ocr.alignment import Match, align
from ocr.cleaning import strokes
from ocr.digit_cuts import LEAST_STROKE
from ocr.engines.base import Image
from ocr.ruling import find_ruling, without_lines
from ocr.runs import Rect, union
from ocr.sheet import make_sheet
from ocr.tiles import split_tiles, tile_of
from ocr.value_crops import tight, widened
from tests.bench.ocr_corpus.content import spoken, values
from tests.bench.ocr_corpus.hands import INKS, put
from tests.bench.ocr_corpus.ours import PX
from tests.bench.ocr_digits.drawing import Tiles, Writer, coverage, money_sign, writer
from tests.bench.ocr_digits.drawing import tight as cut_tight
from tests.bench.ocr_digits.fonts import UNITS_OF, face
from tests.bench.ocr_digits.lines import KEYS, scanned

_UNITS: Final = "¥元年月日"
_SCALE: Final = 0.67
"""Pixels of the captured line for one of the page."""
_WITHIN: Final = 0.6
"""Least share of a tile that lies where its sign was written, for the tile to be that sign's."""

_Span = tuple[float, float]


def line_tiles(hand: str, rng: random.Random) -> Tiles:
    """Write a number in a manner of `hand`; return its tiles as cut, "" for what is no digit."""
    key = rng.choice((*KEYS, "amount", "amount", "complaint_date"))
    text = spoken(key, values(rng)[key], rng.randrange(12))
    page, spans = _written(hand, text, rng)
    picture = scanned(page, rng)
    high, wide = picture.shape[:2]
    clean = make_sheet(picture, np.eye(3), np.eye(3), (wide, high)).clean
    unruled = without_lines(clean, find_ruling(clean, 36.0))
    left, right = spans[0][0] * _SCALE - 3, spans[-1][1] * _SCALE + 3
    crop = tight(unruled, Rect(left, 7.0 * PX * _SCALE, right, 16.5 * PX * _SCALE))
    if rng.random() < 0.3:
        crop = widened(crop)
    return _cut(crop, text, spans)


def _written(hand: str, text: str, rng: random.Random) -> tuple[NDArray[np.uint8], list[_Span]]:
    """Return a line before its capture, RGB, and where each sign begins and ends."""
    page = np.full((round(22 * PX), round(110 * PX), 3), rng.randint(238, 252), np.uint8)
    base = 14 * PX
    if rng.random() < 0.6:
        y = round(base + rng.choice((1.2, rng.uniform(-0.6, 1.5))) * PX)
        ink = (rng.randint(20, 150),) * 3
        cv2.line(page, (round(4 * PX), y), (round(106 * PX), y), ink, rng.choice((2, 3, 4)))
    who, ink = writer(hand, rng), rng.choice(INKS)
    who = replace(who, high=min(who.high, 5.0), unsteady=min(who.unsteady, 1.5))
    high, gap = who.high * PX, rng.uniform(0.02, 0.24)
    x, spans = 8.0 * PX, []
    for sign in text:
        tile = _unit(sign, who, rng) if sign in _UNITS else coverage(sign, who, rng)
        low = 0.35 * high if sign == "-" else 0.0
        put(page, tile, x, base - tile.shape[0] - low + rng.gauss(0, 0.04) * high, ink)
        spans.append((x, x + tile.shape[1]))
        x += tile.shape[1] + high * rng.gauss(gap, 0.05)
    return page, spans


def _unit(sign: str, who: Writer, rng: random.Random) -> NDArray[np.uint8]:
    """Return ¥ or a Chinese unit as coverage, of another font each time."""
    high = round(who.high * PX * rng.uniform(0.8, 1.25))
    if sign == "¥":
        return money_sign(who.hand, high, rng)
    name = rng.choice(list(UNITS_OF))
    tile = Pictures.new("L", (3 * high, 3 * high), 0)
    font = face(name, round(1.1 * high), UNITS_OF[name])
    ImageDraw.Draw(tile).text((1.5 * high, 1.5 * high), sign, font=font, fill=255, anchor="mm")
    return cut_tight(np.asarray(tile, np.uint8))


def _cut(crop: Image, text: str, spans: Sequence[_Span]) -> Tiles:
    """Cut a crop as the reader does, told where its signs are instead of reading them."""
    parts = strokes(crop, LEAST_STROKE * crop.shape[0])
    rects = [rect for rect, _ in parts]
    if not rects:
        return []
    begin, end = min(r.left for r in rects), max(r.right for r in rects)
    by = (end - begin) / (spans[-1][1] - spans[0][0])
    known = [tuple(begin + (x - spans[0][0]) * by for x in span) for span in spans]
    places = [(left + right) / 2 for left, right in known]
    asked = [sign.isdigit() for sign in text]
    found: Tiles = []
    for match in align(places, asked, rects):
        if _at_home(match, rects, (known[match.signs[0]][0], known[match.signs[-1]][1])):
            chosen = [parts[number] for number in match.strokes]
            whole = len(match.signs) == 1
            cut = (
                [tile_of(crop, chosen)]
                if whole
                else split_tiles(crop, *chosen[0], len(match.signs))
            )
            signs = [text[at] for at in match.signs]
            found += [
                (tile, sign if sign.isdigit() else "")
                for tile, sign in zip(cut, signs, strict=True)
                if sign.isdigit() or sign in _UNITS
            ]
    return found


def _at_home(match: Match, rects: Sequence[Rect], span: _Span) -> bool:
    """Tell whether strokes lie where their signs were written, and cover them."""
    whole = union(rects[number] for number in match.strokes)
    shared = min(whole.right, span[1]) - max(whole.left, span[0])
    return shared >= _WITHIN * max(whole.width, span[1] - span[0])
