"""The engine that the app uses: the first that works, the next when one breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ocr.engines.base import Engine, EngineUnavailableError, Image, LineReading, Quad
from ocr.engines.rapid import RapidEngine
from ocr.engines.tesseract import TesseractEngine

_Result = TypeVar("_Result")


class FallbackEngine:
    """Asks `engines` in order; one that is unavailable once is not asked again."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = list(engines)
        self._faults: list[str] = []

    @property
    def name(self) -> str:
        """The name of the engine in use."""
        return self._engines[0].name if self._engines else "none"

    def check(self) -> None:
        """Settle on an engine; raise EngineUnavailableError naming every cause when none works."""
        self._ask(lambda engine: engine.check())

    def detect(self, image: Image) -> list[Quad]:
        """Find the lines of writing on `image`."""
        return self._ask(lambda engine: engine.detect(image))

    def recognise(self, crops: Sequence[Image], *, digits: bool = False) -> list[LineReading]:
        """Read each crop of one line."""
        return self._ask(lambda engine: engine.recognise(crops, digits=digits))

    def release(self) -> None:
        """Give back what every engine loaded; one that broke stays out."""
        for engine in self._engines:
            engine.release()

    def _ask(self, question: Callable[[Engine], _Result]) -> _Result:
        while self._engines:
            try:
                return question(self._engines[0])
            except EngineUnavailableError as fault:
                self._faults.append(f"{self._engines[0].name}: {fault}")
                self._engines.pop(0)
        raise EngineUnavailableError("; ".join(self._faults) or "no OCR engine is configured")


def default_engine() -> Engine:
    """Return rapidocr with Tesseract behind it."""
    return FallbackEngine([RapidEngine(), TesseractEngine()])


def named_engine(name: str) -> Engine:
    """Return the engine called `rapidocr` or `tesseract`, or for `auto` the default."""
    if name == "rapidocr":
        return RapidEngine()
    return TesseractEngine() if name == "tesseract" else default_engine()
