"""Reads each field's writing twice and decides what it says and whether that is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from desktop.domain.forms import DIGIT_KEYS, LONG_KEYS
from ocr.confidence import Kind, sure_enough
from ocr.digit_lines import vetted
from ocr.engines.base import Engine, EngineUnavailableError, Image, LineReading
from ocr.engines.digits import DigitJudge
from ocr.layout import Place
from ocr.normalise import comparable, is_valid, normalise, slashed_days
from ocr.runs import Rect
from ocr.short_texts import WORTH_A_LOOK, borne_out, likelier

_INK: Final = 170
_LONE_STOPS: Final = frozenset("0oOQ°〇○")
_LEAST_UNDETECTED: Final = 0.7
_NEARLY: Final = 0.6
_POINTS: Final = frozenset(".,。·，")
_OF_MONEY: Final = _POINTS | {"¥", "￥"}
_SETTLED: Final = 0.95
"""From this confidence on a number that two readings agree on needs no third."""
_WEAK: Final = 0.5
"""Two looks at a crop that are this unsure do not outvote a line's reading that is settled."""
_OUTVOTED: Final = 0.9
"""Least confidence of two looks at one crop that the line's own reading contradicts."""
_LONG_WORTH: Final = 0.8
"""A long text with a weaker character is far from certain, whatever a second reading says."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value as decided, before it is placed in the file."""

    text: str
    confidence: float
    certain: bool
    rect: Rect
    weakest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Opinion:
    text: str
    confidence: float
    weakest: float


def read_values(
    places: Mapping[str, Place],
    unruled: Image,
    engine: Engine,
    line_height: float,
    judge: DigitJudge,
    second_reader: Engine | None = None,
) -> dict[str, Value]:
    """Return the value of every field that has one.

    The first reading is the detected line's; the second is of a crop of the same writing from
    `unruled`, the sheet without ruled lines, cut tightly around the ink. The digits of that one
    are judged alone as well. Where the two differ on a number, a third of the crop drawn wider
    decides; where they agree but are not quite sure, it must agree as well.
    """
    lines = {key: _lines(place, unruled, line_height) for key, place in places.items()}
    crops = {key: [_tight(unruled, rect) for rect in rects] for key, rects in lines.items()}
    worth = {key: crops[key] for key, place in places.items() if _worth_again(place)}
    second = _vetted(judge, worth, _read_all(engine, worth))
    firsts = {key: _first(place) for key, place in places.items()}
    unclear = _unclear(firsts, second, crops)
    third = _vetted(judge, unclear, _read_all(engine, unclear))
    values: dict[str, Value] = {}
    nearly: dict[str, list[Image]] = {}
    for key, place in places.items():
        opinions = [firsts[key], _again(key, second[key]) if key in second else firsts[key]]
        if key in third:
            opinions.append(_again(key, third[key]))
        decided = _decide(key, opinions, whole=all(run.whole for run in place.runs))
        if decided is None:
            continue
        complete = bool(place.runs) and not _unread_ink(place, unruled, line_height)
        rect = place.cell or _around(lines[key]) or place.area
        weakest = decided.weakest if complete else 0.0
        certain = sure_enough(_kind(key), weakest)
        values[key] = Value(decided.text, decided.confidence, certain, rect, weakest)
        if not certain and weakest >= _NEARLY and key not in LONG_KEYS:
            nearly[key] = crops[key]
    values |= _confirmed(values, nearly, second_reader)
    return _doubted(values, crops, engine)


def _unclear(
    firsts: Mapping[str, _Opinion],
    second: Mapping[str, Sequence[LineReading]],
    crops: Mapping[str, Sequence[Image]],
) -> dict[str, list[Image]]:
    """Return the crops of the numbers that need a third look, drawn wider."""
    return {
        key: [_widened(crop) for crop in crops[key]]
        for key in firsts
        if key in DIGIT_KEYS and _unsettled(firsts[key], _again(key, second[key]))
    }


def _doubted(
    values: dict[str, Value], crops: Mapping[str, Sequence[Image]], engine: Engine
) -> dict[str, Value]:
    """Return the values; a short one is certain only if a third reading bears it out."""
    asked = {
        key: one.text
        for key, one in values.items()
        if one.weakest >= WORTH_A_LOOK and _kind(key) == "short"
    }
    for key, level in borne_out(asked, crops, engine).items():
        weakest = min(values[key].weakest, level)
        certain = sure_enough("short", weakest)
        values[key] = replace(values[key], certain=certain, weakest=weakest)
    for key, one in values.items():
        usual = likelier(one.text, key)
        if usual != one.text:
            values[key] = replace(one, text=usual, certain=False, weakest=0.0)
    return values


