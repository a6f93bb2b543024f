"""PP-OCR through rapidocr and onnxruntime: models in the wheel, nothing fetched at run time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from ocr.engines.base import NOTHING, EngineUnavailableError, Image, LineReading, Quad
from ocr.engines.strips import as_tensor, batches, decode, least_width, line_strip

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

    def recognise(self, crops: Sequence[Image], *, digits: bool = False) -> list[LineReading]:
        """Read each crop of one line."""
        usable = [index for index, crop in enumerate(crops) if min(crop.shape[:2]) >= 4]
        readings = [NOTHING] * len(crops)
        if not usable:
            return readings
        with self._lock:
            reader = self._load().text_rec
            strips = {index: line_strip(crops[index]) for index in usable}
            widths_all = {index: strip.shape[1] for index, strip in strips.items()}
            least = least_width(digits=digits)
            try:
                for batch in batches(widths_all, least):
                    tensor = as_tensor([strips[index] for index in batch], least)
                    scores = np.asarray(reader.session(tensor))
                    widths = [strips[index].shape[1] / tensor.shape[3] for index in batch]
                    signs = reader.postprocess_op.character
                    for index, one, share in zip(batch, scores, widths, strict=True):
                        readings[index] = decode(one, signs, share, digits=digits)
            except Exception as fault:
                raise EngineUnavailableError(f"rapidocr failed while reading: {fault}") from fault
        return readings

    def release(self) -> None:
        """Drop the models: some 300 MB."""
        with self._lock:
            self._pipeline = None

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
