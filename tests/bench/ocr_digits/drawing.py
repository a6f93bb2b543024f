"""Makes tiles of digits as the reader really gets them: written into our printed comb, captured,
cleaned and cut by the reader's own code.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from desktop.domain.form_template import BoxMm, FormField
from desktop.reports.paper_form import store_complaint_template
from ocr.combs import Comb, cut_comb
from ocr.engines.base import Image
from ocr.registration import SCALE, Registered
from ocr.sheet import make_sheet
from tests.bench.ocr_corpus.hands import FOLDER, INKS, PRINT, put, shaken
from tests.bench.ocr_corpus.ours import PX, blank
from tests.bench.ocr_digits.fonts import UNITS_OF, face, has
from tests.bench.ocr_digits.strokes import draw

Tiles = list[tuple[Image, str]]
"""A tile as cut, and the digit on it; "" for what is no digit."""

STROKES: Final = "pen strokes"
PEOPLE: Final = "people"
PRINTED: Final = "printed"
_ROUND: Final = 5.0
"""Millimetres of the form kept around a comb."""
OTHERS: Final = "年月日元角分张王李上下中大小一二三口ACEFGHJKLMNPQRUVWXadehkmnprtxy?*#%&@+="


@dataclass(frozen=True, slots=True)
class Writer:
    """One who fills a comb: a font's name, STROKES, PEOPLE or PRINTED, and a manner."""

    hand: str
    high: float
    """Height of a digit in millimetres."""
    unsteady: float
    pen: int
    """Pixels by which strokes are thickened, or thinned if negative."""


def writer(hand: str, rng: random.Random) -> Writer:
    """Return `hand` in a manner of its own."""
    steady = hand == PRINTED
    return Writer(
        hand,
        rng.uniform(3.2, 5.0) if steady else min(8.4, max(2.4, rng.gauss(4.8, 1.3))),
        0.0 if steady else rng.uniform(0.3, 1.8),
        0 if steady or hand == STROKES else rng.choice((-2, -1, 0, 0, 0, 1, 2, 3)),
    )


@cache
def people(digit: str) -> NDArray[np.uint8]:
    """Return what people wrote for a digit: (n, 28, 28), ink 255."""
    flat = json.loads((FOLDER / f"people-{digit}.json").read_text(encoding="utf-8"))["data"]
    return np.asarray(np.round(np.asarray(flat) * 255), np.uint8).reshape(-1, 28, 28)