def _worth_again(place: Place) -> bool:
    """Tell whether a second reading can help: a long text is seldom certain, and costs most."""
    if place.key not in LONG_KEYS or not place.runs:
        return True
    return min(run.weakest for run in place.runs) >= _LONG_WORTH


def _confirmed(
    values: Mapping[str, Value], nearly: Mapping[str, Sequence[Image]], reader: Engine | None
) -> dict[str, Value]:
    """Return as certain those nearly certain values that another engine reads the same."""
    if reader is None or not nearly:
        return {}
    try:
        readings = _read_all(reader, nearly)
    except EngineUnavailableError:
        return {}
    return {
        key: replace(values[key], certain=True)
        for key, several in readings.items()
        if comparable(_again(key, several).text) == comparable(values[key].text)
    }


def _read_all(engine: Engine, crops: Mapping[str, Sequence[Image]]) -> dict[str, list[LineReading]]:
    """Read all crops of all fields in one call, which is much faster than one by one."""
    flat = [crop for several in crops.values() for crop in several]
    readings = iter(engine.recognise(flat))
    return {key: [next(readings) for _ in several] for key, several in crops.items()}


def _vetted(
    judge: DigitJudge,
    crops: Mapping[str, Sequence[Image]],
    readings: Mapping[str, list[LineReading]],
) -> dict[str, list[LineReading]]:
    """Return the readings, those of numbers with each digit judged alone as well."""
    keys = [key for key in crops if key in DIGIT_KEYS]
    flat = [crop for key in keys for crop in crops[key]]
    fields = [key for key in keys for _ in crops[key]]
    said = [one for key in keys for one in readings[key]]
    better = iter(vetted(flat, said, judge, fields))
    return {**readings, **{key: [next(better) for _ in crops[key]] for key in keys}}


def _lines(place: Place, unruled: Image, line_height: float) -> list[Rect]:
    """Return where the lines of a value are; in a cell also writing that was not detected."""
    if place.runs:
        return [run.rect for run in place.runs]
    if place.cell is None:
        return []
    return _ink_lines(place.cell, unruled, line_height)


def _ink_lines(cell: Rect, unruled: Image, line_height: float) -> list[Rect]:
    """Return the one line of ink in a cell, if what is there is as large as writing."""
    marks = _marks(cell, unruled, line_height)
    if not marks:
        return []
    around = _around(marks)
    if around is None or around.height > 2.2 * line_height:
        return []
    return [Rect(around.left - 4, around.top - 6, around.right + 4, around.bottom + 6)]


def _marks(cell: Rect, unruled: Image, line_height: float) -> list[Rect]:
    """Return the connected strokes in a cell that are as large as a character or a digit."""
    margin = max(4, round(0.08 * line_height))
    top, left = max(0, int(cell.top) + margin), max(0, int(cell.left) + margin)
    area = unruled[top : int(cell.bottom) - margin, left : int(cell.right) - margin]
    if area.size == 0:
        return []
    ink = np.where(area < _INK, 255, 0).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks = []
    for x, y, w, h, filled in stats[1:count].astype(int).tolist():
        if 0.3 * line_height < h < 2.2 * line_height and filled > 0.08 * w * h:
            marks.append(Rect(left + x, top + y, left + x + w, top + y + h))
    return marks


def _unread_ink(place: Place, unruled: Image, line_height: float) -> bool:
    """Tell whether a field's cell holds writing that is on none of its lines."""
    if place.cell is None:
        return False
    known = [*(run.rect for run in place.runs), place.label.run.rect]
    return any(
        not any(rect.top <= mark.middle[1] <= rect.bottom for rect in known)
        for mark in _marks(place.cell, unruled, line_height)
    )


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


