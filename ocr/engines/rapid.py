"""PP-OCR through rapidocr and onnxruntime: models in the wheel, nothing fetched at run time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

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

_DETECTOR: Final = "PP-OCRv6_det_small.onnx"
_RECOGNISER: Final = "PP-OCRv6_rec_small.onnx"
_REPAIR: Final = "install it again with: python -m pip install --force-reinstall 'rapidocr<3.11'"


class RapidEngine:
    """The default engine. Loads on first use, once; safe to share between threads."""

    name = "rapidocr"

    def __init__(self, models: Path | None = None, threads: int = 2) -> None:
        """Take the models from the folder `models`, by default from the installed wheel."""
        self._models = models
        self._threads = max(1, min(threads, 2))
        self._lock = threading.Lock()
        self._pipeline: Any = None

    def check(self) -> None:
        """Load the models; raise EngineUnavailableError when that is impossible."""
        with self._lock:
            self._load()

    def detect(self, image: Image) -> list[Quad]:
        """Find the lines of writing on `image`."""
        with self._lock:
            pipeline = self._load()
            try:
                found = pipeline(_bgr(image), use_det=True, use_cls=False, use_rec=False)
            except Exception as fault:
                raise EngineUnavailableError(f"rapidocr failed while looking: {fault}") from fault
        boxes = getattr(found, "boxes", None)
        return [] if boxes is None else [np.asarray(box, dtype=np.float32) for box in boxes]

    def recognise(self, crops: Sequence[Image]) -> list[LineReading]:
        """Read each crop of one line."""
        usable = [index for index, crop in enumerate(crops) if min(crop.shape[:2]) >= 4]
        readings = [NOTHING] * len(crops)
        if not usable:
            return readings
        with self._lock:
            pipeline = self._load()
            pipeline.return_word_box = True
            try:
                result = pipeline.recognize_txt([_bgr(crops[index]) for index in usable])
            except Exception as fault:
                raise EngineUnavailableError(f"rapidocr failed while reading: {fault}") from fault
        for index, (text, score), words in zip(
            usable, zip(result.txts, result.scores, strict=True), result.word_results, strict=True
        ):
            readings[index] = _reading(text, float(score), words)
        return readings

    def _load(self) -> Any:
        if self._pipeline is not None:
            return self._pipeline
        folder = self._models or _wheel_models()
        missing = [name for name in (_DETECTOR, _RECOGNISER) if not (folder / name).is_file()]
        if missing:
            raise EngineUnavailableError(f"the OCR model {missing[0]} is missing; {_REPAIR}")
        try:
            from rapidocr import RapidOCR

            self._pipeline = RapidOCR(params=self._parameters(folder))
            blank = np.full((64, 64, 3), 255, np.uint8)
            self._pipeline(blank, use_det=True, use_cls=False, use_rec=False)
            self._pipeline.recognize_txt([blank])
        except Exception as fault:
            self._pipeline = None
            raise EngineUnavailableError(f"rapidocr does not start ({fault}); {_REPAIR}") from fault
        return self._pipeline

    def _parameters(self, folder: Path) -> dict[str, object]:
        return {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Det.model_path": str(folder / _DETECTOR),
            # The reader scales the picture itself: upscaling here would only cost time.
            "Det.limit_side_len": 64,
            "Rec.model_path": str(folder / _RECOGNISER),
            "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }


def _wheel_models() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineUnavailableError(f"rapidocr is not installed; {_REPAIR}")
    return Path(spec.origin).parent / "models"


def _bgr(image: Image) -> Image:
    code = cv2.COLOR_GRAY2BGR if image.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(image, code), dtype=np.uint8)


def _reading(text: str, score: float, words: Any) -> LineReading:
    if not text.strip():
        return NOTHING
    columns = [column for word in words.word_cols for column in word]
    visible = [i for i, char in enumerate(text) if not char.isspace()]
    width = max(float(words.line_txt_len), 1.0)
    glyphs = tuple(
        Glyph(text[i], min((column + 0.5) / width, 1.0), float(words.confs[i]))
        for i, column in zip(visible, columns, strict=False)
    )
    return LineReading(text=text.strip(), confidence=score, glyphs=glyphs)