def coverage(sign: str, who: Writer, rng: random.Random) -> NDArray[np.uint8]:
    """Return one sign as coverage, 0 paper to 255 ink, cut tightly around the ink."""
    high = round(who.high * PX)
    if who.hand == STROKES and sign.isdigit():
        tile = draw(sign, high, rng)
    elif who.hand == PEOPLE and sign.isdigit():
        known = people(sign)
        small = known[rng.randrange(len(known))]
        side = round(high * 28 / 20)
        tile = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
        tile = np.pad(np.clip((tile.astype(np.int16) - 60) * 2, 0, 255).astype(np.uint8), high // 2)
    else:
        tile = typed(sign, who, high)
    if who.unsteady:
        tile = shaken(np.pad(tight(tile), high // 3), who.unsteady, high, rng)
    if who.pen:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(who.pen) + 1,) * 2)
        changed = cv2.dilate(tile, kernel) if who.pen > 0 else cv2.erode(tile, kernel)
        tile = np.asarray(changed if (changed > 128).sum() > 1.2 * high else tile, np.uint8)
    return tight(tile)


def tight(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut coverage to its ink."""
    ys, xs = np.nonzero(tile > 60)
    if len(ys) == 0:
        return np.zeros((2, 2), np.uint8)
    return np.asarray(tile[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], np.uint8)


def typed(sign: str, who: Writer, high: int) -> NDArray[np.uint8]:
    """Return a sign of the hand's font, a nought as high as `high`, on much paper."""
    size = round(high * 1.4)
    if who.hand in (STROKES, PEOPLE, PRINTED) or not sign.isascii():
        letters = ImageFont.truetype(str(PRINT), size)
    else:
        letters = face(who.hand, size)
        top, bottom = letters.getbbox("0")[1::2]
        letters = face(who.hand, round(size * high / max(bottom - top, 1)))
    tile = Pictures.new("L", (4 * high, 4 * high), 0)
    ImageDraw.Draw(tile).text((2 * high, 2 * high), sign, font=letters, fill=255, anchor="mm")
    return np.asarray(tile, np.uint8)


def money_sign(hand: str, high: int, rng: random.Random) -> NDArray[np.uint8]:
    """Return ¥ as coverage: of the hand's own font or of another one, or as pen strokes."""
    kind = rng.random()
    own = hand not in (STROKES, PEOPLE, PRINTED) and has(hand, "¥")
    if kind < 0.4 or (kind < 0.7 and not own):
        return tight(draw("¥", high, rng))
    if kind < 0.7:
        font = face(hand, round(1.2 * high))
    else:
        name = rng.choice(list(UNITS_OF))
        font = face(name, round(1.1 * high), UNITS_OF[name])
    tile = Pictures.new("L", (3 * high, 3 * high), 0)
    ImageDraw.Draw(tile).text((1.5 * high, 1.5 * high), "¥", font=font, fill=255, anchor="mm")
    return tight(np.asarray(tile, np.uint8))


@cache
def _comb_paper(key: str, variant: str) -> tuple[NDArray[np.uint8], FormField]:
    """Return the printed comb with some form around it, and its field moved there."""
    page = blank(1, variant)  # type: ignore[arg-type]
    field = next(one for one in store_complaint_template().fields if one.key == key)
    x, y = field.box.x - _ROUND, field.box.y - _ROUND
    right, bottom = field.box.x + field.box.w + _ROUND, field.box.y + field.box.h + _ROUND
    area = page[round(y * PX) : round(bottom * PX), round(x * PX) : round(right * PX)].copy()
    return area, replace(field, box=BoxMm(_ROUND, _ROUND, field.box.w, field.box.h))


def write_comb(hand: str, key: str, digits: Mapping[int, str], rng: random.Random) -> Comb:
    """Write digits by cell into the comb of field `key`; return it as the reader cuts it.

    "" stands for something that is no digit.
    """
    paper, field = _comb_paper(key, rng.choice(("zh", "bilingual")))
    page, who, ink = paper.copy(), writer(hand, rng), rng.choice(INKS)
    for index, digit in digits.items():
        tile = coverage(digit, who, rng) if digit else _strange(who, rng)
        cell = field.box.cell(index, field.cells or 1)
        room = 1.15 * cell.w * PX
        if tile.shape[1] > room and digit:
            by = room / tile.shape[1]
            tile = np.asarray(cv2.resize(tile, None, fx=by, fy=max(by, 0.8)), np.uint8)
        shake = min(who.unsteady, 1.5) * PX
        x = (cell.x + cell.w / 2) * PX - tile.shape[1] / 2 + rng.gauss(0, 0.35) * shake
        y = (cell.y + cell.h / 2) * PX - tile.shape[0] / 2 + rng.gauss(0, 0.4) * shake
        put(page, tile, x, y, ink)
    return cut_comb(captured(page, rng), field)


def comb_tiles(hand: str, rng: random.Random, *, others: float = 0.0) -> Tiles:
    """Write a comb in a manner of `hand` and return its tiles as the reader cuts them.

    `others` is the share of cells that hold something which is no digit.
    """
    field = rng.choice([f for f in store_complaint_template().fields if f.cells])
    digits = {
        index: "" if rng.random() < others else rng.choice("0123456789")
        for index in range(field.cells or 0)
    }
    comb = write_comb(hand, field.key, digits, rng)
    return [(tile, digits[cell]) for cell, tile in comb.tiles.items()]


def _strange(who: Writer, rng: random.Random) -> NDArray[np.uint8]:
    """Return something that is no digit: a sign, two digits, a digit struck out, a scribble."""
    kind = rng.random()
    if kind < 0.4:
        return coverage(rng.choice(OTHERS), who, rng)
    one = coverage(rng.choice("0123456789"), who, rng)
    if kind < 0.6:
        two = coverage(rng.choice("023456789"), who, rng)
        high = max(one.shape[0], two.shape[0])
        padded = [np.pad(tile, ((0, high - tile.shape[0]), (0, 3))) for tile in (one, two)]
        return np.asarray(np.hstack(padded), np.uint8)
    tile = np.pad(one, round(0.15 * one.shape[0]))
    high, wide = tile.shape
    pen = max(3, high // 12)
    for _ in range(rng.choice((1, 2, 3)) if kind < 0.85 else rng.randint(5, 9)):
        ends = [(rng.randrange(wide), rng.randrange(high)) for _ in range(2)]
        if kind < 0.85:
            slope = rng.uniform(-0.3, 0.3) * high
            middle = high * rng.uniform(0.3, 0.7)
            ends = [(0, round(middle - slope)), (wide - 1, round(middle + slope))]
        cv2.line(tile, ends[0], ends[1], 255, pen, cv2.LINE_AA)
    return tile


def captured(page: NDArray[np.uint8], rng: random.Random) -> Registered:
    """Scan or photograph a piece of a form and lay it flat as the reader does, a little off."""
    noise = np.random.default_rng(rng.getrandbits(32))
    height, width = page.shape[:2]
    scale = rng.choice((0.42, 0.5, 0.5, 0.6, 0.67, 0.67, 0.75, 1.0))
    angle = rng.gauss(0, 0.6)
    way = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(page, way, (width, height), borderValue=(248, 248, 246))
    small = cv2.resize(turned, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.7:
        small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.4, 1.1))
    light = rng.uniform(0.6, 1.0)
    grain = noise.standard_normal(small.shape, dtype=np.float32) * rng.uniform(1, 7)
    picture = np.clip(small * light + grain, 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(
        ".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, rng.choice((60, 75, 85, 92))]
    )
    picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    # Back onto the millimetres of the form: the turn is known to registration, a rest is not.
    down = np.diag([1 / scale, 1 / scale, 1.0])
    upright = np.vstack([cv2.invertAffineTransform(way), [0, 0, 1]])
    onto = np.diag([SCALE / PX, SCALE / PX, 1.0])
    onto[:2, 2] = rng.gauss(0, 1.5), rng.gauss(0, 1.5)
    size = (round(width * SCALE / PX), round(height * SCALE / PX))
    sheet = make_sheet(picture, np.eye(3), onto @ upright @ down, size)
    return Registered(store_complaint_template(), sheet)
