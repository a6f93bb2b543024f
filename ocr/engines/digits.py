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

_LOOKS: Final = (
    (0.0, 0.0, 1.0),
    (0.0, 0.16, 1.0),
    (0.0, -0.16, 1.0),
    (8.0, 0.0, 0.88),
    (-8.0, 0.0, 1.12),
)
"""How a digit is looked at: turned by so many degrees, slanted, and drawn so much wider."""

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
        batch = np.concatenate([looks(as_input(tile)) for tile in tiles])[:, None]
        with self._lock:
            session = self._load()
            try:
                scores = session.run(None, {"tiles": batch})[0]
            except Exception as fault:
                raise EngineUnavailableError(f"the digit reader failed: {fault}") from fault
        return _together(np.asarray(scores, np.float32).reshape(len(tiles), len(_LOOKS), -1))

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


def looks(seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (looks, 32, 32): a digit as seen, then slanted, turned, narrowed and widened.

    What is wrongly taken for sure in one look is seldom sure in the others.
    """
    middle = (SIDE - 1) / 2
    found = [seen]
    for degrees, slant, wide in _LOOKS[1:]:
        way = cv2.getRotationMatrix2D((middle, middle), degrees, 1.0)
        way[0] *= wide
        way[0, 2] += (1 - wide) * middle
        way[0, 1] += slant
        way[0, 2] -= slant * middle
        found.append(
            np.asarray(cv2.warpAffine(seen, way, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.float32)
        )
    return np.stack(found)


def _together(scores: NDArray[np.float32]) -> Shares:
    """Return one row of shares for the looks at each digit: their mean."""
    return np.asarray(scores.mean(axis=1), np.float32)
