"""Makes big pictures small for sync; Pillow is loaded at the first one."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

#: Pictures up to this size (bytes) are sent as they are.
SMALL_FILE: Final = 400_000
#: The longer side of the copy to send, in pixels.
SMALL_SIDE: Final = 1500
SMALL_QUALITY: Final = 75


def shrink(content: bytes) -> bytes | None:
    """Return a smaller JPEG, upright and without EXIF (where it was taken stays here).

    None when the picture is small already and says no place, or cannot be read as one: then it is
    kept as it is.
    """
    from PIL import Image, ImageOps

    small = len(content) <= SMALL_FILE
    try:
        with Image.open(io.BytesIO(content)) as opened:
            told = small and _tells_place(opened)
            if small and not told:
                return None
            opened.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
            turned = ImageOps.exif_transpose(opened)
            turned.thumbnail((SMALL_SIDE, SMALL_SIDE))
            upright = _on_white(turned)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return out.getvalue() if told or out.tell() < len(content) else None


def _tells_place(picture: PillowImage) -> bool:
    """Tell whether a picture says where it was taken (the EXIF block GPSInfo)."""
    from PIL.ExifTags import IFD

    return bool(picture.getexif().get_ifd(IFD.GPSInfo))


def _on_white(picture: PillowImage) -> PillowImage:
    """Return the picture without transparency, which JPEG would show black."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground
