"""Reads each field's writing twice and decides what it says and whether that is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.forms import DIGIT_KEYS, LONG_KEYS
from ocr.confidence import Kind, sure_enough
from ocr.digit_lines import vetted
from ocr.engines.base import Engine, EngineUnavailableError, Image, LineReading
from ocr.engines.digits import DigitJudge
from ocr.layout import Place
from ocr.normalise import comparable, is_valid, normalise, slashed_days
from ocr.runs import Rect
from ocr.short_texts import WORTH_A_LOOK, borne_out, likelier, together
from ocr.value_crops import around, lines_of, tight, unread_in_cell, widened

_LONE_STOPS: Final = frozenset("0oOQ°〇○")
_LEAST_UNDETECTED: Final = 0.7
_NEARLY: Final = 0.6
_POINTS: Final = frozenset(".,。·，")
_MONEY: Final = frozenset("¥￥")
_OF_MONEY: Final = _POINTS | _MONEY
_SETTLED: Final = 0.95
"""From this confidence on a number that two readings agree on needs no third."""
_WEAK: Final = 0.5
"""Two looks at a crop that are this unsure do not outvote a line's reading that is settled."""
_OF_LENGTH: Final = frozenset({"complaint_date", "phone"})
"""Numbers whose form tells where a digit is missing."""
_OUTVOTED: Final = 0.9
"""Least confidence of two looks at one crop that the line's own reading contradicts."""
_POOR_LOOK: Final = 0.06
"""What a poor look at a number costs that a sure line and a sure look read the same."""
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
    surer: float = 0.0
    """The least confidence of any character by the surer one of the two readings."""


@dataclass(frozen=True, slots=True)
class _Opinion:
    text: str
    confidence: float
    weakest: float
    money: bool = False
    """Whether ¥ stands before the number."""


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
    `unruled`, the sheet without ruled lines, cut around the ink; its digits are judged alone as
    well. Where the two differ on a number, a third of the crop drawn wider decides; where they
    agree but are not quite sure, it must agree as well.
    """
    lines = {key: lines_of(place, unruled, line_height) for key, place in places.items()}
    crops = {key: [tight(unruled, rect) for rect in rects] for key, rects in lines.items()}
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
        complete = bool(place.runs) and not unread_in_cell(place, unruled, line_height)
        rect = place.cell or around(lines[key]) or place.area
        weakest = decided.weakest if complete else 0.0
        certain = sure_enough(_kind(key), weakest)
        surer = max(one.weakest for one in opinions) if complete else 0.0
        values[key] = Value(decided.text, decided.confidence, certain, rect, weakest, surer)
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
        key: [widened(crop) for crop in crops[key]]
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
        weakest = together(values[key].weakest, values[key].surer, level)
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


def _first(place: Place) -> _Opinion:
    return _opinion(place.key, [(run.text, run.confidence, run.weakest) for run in place.runs])


def _again(key: str, readings: Sequence[LineReading]) -> _Opinion:
    found = _opinion(key, [(one.text, one.confidence, _weakest(key, one)) for one in readings])
    return replace(found, money=any(one.text[:1] in _MONEY for one in readings if one.text))


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
        # Of an amount the looks at the crop tell ¥ from a 4.
        kept = weak and key != "amount" and is_valid(key, first.text)
        if others and not kept and is_valid(key, others[0].text) >= is_valid(key, best.text):
            best, backed = others[0], [*others, opinions[2]]
    whole_one = _with_more(key, best, opinions)
    if whole_one is not None:
        best, backed = whole_one, [whole_one]
    agree = len(backed) > 1
    valid = is_valid(key, best.text)
    confidence = sum(one.confidence for one in backed) / len(backed)
    confidence *= (1.0 if agree else 0.6) * (1.0 if valid else 0.7)
    doubted = key in DIGIT_KEYS and _contradicted(key, best, opinions)
    least = _least(key, first, backed) if agree and valid and not doubted else 0.0
    return _Decision(best.text, min(confidence, 1.0), least)


def _with_more(key: str, best: _Opinion, opinions: Sequence[_Opinion]) -> _Opinion | None:
    """Return the look at a number that holds a sure digit more: one is lost rather than made."""
    if key not in DIGIT_KEYS or key in _OF_LENGTH or not is_valid(key, best.text):
        return None
    for one in opinions[1:]:
        more = _length(one) == _length(best) + 1 and _within(best.text, one.text)
        if more and one.weakest >= _OUTVOTED and is_valid(key, one.text):
            return one
    return None


def _contradicted(key: str, best: _Opinion, opinions: Sequence[_Opinion]) -> bool:
    """Tell whether a number's reading that differs casts doubt on what two others agree on.

    It does when it is one of two looks at the same crop, and when the line's own reading has
    more digits, as the crop may have lost one, or the two looks at the crop are not quite sure.
    """
    against = [
        one
        for one in opinions
        if not _agree(one, best)
        and not _slashed(key, one, best)
        and not _sign_as_4(key, one, opinions)
        and not _muddled(one, best, opinions[0])
    ]
    if not against:
        return False
    sure = min((one.weakest for one in opinions[1:] if _agree(one, best)), default=0.0)
    return (
        opinions[0] not in against
        or sure < _OUTVOTED
        or any(_length(one) > _length(best) for one in against)
    )


def _muddled(one: _Opinion, best: _Opinion, first: _Opinion) -> bool:
    """Tell whether a look that differs is doubtful itself, and no digit more than a sure line."""
    sure = _agree(first, best) and first.weakest >= _SETTLED
    return sure and one.weakest <= _WEAK and not _within(best.text, one.text)


def _within(short: str, long: str) -> bool:
    """Tell whether all signs of a text stand in another in their order."""
    left = iter(long)
    return all(sign in left for sign in short)


def _sign_as_4(key: str, one: _Opinion, opinions: Sequence[_Opinion]) -> bool:
    """Tell whether the line's reading of an amount has a 4 for the ¥ that all others see."""
    looks = opinions[1:]
    taken = one is opinions[0] and all(one.text == f"4{look.text}" for look in looks)
    return key == "amount" and taken and all(look.money for look in looks)


def _slashed(key: str, one: _Opinion, best: _Opinion) -> bool:
    """Tell whether a day's reading is the same strokes with the slashes taken for 1."""
    return key == "complaint_date" and slashed_days(one.text) == {best.text}


def _length(opinion: _Opinion) -> int:
    return sum(sign.isdigit() for sign in opinion.text)


def _least(key: str, first: _Opinion, backed: Sequence[_Opinion]) -> float:
    """Return the least confidence of any character by the readings that agree.

    A number's digits were judged one by one in every reading but the first, which tells by its
    agreement alone. Where all three agree, one of the two looks at the crop may be poor.
    """
    judged = [one.weakest for one in backed if one is not first]
    if key not in DIGIT_KEYS or not 0 < len(judged) < len(backed):
        return min(one.weakest for one in backed)
    poor, good = min(judged), max(judged)
    if poor > 0 and first.weakest >= _OUTVOTED:
        return max(poor, good - _POOR_LOOK)
    return judged[-1]


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
