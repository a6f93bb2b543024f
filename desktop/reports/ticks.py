"""A wrapping row of tick boxes that reads well in print and keeps its text extractable."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from desktop.reports import style
from desktop.reports.tagging import content

_SIZE = 8.8
_BOX = 7.4
_GAP = 4.0
_LEADING = 15.0
_BETWEEN = 6 * mm


class TickList(Flowable):  # type: ignore[misc]
    """Options with a box each, `(name, ticked)`; a ticked one is bold as well."""

    def __init__(self, options: Sequence[tuple[str, bool]]) -> None:
        super().__init__()
        self._options = options
        self._placed: list[tuple[float, int, str, bool]] = []

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Place the options in lines of at most `width` points."""
        self._placed = []
        x, line = 0.0, 0
        for name, ticked in self._options:
            font = style.BOLD if ticked else style.REGULAR
            needed = _BOX + _GAP + stringWidth(name, font, _SIZE)
            if x and x + needed > width:
                x, line = 0.0, line + 1
            self._placed.append((x, line, name, ticked))
            x += needed + _BETWEEN
        self.width, self.height = width, (line + 1) * _LEADING + 4
        return self.width, self.height

    def draw(self) -> None:
        """Draw box, tick and name of every option."""
        with content(self.canv):
            self._draw_options()

    def _draw_options(self) -> None:
        canvas = self.canv
        canvas.saveState()
        for x, line, name, ticked in self._placed:
            y = self.height - (line + 1) * _LEADING + 3
            canvas.setStrokeColor(style.INK)
            canvas.setFillColor(style.INK)
            canvas.setLineWidth(0.7)
            canvas.rect(x, y - 0.6, _BOX, _BOX)
            if ticked:
                canvas.setFont(style.BOLD, _SIZE)
                canvas.drawString(x + 0.6, y + 0.2, "√")
            canvas.setFont(style.BOLD if ticked else style.REGULAR, _SIZE)
            canvas.drawString(x + _BOX + _GAP, y, name)
        canvas.restoreState()
