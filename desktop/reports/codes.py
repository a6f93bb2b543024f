"""QR codes as vector squares: for stories and straight onto a page."""

from __future__ import annotations

from typing import Any, Final

import segno
from reportlab.lib.colors import black, white
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from desktop.reports.tagging import content

_QUIET: Final = 4
# 0.40 mm is 2.4 pixels a module at 150 dpi, which scanners and phones read without trouble.
_MODULE_MM: Final = 0.40


def qr_runs(payload: str) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the side in modules (quiet zone included) and dark runs `(row, column, length)`.

    Error correction level M; rows count from the top.
    """
    matrix = segno.make(payload, error="m", boost_error=False, micro=False).matrix
    runs: list[tuple[int, int, int]] = []
    for row, line in enumerate(matrix):
        column = 0
        while column < len(line):
            length = 0
            while column + length < len(line) and line[column + length]:
                length += 1
            if length:
                runs.append((row + _QUIET, column + _QUIET, length))
            column += length or 1
    return len(matrix) + 2 * _QUIET, runs


def qr_side_mm(payload: str) -> float:
    """Return the printed side of the code in mm, quiet zone included."""
    return qr_runs(payload)[0] * _MODULE_MM


def draw_qr(canvas: Any, payload: str, x: float, y: float, side: float) -> None:
    """Draw the code into the square of `side` points whose lower left corner is (x, y)."""
    count, runs = qr_runs(payload)
    module = side / count
    canvas.saveState()
    canvas.setFillColor(white)
    canvas.rect(x, y, side, side, 0, 1)
    canvas.setFillColor(black)
    path = canvas.beginPath()
    for row, column, length in runs:
        path.rect(x + column * module, y + side - (row + 1) * module, length * module, module)
    canvas.drawPath(path, 0, 1)
    canvas.restoreState()


class QrCode(Flowable):  # type: ignore[misc]
    """A QR code in a story, as large as its modules ask."""

    def __init__(self, payload: str, alt: str = "QR") -> None:
        super().__init__()
        self._payload, self._alt = payload, alt
        self.width = self.height = qr_side_mm(payload) * mm

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the fixed size in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw at the flowable's origin."""
        with content(self.canv, "Figure", self._alt):
            draw_qr(self.canv, self._payload, 0, 0, self.width)
