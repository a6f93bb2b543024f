"""Makes the writing and ruling of a sheet level: skew, shear and what is left of perspective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image, Quad
from ocr.loading import Matrix
from ocr.sheet import apply

Segments = NDArray[np.float64]
"""Rows of x1, y1, x2, y2 in pixels."""

_WORK_SIDE: Final = 1200
_WIDEST: Final = np.deg2rad(30.0)
_ENOUGH: Final = 4
_LEAST_ACROSS: Final = 0.07
_LEAST_DOWN: Final = 0.035
"""Least length of a ruled line as a share of the sheet: the sides of a box for one line are short,
yet longer than the strokes of writing."""
_VOTES: Final = 36
_APART: Final = 0.5
"""Least distance between the outer ones of parallel lines, in half widths of the sheet: lines in
one column do not tell where they meet."""
_NEAREST: Final = 1.8
"""Least distance of a vanishing point from the sheet's middle, in half widths. Nearer than that no
camera sees a sheet."""


def levelling(clean: Image, quads: Sequence[Quad]) -> Matrix | None:
    """Return the way that makes lines level and upright, or None when they already are.

    Ruled lines among the writing count most; without any, the lines of writing themselves.
    """
    if not quads:
        return None
    across, down = _ruled(clean, quads)
    text = np.asarray([_spine(quad) for quad in quads if _is_wide(quad)], dtype=np.float64)
    if len(across) < _ENOUGH and len(text):
        across = np.vstack([across, text.reshape(-1, 4)])
    if len(across) == 0:
        return None
    height, width = clean.shape
    to_unit = np.asarray([[2 / width, 0, -1], [0, 2 / width, -height / width], [0, 0, 1]])
    unit_way = _rectifying(_moved(across, to_unit), _moved(down, to_unit))
    if unit_way is None:
        return None
    way = np.asarray(np.linalg.inv(to_unit) @ unit_way @ to_unit, dtype=np.float64)
    corners = np.asarray([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    if np.linalg.det(way) <= 0 or float(np.abs(apply(way, corners) - corners).max()) < 2:
        return None
    return way


def _ruled(clean: Image, quads: Sequence[Quad]) -> tuple[Segments, Segments]:
    height, width = clean.shape
    scale = min(1.0, _WORK_SIDE / max(height, width))
    small = cv2.resize(clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = np.where(small < 190, 255, 0).astype(np.uint8)
    hull = cv2.convexHull(np.vstack(quads).reshape(-1, 1, 2) * scale).astype(np.int32)
    among = np.zeros_like(ink)
    cv2.fillConvexPoly(among, hull, 255)
    near = cv2.dilate(among, np.ones((25, 25), np.uint8))
    ink = np.asarray(cv2.bitwise_and(ink, near), dtype=np.uint8)
    side = max(small.shape)
    least = int(_LEAST_DOWN * side)
    lines = cv2.HoughLinesP(ink, 1, np.pi / 720, _VOTES, minLineLength=least, maxLineGap=4)
    empty = np.zeros((0, 4))
    if lines is None:
        return empty, empty
    found = np.asarray(lines, dtype=np.float64).reshape(-1, 4)
    wide, high = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    angles = np.arctan2(high, wide)
    level = (np.abs(angles) < _WIDEST) & (np.hypot(wide, high) >= _LEAST_ACROSS * side)
    upright = np.abs(np.abs(angles) - np.pi / 2) < _WIDEST
    return found[level] / scale, found[upright] / scale


def _is_wide(quad: Quad) -> bool:
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    return wide > 4 * float(np.linalg.norm(quad[3] - quad[0]))


def _spine(quad: Quad) -> list[float]:
    left, right = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    return [float(left[0]), float(left[1]), float(right[0]), float(right[1])]


def _moved(segments: Segments, way: Matrix) -> Segments:
    if len(segments) == 0:
        return segments
    starts, ends = apply(way, segments[:, :2]), apply(way, segments[:, 2:])
    return np.hstack([starts, ends])


def _rectifying(across: Segments, down: Segments) -> Matrix | None:
    """Return the homography that sends both vanishing points to infinity along the axes."""
    level = _vanishing(across)
    if level is None:
        return None
    upright = _vanishing(down) if len(down) >= _ENOUGH and _spread(down, 0) >= _APART else None
    if upright is None or not _seen_so(upright):
        upright = np.asarray([-level[1], level[0], 0.0])
    if not _seen_so(level) or _spread(across, 1) < _APART or len(across) < _ENOUGH:
        level = np.asarray([level[0], level[1], 0.0])
    horizon = np.cross(level, upright)
    if abs(horizon[2]) < 1e-9:
        return None
    horizon = horizon / horizon[2]
    flat = np.asarray([[1, 0, 0], [0, 1, 0], horizon], dtype=np.float64)
    right, below = (flat @ level)[:2], (flat @ upright)[:2]
    right = right / np.linalg.norm(right) * (1 if right[0] > 0 else -1)
    below = below / np.linalg.norm(below) * (1 if below[1] > 0 else -1)
    axes = np.column_stack([right, below])
    if abs(np.linalg.det(axes)) < 0.5:
        return None
    upright_way = np.eye(3)
    upright_way[:2, :2] = np.linalg.inv(axes)
    return np.asarray(upright_way @ flat, dtype=np.float64)


def _spread(lines: Segments, axis: int) -> float:
    """Return how far apart parallel lines are across their direction (0 is x, 1 is y)."""
    middles = (lines[:, axis] + lines[:, axis + 2]) / 2
    return float(middles.max() - middles.min())


def _seen_so(point: NDArray[np.float64]) -> bool:
    """Tell whether a camera can see parallel lines of a sheet meet at a point."""
    return float(np.linalg.norm(point[:2])) > _NEAREST * abs(float(point[2]))


def _vanishing(segments: Segments) -> NDArray[np.float64] | None:
    """Return the homogeneous point nearest to all lines, stray lines weighted away."""
    starts = np.column_stack([segments[:, :2], np.ones(len(segments))])
    ends = np.column_stack([segments[:, 2:], np.ones(len(segments))])
    lines = np.cross(starts, ends)
    lengths = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    if len(lines) < 2 or lengths.min() <= 0:
        return None
    lines = lines / np.linalg.norm(lines[:, :2], axis=1, keepdims=True)
    middle = (starts + ends) / 2
    weights = lengths.copy()
    point = np.zeros(3)
    for _ in range(8):
        _, _, basis = np.linalg.svd(lines * np.sqrt(weights)[:, None])
        point = basis[-1]
        towards = point[None, :2] - middle[:, :2] * point[2]
        direction = segments[:, 2:] - segments[:, :2]
        turn = np.abs(
            (direction[:, 0] * towards[:, 1] - direction[:, 1] * towards[:, 0])
            / np.maximum(lengths * np.linalg.norm(towards, axis=1), 1e-12)
        )
        weights = lengths / (1 + (turn / 0.01) ** 2)
    return np.asarray(point, dtype=np.float64)
