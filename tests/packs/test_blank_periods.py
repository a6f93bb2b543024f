"""Reports of a period with nothing or little in it: short and honest, never pages of dashes."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest

from desktop.domain.analytics.report import FigureBlock, Report, TextBlock
from desktop.services.desk import Desk
from desktop.texts import Lang, Texts


@pytest.mark.parametrize(
    ("kind", "period", "pages"),
    [
        ("month", "2026-01", 1),
        ("week", "2026-W02", 1),
        ("stores", "2026-01", 1),
        ("compensation", "2026-01", 1),
        ("sla", "2026-01", 1),
        ("satisfaction", "2026-01", 1),
        ("quarter", "2026-Q1", 2),
        ("management", "2025", 2),
    ],
)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_a_period_without_complaints_is_a_short_report(
    reading: Desk, kind: str, period: str, pages: int, lang: Lang
) -> None:
    """AN-01: it says that nothing was received and names what has no data."""
    report = reading.report(kind, period, lang)
    assert isinstance(report, Report)
    (nothing,) = [section for section in report.sections if section.id == "nothing"]
    said = " ".join(block.text for block in nothing.blocks if isinstance(block, TextBlock))
    assert Texts(lang).get("pack.nothing_received") in said
    figures = [
        figure
        for section in report.sections
        for block in section.blocks
        if isinstance(block, FigureBlock)
        for figure in block.figures
    ]
    assert all(figure.value is not None for figure in figures)
    pdf = pypdfium2.PdfDocument(BytesIO(reading.use_cases.reporting.pdf(report)))
    assert len(pdf) <= pages


def test_a_month_with_complaints_keeps_its_sections(reading: Desk) -> None:
    """A full month prints each section, the empty one with its line."""
    report = reading.report("month", "2026-10", "zh_CN")
    assert isinstance(report, Report)
    names = [section.id for section in report.sections]
    assert "nothing" not in names
    assert {"figures", "top", "pareto", "heat", "trend", "traces", "signals"} <= set(names)
