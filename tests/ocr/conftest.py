"""One loaded reader for all OCR tests: loading the models costs more than reading a page."""

from __future__ import annotations

import pytest

from ocr.engines.rapid import RapidEngine
from ocr.reader import FormReader


@pytest.fixture(scope="session")
def engine() -> RapidEngine:
    return RapidEngine()


@pytest.fixture(scope="session")
def reader(engine: RapidEngine) -> FormReader:
    return FormReader(engine)
