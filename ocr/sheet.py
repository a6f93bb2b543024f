"""Turns a page into a flat, upright, evenly lit sheet, and finds the way back to the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.domain.forms import Box
from ocr.engines.base import Image
from ocr.loading import Matrix

SHEET_SIDE: Final = 2400
"""The longer side of a sheet in pixels: A4 at 200 dpi, where writing is 30-50 pixels high."""

_REDNESS: Final = 22
_STAMP_DEPTH: Final = 120
"""Darker pixels under a stamp are writing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flattened page: RGB as lit, grey with uneven light removed, way from the file."""

    colour: Image
    clean: Image
    from_file: Matrix

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.clean.shape[1], self.clean.shape[0]

    def box_in_file(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the rectangle of the file's own pixels around a rectangle of the sheet."""
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        back = np.asarray(np.linalg.inv(self.from_file), dtype=np.float64)
        points = apply(back, np.asarray(corners, dtype=np.float64))
        x, y = (max(0, int(np.floor(value))) for value in points.min(axis=0))
        far_x, far_y = (int(np.ceil(value)) for value in points.max(axis=0))
        return Box(x, y, max(1, far_x - x), max(1, far_y - y))


def apply(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map (n, 2) points by a homography."""
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:3], dtype=np.float64)


def make_sheet(image: Image, from_file: Matrix, way: Matrix, size: tuple[int, int]) -> Sheet:
    """Warp `image` by `way` (its pixels to the sheet's) onto a sheet of (width, height).

    Red stamps are removed from the sheet's grey.
    """
    grows = float(np.sqrt(abs(np.linalg.det(way[:2, :2]))))
    source = image
    step = way
    if grows < 0.6:
        # Shrinking by warp alone would alias thin strokes away.
        factor = grows
        source = np.asarray(
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
        step = way @ np.diag([1 / factor, 1 / factor, 1.0])
    colour = np.asarray(
        cv2.warpPerspective(
            source,
            step,
            size,
            flags=cv2.INTER_CUBIC if grows > 1.2 else cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.uint8,
    )
    return Sheet(colour, without_red(colour), way @ from_file)


def without_red(colour: Image) -> Image:
    """Return evenly lit grey on which red ink is paper: stamps over writing disappear.

    In the red channel a stamp is nearly as bright as paper and black or blue ink stays dark.
    """
    clean = even_light(np.ascontiguousarray(colour[:, :, 0]))
    clean[red_ink(colour) & (clean > _STAMP_DEPTH)] = 255
    return clean


def with_red(sheet: Sheet) -> Sheet:
    """Return the sheet with red ink as dark as any other, for forms printed or filled in red."""
    darkest = even_light(np.ascontiguousarray(sheet.colour.min(axis=2)))
    return Sheet(sheet.colour, darkest, sheet.from_file)


def red_ink(colour: Image) -> NDArray[np.bool_]:
    """Tell which pixels are red or pink rather than grey, blue or brown paper."""
    red = colour[:, :, 0].astype(np.int16)
    other = np.maximum(colour[:, :, 1], colour[:, :, 2]).astype(np.int16)
    usual = float(np.median((red - other)[::8, ::8]))
    return np.asarray(red - other > usual + _REDNESS)


def even_light(channel: Image) -> Image:
    """Divide a channel by its background light, so that paper is white and ink keeps its depth."""
    height, width = channel.shape
    scale = min(1.0, 400 / max(height, width))
    small = cv2.resize(channel, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.dilate(small, np.ones((7, 7), np.uint8))
    small = cv2.medianBlur(small, 21)
    light = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    light = np.maximum(light, 8)
    return np.asarray(cv2.divide(channel, light, scale=255), dtype=np.uint8)


def turned(sheet: Sheet, quarters: int) -> Sheet:
    """Turn a sheet clockwise by quarter turns."""
    width, height = sheet.size
    quarters %= 4
    if quarters == 0:
        return sheet
    ways = {
        1: [[0, -1, height - 1], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, width - 1], [0, 0, 1]],
    }
    return Sheet(
        np.ascontiguousarray(np.rot90(sheet.colour, -quarters)),
        np.ascontiguousarray(np.rot90(sheet.clean, -quarters)),
        np.asarray(ways[quarters], dtype=np.float64) @ sheet.from_file,
    )


def warped(sheet: Sheet, way: Matrix) -> Sheet:
    """Apply a small correction to a sheet without changing its size."""

    def corrected(image: Image) -> Image:
        flat = cv2.warpPerspective(
            image, way, sheet.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(flat, dtype=np.uint8)

    return Sheet(corrected(sheet.colour), corrected(sheet.clean), way @ sheet.from_file)
