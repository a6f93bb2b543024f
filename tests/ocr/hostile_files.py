"""Files that a scan folder may hold and that are no form, or more than a form: made by code.

    python -m tests.ocr.hostile_files NAME

reads one in a process of its own and prints what came of it and the most memory it took.
"""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import sys
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from reportlab.pdfgen.canvas import Canvas

from tests.ocr import drawn_forms

#: The largest square that is still read: just under the 60 megapixels of `ocr.loading`.
LARGEST = 7700


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
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


def scripted_pdf() -> bytes:
    """Return a PDF that runs scripts on opening and starts a program, on an empty page."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_open_action(JavaScript("while (true) { app.alert('x'); }"))
    writer.add_attachment("run.exe", b"MZ" + bytes(1000))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pdf_of(stream: bytes, width: int, height: int) -> bytes:
    """Return a PDF page with a grey picture of a size, its pixels compressed."""
    head = (
        f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
        f"/BitsPerComponent 8/Filter/FlateDecode/Length {len(stream)}>>"
    )
    draw = b"q 595 0 0 842 0 0 cm /I Do Q"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</XObject<</I 4 0 R>>>>>>",
        head.encode() + b"\nstream\n" + stream + b"\nendstream",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(draw), draw),
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return bytes(out)


def bomb_pdf() -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(30_000)
    stream = b"".join(packer.compress(row) for _ in range(30_000)) + packer.flush()
    return pdf_of(stream, 30_000, 30_000)


def many_pages_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for _ in range(400):
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def receipt() -> bytes:
    """Print a till receipt: narrow, numbers in columns, no label of a complaint form."""
    pen = drawn_forms.Pen(27, 620, 1500)
    pen.print(150, 60, "惠民超市欢迎您")
    for index, (goods, price) in enumerate(
        [("鲜牛奶 1L", "12.90"), ("鸡蛋 30枚", "25.80"), ("挂面 1kg", "8.50"), ("苹果", "15.36")]
    ):
        pen.print(60, 200 + 80 * index, goods)
        pen.print(430, 200 + 80 * index, price)
    pen.print(60, 620, "应收")
    pen.print(430, 620, "62.56")
    pen.print(60, 700, "找零")
    pen.print(430, 700, "37.44")
    pen.print(120, 860, "谢谢惠顾欢迎再来")
    return pen.drawn.jpeg()


def two_forms_on_a_desk() -> bytes:
    desk = Image.new("RGB", (2600, 1900), (60, 50, 45))
    for index in range(2):
        form = drawn_forms.ruled(seed=22 + index).image
        desk.paste(form, (40 + index * 1290, 70))
    return encoded(desk, "JPEG")


def noise(side: int = 1600) -> bytes:
    return encoded(Image.effect_noise((side, round(1.4 * side)), 90).convert("RGB"), "JPEG")


def random_bytes() -> bytes:
    return random.Random("hostile").randbytes(200_000)


def largest(mode: str, kind: str) -> bytes:
    """Return the largest picture that is still opened, in a mode that takes much memory."""
    if mode in ("I", "F"):
        grey = np.zeros((LARGEST, LARGEST), np.int32 if mode == "I" else np.float32)
        grey[:: LARGEST // 40] = 70_000
        return encoded(Image.fromarray(grey), kind, compression="tiff_deflate")
    return encoded(Image.new(mode, (LARGEST, LARGEST)), kind)


#: Each with the code of the error that is to come, None where any outcome is right.
HOSTILE: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "zero bytes": (lambda: b"", "empty_file"),
    "a text named .jpg": (lambda: "这不是图片\n".encode(), "not_a_picture"),
    "random bytes": (random_bytes, "not_a_picture"),
    "a torn JPEG": (torn_jpeg, "damaged"),
    "one pixel": (lambda: encoded(Image.new("RGB", (1, 1)), "PNG"), "too_small"),
    "a bomb": (lambda: png_header(30_000, 30_000), "too_large"),
    "a header without pixels": (lambda: png_header(900, 900), "damaged"),
    "a blank page": (lambda: encoded(Image.new("RGB", (900, 1200), "white"), "PNG"), "blank"),
    "a receipt": (receipt, "no_form"),
    "an encrypted PDF": (encrypted_pdf, "encrypted"),
    "a PDF with scripts": (scripted_pdf, "blank"),
    "a torn PDF": (lambda: b"%PDF-1.7\n1 0 obj\n<<", "damaged"),
    "two forms at once": (two_forms_on_a_desk, "several_forms"),
}
#: What takes long or much memory, for the slow proof.
HEAVY: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "noise": (noise, None),
    "noise at full size": (lambda: noise(6000), None),
    "a bomb in a PDF": (bomb_pdf, "too_large"),
    "a PDF of 400 pages": (many_pages_pdf, None),
    "the largest with alpha": (lambda: largest("RGBA", "PNG"), None),
    "the largest of 32 bits": (lambda: largest("I", "TIFF"), None),
    "the largest of floats": (lambda: largest("F", "TIFF"), None),
    "the largest of four inks": (lambda: largest("CMYK", "JPEG"), None),
    "the largest of one bit": (lambda: largest("1", "TIFF"), None),
}


def main(name: str) -> None:
    content = ({**HOSTILE, **HEAVY})[name][0]()
    from ocr.engines.fallback import default_engine
    from ocr.reader import FormReader

    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    readings = FormReader(default_engine()).read_bytes(content, name)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    errors = [reading.error for reading in readings]
    told = {
        "codes": sorted({error.code if error else "read" for error in errors}),
        "messages": sorted({error.message for error in errors if error}),
        "pages": len(readings),
        "peak": peak * unit,
        "made": made * unit,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
