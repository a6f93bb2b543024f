"""Judges a written digit alone by our own small network: a reading independent of PP-OCR's.

The network stands in `resources/ocr/digits.onnx`; `python -m scripts.train_digits` makes it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import EngineUnavailableError, Image

SIDE: Final = 32
"""Height and width, in pixels, of what the network sees."""
_INK_SIDE: Final = 26
"""The longer side of the digit in there."""
_INK: Final = 150
NO_DIGIT: Final = 10
"""The class of what is no digit: a letter, two digits, something struck out."""

Shares = NDArray[np.float32]
"""(n, 11): how likely each of the ten digits is, and NO_DIGIT; each row's sum is 1."""


class DigitJudge(Protocol):
    """Judges digits cut out one by one; raises EngineUnavailableError when it cannot."""

    def judge(self, tiles: Sequence[Image]) -> Shares:
        """Return how likely each digit is on each grey tile."""
        ...


class DigitReader:
    """Our own network through onnxruntime. Loads on first use, once; safe between threads."""

    def __init__(self, model: Path | None = None) -> None:
        """Take the network from the file `model`, by default the one that is shipped."""
        self._model = model
        self._lock = threading.Lock()
        self._session: Any = None

    def judge(self, tiles: Sequence[Image]) -> Shares:
        """Return how likely each digit is on each grey tile."""
        if not tiles:
            return np.zeros((0, NO_DIGIT + 1), np.float32)
        batch = np.stack([as_input(tile) for tile in tiles])[:, None]
        with self._lock:
            session = self._load()
            try:
                scores = session.run(None, {"tiles": batch})[0]
            except Exception as fault:
                raise EngineUnavailableError(f"the digit reader failed: {fault}") from fault
        return np.asarray(scores, np.float32)

    def release(self) -> None:
        """Drop the network; the next call loads it again."""
        with self._lock:
            self._session = None

    def _load(self) -> Any:
        if self._session is None:
            try:
                import onnxruntime

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = 1
                options.log_severity_level = 3
                self._session = onnxruntime.InferenceSession(
                    self._content(), options, providers=["CPUExecutionProvider"]
                )
            except Exception as fault:
                raise EngineUnavailableError(
                    f"the digit reader does not start ({fault}); install Amends again"
                ) from fault
        return self._session

    def _content(self) -> bytes:
        if self._model is not None:
            return self._model.read_bytes()
        return (files("resources") / "ocr" / "digits.onnx").read_bytes()


def judged(judge: DigitJudge, tiles: Sequence[Image]) -> Shares:
    """Return what `judge` says of the tiles; all digits equally likely when it cannot work.

    The other reader then stands alone: its numbers are read, but nothing is certain by it.
    """
    try:
        return judge.judge(tiles)
    except EngineUnavailableError:
        return np.full((len(tiles), NO_DIGIT + 1), 1 / (NO_DIGIT + 1), np.float32)


def as_input(tile: Image) -> NDArray[np.float32]:
    """Return a grey tile as the network sees it: ink 1 on paper 0, of one size, in the middle."""
    found = np.zeros((SIDE, SIDE), np.float32)
    ys, xs = np.nonzero(tile < _INK)
    if len(ys) == 0:
        return found
    top, left = max(0, int(ys.min()) - 1), max(0, int(xs.min()) - 1)
    ink = 255 - tile[top : int(ys.max()) + 2, left : int(xs.max()) + 2].astype(np.float32)
    by = _INK_SIDE / max(ink.shape)
    wide, high = (max(1, round(side * by)) for side in (ink.shape[1], ink.shape[0]))
    way = cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, (wide, high), interpolation=way)
    y, x = (SIDE - high) // 2, (SIDE - wide) // 2
    found[y : y + high, x : x + wide] = small / max(float(small.max()), 1.0)
    return found
