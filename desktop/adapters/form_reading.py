"""Reads paper forms with the OCR pipeline, loaded at the first form so the window opens at once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from desktop.domain.forms import FormReading

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from ocr.reader import FormReader

#: What Qt draws without help, in the pixels as given (it does not turn pictures by EXIF).
_SHOWN_AS_IT_IS: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
#: PDF pages are read, and their boxes counted, at this resolution .
PDF_DPI: Final = 200


class LateFormReader:
    """Implements the port `FormReader`; one engine serves every caller, one page at a time."""

    def __init__(self) -> None:
        self._reader: FormReader | None = None
        self._lock = Lock()

    def read(self, path: Path) -> Sequence[FormReading]:
        """Return one reading a page."""
        with self._lock:
            return self._loaded().read(path)

    def picture(self, path: Path, page: int) -> bytes:
        """Return a page as PNG or JPEG in the pixels that readings' boxes count."""
        if path.suffix.lower() in _SHOWN_AS_IT_IS and page == 1:
            return path.read_bytes()
        out = io.BytesIO()
        picture = _pdf_page(path, page) if path.suffix.lower() == ".pdf" else _frame(path, page)
        picture.convert("RGB").save(out, "PNG", compress_level=1)
        return out.getvalue()

    def _loaded(self) -> FormReader:
        if self._reader is None:
            from ocr.engines.fallback import default_engine
            from ocr.engines.tesseract import TesseractEngine
            from ocr.reader import FormReader

            self._reader = FormReader(default_engine(), TesseractEngine())
        return self._reader


def _frame(path: Path, page: int) -> PillowImage:
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(path)
        picture.seek(page - 1)
    except (UnidentifiedImageError, EOFError, OSError) as error:
        raise ValueError(f"{path.name}: page {page} cannot be shown: {error}") from error
    return picture


def _pdf_page(path: Path, page: int) -> PillowImage:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        rendered: PillowImage = document[page - 1].render(scale=PDF_DPI / 72).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(f"{path.name}: page {page} cannot be shown: {error}") from error
    return rendered
