"""Figures that departments answer for (部门指标, AN-14, AN-17): shown for all, never by person."""

from __future__ import annotations

from decimal import Decimal

from desktop.domain.analytics.departments import RETURN_DAYS, DepartmentCounts
from desktop.domain.analytics.report import (
    Column,
    Figure,
    FigureBlock,
    FigureKind,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.services.reporting_numbers import Numbers, is_small
from desktop.services.reporting_sections import share


def departments(numbers: Numbers, *, compared: bool) -> Section:
    """Return first contact resolution of technical complaints, returns in days, overtime.

    `compared` counts the period before and the year before too, each from every case's facts:
    three times the work, which a month of a whole region has no time for.
    """
    frame, text = numbers.frame, numbers.frame.texts.get
    codes, now, nothing = numbers.technical, numbers.departments(), DepartmentCounts()
    before, year = (
        numbers.departments(period) if compared and numbers.is_whole(period) else nothing
        for period in (frame.period.before, frame.period.year_before)
    )

    def figure(key: str, kind: FigureKind, target: str, dim: str, of: str) -> Figure:
        (top, bottom), (old, under), (older, below) = (_parts(key, c) for c in (now, before, year))
        name = text(f"departments.{key}")
        return Figure(
            key=key,
            name=name,
            definition=text(f"departments.{key}.definition", codes=", ".join(codes)),
            kind=kind,
            numerator=Decimal(top),
            denominator=bottom,
            unit="days" if kind == "mean" else "",
            n=bottom,
            exclusions=text("pack.excluded_duplicates", n=numbers.now.n("duplicate")),
            target=target,
            before=Figure("", "", "", kind, Decimal(old), under).value,
            year_before=Figure("", "", "", kind, Decimal(older), below).value,
            drill=frame.drill(dim, of, name),
        )

    figures = (
        figure("technical_fcr", "share", "≥ 85%", "technical", ",".join(codes)),
        figure("return_days", "mean", f"≤ {RETURN_DAYS}", "returned", "*"),
        figure("return_quick", "share", "", "returned", "*"),
        numbers.figure("overtime"),
    )
    lead = TextBlock(text("departments.lead"), small=True)
    return Section("departments", text("departments.title"), (lead, FigureBlock(figures)))


def _parts(key: str, counts: DepartmentCounts) -> tuple[int, int]:
    return {
        "technical_fcr": (counts.at_once, counts.technical),
        "return_days": (counts.days, counts.returns),
        "return_quick": (counts.quick, counts.returns),
    }[key]


def responses(numbers: Numbers) -> Section:
    """Return by level how many customers were answered within two hours (AN-17)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    found = numbers.departments().answered
    rows = tuple(
        (
            text(f"pack.level.{level}"),
            str(n),
            str(met),
            share(met, n),
            text("pack.few", n=n) if is_small(n) else "",
        )
        for level, (n, met) in found.items()
    )
    drills = tuple(
        frame.drill("answered", str(level), text(f"pack.level.{level}")) for level in found
    )
    columns = (
        Column(text("pack.dim.level"), 0.34),
        Column(text("pack.col.cases"), 0.14, "right"),
        Column(text("departments.col.answered"), 0.2, "right"),
        Column(text("pack.col.share"), 0.14, "right"),
        Column(text("pack.col.note"), 0.18, "right"),
    )
    lead = TextBlock(text("departments.responses_lead"), small=True)
    table = TableBlock(columns, rows, text("pack.no_cases"), drills)
    return Section("responses", text("departments.responses"), (lead, table))


def department_name(numbers: Numbers, family: str) -> str:
    """Return who answers for a family of codes: responsible, else accountable, else consulted."""
    for part in ("R", "A", "C"):
        for contact in numbers.frame.policy.contacts:
            if contact.part == part and family in contact.codes:
                return numbers.frame.texts.choose(dict(contact.title))
    return "—"
