"""What the reader asks of a text recogniser: where lines are, and what a line says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Grey (h, w) or RGB (h, w, 3) picture, 0..255."""

Quad = NDArray[np.float32]
"""Four corners (4, 2) in pixels: top left, top right, bottom right, bottom left of the writing."""


class EngineUnavailableError(Exception):
    """The engine or its model is missing or broken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One recognised character: its centre as a 0..1 share of the crop's width, 0..1 confidence."""

    text: str
    at: float
    confidence: float


@dataclass(frozen=True, slots=True)
class LineReading:
    """What one crop says; `glyphs` holds its characters without spaces, left to right."""

    text: str
    confidence: float
    glyphs: tuple[Glyph, ...]

    @property
    def weakest(self) -> float:
        """The confidence of the least sure character, 0 when nothing was read."""
        return min((glyph.confidence for glyph in self.glyphs), default=0.0)


NOTHING = LineReading(text="", confidence=0.0, glyphs=())


class Engine(Protocol):
    """A text recogniser. Both calls raise EngineUnavailableError when it cannot work at all."""

    @property
    def name(self) -> str:
        """The name for messages and reports."""
        ...

    def check(self) -> None:
        """Load what is needed; raise EngineUnavailableError when that is impossible."""
        ...

    def detect(self, image: Image) -> list[Quad]:
        """Find the lines of writing on `image`, in its pixels, in reading order."""
        ...

    def recognise(self, crops: Sequence[Image], *, digits: bool = False) -> list[LineReading]:
        """Read each crop of one line; one reading per crop, in the same order.

        With `digits` nothing but the ten digits can be read. A sign's confidence stays what
        it is among all signs, so a letter read as a digit is told by its low confidence.
        """
        ...

    def release(self) -> None:
        """Give back what `check` loaded; the next call loads it again."""
        ...
