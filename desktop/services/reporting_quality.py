"""The daily service quality index (服务质量指数, AN-13): what the rule checks on words find."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from desktop.domain.analytics.periods import Period
from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    FigureBlock,
    Mark,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.domain.improvement.reviews import CHECKS
from desktop.services.reporting_numbers import Numbers

#: Days that a chart shows one by one; longer periods show weeks.
MOST_DAYS: Final = 31
#: Columns that leave room for how many cases each stands on.
MOST_WIDE: Final = 8


def service_quality(numbers: Numbers) -> Section:
    """Return the index, its trend and how often each check failed, each with its cases."""
    frame, text = numbers.frame, numbers.frame.texts.get
    count, closed = numbers.now.n("checked"), numbers.now.n("closed")
    title = text("service_quality.title")
    if not count:
        return Section(
            "service_quality", title, (TextBlock(text("service_quality.none", closed=closed)),)
        )
    lead = TextBlock(text("service_quality.lead", n=count, closed=closed), small=True)
    weekly = (frame.period.until - frame.period.since).days > MOST_DAYS
    chart = ChartBlock("columns", title, _marks(numbers, weekly=weekly))
    rows = tuple(
        (text(f"service_quality.{check}"), str(n), f"{n * 100 / count:.1f}%")
        for check in CHECKS
        for n in (numbers.now.n("check_failed", check),)
    )
    drills = tuple(
        frame.drill("check_failed", check, text(f"service_quality.{check}")) for check in CHECKS
    )
    columns = (
        Column(text("service_quality.col.check"), 0.6),
        Column(text("pack.col.cases"), 0.2, "right"),
        Column(text("pack.col.share"), 0.2, "right"),
    )
    return Section(
        "service_quality",
        title,
        (
            lead,
            FigureBlock(numbers.figures("service_quality")),
            TextBlock(
                text("service_quality.by_week" if weekly else "service_quality.by_day"), small=True
            ),
            chart,
            TableBlock(columns, rows, "", drills),
        ),
    )


def _marks(numbers: Numbers, *, weekly: bool) -> tuple[Mark, ...]:
    """Return the index of each day or week; one in which no case was checked has none."""
    by_span: dict[date, tuple[int, int]] = {}
    for key, (n, passed) in numbers.now.keys("checked").items():
        span = _first(date.fromisoformat(key), weekly=weekly)
        so_far = by_span.get(span, (0, 0))
        by_span[span] = (so_far[0] + n, so_far[1] + passed)
    first = _first(numbers.frame.period.since, weekly=weekly)
    step = timedelta(weeks=1) if weekly else timedelta(days=1)
    spans = []
    while first < numbers.frame.period.until:
        spans.append(first)
        first += step
    wide = len(spans) <= MOST_WIDE
    return tuple(_mark(numbers, day, step, by_span.get(day, (0, 0)), wide=wide) for day in spans)


def _first(day: date, *, weekly: bool) -> date:
    return day - timedelta(days=day.weekday()) if weekly else day


def _mark(
    numbers: Numbers, day: date, step: timedelta, sums: tuple[int, int], *, wide: bool
) -> Mark:
    n, passed = sums
    label = f"{day:%m/%d}" if step.days > 1 else str(day.day)
    if not n:
        return Mark(label, 0, "")
    frame = numbers.frame
    index = passed * 100 / (n * len(CHECKS))
    within = Period(
        "day", max(day, frame.period.since), min(day + step, frame.period.until), day.isoformat()
    )
    name = f"{frame.texts.get('service_quality.title')} {day.isoformat()}"
    shown = f"{index:.0f} (n={n})" if wide else f"{index:.0f}"
    return Mark(label, index, shown, frame.drill("checked", "*", name, within))
