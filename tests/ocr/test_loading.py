"""Pages come upright whatever EXIF says, and every box finds its way back to the file's pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.forms import ReadingError
from ocr.loading import MAX_PAGES, MAX_SIDE, Page, load_pages
from ocr.sheet import apply


def turned(size: tuple[int, int], orientation: int, kind: str) -> tuple[bytes, tuple[int, int]]:
    """Return a white picture with a black patch, and where the patch's middle is stored."""
    pixels = np.full((size[1], size[0]), 255, np.uint8)
    x, y = size[0] // 5, size[1] // 4
    pixels[y - 30 : y + 30, x - 30 : x + 30] = 0
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue(), (x, y)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("size", "kind"),
    [((900, 600), "JPEG"), ((2 * MAX_SIDE + 40, 700), "PNG")],
)
def test_a_turned_picture_is_upright_and_finds_its_way_back(
    size: tuple[int, int], kind: str, orientation: int
) -> None:
    content, patch = turned(size, orientation, kind)

    (page,) = load_pages(content)

    assert isinstance(page, Page)
    assert (page.image.shape[1] > page.image.shape[0]) == (orientation < 5)
    ((x, y),) = apply(page.from_file, np.asarray([patch], np.float64)).round().astype(int)
    assert page.image[y, x].max() < 60
    assert max(page.image.shape) <= MAX_SIDE


def test_pages_beyond_the_most_are_told() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(100, 100))
    for _ in range(MAX_PAGES + 2):
        canvas.showPage()
    canvas.save()

    *pages, last = load_pages(out.getvalue())

    assert len(pages) == MAX_PAGES
    assert all(isinstance(page, Page) for page in pages)
    assert isinstance(last, ReadingError)
    assert last.code == "too_many_pages"
