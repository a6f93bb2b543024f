"""Opens pictures and PDF files of any kind and fault as upright RGB pages, within memory bounds."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import UnidentifiedImageError

from desktop.domain.forms import ReadingError
from ocr.engines.base import Image

Matrix = NDArray[np.float64]
"""3x3 homography on pixel coordinates."""

MAX_BYTES: Final = 80_000_000
MAX_PIXELS: Final = 60_000_000
MAX_PAGES: Final = 50
MAX_SIDE: Final = 3600
"""Larger pictures are shrunk: writing at 300 dpi on A4 needs no more."""
MIN_SIDE: Final = 64
PDF_DPI: Final = 200
_TURNS: Final = {
    2: Pictures.Transpose.FLIP_LEFT_RIGHT,
    3: Pictures.Transpose.ROTATE_180,
    4: Pictures.Transpose.FLIP_TOP_BOTTOM,
    5: Pictures.Transpose.TRANSPOSE,
    6: Pictures.Transpose.ROTATE_270,
    7: Pictures.Transpose.TRANSVERSE,
    8: Pictures.Transpose.ROTATE_90,
}
"""How the orientations of EXIF are turned upright."""
_REDUCIBLE: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"})
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, RGB pixels, and the way from the file's pixels to these."""

    number: int
    image: Image
    from_file: Matrix


def load_pages(data: bytes) -> Iterator[Page | ReadingError]:
    """Yield every page of a file's bytes; what cannot be opened is yielded as an error."""
    if not data:
        yield ReadingError("empty_file", "The file is empty: scan or photograph the form again.")
    elif len(data) > MAX_BYTES:
        yield _too_large()
    elif data[:1024].lstrip().startswith(b"%PDF"):
        yield from _pdf_pages(data)
    else:
        yield from _picture_pages(data)


def read_bytes(path: Path) -> bytes | ReadingError:
    """Read a file, refusing one that is missing, no file or too large to be a scan."""
    try:
        if not path.is_file():
            return ReadingError("not_found", f"There is no file {path.name}: check its name.")
        if path.stat().st_size > MAX_BYTES:
            return _too_large()
        return path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or "unknown reason"
        return ReadingError("not_readable", f"The file {path.name} cannot be opened: {reason}.")


def _too_large() -> ReadingError:
    megapixels = MAX_PIXELS // 1_000_000
    return ReadingError(
        "too_large",
        f"The picture is larger than {megapixels} megapixels: scan the form at 300 dpi or less.",
    )


def _too_many(pages: int) -> ReadingError:
    return ReadingError(
        "too_many_pages",
        f"The file has {pages} pages and only the first {MAX_PAGES} were read: split it.",
    )


def _damaged() -> ReadingError:
    return ReadingError(
        "damaged", "The file is damaged or cut off: copy, scan or photograph the form again."
    )


def _picture_pages(data: bytes) -> Iterator[Page | ReadingError]:
    try:
        with warnings.catch_warnings():
            # Pillow warns about bombs and odd EXIF; the size is checked right below instead.
            warnings.simplefilter("ignore")
            picture = Pictures.open(io.BytesIO(data), formats=_FORMATS)
            frames = int(getattr(picture, "n_frames", 1))
            if picture.format == "MPO":
                frames = 1
    except UnidentifiedImageError:
        yield ReadingError(
            "not_a_picture",
            "The file is no picture or PDF: give a JPEG, PNG, TIFF, WebP, BMP or PDF.",
        )
        return
    except Pictures.DecompressionBombError:
        yield _too_large()
        return
    except Exception:
        # Decoders raise anything from SyntaxError to struct.error on hostile bytes.
        yield _damaged()
        return
    with picture:
        for frame in range(min(frames, MAX_PAGES)):
            yield _picture_page(picture, frame)
    if frames > MAX_PAGES:
        yield _too_many(frames)


