"""Tesseract through pytesseract: second reader for print, and the fallback, found at run time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from ocr.engines.base import (
    NOTHING,
    EngineUnavailableError,
    Glyph,
    Image,
    LineReading,
    Quad,
)

_LANGUAGES: Final = ("chi_sim", "eng")
_INSTALL: Final = "install Tesseract 5 with the chi_sim and eng data (tesseract-ocr-chi-sim)"
_LINE_HEIGHT: Final = 48
_GAP: Final = 40
_SECONDS: Final = 60

_Word = tuple[str, float, int, int, int, int]
"""Text, confidence 0..1, left, top, width, height in pixels."""


class TesseractEngine:
    """Reads with the `tesseract` program; `program` names another path to it."""

    name = "tesseract"

    def __init__(self, program: str | None = None) -> None:
        self._program = program or "tesseract"
        self._languages: str | None = None

    def check(self) -> None:
        """Find the program and its Chinese data; raise EngineUnavailableError when missing."""
        self._ready()

    def detect(self, image: Image) -> list[Quad]:
        """Find the lines of writing on `image`."""
        quads = []
        for words in self._words(image, "--psm 11"):
            left = min(word[2] for word in words)
            top = min(word[3] for word in words)
            right = max(word[2] + word[4] for word in words)
            bottom = max(word[3] + word[5] for word in words)
            corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
            quads.append(np.asarray(corners, dtype=np.float32))
        return quads

    def release(self) -> None:
        """Hold nothing: the program ends with each call."""

    def recognise(self, crops: Sequence[Image], *, digits: bool = False) -> list[LineReading]:
        """Read each crop of one line, all in one call: starting the program costs the most."""
        strips = [_strip(crop) for crop in crops]
        if not strips:
            return []
        width = max(strip.shape[1] for strip in strips) + 2 * _GAP
        pitch = _LINE_HEIGHT + _GAP
        sheet = np.full((pitch * len(strips) + _GAP, width), 255, np.uint8)
        for index, strip in enumerate(strips):
            top = _GAP + index * pitch
            sheet[top : top + _LINE_HEIGHT, _GAP : _GAP + strip.shape[1]] = strip
        rows: list[list[_Word]] = [[] for _ in strips]
        only = " -c tessedit_char_whitelist=0123456789" if digits else ""
        for words in self._words(sheet, "--psm 6" + only):
            for word in words:
                row = int((word[3] + word[5] / 2 - _GAP / 2) // pitch)
                rows[min(max(row, 0), len(rows) - 1)].append(word)
        return [_line(row, strip.shape[1]) for row, strip in zip(rows, strips, strict=True)]

    def _ready(self) -> str:
        if self._languages is None:
            import pytesseract

            pytesseract.pytesseract.tesseract_cmd = self._program
            try:
                installed = set(pytesseract.get_languages(config=""))
            except Exception as fault:
                raise EngineUnavailableError(f"tesseract was not found; {_INSTALL}") from fault
            if not set(_LANGUAGES) <= installed:
                raise EngineUnavailableError(f"tesseract lacks its Chinese data; {_INSTALL}")
            self._languages = "+".join(_LANGUAGES)
        return self._languages

    def _words(self, image: Image, config: str) -> list[list[_Word]]:
        import pytesseract

        languages = self._ready()
        try:
            table = pytesseract.image_to_data(
                image,
                lang=languages,
                config=config,
                timeout=_SECONDS,
                output_type=pytesseract.Output.DICT,
            )
        except Exception as fault:
            raise EngineUnavailableError(f"tesseract failed while reading: {fault}") from fault
        lines: dict[tuple[int, int, int], list[_Word]] = {}
        for i, text in enumerate(table["text"]):
            if text.strip():
                key = (table["block_num"][i], table["par_num"][i], table["line_num"][i])
                box = (table["left"][i], table["top"][i], table["width"][i], table["height"][i])
                confidence = max(0.0, float(table["conf"][i])) / 100
                lines.setdefault(key, []).append((text.strip(), confidence, *box))
        return list(lines.values())


def _strip(crop: Image) -> Image:
    grey = crop if crop.ndim == 2 else np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    scaled = max(1, round(width * _LINE_HEIGHT / max(height, 1)))
    return np.asarray(cv2.resize(grey, (scaled, _LINE_HEIGHT)), dtype=np.uint8)


def _line(words: list[_Word], width: int) -> LineReading:
    if not words:
        return NOTHING
    glyphs: list[Glyph] = []
    for text, confidence, left, _top, wide, _high in sorted(words, key=lambda word: word[2]):
        for i, char in enumerate(text):
            at = (left - _GAP + wide * (i + 0.5) / len(text)) / max(width, 1)
            glyphs.append(Glyph(char, min(max(at, 0.0), 1.0), confidence))
    mean = sum(glyph.confidence for glyph in glyphs) / len(glyphs)
    return LineReading("".join(glyph.text for glyph in glyphs), mean, tuple(glyphs))
