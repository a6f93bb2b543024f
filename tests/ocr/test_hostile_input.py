"""Whatever is given, the answer is a reading or an error object that says what to do."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ocr.reader import FormReader
from tests.ocr import drawn_forms
from tests.ocr.hostile_files import HEAVY, HOSTILE, encoded

MOST_BYTES = 1_500_000_000


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_a_faulty_file_is_an_error_that_says_what_to_do(reader: FormReader, case: str) -> None:
    make, code = HOSTILE[case]

    (reading,) = reader.read_bytes(make(), "file.jpg")

    assert reading.error is not None
    assert reading.error.code == code
    assert len(reading.error.message) > 20
    assert not reading.fields


def test_a_page_without_a_form_is_an_error(reader: FormReader) -> None:
    pen = drawn_forms.Pen(23)
    for index in range(12):
        pen.print(100, 150 + 60 * index, "会议纪要第一项议程已经讨论通过并且归档")

    (reading,) = reader.read_bytes(pen.drawn.jpeg(), "minutes.jpg")

    assert reading.error is not None
    assert reading.error.code == "no_form"


def test_a_missing_file_is_an_error(reader: FormReader, tmp_path: Path) -> None:
    (reading,) = reader.read(tmp_path / "gone.jpg")

    assert reading.error is not None
    assert reading.error.code == "not_found"
    assert "gone.jpg" in reading.error.message


def test_a_scanned_pdf_is_read_page_by_page(reader: FormReader, tmp_path: Path) -> None:
    drawn = drawn_forms.ruled(seed=24)
    drawn.image.save(tmp_path / "page.png")
    pdf = tmp_path / "forms.pdf"
    canvas = Canvas(str(pdf), pagesize=(595, 842))
    canvas.drawImage(str(tmp_path / "page.png"), 0, 0, 595, 842)
    canvas.showPage()
    canvas.showPage()
    canvas.save()

    first, second = reader.read(pdf)

    assert first.error is None
    assert (first.page, second.page) == (1, 2)
    assert first.fields["phone"].value == drawn.fields["phone"]
    assert second.error is not None
    assert second.error.code == "blank"


def test_altered_bytes_never_raise(reader: FormReader) -> None:
    rng = random.Random(25)
    small = drawn_forms.ruled(seed=25).image.resize((310, 438))
    for kind in ("PNG", "TIFF", "WEBP", "BMP", "JPEG"):
        whole = bytearray(encoded(small, kind))
        for _ in range(6):
            altered = bytearray(whole)
            for _ in range(4):
                altered[rng.randrange(min(len(altered), 600))] = rng.randrange(256)
            for reading in reader.read_bytes(bytes(altered[: rng.randrange(20, 900)]), "fuzz"):
                assert reading.error is not None


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", [*HOSTILE, *HEAVY])
def test_in_a_process_of_its_own_memory_stays_under_its_bound(case: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ocr.hostile_files", case],
        capture_output=True,
        text=True,
        timeout=800,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    told = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert told["peak"] < MOST_BYTES, f"{told['peak'] / 1e6:.0f} MB"
    code = ({**HOSTILE, **HEAVY})[case][1]
    assert code is None or told["codes"] == [code]
    assert all(len(message) > 20 for message in told["messages"])
