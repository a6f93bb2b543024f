"""Charts on paper: the shapes of the one chart module as reportlab vectors, legible in grey."""

from __future__ import annotations

from typing import Final

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor, white
from reportlab.platypus import Flowable

from desktop.domain.analytics import drawing
from desktop.domain.analytics.report import ChartBlock
from desktop.reports import style
from desktop.reports.tagging import content
from desktop.reports.text_lines import printable

_TONES: Final[dict[str, Color]] = {
    "strong": style.ACCENT,
    "soft": style.SOFT,
    "ink": style.INK,
    "muted": style.MUTED,
    "line": style.LINE,
    "paper": white,
}
_PALE: Final = HexColor("#EEF4F3")
_DEEP: Final = HexColor("#0B4F4A")


class _Chart(Flowable):  # type: ignore[misc]
    """A drawing that is one figure to its readers, its values in words."""

    def __init__(self, paper: Drawing, alt: str) -> None:
        super().__init__()
        self._paper, self._alt = paper, alt
        self.width, self.height = paper.width, paper.height

    def draw(self) -> None:
        """Draw the shapes as content of a figure."""
        with content(self.canv, "Figure", self._alt):
            renderPDF.draw(self._paper, self.canv, 0, 0)


def chart_flowable(chart: ChartBlock) -> Flowable:
    """Return a chart as wide as the text of a page."""
    drawn = drawing.draw(chart, style.CONTENT_WIDTH)
    paper = Drawing(drawn.width, drawn.height)
    for shape in drawn.shapes:
        paper.add(_shape(shape, drawn.height))
    return _Chart(paper, words_of(chart))


def words_of(chart: ChartBlock) -> str:
    """Return what a chart shows, in words: its title, each value with its label."""
    told = [mark for mark in chart.marks if mark.text and (mark.value or chart.kind != "heat")]
    values = "; ".join(f"{mark.label} {mark.text}".strip() for mark in told)
    return f"{chart.title}: {values}" if values else chart.title


def _shape(shape: drawing.Shape, height: float) -> Rect | Line | PolyLine | String:
    match shape:
        case drawing.Bar():
            return Rect(
                shape.x,
                height - shape.y - shape.height,
                shape.width,
                shape.height,
                fillColor=_fill(shape),
                strokeColor=None,
            )
        case drawing.Dot():
            return Rect(
                shape.x - 1.7,
                height - shape.y - 1.7,
                3.4,
                3.4,
                fillColor=_TONES[shape.tone],
                strokeColor=None,
            )
        case drawing.Line():
            flat = [v for x, y in shape.points for v in (x, height - y)]
            line = PolyLine(flat, strokeColor=_TONES[shape.tone], strokeWidth=shape.width)
            if shape.dashed:
                line.strokeDashArray = (3, 2)
            return line
        case drawing.Label():
            font = style.BOLD if shape.bold else style.REGULAR
            return String(
                shape.x,
                height - shape.y,
                printable(shape.text, font),
                fontName=font,
                fontSize=shape.size,
                fillColor=_TONES[shape.tone],
                textAnchor=shape.anchor,
            )


def _fill(bar: drawing.Bar) -> Color:
    if bar.tone != "heat":
        return _TONES[bar.tone]
    if not bar.level:
        return HexColor("#F7F9FA")
    low = (_PALE.red, _PALE.green, _PALE.blue)
    high = (_DEEP.red, _DEEP.green, _DEEP.blue)
    mixed = (a + (b - a) * bar.level for a, b in zip(low, high, strict=True))
    return Color(*mixed)
