"""Lays a picture of our own form flat by its corner markers: millimetres of the template to pixels.

Any angle and any turn is taken out at once, because each marker has its own number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.domain.form_template import BoxMm, FormTemplate
from ocr.engines.base import Image
from ocr.loading import Matrix, Page
from ocr.runs import Rect
from ocr.sheet import Sheet, make_sheet

SCALE: Final = 8.0
"""Pixels of a registered sheet for a millimetre of paper: 203 dpi."""

_LOOK_SIDE: Final = 1800
_FINE_SIDE: Final = 3600
_FAR_MM: Final = 1.5
"""A marker's corner that lies farther from its place than this belongs to another sheet."""
_LEAST: Final = 3
"""Markers that fix a page; two suffice when they lie across from each other."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A sheet of ours lying flat, `SCALE` pixels a millimetre, and the form that it is."""

    template: FormTemplate
    sheet: Sheet

    def rect(self, box: BoxMm) -> Rect:
        """Return a box of the template in the sheet's pixels."""
        return Rect(box.x * SCALE, box.y * SCALE, (box.x + box.w) * SCALE, (box.y + box.h) * SCALE)


@dataclass(frozen=True, slots=True)
class MarkersFound:
    """Corner markers on a picture: (4, 2) pixels by marker number, and numbers seen twice."""

    corners: Mapping[int, NDArray[np.float64]]
    doubled: bool


def register(page: Page, template: FormTemplate) -> Registered | None:
    """Lay the page flat by the template's markers; None when they do not fix it."""
    found = find_markers(page.image, template)
    way = _way(template, found.corners)
    if way is None:
        return None
    width, height = template.page_mm
    size = (round(width * SCALE), round(height * SCALE))
    return Registered(template, make_sheet(page.image, page.from_file, way, size))


def find_markers(image: Image, template: FormTemplate) -> MarkersFound:
    """Find the template's markers, first on a small picture, then on a large one."""
    wanted = {marker.id for marker in template.markers}
    best = MarkersFound({}, doubled=False)
    for side in (_LOOK_SIDE, _FINE_SIDE):
        scale = min(1.0, side / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        quads, ids, _ = _detector(template.marker_dictionary).detectMarkers(grey)
        numbers = [] if ids is None else [int(number) for number in np.asarray(ids).ravel()]
        counts = Counter(number for number in numbers if number in wanted)
        corners = {
            number: (np.asarray(quad, np.float64).reshape(4, 2) + 0.5) / scale - 0.5
            for number, quad in zip(numbers, quads, strict=True)
            if counts[number] == 1
        }
        found = MarkersFound(corners, doubled=sum(n > 1 for n in counts.values()) > 1)
        if len(corners) > len(best.corners) or found.doubled:
            best = found
        if not counts or len(corners) == len(wanted) or found.doubled or scale == 1.0:
            break
    return best


@cache
def _detector(dictionary: str) -> Any:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    known = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, dictionary))
    return cv2.aruco.ArucoDetector(known, parameters)


def _way(template: FormTemplate, corners: Mapping[int, NDArray[np.float64]]) -> Matrix | None:
    """Return the homography from the picture's pixels to the sheet's."""
    boxes = {marker.id: marker.box for marker in template.markers if marker.id in corners}
    if not _fixes(template, set(boxes)):
        return None
    target = np.concatenate([_corners(box) for box in boxes.values()]) * SCALE
    source = np.concatenate([corners[number] for number in boxes])
    way, kept = cv2.findHomography(source, target, cv2.RANSAC, _FAR_MM * SCALE)
    if way is None or not np.isfinite(way).all() or np.asarray(kept).mean() < 0.7:
        return None
    return np.asarray(way, np.float64)


def _fixes(template: FormTemplate, seen: set[int]) -> bool:
    if len(seen) >= min(_LEAST, len(template.markers)):
        return True
    boxes = [marker.box for marker in template.markers if marker.id in seen]
    if len(boxes) < 2:
        return False
    wide = max(box.x for box in boxes) - min(box.x for box in boxes)
    high = max(box.y for box in boxes) - min(box.y for box in boxes)
    return wide > template.page_mm[0] / 2 and high > template.page_mm[1] / 2


def _corners(box: BoxMm) -> NDArray[np.float64]:
    return np.asarray(
        [
            [box.x, box.y],
            [box.x + box.w, box.y],
            [box.x + box.w, box.y + box.h],
            [box.x, box.y + box.h],
        ],
        np.float64,
    )