def _picture_page(picture: Pictures.Image, frame: int) -> Page | ReadingError:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture.seek(frame)
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return _too_large()
            if min(width, height) < MIN_SIDE:
                return ReadingError(
                    "too_small", "The picture is too small to hold a form: scan it again."
                )
            if max(width, height) > 2 * MAX_SIDE:
                picture.draft("RGB", (width // 2, height // 2))
            picture.load()
            orientation = int(picture.getexif().get(0x0112, 1))
            upright = _reduced(picture)
            if orientation in _TURNS:
                upright = upright.transpose(_TURNS[orientation])
            pixels = np.asarray(_flatten(upright), dtype=np.uint8)
    except Exception:
        return _damaged()
    turn = _exif_matrix(orientation, width, height)
    upright_width = width if orientation < 5 else height
    image, scale = _shrink(pixels, pixels.shape[1] / upright_width)
    return Page(frame + 1, image, np.diag([scale, scale, 1.0]) @ turn)


def _reduced(picture: Pictures.Image) -> Pictures.Image:
    """Halve, or more, what is far larger than needed, before it is copied into other forms."""
    factor = max(picture.size) // MAX_SIDE
    if factor < 2 or picture.mode not in _REDUCIBLE:
        return picture
    small = picture.reduce(factor)
    small.info = picture.info  # transparency
    return small


def _flatten(picture: Pictures.Image) -> Pictures.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        levels = np.asarray(picture, dtype=np.float32)
        top = max(float(levels.max()), 1.0)
        picture = Pictures.fromarray((levels / top * 255).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Pictures.new("RGBA", layer.size, "white")
        return Pictures.alpha_composite(paper, layer).convert("RGB")
    return picture.convert("RGB")


def _shrink(pixels: Image, scale: float) -> tuple[Image, float]:
    side = max(pixels.shape[:2])
    if side <= MAX_SIDE:
        return np.ascontiguousarray(pixels), scale
    factor = MAX_SIDE / side
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale * factor


def _exif_matrix(orientation: int, width: int, height: int) -> Matrix:
    """Return the way from stored pixels to upright pixels for an EXIF orientation 1..8."""
    w, h = float(width - 1), float(height - 1)
    rows: dict[int, list[list[float]]] = {
        2: [[-1, 0, w], [0, 1, 0]],
        3: [[-1, 0, w], [0, -1, h]],
        4: [[1, 0, 0], [0, -1, h]],
        5: [[0, 1, 0], [1, 0, 0]],
        6: [[0, -1, h], [1, 0, 0]],
        7: [[0, -1, h], [-1, 0, w]],
        8: [[0, 1, 0], [-1, 0, w]],
    }
    top = rows.get(orientation, [[1, 0, 0], [0, 1, 0]])
    return np.asarray([*top, [0, 0, 1]], dtype=np.float64)


def _pdf_pages(data: bytes) -> Iterator[Page | ReadingError]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            yield ReadingError("encrypted", "The PDF is encrypted: save it without a password.")
        else:
            yield _damaged()
        return
    try:
        if len(document) == 0:
            yield _damaged()
        for index in range(min(len(document), MAX_PAGES)):
            yield _pdf_page(document, index)
        if len(document) > MAX_PAGES:
            yield _too_many(len(document))
    finally:
        document.close()


def _holds_a_bomb(page: Any) -> bool:
    """Tell whether a page draws a picture that takes more memory than any scan of a form."""
    from pypdfium2 import raw

    sizes = (image.get_px_size() for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
    return any(width * height > MAX_PIXELS for width, height in sizes)


def _pdf_page(document: Any, index: int) -> Page | ReadingError:
    import pypdfium2

    try:
        page = document[index]
        try:
            width, height = (side / 72 * PDF_DPI for side in page.get_size())
            if width * height > MAX_PIXELS:
                return _too_large()
            if min(width, height) < MIN_SIDE:
                return ReadingError("too_small", "The page is too small to hold a form.")
            if _holds_a_bomb(page):
                return _too_large()
            # Scripts and form actions never run: only the page's own marks are drawn.
            bitmap = page.render(scale=PDF_DPI / 72, rev_byteorder=True, may_draw_forms=True)
            pixels = np.asarray(bitmap.to_numpy()[:, :, :3], dtype=np.uint8).copy()
        finally:
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return _damaged()
    image, scale = _shrink(pixels, 1.0)
    return Page(index + 1, image, np.diag([scale, scale, 1.0]))
