"""Makes the tiles to learn from: digits of fonts, people and pen strokes, varied cheaply.

Each is turned, slanted, bent, thickened and blurred as hands, pens and scanners do. What is
learnt from them is measured on tiles that the reader itself cut (`drawing.comb_tiles`).
"""

from __future__ import annotations

import random
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.digits import NO_DIGIT, as_input
from tests.bench.ocr_digits.drawing import (
    OTHERS,
    PEOPLE,
    PRINTED,
    STROKES,
    Writer,
    money_sign,
    people,
    tight,
    typed,
)
from tests.bench.ocr_digits.strokes import draw

Grey = NDArray[np.uint8]
Set = tuple[Grey, Grey]
"""(n, 32, 32) ink 0..255 as the network sees it, and (n,) digits or NO_DIGIT."""

_HIGH: Final = 64
_DIGITS: Final = "0123456789"


@cache
def _sign(hand: str, sign: str) -> Grey:
    return tight(typed(sign, Writer(hand, 0, 0, 0), _HIGH))


def _written(hand: str, sign: str, rng: random.Random) -> Grey:
    """Return a digit some 64 pixels high as coverage, tight."""
    if hand == STROKES:
        return tight(draw(sign, _HIGH, rng))
    if hand == PEOPLE:
        known = people(sign)
        small = known[rng.randrange(len(known))]
        large = cv2.resize(small, (96, 96), interpolation=cv2.INTER_CUBIC)
        sharp = np.clip((large.astype(np.int16) - rng.randint(40, 110)) * 3, 0, 255)
        return tight(sharp.astype(np.uint8))
    return _sign(hand, sign)


def _strange(hand: str, rng: random.Random) -> Grey:
    """Return what is no digit: ¥, another sign, two digits, a digit struck out, a scribble."""
    kind = rng.random()
    one = _written(hand, rng.choice(_DIGITS), rng)
    if kind < 0.2:
        return money_sign(hand, _HIGH, rng)
    if kind < 0.5:
        return _sign(hand if hand not in (STROKES, PEOPLE) else PRINTED, rng.choice(OTHERS))
    if kind < 0.65:
        two = _written(hand, rng.choice("02345689"), rng)
        high = max(one.shape[0], two.shape[0])
        both = [np.pad(tile, ((0, high - tile.shape[0]), (0, 4))) for tile in (one, two)]
        return tight(np.asarray(np.hstack(both), np.uint8))
    tile = np.pad(one, 8)
    high, wide = tile.shape
    for _ in range(rng.choice((1, 2)) if kind < 0.85 else rng.randint(5, 9)):
        ends = [(rng.randrange(wide), rng.randrange(high)) for _ in range(2)]
        if kind < 0.85:
            middle, slope = high * rng.uniform(0.3, 0.7), high * rng.uniform(-0.3, 0.3)
            ends = [(0, round(middle - slope)), (wide - 1, round(middle + slope))]
        cv2.line(tile, ends[0], ends[1], 255, rng.randint(4, 8), cv2.LINE_AA)
    return tight(tile)


def varied(tile: Grey, rng: random.Random, noise: np.random.Generator, steady: float) -> Grey:
    """Return coverage as another hand, pen and scanner would leave it, as dark on white."""
    high, wide = tile.shape
    pad = 24
    size = (wide + 2 * pad, high + 2 * pad)
    turn = rng.gauss(0, 6 * steady) * np.pi / 180
    slant, across = rng.gauss(0, 0.17 * steady), np.exp(rng.gauss(0, 0.16 * steady))
    way = np.asarray(
        [[across * np.cos(turn), -np.sin(turn) + slant], [np.sin(turn), np.cos(turn)]], np.float32
    )
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    xs, ys = xs - size[0] / 2, ys - size[1] / 2
    bend = noise.standard_normal((2, 4, 4)).astype(np.float32) * (3.2 * steady)
    waves = [cv2.resize(one, size, interpolation=cv2.INTER_CUBIC) for one in bend]
    from_x = way[0, 0] * xs + way[0, 1] * ys + wide / 2 + waves[0]
    from_y = way[1, 0] * xs + way[1, 1] * ys + high / 2 + waves[1]
    done = cv2.remap(tile, from_x, from_y, cv2.INTER_LINEAR)
    pen = rng.choice((-3, -2, 0, 0, 0, 2, 3, 4, 6)) if steady else 0
    if pen:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(pen), abs(pen)))
        changed = cv2.dilate(done, kernel) if pen > 0 else cv2.erode(done, kernel)
        done = changed if (changed > 128).sum() > 90 else done
    by = rng.uniform(14, 46) / _HIGH
    small = cv2.resize(done, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.0))
    grain = noise.standard_normal(small.shape) * rng.uniform(0, 10)
    peak = max(int(small.max()), 1)
    return np.asarray(np.clip(255 - small * (235 / peak) + grain, 0, 255), np.uint8)


def make(hand: str, count: int, seed: str, *, others: float) -> Set:
    """Return `count` tiles of a hand; `others` is the share of those that are no digit."""
    rng = random.Random(f"{seed} {hand}")
    noise = np.random.default_rng(rng.getrandbits(32))
    tiles = np.zeros((count, 32, 32), np.uint8)
    classes = np.zeros(count, np.uint8)
    for index in range(count):
        strange = rng.random() < others
        sign = _DIGITS[index % 10]
        tile = _strange(hand, rng) if strange else _written(hand, sign, rng)
        seen = as_input(varied(tile, rng, noise, 0.4 if hand == PRINTED else 1.0))
        tiles[index] = np.round(seen * 255)
        classes[index] = NO_DIGIT if strange else int(sign)
    return tiles, classes
