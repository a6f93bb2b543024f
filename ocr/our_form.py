"""Reads a registered sheet of our own form: crops from known places, straight to the recogniser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from desktop.domain.form_template import FormField, serial_is_valid
from desktop.domain.forms import LONG_KEYS, Box, FieldReading
from ocr.cleaning import settled, stretched, strokes, unlined
from ocr.combs import Comb, CombReading, cut_comb, settle_comb
from ocr.confidence import Kind, sure_enough
from ocr.engines.base import Engine, Image, LineReading
from ocr.engines.digits import DigitJudge, judged
from ocr.normalise import comparable, is_valid, normalise
from ocr.our_ticks import read_ticks
from ocr.registration import Registered
from ocr.runs import Rect, union
from ocr.short_texts import WORTH_A_LOOK, borne_out, likelier, together

_SERIAL: Final = re.compile(r"(?<![0-9])([0-9]{8})[-—–]?([0-9])(?![0-9])")
_REACH: Final = 12
_LEAST_STROKE: Final = 0.16
"""Least length of a stroke of writing as a share of its line's height."""
_LEAST_LINE: Final = 0.3
_LONG_WORTH: Final = 0.8


@dataclass(frozen=True, slots=True)
class Written:
    """A free field's lines as cut."""

    field: FormField
    rect: Rect
    crops: tuple[Image, ...]


def read_our_form(
    page: Registered, engine: Engine, judge: DigitJudge
) -> tuple[dict[str, FieldReading], dict[str, tuple[tuple[str, bool], ...]]]:
    """Return the fields that are written in, and every option of each group with its tick."""
    combs = [cut_comb(page, field) for field in page.template.fields if field.cells]
    free = [cut_free(page, field) for field in page.template.fields if not field.cells]
    numbers = _read_combs(page, combs, engine, judge)
    return numbers | read_free(page, free, engine), read_ticks(page)


def read_serial(page: Registered, engine: Engine) -> str | None:
    """Return the serial printed in the head, for sheets whose code is torn or stained."""
    crops = []
    for box in page.template.serial_lines:
        rect = page.rect(box)
        crop = page.sheet.clean[int(rect.top) : int(rect.bottom), int(rect.left) : int(rect.right)]
        crops.append(np.ascontiguousarray(crop))
    for reading in engine.recognise(crops):
        for found in _SERIAL.finditer(reading.text.replace(" ", "")):
            serial = found.group(1) + found.group(2)
            if serial_is_valid(serial):
                return serial
    return None


def _read_combs(
    page: Registered, combs: Sequence[Comb], engine: Engine, judge: DigitJudge
) -> dict[str, FieldReading]:
    found = read_combs(combs, engine, judge)
    return {
        comb.field.key: FieldReading(
            one.value, one.confidence, one.certain, _box(page, comb.rect), one.weakest
        )
        for comb, one in zip(combs, found, strict=True)
        if one.value
    }


@dataclass(frozen=True, slots=True)
class CombValue:
    """A comb's value in the form that the desk stores; "" when nothing is written in it."""

    value: str
    confidence: float = 0.0
    certain: bool = False
    weakest: float = 0.0


def read_combs(combs: Sequence[Comb], engine: Engine, judge: DigitJudge) -> list[CombValue]:
    """Read combs, all strips in one call and all digits in another."""
    strips = [comb.strip for comb in combs if comb.strip is not None]
    readings = iter(engine.recognise(strips, digits=True))
    shares = iter(judged(judge, [tile for comb in combs for tile in comb.tiles.values()]))
    found = []
    for comb in combs:
        by_cell = {cell: next(shares) for cell in comb.tiles}
        if comb.strip is None:
            found.append(CombValue(""))
            continue
        reading = settle_comb(comb, next(readings), by_cell, _fitting(comb.field))
        found.append(_comb_value(comb.field, reading))
    return found


