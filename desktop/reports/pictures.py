"""Pictures of the evidence on paper: small, upright, named to those who do not see them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image as PilImage
from PIL import ImageOps, UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, Spacer

from desktop.reports import blocks, style
from desktop.reports.tagging import content

#: Pictures side by side.
PICTURES: Final = 4


class _Picture(Image):  # type: ignore[misc]
    """A picture that is a figure to its readers, with its name."""

    alt = ""

    def draw(self) -> None:
        """Draw it as content of a figure."""
        with content(self.canv, "Figure", self.alt):
            super().draw()


def picture(kept: bytes, side_mm: float, alt: str) -> Flowable | None:
    """Return a picture upright and at most `side_mm` wide and high; None for what is none."""
    try:
        with PilImage.open(BytesIO(kept)) as opened:
            small = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, PilImage.DecompressionBombError):
        return None
    # 200 dpi is enough for a preview and keeps a file with many photos small.
    side = round(side_mm / 25.4 * 200)
    small.thumbnail((side, side))
    data = BytesIO()
    small.save(data, "JPEG", quality=85)
    scale = side_mm * mm / max(small.size)
    drawn = _Picture(data, small.width * scale, small.height * scale, hAlign="LEFT")
    drawn.alt = alt
    return drawn


def gallery(pictures: Sequence[tuple[Flowable, str]]) -> list[Flowable]:
    """Return pictures with a line below each, as many in a row as `PICTURES` says."""
    width = style.CONTENT_WIDTH / PICTURES
    rows = [list(pictures[at : at + PICTURES]) for at in range(0, len(pictures), PICTURES)]
    drawn = []
    for row in rows:
        cells = [[shown, Spacer(0, 2), blocks.text(note, style.CELL_SMALL)] for shown, note in row]
        empty = [""] * (PICTURES - len(cells))
        drawn.append(blocks.placed([*cells, *empty], [width] * PICTURES))
    return drawn
