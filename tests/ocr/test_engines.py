"""A missing or crashing recogniser is one clear line, or another recogniser."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ocr.engines.base import EngineUnavailableError, Image, LineReading, Quad
from ocr.engines.fallback import FallbackEngine, named_engine
from ocr.engines.rapid import RapidEngine
from ocr.engines.tesseract import TesseractEngine
from ocr.reader import FormReader
from tests.ocr import drawn_forms

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)


class CrashingEngine:
    """Stands for an engine whose native code fails in the middle of a page."""

    name = "crashing"

    def check(self) -> None:
        return None

    def detect(self, image: Image) -> list[Quad]:
        raise EngineUnavailableError("the engine stopped")

    def recognise(self, crops: Sequence[Image]) -> list[LineReading]:
        raise EngineUnavailableError("the engine stopped")


def test_a_missing_model_is_named_with_the_way_to_repair_it(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match=r"PP-OCR.*is missing.*pip install"):
        RapidEngine(models=tmp_path).check()


def test_a_damaged_model_is_a_message(tmp_path: Path) -> None:
    for name in ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"):
        (tmp_path / name).write_bytes(b"not a model")

    with pytest.raises(EngineUnavailableError, match="does not start"):
        RapidEngine(models=tmp_path).check()


def test_no_engine_at_all_is_an_error_reading_naming_both(tmp_path: Path) -> None:
    nothing = FallbackEngine(
        [RapidEngine(models=tmp_path), TesseractEngine(program=str(tmp_path / "tesseract"))]
    )

    (reading,) = FormReader(nothing).read_bytes(drawn_forms.ruled(seed=31).jpeg(), "form.jpg")

    assert reading.error is not None
    assert reading.error.code == "no_engine"
    assert "rapidocr" in reading.error.message
    assert "Tesseract 5" in reading.error.message
    assert "\n" not in reading.error.message


def test_a_crashing_engine_gives_way_to_the_next(engine: RapidEngine) -> None:
    both = FallbackEngine([CrashingEngine(), engine])
    drawn = drawn_forms.ruled(seed=32)

    (reading,) = FormReader(both).read_bytes(drawn.jpeg(), "form.jpg")

    assert reading.error is None
    assert reading.fields["phone"].value == drawn.fields["phone"]
    assert both.name == "rapidocr"


@needs_tesseract
def test_tesseract_reads_print_when_there_is_no_model(tmp_path: Path) -> None:
    fallback = FallbackEngine([RapidEngine(models=tmp_path), TesseractEngine()])
    drawn = drawn_forms.underlined(seed=33)

    (reading,) = FormReader(fallback).read_bytes(drawn.jpeg(), "form.jpg")

    assert reading.error is None
    assert fallback.name == "tesseract"
    right = [
        key
        for key in drawn.fields
        if key in reading.fields and reading.fields[key].value == drawn.fields[key]
    ]
    assert len(right) >= 4, reading.fields


@needs_tesseract
def test_a_second_reader_only_ever_adds_certainty(engine: RapidEngine, reader: FormReader) -> None:
    page = drawn_forms.above(seed=34).jpeg()

    (alone,) = reader.read_bytes(page, "form.jpg")
    (helped,) = FormReader(engine, TesseractEngine()).read_bytes(page, "form.jpg")

    assert {key: field.value for key, field in alone.fields.items()} == {
        key: field.value for key, field in helped.fields.items()
    }
    assert {key for key, field in alone.fields.items() if field.certain} <= {
        key for key, field in helped.fields.items() if field.certain
    }


def test_a_missing_second_reader_changes_nothing(engine: RapidEngine, reader: FormReader) -> None:
    page = drawn_forms.inside(seed=35).jpeg()
    absent = TesseractEngine(program="/nowhere/tesseract")

    (alone,) = reader.read_bytes(page, "form.jpg")
    (helped,) = FormReader(engine, absent).read_bytes(page, "form.jpg")

    assert helped.fields == alone.fields


def test_engines_are_chosen_by_name() -> None:
    assert named_engine("rapidocr").name == "rapidocr"
    assert named_engine("tesseract").name == "tesseract"
    assert named_engine("auto").name == "rapidocr"