def _widened(crop: Image) -> Image:
    """Draw a crop wider: equal digits side by side, which are read as one, come apart."""
    return np.asarray(
        cv2.resize(crop, None, fx=1.3, fy=1.0, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )


def _first(place: Place) -> _Opinion:
    return _opinion(place.key, [(run.text, run.confidence, run.weakest) for run in place.runs])


def _again(key: str, readings: Sequence[LineReading]) -> _Opinion:
    return _opinion(key, [(one.text, one.confidence, _weakest(key, one)) for one in readings])


def _weakest(key: str, reading: LineReading) -> float:
    """Return the least confidence of what a value is made of: in numbers not 年, / or 元.

    In an amount ¥ counts as well, which may be a 4. An amount without a point is doubted,
    however sure its digits are: a point is easily lost.
    """
    if key not in DIGIT_KEYS:
        return reading.weakest
    if key == "amount" and not _POINTS.intersection(reading.text):
        return 0.0
    made_of = [
        glyph.confidence
        for glyph in reading.glyphs
        if (glyph.text.isascii() and glyph.text.isalnum())
        or (key == "amount" and glyph.text in _OF_MONEY)
    ]
    return min(made_of, default=0.0)


def _unsettled(first: _Opinion, second: _Opinion) -> bool:
    return not _agree(first, second) or second.weakest < _SETTLED


def _agree(one: _Opinion, two: _Opinion) -> bool:
    return comparable(one.text) == comparable(two.text)


@dataclass(frozen=True, slots=True)
class _Decision:
    text: str
    confidence: float
    weakest: float
    """The least confidence of any character if two readings agree on a valid value, else 0."""


def _decide(key: str, opinions: Sequence[_Opinion], *, whole: bool) -> _Decision | None:
    """Choose between two opinions or three; None when there is no value."""
    first, second = opinions[0], opinions[1]
    if not first.text and (not second.text or second.confidence < _LEAST_UNDETECTED):
        return None
    best = _better(key, first, second, whole=whole)
    backed = [one for one in opinions if _agree(one, best)]
    if len(opinions) > 2:
        others = [one for one in (first, second) if _agree(one, opinions[2])]
        weak = first.weakest >= _SETTLED and max(one.weakest for one in opinions[1:]) <= _WEAK
        kept = weak and is_valid(key, first.text)
        if others and not kept and is_valid(key, others[0].text) >= is_valid(key, best.text):
            best, backed = others[0], [others[0], opinions[2]]
    agree = len(backed) > 1
    valid = is_valid(key, best.text)
    confidence = sum(one.confidence for one in backed) / len(backed)
    confidence *= (1.0 if agree else 0.6) * (1.0 if valid else 0.7)
    doubted = key in DIGIT_KEYS and _contradicted(key, best, opinions)
    least = _least(key, first, backed) if agree and valid and not doubted else 0.0
    return _Decision(best.text, min(confidence, 1.0), least)


def _contradicted(key: str, best: _Opinion, opinions: Sequence[_Opinion]) -> bool:
    """Tell whether a number's reading that differs casts doubt on what two others agree on.

    It does when it is one of two looks at the same crop, and when the line's own reading has
    more digits, as the crop may have lost one, or the two looks at the crop are not quite sure.
    """
    against = [one for one in opinions if not _agree(one, best) and not _slashed(key, one, best)]
    if not against:
        return False
    sure = min((one.weakest for one in opinions[1:] if _agree(one, best)), default=0.0)
    return (
        opinions[0] not in against
        or sure < _OUTVOTED
        or any(_length(one) > _length(best) for one in against)
    )


def _slashed(key: str, one: _Opinion, best: _Opinion) -> bool:
    """Tell whether a day's reading is the same strokes with the slashes taken for 1."""
    return key == "complaint_date" and slashed_days(one.text) == {best.text}


def _length(opinion: _Opinion) -> int:
    return sum(sign.isdigit() for sign in opinion.text)


def _least(key: str, first: _Opinion, backed: Sequence[_Opinion]) -> float:
    """Return the least confidence of any character by the readings that agree.

    A number's digits were judged one by one in every reading but the first, which tells by its
    agreement alone.
    """
    judged = [one.weakest for one in backed if one is not first]
    if key in DIGIT_KEYS and 0 < len(judged) < len(backed):
        return max(judged)
    return min(one.weakest for one in backed)


def _kind(key: str) -> Kind:
    if key in DIGIT_KEYS:
        return "digits"
    return "long" if key in LONG_KEYS else "short"


def _opinion(key: str, parts: Sequence[tuple[str, float, float]]) -> _Opinion:
    said = [part for part in parts if part[0]]
    if not said:
        return _Opinion("", 0.0, 0.0)
    if key in LONG_KEYS:
        # A full stop alone on the last line is read as a nought.
        said = [("。", *part[1:]) if part[0] in _LONE_STOPS else part for part in said]
    # A Chinese line goes on without a space; Latin words need one, which normalise then judges.
    text = normalise(key, " ".join(part[0] for part in said))
    weight = sum(len(part[0]) for part in said)
    confidence = sum(part[1] * len(part[0]) for part in said) / weight
    return _Opinion(text, confidence, min(part[2] for part in said))


def _better(key: str, first: _Opinion, second: _Opinion, *, whole: bool) -> _Opinion:
    if not first.text or not second.text:
        return first if first.text else second
    one, two = is_valid(key, first.text), is_valid(key, second.text)
    if one != two:
        return first if one else second
    bonus = 0.02 if whole else -0.02
    return first if first.confidence + bonus >= second.confidence else second
