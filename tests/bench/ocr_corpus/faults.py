"""What happens to a filled sheet on its way: scanner, phone, seal, shadow, fold, JPEG."""

from __future__ import annotations

import random
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

#: How pages are captured; the middle of the list is what stores send most.
CAPTURES: Final = ("scan300", "poor150", "phone", "stamp", "turned", "glare")


def capture(page: Picture, kind: str, rng: random.Random) -> Picture:
    """Return the page (RGB at 300 dpi) as it arrives."""
    noise = np.random.default_rng(rng.getrandbits(32))
    if kind == "scan300":
        return _noisy(_skewed(page, rng.uniform(-0.6, 0.6)), 2.0, noise)
    if kind == "poor150":
        small = _scaled(_skewed(page, rng.uniform(-3, 3)), 0.5)
        return _noisy(cv2.GaussianBlur(small, (0, 0), rng.uniform(0.4, 0.8)), 7.0, noise)
    if kind == "stamp":
        return _noisy(_stamped(_scaled(page, 2 / 3), rng), 3.0, noise)
    if kind == "turned":
        angle = rng.choice((90, 180, 270, rng.uniform(-20, 20), rng.uniform(160, 200)))
        return _noisy(_turned(_scaled(page, 2 / 3), angle), 3.0, noise)
    photo = _photo(_scaled(page, 0.75), rng)
    lit = _shadowed(photo, rng) if kind == "phone" else _glare(photo, rng)
    return _noisy(cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.5, 1.1)), 4.0, noise)


def jpeg(picture: Picture, rng: random.Random) -> bytes:
    """Return the picture as a JPEG of a usual to poor quality."""
    quality = rng.choice((60, 75, 85, 92))
    ok, coded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not ok:
        raise ValueError("the picture cannot be written as JPEG")
    return coded.tobytes()


def _scaled(page: Picture, by: float) -> Picture:
    return cv2.resize(page, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)


def _skewed(page: Picture, degrees: float) -> Picture:
    height, width = page.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(page, way, (width, height), borderValue=(248, 248, 246))


def _turned(page: Picture, degrees: float) -> Picture:
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(page, round(degrees / 90)))
    height, width = page.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(way[0, 0]), abs(way[0, 1])
    wide, high = round(height * sin + width * cos), round(height * cos + width * sin)
    way[:, 2] += (wide - width) / 2, (high - height) / 2
    return cv2.warpAffine(page, way, (wide, high), borderValue=(90, 84, 80))


def _noisy(page: Picture, strength: float, noise: np.random.Generator) -> Picture:
    grain = noise.standard_normal(page.shape, dtype=np.float32) * strength
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def _stamped(page: Picture, rng: random.Random) -> Picture:
    """Press a round red seal over fields; ink shines through ink."""
    height, width = page.shape[:2]
    layer = np.full_like(page, 255)
    x, y = rng.randint(width // 4, 3 * width // 4), rng.randint(height // 6, height // 2)
    red = (rng.randint(200, 235), rng.randint(60, 110), rng.randint(70, 110))
    radius = round(width * rng.uniform(0.09, 0.12))
    cv2.circle(layer, (x, y), radius, red, max(3, radius // 16), cv2.LINE_AA)
    points = [
        [
            x + 0.35 * radius * (1 if i % 2 else 0.4) * 2 * np.sin(i * np.pi / 5),
            y - 0.35 * radius * (1 if i % 2 else 0.4) * 2 * np.cos(i * np.pi / 5),
        ]
        for i in range(10)
    ]
    cv2.fillPoly(layer, [np.asarray(points, np.int32)], red, cv2.LINE_AA)
    return (page.astype(np.uint16) * layer // 255).astype(np.uint8)


def _photo(page: Picture, rng: random.Random) -> Picture:
    """Lay the sheet on a desk and look at it from an angle."""
    height, width = page.shape[:2]
    wide, high = round(width * 1.25), round(height * 1.2)
    desk = np.random.default_rng(rng.getrandbits(32)).normal(0, 12, (high // 40, wide // 40, 1))
    ground = cv2.resize(desk.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    tone = np.asarray(rng.choice(((96, 82, 70), (70, 72, 78), (130, 120, 108))), np.float32)
    picture = np.clip(ground[:, :, None] + tone, 0, 255).astype(np.uint8)

    def off(share: float) -> float:
        return rng.uniform(0.02, share)

    corners = np.asarray(
        [
            [wide * off(0.1), high * off(0.09)],
            [wide * (1 - off(0.1)), high * off(0.09)],
            [wide * (1 - off(0.1)), high * (1 - off(0.09))],
            [wide * off(0.1), high * (1 - off(0.09))],
        ],
        np.float32,
    )
    sheet = np.asarray([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    way = cv2.getPerspectiveTransform(sheet, corners)
    cv2.warpPerspective(page, way, (wide, high), dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
    return picture


def _shadowed(page: Picture, rng: random.Random) -> Picture:
    height, width = page.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * xs / width + np.sin(angle) * ys / height
    edge = 1 / (1 + np.exp(-(along - float(np.median(along))) * rng.uniform(8, 40)))
    light = 1 - rng.uniform(0.25, 0.5) * edge
    return np.clip(page * light[:, :, None], 0, 255).astype(np.uint8)


def _glare(page: Picture, rng: random.Random) -> Picture:
    """Dim the room and let a lamp shine on the paper; a fold runs across."""
    height, width = page.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    spot = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * (0.25 * width) ** 2))
    fold = np.abs(ys - height * rng.uniform(0.35, 0.65)) / 6
    light = rng.uniform(0.6, 0.8) + 0.25 * spot - 0.12 * np.exp(-fold)
    return np.clip(page * light[:, :, None], 0, 255).astype(np.uint8)
