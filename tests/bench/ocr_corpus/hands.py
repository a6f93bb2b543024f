"""Writes text as a hand or a printer would: a font, then jitter, slant, pressure and ink.

Handwriting fonts are not shipped. `python -m tests.bench.ocr_corpus.fetch` puts those of the list
below (all SIL OFL 1.1) into `build/hands` by npm; AMENDS_HANDS names another folder.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = Path(os.environ.get("AMENDS_HANDS", ROOT / "build" / "hands"))
PRINT: Final = ROOT / "resources" / "fonts" / "NotoSansSC_400Regular.ttf"

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes: a font for words, one for digits, and how unsteady (0 is a printer)."""

    name: str
    words: str
    digits: str
    unsteady: float


#: npm package of each font file.
PACKAGES: Final = {
    "MaShanZheng_400Regular.ttf": "@expo-google-fonts/ma-shan-zheng",
    "ZhiMangXing_400Regular.ttf": "@expo-google-fonts/zhi-mang-xing",
    "long-cang-chinese-simplified-400-normal.woff2": "@fontsource/long-cang",
    "Kalam_400Regular.ttf": "@expo-google-fonts/kalam",
    "Caveat_500Medium.ttf": "@expo-google-fonts/caveat",
    "PatrickHand_400Regular.ttf": "@expo-google-fonts/patrick-hand",
    "NanumPenScript_400Regular.ttf": "@expo-google-fonts/nanum-pen-script",
    "neucha-latin-400-normal.woff2": "@fontsource/neucha",
    "schoolbell-latin-400-normal.woff2": "@fontsource/schoolbell",
    "gaegu-latin-400-normal.woff2": "@fontsource/gaegu",
    "zcool-kuaile-chinese-simplified-400-normal.woff2": "@fontsource/zcool-kuaile",
    "indie-flower-latin-400-normal.woff2": "@fontsource/indie-flower",
    "the-girl-next-door-latin-400-normal.woff2": "@fontsource/the-girl-next-door",
}

PRINTER: Final = Hand("printer", PRINT.name, PRINT.name, 0.0)
_LONG_CANG: Final = "long-cang-chinese-simplified-400-normal.woff2"
#: Fonts of words by which short texts without a page around them are tuned.
TUNING_WORDS: Final = (
    "MaShanZheng_400Regular.ttf",
    _LONG_CANG,
    "zcool-kuaile-chinese-simplified-400-normal.woff2",
)
#: Hands on which thresholds are tuned, and hands kept back for the figures that count. Our own
#: digit reader has learnt from none of their digits.
TUNING_HANDS: Final = (
    Hand("ma shan", "MaShanZheng_400Regular.ttf", "Kalam_400Regular.ttf", 1.0),
    Hand("cang", _LONG_CANG, "neucha-latin-400-normal.woff2", 0.8),
    Hand("cang bell", _LONG_CANG, "schoolbell-latin-400-normal.woff2", 1.2),
)
HELD_BACK_HANDS: Final = (
    Hand("ma shan pen", "MaShanZheng_400Regular.ttf", "NanumPenScript_400Regular.ttf", 1.2),
    Hand("cang caveat", _LONG_CANG, "Caveat_500Medium.ttf", 1.0),
    Hand("mang", "ZhiMangXing_400Regular.ttf", "PatrickHand_400Regular.ttf", 0.5),
    Hand("ma shan indie", "MaShanZheng_400Regular.ttf", "indie-flower-latin-400-normal.woff2", 0.8),
    Hand("cang girl", _LONG_CANG, "the-girl-next-door-latin-400-normal.woff2", 1.0),
    Hand("mang gaegu", "ZhiMangXing_400Regular.ttf", "gaegu-latin-400-normal.woff2", 0.8),
)


class HandsMissingError(Exception):
    """The handwriting fonts are not there; the message says how to get them."""


def font_path(name: str) -> Path:
    """Return where a font is; raises HandsMissingError with the command that fetches it."""
    if name == PRINT.name:
        return PRINT
    path = FOLDER / name
    if not path.is_file():
        raise HandsMissingError(
            f"{name} is not in {FOLDER}: run python -m tests.bench.ocr_corpus.fetch"
        )
    return path


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(name)), size)


