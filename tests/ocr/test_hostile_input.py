"""Whatever is given, the answer is a reading or an error object that says what to do."""

from __future__ import annotations

import io
import random
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from ocr.reader import FormReader
from tests.ocr import drawn_forms


def encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has no pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def torn_jpeg() -> bytes:
    whole = drawn_forms.ruled(seed=21).jpeg()
    return whole[: len(whole) // 3]


def encrypted_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("secret")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def two_forms_on_a_desk() -> bytes:
    desk = Image.new("RGB", (2600, 1900), (60, 50, 45))
    for index in range(2):
        form = drawn_forms.ruled(seed=22 + index).image
        desk.paste(form, (40 + index * 1290, 70))
    return encoded(desk, "JPEG")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero bytes": (lambda: b"", "empty_file"),
    "a text named .jpg": (lambda: "这不是图片\n".encode(), "not_a_picture"),
    "a torn JPEG": (torn_jpeg, "damaged"),
    "one pixel": (lambda: encoded(Image.new("RGB", (1, 1)), "PNG"), "too_small"),
    "a bomb": (lambda: png_header(30_000, 30_000), "too_large"),
    "a header without pixels": (lambda: png_header(900, 900), "damaged"),
    "a blank page": (lambda: encoded(Image.new("RGB", (900, 1200), "white"), "PNG"), "blank"),
    "an encrypted PDF": (encrypted_pdf, "encrypted"),
    "a torn PDF": (lambda: b"%PDF-1.7\n1 0 obj\n<<", "damaged"),
    "two forms at once": (two_forms_on_a_desk, "several_forms"),
}


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


def test_memory_stays_under_its_bound(reader: FormReader) -> None:
    huge = Image.new("RGB", (7000, 8000), "white")
    huge.paste(drawn_forms.ruled(seed=26).image.resize((4960, 7016)), (500, 500))

    (reading,) = reader.read_bytes(encoded(huge, "JPEG"), "huge.jpg")

    assert reading.error is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000  # kB
