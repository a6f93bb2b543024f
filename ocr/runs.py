"""A run of writing on the sheet: its place, its characters and how sure each is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ocr.engines.base import LineReading

_EM: float = 0.68
"""A full-width character's advance as a share of a detected line's height."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the sheet, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """The centre, x and y."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def level_with(self, other: Rect) -> bool:
        """Tell whether two rectangles share most of a row."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return shared > 0.45 * min(self.height, other.height)

    def meets_across(self, other: Rect) -> float:
        """Return the pixels of width that two rectangles share."""
        return max(0.0, min(self.right, other.right) - max(self.left, other.left))


def union(rects: Iterable[Rect]) -> Rect:
    """Return the rectangle around all `rects` (at least one)."""
    every = list(rects)
    return Rect(
        min(rect.left for rect in every),
        min(rect.top for rect in every),
        max(rect.right for rect in every),
        max(rect.bottom for rect in every),
    )


def moved(rect: Rect, right: float, down: float) -> Rect:
    """Return `rect` moved by pixels."""
    return Rect(rect.left + right, rect.top + down, rect.right + right, rect.bottom + down)


@dataclass(frozen=True, slots=True)
class Sign:
    """One character of a run: its centre's x on the sheet and its confidence 0..1."""

    text: str
    x: float
    confidence: float
    spaced: bool
    """Whether a space was read before it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters on one line, left to right, within `rect`."""

    rect: Rect
    glyphs: tuple[Sign, ...]
    whole: bool = True
    """Whether this is a whole detected line, not a part cut out of one."""

    @property
    def text(self) -> str:
        """The characters, with the spaces that were read."""
        parts = (
            (" " if i and sign.spaced else "") + sign.text for i, sign in enumerate(self.glyphs)
        )
        return "".join(parts)

    @property
    def em(self) -> float:
        """The width of a full-width character in pixels."""
        return _EM * self.rect.height

    @property
    def confidence(self) -> float:
        """The mean confidence of the characters."""
        return sum(sign.confidence for sign in self.glyphs) / max(len(self.glyphs), 1)

    @property
    def weakest(self) -> float:
        """The confidence of the least sure character."""
        return min((sign.confidence for sign in self.glyphs), default=0.0)

    def gap_before(self, index: int) -> bool:
        """Tell whether more than a normal space stands before character `index`."""
        if not 0 < index < len(self.glyphs):
            return False
        one, two = self.glyphs[index - 1], self.glyphs[index]
        usual = self.em * (_advance(one.text) + _advance(two.text)) / 2
        spare = two.x - one.x - usual
        wide = _advance(one.text) == 1.0 or _advance(two.text) == 1.0
        return spare > self.em * 0.9 or (two.spaced and wide and spare > self.em * 0.1)

    def part(self, start: int, end: int) -> Run:
        """Return the characters `start` to `end` with their share of the rectangle."""
        if start == 0 and end == len(self.glyphs):
            return self
        signs = self.glyphs[start:end]
        left, right = self.rect.left, self.rect.right
        if start > 0:
            left = _border(self.glyphs[start - 1], self.glyphs[start], self.em)
        if end < len(self.glyphs):
            right = _border(self.glyphs[end - 1], self.glyphs[end], self.em)
        rect = Rect(min(left, signs[0].x), self.rect.top, max(right, signs[-1].x), self.rect.bottom)
        return Run(rect, signs, whole=False)

    def clipped(self, rect: Rect) -> Run:
        """Return the run with its rectangle kept inside `rect`."""
        inside = Rect(
            max(self.rect.left, rect.left),
            max(self.rect.top, rect.top),
            min(self.rect.right, rect.right),
            min(self.rect.bottom, rect.bottom),
        )
        return self if inside == self.rect else replace(self, rect=inside)


def run_of(rect: Rect, reading: LineReading) -> Run:
    """Place a reading on the sheet."""
    spaced = False
    flags = []
    for sign in reading.text:
        if not sign.isspace():
            flags.append(spaced)
        spaced = sign.isspace()
    signs = tuple(
        Sign(glyph.text, rect.left + glyph.at * rect.width, glyph.confidence, flag)
        for glyph, flag in zip(reading.glyphs, flags, strict=False)
    )
    return Run(rect, signs)


def in_order(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Sort runs into reading order: by row, then left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda item: item.rect.middle[1]):
        if rows and run.rect.level_with(rows[-1][0].rect):
            rows[-1].append(run)
        else:
            rows.append([run])
    return tuple(run for row in rows for run in sorted(row, key=lambda item: item.rect.left))


def _advance(text: str) -> float:
    wide = any(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return 1.0 if wide else 0.55


def _border(one: Sign, two: Sign, em: float) -> float:
    first, second = _advance(one.text), _advance(two.text)
    spare = max(0.0, two.x - one.x - em * (first + second) / 2)
    return (
        one.x + em * first / 2 + spare / 2
        if spare
        else (one.x * second + two.x * first) / (first + second)
    )