def _fitting(field: FormField) -> Callable[[str], bool]:
    """Return whether digits can be what a field asks for: a real day of these years, a phone."""
    if field.content == "date":
        return lambda text: text[:2] == "20" and is_valid(field.key, normalise(field.key, text))
    if field.content == "phone":
        return lambda text: is_valid(field.key, text)
    return lambda _: True


def _comb_value(field: FormField, reading: CombReading) -> CombValue:
    text, whole = _comb_text(field, reading.cells)
    value = normalise(field.key, text)
    valid = whole and is_valid(field.key, value)
    weakest = reading.weakest if valid else 0.0
    confidence = reading.confidence * (1.0 if weakest else 0.6)
    return CombValue(value, confidence, valid and sure_enough("comb", weakest), weakest)


def _comb_text(field: FormField, cells: dict[int, str]) -> tuple[str, bool]:
    """Return the digits as text, and whether they fill neighbouring cells as they should."""
    order = sorted(cells)
    whole = bool(order) and order[-1] - order[0] + 1 == len(order) and all(cells.values())
    if not field.decimals:
        text = "".join(cells[cell] for cell in order)
        return text, whole and (order[0] == 0 or field.content == "date")
    point = (field.cells or 0) - field.decimals
    before = "".join(cells[cell] for cell in order if cell < point)
    after = "".join(cells[cell] for cell in order if cell >= point)
    ends = bool(order) and (order[-1] == (field.cells or 0) - 1 or order[-1] == point - 1)
    return f"{before or '0'}.{after.ljust(field.decimals, '0')}", whole and ends


def cut_free(page: Registered, field: FormField) -> Written:
    """Cut a free box into lines; strokes go to the line on which their middle lies."""
    rect = settled(page.sheet.clean, page.rect(field.box), _REACH)
    left, top = max(0, int(rect.left)), max(0, int(rect.top))
    area = page.sheet.clean[top : int(rect.bottom) + 1, left : int(rect.right) + 1]
    if area.size == 0:
        return Written(field, rect, ())
    pitch = rect.height / field.lines
    levels = [rect.top - top + pitch * line for line in range(field.lines + 1)]
    cleared = unlined(area, levels, (rect.left - left, rect.right - left))
    cleared[:, :4], cleared[:, -4:] = 255, 255
    pen = stretched(cleared)
    crops = [] if pen is None else _lines(pen, pitch, field.lines)
    return Written(field, rect, tuple(crops))


def _lines(pen: Image, pitch: float, count: int) -> list[Image]:
    rows: dict[int, list[Rect]] = {}
    for rect, _ in strokes(pen, _LEAST_STROKE * pitch):
        line = int(min(max(rect.middle[1] / pitch, 0), count - 1))
        rows.setdefault(line, []).append(rect)
    crops = []
    for line in sorted(rows):
        edge = union(rows[line])
        if edge.height < _LEAST_LINE * pitch and edge.width < pitch:
            continue
        top = min(edge.top, line * pitch + 0.1 * pitch)
        bottom = max(edge.bottom, (line + 1) * pitch - 0.1 * pitch)
        top, bottom = max(top, (line - 0.25) * pitch, 0), min(bottom, (line + 1.25) * pitch)
        crop = pen[int(top) : int(bottom) + 1, max(0, int(edge.left) - 6) : int(edge.right) + 7]
        crops.append(np.asarray(_padded(_fitted(crop)), np.uint8))
    return crops


def _fitted(crop: Image) -> Image:
    """Cut empty rows off over and under the writing, all but a little."""
    rows = np.flatnonzero((crop < 150).sum(axis=1) > 1)
    if len(rows) == 0:
        return crop
    return crop[max(0, rows[0] - 4) : rows[-1] + 5]


def _padded(crop: Image) -> Image:
    return np.asarray(
        cv2.copyMakeBorder(crop, 3, 3, 8, 8, cv2.BORDER_CONSTANT, value=255), np.uint8
    )


