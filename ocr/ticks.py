"""Puts tick boxes into groups and reads the option printed beside each and the group's label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from ocr.boxes import TickBox
from ocr.engines.base import Engine, Image
from ocr.layout import Layout
from ocr.runs import Rect, Run, Sign, union

_INK: Final = 175
_NUMBERED: Final = re.compile(r"^\s*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*[.．、)）:：]")
_TRANSLATED: Final = re.compile(r"(?<=[\u4e00-\u9fff])[\s/|]*[A-Za-z][A-Za-z .,'&/-]*$")
"""A translation behind a Chinese label; the label is what a group is called by."""
_BOX_SIGNS: Final = "□☐☑☒■▢口囗√✓✔×✕✗Xxv"


@dataclass(frozen=True, slots=True)
class TickGroup:
    """Options that belong together under one label, with the area that they take up."""

    label: str
    options: tuple[tuple[str, bool], ...]
    area: Rect


def group_boxes(
    boxes: Sequence[TickBox], layout: Layout, clean: Image, engine: Engine
) -> list[TickGroup]:
    """Put boxes that share a label together and read what each stands for."""
    rows = [part for row in _rows(boxes) for part in _by_cell(row, layout)]
    pending: list[tuple[str, list[tuple[TickBox, Rect]], Rect, object]] = []
    for row in rows:
        room = layout.room_at(*row[0].rect.middle)
        leading = _leading(layout, row)
        spans = _option_spans(layout, row, room.rect)
        label = leading or _label_of(layout, row)
        area = union([*(box.rect for box in row), *(span for _, span in spans)])
        last = pending[-1] if pending else None
        joins = last is not None and not leading and last[3] is room
        if last is not None and not leading and room.ruled and layout.before(room) is last[3]:
            # Each option has a cell of its own, side by side on one row.
            pending[-1] = (last[0], last[1] + spans, union([last[2], area]), room)
            continue
        near = last is not None and row[0].rect.top - last[2].bottom < 2.5 * layout.line_height
        if last is not None and joins and (room.ruled or near):
            pending[-1] = (last[0], last[1] + spans, union([last[2], area]), room)
        else:
            pending.append((label, spans, area, room))
    return _read_groups(pending, clean, engine)


def _read_groups(
    pending: Sequence[tuple[str, list[tuple[TickBox, Rect]], Rect, object]],
    clean: Image,
    engine: Engine,
) -> list[TickGroup]:
    crops = [_cut(clean, span) for _, spans, _, _ in pending for _, span in spans]
    texts = iter([option_text(reading.text) for reading in engine.recognise(crops)])
    groups = []
    for label, spans, area, _room in pending:
        options = [(next(texts), box.ticked) for box, _ in spans]
        named = tuple((text, ticked) for text, ticked in options if text)
        if named:
            groups.append(TickGroup(label, named, area))
    return groups


def option_text(text: str) -> str:
    """Return an option's words as printed, without boxes, blanks and what was written after."""
    plain = text.strip().lstrip(_BOX_SIGNS[:10] + "○〇◯●)）]】 ")
    plain = re.split(r"[_＿:：(（]", plain, maxsplit=1)[0]
    return plain.strip(" .,，。、；;|/[]【○")


def _rows(boxes: Sequence[TickBox]) -> list[list[TickBox]]:
    rows: list[list[TickBox]] = []
    for box in sorted(boxes, key=lambda item: item.rect.middle[1]):
        if rows and box.rect.level_with(rows[-1][-1].rect):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box.rect.left) for row in rows]


def _by_cell(row: Sequence[TickBox], layout: Layout) -> list[list[TickBox]]:
    """Split a row of boxes where it passes from one cell into another."""
    parts: list[list[TickBox]] = []
    for box in row:
        if parts and layout.room_at(*parts[-1][-1].rect.middle) is layout.room_at(*box.rect.middle):
            parts[-1].append(box)
        else:
            parts.append([box])
    return parts


def _level_runs(layout: Layout, rect: Rect) -> list[Run]:
    runs = [run for room in layout.rooms for run in room.rest]
    runs += [label.run for label in layout.labels]
    return [run for run in runs if run.rect.top <= rect.middle[1] <= run.rect.bottom]


def _leading(layout: Layout, row: Sequence[TickBox]) -> str:
    """Return the words printed on the row before its first box, in the same room."""
    if not _words_follow(layout, row):
        return _label_text(_head(layout, row)[0])
    return _label_text("".join(sign.text for sign in _signs_before(layout, row)))


