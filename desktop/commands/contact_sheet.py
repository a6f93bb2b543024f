"""One picture of many: small copies in rows, named, to be looked at side by side."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_WIDTH: Final = 480
_GAP: Final = 12
_CAPTION: Final = 22
_COLUMNS: Final = 4
_GROUND: Final = "#E4E7EC"
_INK: Final = "#1A2230"


def write_sheet(pictures: Sequence[Path], out: Path) -> Path:
    """Write `pictures` as one JPEG; raises OSError when one cannot be read or it be written."""
    shown = sorted(pictures, key=lambda path: path.name)
    thumbs = [_small(path) for path in shown]
    tall = max(thumb.height for thumb in thumbs) + _CAPTION
    rows = -(-len(thumbs) // _COLUMNS)
    size = (_COLUMNS * (_WIDTH + _GAP) + _GAP, rows * (tall + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _GROUND)
    draw = ImageDraw.Draw(sheet)
    with as_file(files("resources") / "fonts" / "NotoSansSC_400Regular.ttf") as font_file:
        font = ImageFont.truetype(str(font_file), 14)
    for place, (path, thumb) in enumerate(zip(shown, thumbs, strict=True)):
        left = _GAP + place % _COLUMNS * (_WIDTH + _GAP)
        top = _GAP + place // _COLUMNS * (tall + _GAP)
        draw.text((left, top), path.stem, _INK, font)
        sheet.paste(thumb, (left, top + _CAPTION))
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out, "JPEG", quality=82, optimize=True)
    return out


def _small(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        height = round(picture.height * _WIDTH / picture.width)
        return picture.convert("RGB").resize((_WIDTH, height), Image.Resampling.LANCZOS)
