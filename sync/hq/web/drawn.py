"""Charts as SVG for pages that run no scripts and carry no styles of their own."""

from __future__ import annotations

from html import escape
from typing import Final

from markupsafe import Markup

from desktop.domain.analytics.drawing import Bar, Dot, Label, Line, draw
from desktop.domain.analytics.report import ChartBlock

#: Points across; a page shows them larger, so that the smallest letters can be read.
WIDTH: Final = 600.0


def svg(chart: ChartBlock, title: str) -> Markup:
    """Return a chart with its values in words for those who do not see it."""
    drawing = draw(chart, WIDTH)
    words = ", ".join(f"{mark.label}: {mark.text or '—'}" for mark in chart.marks)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:g} {drawing.height:g}" role="img"'
        f' aria-label="{escape(title)}: {escape(words)}">'
    ]
    for shape in drawing.shapes:
        match shape:
            case Bar():
                parts.append(
                    f'<rect class="{shape.tone}" x="{shape.x:.1f}" y="{shape.y:.1f}"'
                    f' width="{shape.width:.1f}" height="{shape.height:.1f}"/>'
                )
            case Line():
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
                dashes = ' stroke-dasharray="4 3"' if shape.dashed else ""
                parts.append(f'<polyline class="{shape.tone}" points="{points}"{dashes}/>')
            case Dot():
                parts.append(
                    f'<circle class="{shape.tone}" cx="{shape.x:.1f}" cy="{shape.y:.1f}"/>'
                )
            case Label():
                parts.append(
                    f'<text class="{shape.tone}" x="{shape.x:.1f}" y="{shape.y:.1f}"'
                    f' font-size="{shape.size:g}" text-anchor="{shape.anchor}">'
                    f"{escape(shape.text)}</text>"
                )
    return Markup("".join((*parts, "</svg>")))  # noqa: S704 - every text is escaped above