def _again(crop: Image) -> Image:
    """Draw a line smaller on more paper, so that the second reading sees it differently."""
    high = crop.shape[0]
    margin = max(2, high // 7)
    padded = cv2.copyMakeBorder(
        crop, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255
    )
    return np.asarray(cv2.resize(padded, None, fx=1.12, fy=1.0), np.uint8)


def read_free(
    page: Registered, fields: Sequence[Written], engine: Engine
) -> dict[str, FieldReading]:
    """Read free fields by key, all lines in one call; what is empty is left out."""
    written = [field for field in fields if field.crops]
    readings = iter(engine.recognise([crop for field in written for crop in field.crops]))
    first = {field.field.key: [next(readings) for _ in field.crops] for field in written}
    worth = [field for field in written if _worth_again(field.field.key, first[field.field.key])]
    readings = iter(engine.recognise([_again(crop) for field in worth for crop in field.crops]))
    second = {field.field.key: [next(readings) for _ in field.crops] for field in worth}
    found = {
        field.field.key: _free_field(
            page, field, first[field.field.key], second.get(field.field.key, [])
        )
        for field in written
    }
    crops = {field.field.key: field.crops for field in written}
    surer = {key: max(_least(first[key]), _least(second.get(key, []))) for key in first}
    found = {key: one for key, one in found.items() if one.value}
    return _doubted(found, surer, crops, engine)


def _least(readings: Sequence[LineReading]) -> float:
    return min((reading.weakest for reading in readings), default=0.0)


def _doubted(
    found: dict[str, FieldReading],
    surer: Mapping[str, float],
    crops: Mapping[str, Sequence[Image]],
    engine: Engine,
) -> dict[str, FieldReading]:
    """Return the readings; a short one is certain only if a third reading bears it out."""
    asked = {
        key: one.value
        for key, one in found.items()
        if one.weakest >= WORTH_A_LOOK and key not in LONG_KEYS
    }
    for key, level in borne_out(asked, crops, engine).items():
        weakest = together(found[key].weakest, surer[key], level)
        certain = sure_enough("short", weakest)
        found[key] = replace(found[key], certain=certain, weakest=weakest)
    for key, one in found.items():
        usual = likelier(one.value, key)
        if usual != one.value:
            found[key] = replace(one, value=usual, certain=False, weakest=0.0)
    return found


def _worth_again(key: str, readings: Sequence[LineReading]) -> bool:
    """Tell whether a second reading can help: a long text is seldom certain, and costs most."""
    return key not in LONG_KEYS or min(reading.weakest for reading in readings) >= _LONG_WORTH


def _free_field(
    page: Registered,
    written: Written,
    first: Sequence[LineReading],
    second: Sequence[LineReading],
) -> FieldReading:
    key = written.field.key
    one, two = _joined(key, first), _joined(key, second or first)
    level, other = _mean(first), _mean(second)
    text, confidence = (one, level) if level >= other - 0.02 else (two, other)
    agreed = comparable(one) == comparable(two)
    if not agreed:
        confidence *= 0.6
    weakest = min(reading.weakest for reading in (*first, *second)) if agreed and second else 0.0
    kind: Kind = "long" if key in LONG_KEYS else "short"
    weakest = weakest if is_valid(key, text) else 0.0
    certain = sure_enough(kind, weakest)
    return FieldReading(text, confidence, certain, _box(page, written.rect), weakest)


def _joined(key: str, readings: Sequence[LineReading]) -> str:
    return normalise(key, " ".join(reading.text for reading in readings if reading.text))


def _mean(readings: Sequence[LineReading]) -> float:
    signs = sum(len(reading.text) for reading in readings)
    return sum(reading.confidence * len(reading.text) for reading in readings) / max(signs, 1)


def _box(page: Registered, rect: Rect) -> Box:
    return page.sheet.box_in_file(rect.left, rect.top, rect.right, rect.bottom)