def glyph(sign: str, hand: Hand, size: int, rng: random.Random) -> Grey:
    """Return one character as coverage, 0 paper to 255 ink: its advance and `spare` on each side.

    A slanted or round sign reaches over its advance, as the next sign's ink may do as well.
    """
    digit = sign.isascii()
    name = hand.digits if digit else hand.words
    face = font(name, size)
    # A word font without the sign would draw a box.
    if not digit and name != PRINT.name and not _has(name, sign):
        face = font(PRINT.name, size)
    advance = max(2, round(face.getlength(sign)))
    pad = spare(size)
    tile = Image.new("L", (advance + 2 * pad, size * 2), 0)
    ImageDraw.Draw(tile).text((pad, size // 2), sign, font=face, fill=255)
    if not hand.unsteady:
        return np.asarray(tile, np.uint8)
    return shaken(np.asarray(tile, np.uint8), hand.unsteady, size, rng)


def spare(size: int) -> int:
    """Return the pixels on either side of a sign's advance in its tile."""
    return size // 3


@cache
def _has(name: str, sign: str) -> bool:
    face = font(name, 40)
    return bytes(face.getmask(sign)) not in (bytes(face.getmask("\u0fff")), b"")


def shaken(tile: Grey, unsteady: float, size: int, rng: random.Random) -> Grey:
    """Return a sign as an unsteady hand writes it: turned, slanted, grown, bent."""
    height, width = tile.shape
    angle = rng.gauss(0, 2.2) * unsteady
    slant = rng.gauss(0, 0.05) * unsteady
    grow = 1 + rng.gauss(0, 0.05) * unsteady
    way = cv2.getRotationMatrix2D((width / 2, height / 2), angle, grow)
    way[0, 1] += slant
    way[0, 2] -= slant * height / 2
    way[1, 2] += rng.gauss(0, 0.035) * unsteady * size
    noise = np.random.default_rng(rng.getrandbits(32))
    wave = [
        cv2.GaussianBlur(
            noise.standard_normal((height, width)).astype(np.float32), (0, 0), size / 7
        )
        for _ in range(2)
    ]
    bend = 0.018 * size * unsteady
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    turned = cv2.warpAffine(tile, way, (width, height), flags=cv2.INTER_LINEAR)
    xs += wave[0] / max(float(np.abs(wave[0]).max()), 1e-6) * bend
    ys += wave[1] / max(float(np.abs(wave[1]).max()), 1e-6) * bend
    return np.asarray(cv2.remap(turned, xs, ys, cv2.INTER_LINEAR), np.uint8)


@dataclass(frozen=True, slots=True)
class Ink:
    """A pen: its colour (RGB) and how much of the paper it covers (0..1)."""

    colour: tuple[int, int, int]
    strength: float


INKS: Final = (
    Ink((25, 25, 28), 0.95),
    Ink((28, 40, 120), 0.9),
    Ink((60, 80, 170), 0.75),
    Ink((70, 70, 75), 0.85),
)


def put(page: NDArray[np.uint8], tile: Grey, x: float, y: float, ink: Ink) -> None:
    """Lay ink over the page, `x` left and `y` top of the tile, in pixels."""
    left, top = round(x), round(y)
    height, width = page.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + tile.shape[1]), min(height, top + tile.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = tile[y0 - top : y1 - top, x0 - left : x1 - left, None] * (ink.strength / 255)
    part = page[y0:y1, x0:x1]
    part[:] = np.clip(part * (1 - cover) + np.asarray(ink.colour) * cover, 0, 255).astype(np.uint8)


def write_line(
    page: NDArray[np.uint8],
    text: str,
    x: float,
    middle: float,
    size: int,
    hand: Hand,
    ink: Ink,
    rng: random.Random,
) -> float:
    """Write one line, its middle at `middle`; return where it ends."""
    drift = rng.gauss(0, 0.004) * hand.unsteady
    start = x
    for sign in text:
        tile = glyph(sign, hand, size, rng)
        left = x - spare(size)
        put(page, tile, left, middle - tile.shape[0] / 2 + drift * (x - start), ink)
        gap = rng.gauss(0.02, 0.03) * size * hand.unsteady
        wide = tile.shape[1] - 2 * spare(size)
        x += max(wide * 0.9, wide + gap)
    return x
