"""Reads paper forms with the OCR pipeline, loaded at the first form so the window opens at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from desktop.domain.form_template import FormCode
from desktop.domain.forms import FormReading, ReadingError, Seal
from desktop.pdf_pages import PDFIUM

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from ocr.reader import FormReader

#: What Qt draws without help, in the pixels as given (it does not turn pictures by EXIF).
_SHOWN_AS_IT_IS: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
#: PDF pages are read, and their boxes counted, at this resolution .
PDF_DPI: Final = 200
#: A store's own words before its forms' fields, beside its database (see resources/ocr).
LABELS_FILE: Final = "labels.yaml"
#: Files up to this size (bytes) are sent as they are.
SMALL_FILE: Final = 400_000
#: The longer side of the copy to send, in pixels: A4 at 130 dpi, all writing legible.
SMALL_SIDE: Final = 1500
SMALL_QUALITY: Final = 70

Keys = Callable[[], dict[str, bytes]]
"""Returns the public keys (32 bytes) known here by their short names."""


class LateFormReader:
    """Implements `PageReader`; one engine serves every caller, one page at a time.

    `folder` is the store's data, where its own labels may lie.
    """

    def __init__(self, folder: Path | None = None, keys: Keys | None = None) -> None:
        self._folder = folder
        self._keys = keys
        self._reader: FormReader | None = None
        self._labels_of = 0
        self._lock = Lock()

    def read(
        self,
        path: Path,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Sequence[FormReading]:
        """Return one reading a page, those before a cancel at least."""
        with self._lock:
            try:
                return self._loaded().read(path, progress, cancelled)
            except ValueError as fault:
                # The store's own labels are wrong: say so on the page, read nothing by half.
                error = ReadingError("labels_wrong", str(fault))
                return [FormReading(str(path), 1, error=error)]

    def picture(self, path: Path, page: int) -> bytes:
        """Return a page as PNG or JPEG in the pixels that readings' boxes count."""
        if path.suffix.lower() in _SHOWN_AS_IT_IS and page == 1:
            return path.read_bytes()
        out = io.BytesIO()
        picture = _pdf_page(path, page) if path.suffix.lower() == ".pdf" else _frame(path, page)
        picture.convert("RGB").save(out, "PNG", compress_level=1)
        return out.getvalue()

    def small_copy(self, path: Path, page: int) -> bytes | None:
        """Return the page as a smaller JPEG, upright by its EXIF; None when it is small."""
        from PIL import ImageOps

        if path.stat().st_size <= SMALL_FILE:
            return None
        pdf = path.suffix.lower() == ".pdf"
        picture = _pdf_page(path, page) if pdf else _frame(path, page)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((SMALL_SIDE, SMALL_SIDE))
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
        return out.getvalue() if out.tell() < path.stat().st_size else None

    def warm(self) -> None:
        """Load the engine; what is missing is said by the first page that needs it."""
        from ocr.engines.base import EngineUnavailableError

        with self._lock:
            try:
                self._loaded().warm()
            except (EngineUnavailableError, ValueError):
                return

    def release(self) -> None:
        """Give the engine's memory back, some 200 MB."""
        from ocr.engines.memory import give_back

        with self._lock:
            self._reader = None
            give_back()

    def _loaded(self) -> FormReader:
        own = self._folder / LABELS_FILE if self._folder else None
        written = own.stat().st_mtime_ns if own is not None and own.is_file() else 0
        if self._reader is None or written != self._labels_of:
            from ocr.engines.fallback import default_engine
            from ocr.engines.tesseract import TesseractEngine
            from ocr.labels import labels_with
            from ocr.reader import FormReader

            labels = labels_with(own)
            self._reader = FormReader(default_engine(), TesseractEngine(), labels, self._judge)
            self._labels_of = written
        return self._reader

    def _judge(self, code: FormCode) -> Seal:
        from desktop.reports.form_seal import judge_form

        return judge_form(code, self._keys() if self._keys else {})


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
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            # A copy: what `to_pil` returns lives in PDFium's memory, which goes with the document.
            rendered: PillowImage = document[page - 1].render(scale=PDF_DPI / 72).to_pil().copy()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(f"{path.name}: page {page} cannot be shown: {error}") from error
    return rendered
