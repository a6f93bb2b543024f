"""The section of a report that looks ahead: complaints expected by week, and how sure (AN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.analytics.forecasting import Forecast, Model, TooLittle, forecast
from desktop.domain.analytics.periods import Period, add_months, month_text
from desktop.domain.analytics.report import (
    Block,
    ChartBlock,
    Column,
    Drill,
    Mark,
    PairBlock,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.services.reporting_numbers import Frame, Numbers
from desktop.texts import Texts

#: Weeks ahead by the kind of period.
AHEAD: Final = {"month": 4, "quarter": 13, "year": 13}
#: Weeks before that the chart shows.
SHOWN: Final = 13
#: Months that a forecast reads at most: three years and what the first week begins in.
MONTHS: Final = 37


def forecast_sections(numbers: Numbers, model: Model) -> Sequence[Section]:
    """Return the forecast from the end of the period on; weeks and days have none."""
    frame = numbers.frame
    ahead = AHEAD.get(frame.period.kind, 0)
    if not ahead:
        return ()
    until = _last_whole_day(frame)
    months = [month_text(add_months(until, n - MONTHS + 1)) for n in range(MONTHS)]
    sums = numbers.rollups.sums(frame.stores, months, ("day",))
    days = {date.fromisoformat(key): n for (_, key), (n, _) in sums.items()}
    found = forecast(days, until, ahead, model)
    blocks = forecast_blocks(frame.texts, found)
    if isinstance(found, Forecast):
        blocks = (*blocks[:1], _chart(frame, found), *blocks[1:])
    return (Section("forecast", frame.texts.get("forecast.title"), blocks),)


def _last_whole_day(frame: Frame) -> date:
    """Return the end of the period, or the day that is not over where the period runs on."""
    return min(frame.period.until, frame.made_at.astimezone(ZoneInfo(frame.timezone)).date())


def forecast_blocks(texts: Texts, found: Forecast | TooLittle) -> tuple[Block, ...]:
    """Return definition, table of weeks and back-test, or why there is no forecast."""
    text = texts.get
    if isinstance(found, TooLittle):
        lacking = text(
            "forecast.too_little",
            weeks=found.weeks,
            cases=found.cases,
            weeks_asked=found.weeks_asked,
            cases_asked=found.cases_asked,
        )
        return (TextBlock(lacking),)
    test = found.test
    return (
        TextBlock(text("forecast.lead", ahead=len(found.weeks), past=len(found.past)), small=True),
        _table(texts, found),
        PairBlock(
            (
                (text("forecast.mape"), text("forecast.percent", value=test.mape)),
                (text("forecast.naive"), text("forecast.percent", value=test.naive)),
                (text("forecast.mase"), str(test.mase)),
                (text("forecast.n"), text("forecast.n_of", n=test.n, origins=test.origins)),
            )
        ),
        TextBlock(text("forecast.helps" if test.helps else "forecast.no_help"), small=True),
        TextBlock(text("forecast.definition"), small=True),
    )


def _table(texts: Texts, found: Forecast) -> TableBlock:
    text, off = texts.get, found.week_range
    rows = tuple(
        (
            text("forecast.week", since=since, last=since + timedelta(days=6)),
            str(n),
            text("forecast.range", low=max(n - off, 0), high=n + off),
        )
        for at, n in enumerate(found.weeks)
        for since in (found.until + timedelta(weeks=at),)
    )
    columns = (
        Column(text("forecast.col.week"), 0.46),
        Column(text("forecast.col.expected"), 0.24, "right"),
        Column(text("forecast.col.range"), 0.3, "right"),
    )
    low, high = max(found.total - found.total_range, 0), found.total + found.total_range
    total = (
        text("forecast.all", ahead=len(found.weeks)),
        str(found.total),
        text("forecast.range", low=low, high=high),
    )
    return TableBlock(columns, rows, "", (), total)


def _chart(frame: Frame, found: Forecast) -> ChartBlock:
    past = found.past[-SHOWN:]
    first = found.until - timedelta(weeks=len(past))
    marks = [
        Mark(f"{since:%m/%d}", n, str(n), _week_drill(frame, since) if n else None)
        for at, n in enumerate(past)
        for since in (first + timedelta(weeks=at),)
    ]
    marks += [
        Mark(f"{found.until + timedelta(weeks=at):%m/%d}", n, str(n))
        for at, n in enumerate(found.weeks)
    ]
    return ChartBlock("columns", frame.texts.get("forecast.title"), tuple(marks), at=len(past))


def _week_drill(frame: Frame, since: date) -> Drill:
    label = frame.texts.get("pack.week_from", day=since)
    week = Period("week", since, since + timedelta(weeks=1), "")
    return frame.drill("opened", "*", label, week)
