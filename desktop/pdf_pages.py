"""PDFium must not be called from two threads at once: whoever opens a PDF takes this lock first."""

from __future__ import annotations

from threading import Lock
from typing import Final

PDFIUM: Final = Lock()
"""One for the process: pages are read for a scan while others are drawn for a preview."""
