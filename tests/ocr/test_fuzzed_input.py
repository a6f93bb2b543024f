"""Whatever bytes come in, an error object or a reading comes out, within 1.5 GB (IN-04)."""

from __future__ import annotations

import io
import random
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from desktop.domain.forms import FormReading
from ocr.loading import load_pages
from ocr.reader import FormReader

HAND = Path(__file__).parents[2] / "resources" / "demo" / "our_form.jpg"
ROUNDS = 60
MOST_BYTES = 1_500_000_000
#: Whole reads are slow; opening is where hostile bytes strike.
READ_ROUNDS = 6


def mangled(content: bytes, rng: random.Random) -> bytes:
    """Return bytes cut, overwritten, doubled or with parts moved."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            del data[at:]
        elif kind == 1:
            data[at : at + rng.randint(1, 64)] = rng.randbytes(rng.randint(1, 64))
        elif kind == 2:
            data[at:at] = data[max(0, at - 200) : at]
        else:
            del data[at : at + rng.randint(1, 2000)]
        if len(data) < 32:
            return bytes(data)
    return bytes(data)


def seeds() -> dict[str, bytes]:
    picture = Image.open(HAND).convert("RGB").resize((620, 877))
    found = {"jpeg": HAND.read_bytes()}
    for name in ("PNG", "TIFF", "WEBP", "BMP", "PDF"):
        out = io.BytesIO()
        picture.save(out, name)
        found[name.lower()] = out.getvalue()
    return found


def png(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp", "bmp", "pdf"])
def test_mangled_files_never_raise(kind: str) -> None:
    rng = random.Random(f"fuzz {kind}")
    content = seeds()[kind]
    outcomes = set()
    for _ in range(ROUNDS):
        pages = list(load_pages(mangled(content, rng)))
        assert pages, "nothing was said of the file"
        outcomes.update(type(page).__name__ for page in pages)
    assert "ReadingError" in outcomes


@pytest.mark.parametrize("size", [(1, 1), (30_000, 30_000), (1, 60_000_000), (2**31 - 1, 1)])
def test_sizes_that_lie_are_refused(size: tuple[int, int]) -> None:
    (page,) = load_pages(png(*size))
    assert type(page).__name__ == "ReadingError"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_mangled_pages_are_read_or_refused_to_the_end(reader: FormReader) -> None:
    rng = random.Random("fuzz whole reads")
    for kind, content in seeds().items():
        for _ in range(READ_ROUNDS):
            for reading in reader.read_bytes(mangled(content, rng), kind):
                assert isinstance(reading, FormReading)
                assert reading.error is None or reading.error.message


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_memory_stays_under_its_bound() -> None:
    """Read the worst that is still accepted, in a process of its own, and ask for its peak."""
    done = subprocess.run(
        [sys.executable, "-c", _WORST],
        capture_output=True,
        text=True,
        timeout=1700,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    peak = int(done.stdout.split()[-1])
    unit = 1 if sys.platform == "darwin" else 1024
    assert peak * unit < MOST_BYTES, f"{peak * unit / 1e6:.0f} MB"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


_WORST = """
import io, resource
from PIL import Image
from ocr.engines.fallback import default_engine
from ocr.reader import FormReader
reader = FormReader(default_engine())
page = Image.open("resources/demo/our_form.jpg").convert("RGB").resize((6400, 9050))
for kind in ("JPEG", "PNG"):
    out = io.BytesIO()
    page.save(out, kind)
    (reading,) = reader.read_bytes(out.getvalue(), kind)
    assert reading.error is None and reading.fields, reading.error
    del out
noise = Image.effect_noise((6000, 8500), 90).convert("RGB")
out = io.BytesIO()
noise.save(out, "JPEG", quality=60)
reader.read_bytes(out.getvalue(), "noise")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
