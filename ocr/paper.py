"""Finds the sheets of paper on a photo and flattens each one, whatever the angle and light."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image, Quad
from ocr.loading import Matrix
from ocr.sheet import SHEET_SIDE, Sheet, make_sheet

_WORK_SIDE: Final = 800
_RATIO: Final = 2**0.5
_LEAST_STEP: Final = 12.0
"""Grey levels by which paper must be brighter than the ground just outside each of its sides."""
_CROSSINGS: Final = 3
"""Strokes that go on across a side before it is taken for a shadow's edge."""
_SHARP: Final = 0.6
"""Share of the step in brightness that the edge of paper makes within a few points; one stroke
across a side that is softer than that already tells a shadow."""
_BEYOND: Final = 0.2
"""How far, in lengths of a side, the line of a side is followed beyond its corner."""
_ON: Final = 0.7
"""Share of points there with a step in brightness from which on the paper goes on."""


def flatten_page(image: Image, from_file: Matrix) -> list[Sheet]:
    """Return each paper of a picture as a flat sheet; a scan or close-up is one whole sheet."""
    papers = find_papers(image)
    if not papers:
        height, width = image.shape[:2]
        scale = min(SHEET_SIDE / max(height, width), 2.0)
        size = (round(width * scale), round(height * scale))
        return [make_sheet(image, from_file, np.diag([scale, scale, 1.0]), size)]
    return [_rectify(image, from_file, paper) for paper in papers]


def find_papers(image: Image) -> list[Quad]:
    """Find bright four-cornered papers that stand out from the ground, in reading order.

    Every grey level is tried as a threshold, because a shadow defeats any single one; a
    candidate counts only if all four sides really are edges.
    """
    height, width = image.shape[:2]
    scale = _WORK_SIDE / max(height, width)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = np.asarray(
        cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (5, 5), 0), np.uint8
    )
    found: list[tuple[float, NDArray[np.float64]]] = []
    for level in np.unique(np.percentile(grey, range(6, 92, 6)).astype(int)):
        mask = np.where(grey > level, 255, 0).astype(np.uint8)
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8)))
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)))
        for corners in _quads(mask):
            support = _edge_support(grey, corners)
            shadow = _cuts_writing(grey, corners) or _goes_on(grey, corners)
            if support > 0.85 and not shadow:
                found.append((support * cv2.contourArea(corners.astype(np.float32)), corners))
    chosen: list[NDArray[np.float64]] = []
    for _, corners in sorted(found, key=lambda item: -item[0]):
        if not any(_overlap(corners, other) for other in chosen):
            chosen.append(corners)
    chosen.sort(key=lambda corners: (round(corners[:, 1].mean() / 100), corners[:, 0].mean()))
    return [np.asarray(corners / scale, dtype=np.float32) for corners in chosen]


def _quads(mask: Image) -> list[NDArray[np.float64]]:
    quads = []
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:6]:
        hull = np.asarray(cv2.convexHull(contour), dtype=np.int32)
        area = cv2.contourArea(hull)
        if area < 0.08 * mask.size or cv2.contourArea(contour) < 0.85 * area:
            continue
        corners = _four_corners(hull)
        if corners is not None and not _fills_frame(corners, mask.shape):
            quads.append(corners)
    return quads


def _four_corners(hull: NDArray[np.int32]) -> NDArray[np.float64] | None:
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.04, 0.06):
        outline = cv2.approxPolyDP(hull, share * length, True)
        if len(outline) == 4:
            covered = cv2.contourArea(outline) / max(cv2.contourArea(hull), 1.0)
            return _ordered(outline.reshape(4, 2).astype(np.float64)) if covered > 0.93 else None
    return None


