"""Reads each field's writing twice and decides what it says and whether that is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from desktop.domain.forms import DIGIT_KEYS, LONG_KEYS
from ocr.engines.base import Engine, Image, LineReading
from ocr.layout import Place
from ocr.normalise import comparable, is_valid, normalise
from ocr.runs import Rect, Run
from ocr.sheet import Sheet

_INK: Final = 170
_SURE_DIGITS: Final = 0.90
_SURE_SHORT: Final = 0.95
_SURE_LONG: Final = 0.97


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value as decided, before it is placed in the file."""

    text: str
    confidence: float
    certain: bool
    rect: Rect


@dataclass(frozen=True, slots=True)
class _Opinion:
    text: str
    confidence: float
    weakest: float


def read_values(
    places: Mapping[str, Place], sheet: Sheet, unruled: Image, engine: Engine
) -> dict[str, Value]:
    """Return the value of every field that has one.

    The first reading is the detected line's; the second is of a crop of the same writing from
    the sheet without ruled lines, cut tightly around the ink.
    """
    crops: list[Image] = []
    spots: list[tuple[str, int]] = []
    lines: dict[str, list[Rect]] = {}
    for key, place in places.items():
        lines[key] = _lines(place, unruled)
        for index, rect in enumerate(lines[key]):
            crops.append(_tight(unruled, rect))
            spots.append((key, index))
    again: dict[str, list[LineReading]] = {}
    for (key, _), reading in zip(spots, engine.recognise(crops), strict=True):
        again.setdefault(key, []).append(reading)
    values = {}
    for key, place in places.items():
        value = _decide(key, place, again.get(key, []))
        if value is not None:
            text, confidence, certain = value
            rect = place.cell or _around(lines[key]) or place.area
            values[key] = Value(text, confidence, certain, rect)
    return values


def _lines(place: Place, unruled: Image) -> list[Rect]:
    if place.runs:
        return [run.rect for run in place.runs]
    return []


def _around(rects: Sequence[Rect]) -> Rect | None:
    if not rects:
        return None
    return Rect(
        min(rect.left for rect in rects),
        min(rect.top for rect in rects),
        max(rect.right for rect in rects),
        max(rect.bottom for rect in rects),
    )


def _tight(image: Image, rect: Rect) -> Image:
    """Cut out a line of writing with its contrast stretched and an even margin of paper."""
    top, left = max(0, int(rect.top)), max(0, int(rect.left))
    crop = image[top : int(rect.bottom) + 1, left : int(rect.right) + 1]
    if crop.size == 0:
        return np.full((4, 4), 255, np.uint8)
    dark = float(np.percentile(crop, 1))
    if dark < 200:
        stretched = (crop.astype(np.float32) - dark) * (255 / max(245 - dark, 1))
        crop = np.clip(stretched, 0, 255).astype(np.uint8)
    columns = np.flatnonzero((crop < _INK).sum(axis=0) > 0)
    if len(columns) == 0:
        return np.full((4, 4), 255, np.uint8)
    crop = crop[:, max(0, columns[0] - 6) : columns[-1] + 7]
    return np.asarray(
        cv2.copyMakeBorder(crop, 3, 3, 8, 8, cv2.BORDER_CONSTANT, value=255), dtype=np.uint8
    )


def _decide(key: str, place: Place, again: Sequence[LineReading]) -> tuple[str, float, bool] | None:
    first = _opinion(key, [(run.text, run.confidence, run.weakest) for run in place.runs])
    second = _opinion(key, [(one.text, one.confidence, one.weakest) for one in again])
    if not first.text and not second.text:
        return None
    best = _better(key, first, second, all(run.whole for run in place.runs))
    agree = comparable(first.text) == comparable(second.text)
    valid = is_valid(key, best.text)
    if agree:
        confidence = (first.confidence + second.confidence) / 2
    else:
        confidence = 0.6 * best.confidence
    if not valid:
        confidence *= 0.7
    least = min(first.weakest, second.weakest)
    certain = agree and valid and least >= _threshold(key)
    return best.text, min(confidence, 1.0), certain


def _threshold(key: str) -> float:
    if key in DIGIT_KEYS:
        return _SURE_DIGITS
    return _SURE_LONG if key in LONG_KEYS else _SURE_SHORT


def _opinion(key: str, parts: Sequence[tuple[str, float, float]]) -> _Opinion:
    said = [part for part in parts if part[0]]
    if not said:
        return _Opinion("", 0.0, 0.0)
    # A Chinese line goes on without a space; Latin words need one, which normalise then judges.
    text = normalise(key, " ".join(part[0] for part in said))
    weight = sum(len(part[0]) for part in said)
    confidence = sum(part[1] * len(part[0]) for part in said) / weight
    return _Opinion(text, confidence, min(part[2] for part in said))


def _better(key: str, first: _Opinion, second: _Opinion, whole: bool) -> _Opinion:
    if not first.text or not second.text:
        return first if first.text else second
    one, two = is_valid(key, first.text), is_valid(key, second.text)
    if one != two:
        return first if one else second
    bonus = 0.02 if whole else -0.02
    return first if first.confidence + bonus >= second.confidence else second
