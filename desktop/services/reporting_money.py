"""Sections about money, time limits, satisfaction and cost (CO-03, CO-09, SL-01, NC-07)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from desktop.domain.analytics.measures import cost_of
from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    FigureBlock,
    Mark,
    PairBlock,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.services.reporting_departments import department_name
from desktop.services.reporting_numbers import Numbers, is_small
from desktop.services.reporting_sections import by_count, family_name, share

MOST_REASONS: Final = 12


def compensation(numbers: Numbers) -> Section:
    """Return money by ledger, instrument and authority band (CO-03, D6)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    blocks: list[TextBlock | TableBlock] = [TextBlock(text("pack.money_lead"), small=True)]
    for dim, group in (("money", "ledger"), ("instrument", "instrument"), ("band", "role")):
        keys = sorted(numbers.now.keys(dim).items())
        rows = tuple(
            (
                _money_name(numbers, group, key),
                str(n),
                f"{Decimal(fen) / 100:,.2f}",
                f"{Decimal(fen) / 100 / n:,.2f}" if n else "—",
            )
            for key, (n, fen) in keys
        )
        columns = (
            Column(text(f"pack.dim.{dim}"), 0.4),
            Column(text("pack.col.items"), 0.16, "right"),
            Column(text("pack.col.yuan"), 0.22, "right"),
            Column(text("pack.col.mean_yuan"), 0.22, "right"),
        )
        total = sum(fen for _, (_, fen) in keys)
        count = sum(n for _, (n, _) in keys)
        whole = (text("pack.total"), str(count), f"{Decimal(total) / 100:,.2f}", "")
        drills = tuple(frame.drill(dim, key, _money_name(numbers, group, key)) for key, _ in keys)
        blocks.append(
            TableBlock(columns, rows, text("pack.no_money"), drills, whole if rows else ())
        )
    return Section("compensation", text("pack.sec.compensation"), tuple(blocks))


def _money_name(numbers: Numbers, group: str, key: str) -> str:
    texts = numbers.frame.texts
    if group == "role":
        name = f"ui.role.{key}"
        return texts.get(name) if texts.has(name) else key
    return numbers.frame.named(group, key)


def clocks(numbers: Numbers) -> Section:
    """Return each clock with how many met it, and the reasons for overtime (SL-01 …, FL-11)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    rows, drills = [], []
    for key, (n, met) in sorted(numbers.now.keys("clock").items()):
        few = text("pack.few", n=n) if is_small(n) else ""
        rows.append((frame.named("clock", key), str(n), str(met), str(n - met), share(met, n), few))
        drills.append(frame.drill("clock", key, frame.named("clock", key)))
    columns = (
        Column(text("pack.dim.clock"), 0.3),
        Column(text("pack.col.due"), 0.12, "right"),
        Column(text("pack.col.met"), 0.12, "right"),
        Column(text("pack.col.late"), 0.12, "right"),
        Column(text("pack.col.rate"), 0.14, "right"),
        Column(text("pack.col.note"), 0.2, "right"),
    )
    reasons = by_count(numbers.now, "overtime")
    reason_rows = tuple((key, str(n)) for key, n in reasons[:MOST_REASONS])
    reason_columns = (
        Column(text("pack.dim.overtime"), 0.8),
        Column(text("pack.col.cases"), 0.2, "right"),
    )
    return Section(
        "sla",
        text("pack.sec.sla"),
        (
            TextBlock(text("pack.sla_lead"), small=True),
            TableBlock(columns, tuple(rows), text("pack.no_cases"), tuple(drills)),
            TableBlock(
                reason_columns,
                reason_rows,
                text("pack.no_reasons"),
                tuple(frame.drill("overtime", key, key) for key, _ in reasons[:MOST_REASONS]),
            ),
        ),
    )


def satisfaction(numbers: Numbers) -> Section:
    """Return CSAT, NPS and CES with the questions asked and their scores (NC-07).

    Scores stand by type and by the department that answers for it (AN-01).
    """
    frame, text = numbers.frame, numbers.frame.texts.get
    questions = tuple(
        (text(f"pack.fig.{key}"), text(f"pack.question.{key}")) for key in ("csat", "nps", "ces")
    )
    stars = ChartBlock(
        "bars",
        text("pack.scores"),
        tuple(_star_mark(numbers, score) for score in (5, 4, 3, 2, 1)),
    )
    rows = tuple(
        (
            family_name(numbers, key),
            department_name(numbers, key),
            str(n),
            f"{total / n:.2f}",
            _few(numbers, n),
        )
        for key, (n, total) in sorted(numbers.now.keys("csat_family").items())
    )
    drills = tuple(
        frame.drill("csat_family", key, family_name(numbers, key))
        for key in sorted(numbers.now.keys("csat_family"))
    )
    columns = (
        Column(text("pack.dim.family"), 0.26),
        Column(text("pack.col.department"), 0.26),
        Column("n", 0.12, "right"),
        Column(text("pack.col.csat"), 0.16, "right"),
        Column(text("pack.col.note"), 0.2, "right"),
    )
    return Section(
        "satisfaction",
        text("pack.sec.satisfaction"),
        (
            PairBlock(questions),
            FigureBlock(numbers.figures("satisfaction", "csat", "nps", "ces")),
            stars,
            TableBlock(columns, rows, text("pack.no_surveys"), drills),
        ),
    )


def _star_mark(numbers: Numbers, score: int) -> Mark:
    name, n = numbers.frame.texts.get("pack.stars", n=score), numbers.now.n("csat", str(score))
    drill = numbers.frame.drill("csat", str(score), name) if n else None
    return Mark(name, n, str(n), drill)


def cost(numbers: Numbers) -> Section:
    """Return the cost per complaint with its parts (CO-09)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    parts = cost_of(numbers.now, frame.cost)
    total = sum(parts.values(), Decimal("0.00"))
    rows = tuple(
        (
            text(f"pack.cost.{key}"),
            f"{value:,.2f}",
            share_of(value, total),
        )
        for key, value in parts.items()
    )
    columns = (
        Column(text("pack.col.part"), 0.5),
        Column(text("pack.col.yuan"), 0.25, "right"),
        Column(text("pack.col.share"), 0.25, "right"),
    )
    return Section(
        "cost",
        text("pack.sec.cost"),
        (
            FigureBlock(numbers.figures("cost")),
            TableBlock(
                columns,
                rows,
                text("pack.no_cases"),
                (),
                (text("pack.total"), f"{total:,.2f}", "100.0%" if total else "—"),
            ),
        ),
    )


def share_of(value: Decimal, total: Decimal) -> str:
    """Return a share of money in percent."""
    return f"{value * 100 / total:.1f}%" if total else "—"


def _few(numbers: Numbers, n: int) -> str:
    return numbers.frame.texts.get("pack.few", n=n) if is_small(n) else ""