def _signs_before(layout: Layout, row: Sequence[TickBox]) -> list[Sign]:
    first = row[0].rect
    room = layout.room_at(*first.middle)
    return [
        sign
        for run in sorted(_level_runs(layout, first), key=lambda run: run.rect.left)
        for sign in run.glyphs
        if sign.x < first.left and layout.room_at(sign.x, first.middle[1]) is room
    ]


def _words_follow(layout: Layout, row: Sequence[TickBox]) -> bool:
    """Tell whether an option's words stand after its box; else they stand before it."""
    room = layout.room_at(*row[0].rect.middle).rect
    runs = _level_runs(layout, row[0].rect)
    xs = [sign.x for run in runs for sign in run.glyphs if room.left < sign.x < room.right]
    return any(x > row[-1].rect.right for x in xs)


def _head(layout: Layout, row: Sequence[TickBox]) -> tuple[str, float]:
    """Part a label from the words of the first option, which stand before its box.

    Returns the label, empty if none is on the row, and where the option's words may begin.
    """
    room = layout.room_at(*row[0].rect.middle)
    signs = _signs_before(layout, row)
    colons = [index for index, sign in enumerate(signs[:-1]) if sign.text in ":："]
    if colons:
        at = colons[-1]
        text = "".join(sign.text for sign in signs[:at])
        return text, (signs[at].x + signs[at + 1].x) / 2
    level = {id(run) for run in _level_runs(layout, row[0].rect)}
    names = [
        label.run
        for label in room.labels
        if id(label.run) in level and label.run.rect.right < row[0].rect.left
    ]
    if names:
        last = max(names, key=lambda run: run.rect.right)
        return last.text, last.rect.right
    return "", room.rect.left + 4


def _label_of(layout: Layout, row: Sequence[TickBox]) -> str:
    """Return the words of the cell before the boxes, else of what stands above them."""
    first = row[0].rect
    room = layout.room_at(*first.middle)
    if room.ruled:
        before = layout.before(room)
        if before is not None:
            words = _words(before.rest, [label.run for label in before.labels])
            if words:
                return words
    above = [
        run
        for run in [*room.rest, *(label.run for label in room.labels)]
        if run.rect.bottom < first.middle[1]
        and first.top - run.rect.bottom < 2.0 * layout.line_height
    ]
    return _label_text(max(above, key=lambda run: run.rect.bottom).text) if above else ""


def _words(rest: Sequence[Run], labels: Sequence[Run]) -> str:
    runs = sorted([*rest, *labels], key=lambda run: (run.rect.top, run.rect.left))
    return _label_text("".join(run.text for run in runs))


def _label_text(text: str) -> str:
    plain = _NUMBERED.sub("", re.sub(r"[(（][^)）]*[)）]", "", text))
    return _TRANSLATED.sub("", plain.strip(" :：_*.、|□○(（[【"))


def _option_spans(layout: Layout, row: Sequence[TickBox], room: Rect) -> list[tuple[TickBox, Rect]]:
    """Return the area of each box's words: up to the next box, or back to the one before."""
    side = median(box.rect.width for box in row)
    runs = _level_runs(layout, row[0].rect)
    heights = [run.rect.height for run in runs] or [1.6 * side]
    tall = min(median(heights), 2.2 * side)
    xs = sorted(sign.x for run in runs for sign in run.glyphs if room.left < sign.x < room.right)
    trailing = _words_follow(layout, row)
    spans = []
    for index, box in enumerate(row):
        middle = box.rect.middle[1]
        if trailing:
            left = box.rect.right + 0.08 * side
            last = index + 1 == len(row)
            right = room.right - 4 if last else row[index + 1].rect.left - 0.08 * side
            words = [x for x in xs if left < x < right]
            right = min(right, _end_of_words(words, tall) if last else right)
        else:
            right = box.rect.left - 0.08 * side
            left = row[index - 1].rect.right + 0.08 * side if index else _head(layout, row)[1]
        if right - left > 0.5 * side:
            spans.append((box, Rect(left, middle - tall / 2, right, middle + tall / 2)))
    return spans


def _end_of_words(xs: Sequence[float], tall: float) -> float:
    """Return where the words after the last box end: at the first wide gap."""
    end = xs[0] if xs else 0.0
    for x in xs:
        if x - end > 1.6 * tall:
            break
        end = x
    return end + 0.6 * tall


def _cut(clean: Image, rect: Rect) -> Image:
    top, left = max(0, int(rect.top)), max(0, int(rect.left))
    crop = clean[top : int(rect.bottom) + 1, left : int(rect.right) + 1]
    dark = np.flatnonzero((crop < _INK).any(axis=0))
    if len(dark) == 0:
        return np.full((4, 4), 255, np.uint8)
    return np.ascontiguousarray(crop[:, max(0, dark[0] - 4) : dark[-1] + 5])