def _ordered(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    around = corners[np.argsort(angles)]
    first = int(np.argmin(around.sum(axis=1)))
    return np.asarray(np.roll(around, -first, axis=0), dtype=np.float64)


def _fills_frame(corners: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    frame = np.asarray([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    return float(np.abs(corners - frame).max()) < 0.03 * max(height, width)


def _edge_support(grey: NDArray[np.uint8], corners: NDArray[np.float64]) -> float:
    """Return the lowest share, over the four sides, of points with a real step in brightness."""
    height, width = grey.shape
    centre = corners.mean(axis=0)
    shares = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
        outward = np.asarray([along[1], -along[0]])
        if np.dot(outward, (start + end) / 2 - centre) < 0:
            outward = -outward
        points = start + np.linspace(0.06, 0.94, 60)[:, None] * (end - start)
        outer, inner = points + 7 * outward, points - 7 * outward
        limit = np.asarray([width - 1, height - 1])
        seen = ((outer >= 0) & (outer <= limit)).all(axis=1)
        if seen.sum() < 20:
            # The paper runs out of the picture here: nothing to compare with.
            shares.append(0.9)
            continue
        inside = _sample(grey, np.clip(inner[seen], 0, limit))
        outside = _sample(grey, outer[seen])
        shares.append(float((inside - outside > _LEAST_STEP).mean()))
    return min(shares)


def _cuts_writing(grey: NDArray[np.uint8], corners: NDArray[np.float64]) -> bool:
    """Tell whether a side runs across printed lines or writing: a shadow's edge, not paper's."""
    height, width = grey.shape
    limit = np.asarray([width - 1, height - 1])
    centre = corners.mean(axis=0)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = max(float(np.linalg.norm(end - start)), 1.0)
        along = (end - start) / length
        outward = np.asarray([along[1], -along[0]])
        if np.dot(outward, (start + end) / 2 - centre) < 0:
            outward = -outward
        points = start + np.linspace(0.04, 0.96, int(length))[:, None] * (end - start)
        both = _strokes_at(grey, np.clip(points - 8 * outward, 0, limit)) & _strokes_at(
            grey, np.clip(points + 8 * outward, 0, limit)
        )
        crossings = int((np.diff(both.astype(np.int8)) == 1).sum())
        if crossings >= (_CROSSINGS if _is_sharp(grey, points, outward) else 1):
            return True
    return False


def _goes_on(grey: NDArray[np.uint8], corners: NDArray[np.float64]) -> bool:
    """Tell whether the paper goes on beyond a soft side: both sides beside it do.

    A shadow's edge may fall between two lines of writing and cross none.
    """
    height, width = grey.shape
    limit = np.asarray([width - 1, height - 1])
    centre = corners.mean(axis=0)
    for at in range(4):
        before, start, end, after = (corners[(at + step) % 4] for step in (-1, 0, 1, 2))
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
        outward = np.asarray([along[1], -along[0]])
        if np.dot(outward, (start + end) / 2 - centre) < 0:
            outward = -outward
        points = start + np.linspace(0.04, 0.96, 60)[:, None] * (end - start)
        if _is_sharp(grey, points, outward):
            continue
        steps = []
        for corner, other, inward in ((start, before, along), (end, after, -along)):
            on = corner + np.linspace(0.04, _BEYOND, 24)[:, None] * (corner - other)
            inner, outer = on + 7 * inward, on - 7 * inward
            seen = ((outer >= 0) & (outer <= limit) & (inner >= 0) & (inner <= limit)).all(axis=1)
            if seen.sum() < 8:
                continue
            step = _sample(grey, inner[seen]) - _sample(grey, outer[seen])
            steps.append(float((step > _LEAST_STEP).mean()))
        if len(steps) == 2 and min(steps) > _ON:
            return True
    return False


def _is_sharp(
    grey: NDArray[np.uint8], points: NDArray[np.float64], outward: NDArray[np.float64]
) -> bool:
    """Tell whether brightness falls at once from side to side, not slowly as a shadow's does."""
    limit = np.asarray([grey.shape[1] - 1, grey.shape[0] - 1])
    near, far = (
        float(
            np.median(
                _sample(grey, np.clip(points - reach * outward, 0, limit))
                - _sample(grey, np.clip(points + reach * outward, 0, limit))
            )
        )
        for reach in (4, 14)
    )
    return near >= _SHARP * max(far, 1.0)


def _strokes_at(grey: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell at which points there is something thin and darker than what is around it."""
    levels = _sample(grey, points).astype(np.uint8).reshape(1, -1)
    usual = cv2.medianBlur(levels, 31).astype(np.int16)
    thin = (usual - levels > _LEAST_STEP).astype(np.uint8)
    return np.asarray(cv2.dilate(thin, np.ones((1, 5), np.uint8))[0] > 0)


def _sample(grey: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.float64]:
    cells = points.round().astype(int)
    return np.asarray(grey[cells[:, 1], cells[:, 0]], dtype=np.float64)


def _overlap(one: NDArray[np.float64], two: NDArray[np.float64]) -> bool:
    area, _ = cv2.intersectConvexConvex(one.astype(np.float32), two.astype(np.float32))
    least = min(cv2.contourArea(one.astype(np.float32)), cv2.contourArea(two.astype(np.float32)))
    return float(area) > 0.1 * float(least)


def _rectify(image: Image, from_file: Matrix, paper: Quad) -> Sheet:
    sides = np.linalg.norm(paper - np.roll(paper, -1, axis=0), axis=1)
    wide, high = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    # Perspective hides the true ratio; paper of the A and B series has 1 : √2.
    if wide <= high and abs(high / wide / _RATIO - 1) < 0.14:
        high = wide * _RATIO
    elif wide > high and abs(wide / high / _RATIO - 1) < 0.14:
        wide = high * _RATIO
    scale = min(SHEET_SIDE / max(wide, high), 2.0)
    size = (max(64, round(wide * scale)), max(64, round(high * scale)))
    target = np.asarray([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    way = np.asarray(cv2.getPerspectiveTransform(paper.astype(np.float32), target), np.float64)
    return make_sheet(image, from_file, way, size)
