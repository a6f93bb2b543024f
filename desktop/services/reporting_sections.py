"""The sections that packs are made of, each from the same numbers (AN-01 … AN-15, NC-07)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.analytics.measures import BY_KEY, Totals
from desktop.domain.analytics.periods import parse_period
from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    Drill,
    FigureBlock,
    Mark,
    Section,
    TableBlock,
    TextBlock,
    change,
)
from desktop.domain.analytics.signals import growth_confidence
from desktop.services.reporting_numbers import Numbers, figure_of, is_small

#: Rows that a table of SKUs or batches prints.
MOST_TRACES: Final = 15
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOP: Final = 3
#: Months that a trend shows at least.
FEWEST_MONTHS: Final = 4


def key_figures(numbers: Numbers, *keys: str, still_open: bool = True) -> Section:
    """Return the figures with their definitions, and how many cases are open."""
    text = numbers.frame.texts.get
    figures = numbers.figures(*keys)
    at = 2 if len(figures) > 2 else len(figures)
    return Section(
        "figures",
        text("pack.sec.figures"),
        (
            TextBlock(text("pack.figures_lead"), small=True),
            *_unfinished(numbers),
            FigureBlock(
                (*figures[:at], numbers.open_figure(), *figures[at:]) if still_open else figures
            ),
        ),
    )


def _unfinished(numbers: Numbers) -> tuple[TextBlock, ...]:
    """Say that a period has not run its course, so that nobody takes it for a fall."""
    frame = numbers.frame
    if frame.made_at.astimezone(ZoneInfo(frame.timezone)).date() >= frame.period.until:
        return ()
    return (TextBlock(frame.texts.get("pack.unfinished"), small=True),)


def top_three(numbers: Numbers) -> Section:
    """Return the three most frequent codes with last month's count and what to settle (AN-11)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    ordered = by_count(numbers.now, "code")[:TOP]
    total = numbers.now.n("opened")
    rows, drills = [], []
    for place, (key, n) in enumerate(ordered, start=1):
        before = numbers.before.n("code", key)
        moved = change(Decimal(n), Decimal(before) if not numbers.before.empty else None, "count")
        rows.append((str(place), frame.code_name(key), str(n), share(n, total), str(before), moved))
        drills.append(frame.drill("code", key, frame.code_name(key)))
    columns = (
        Column(text("pack.col.rank"), 0.06),
        Column(text("pack.col.code"), 0.42),
        Column(text("pack.col.cases"), 0.12, "right"),
        Column(text("pack.col.share"), 0.13, "right"),
        Column(text("pack.col.before"), 0.13, "right"),
        Column(text("pack.col.change"), 0.14, "right"),
    )
    return Section(
        "top",
        text("pack.sec.top"),
        (
            TextBlock(text("pack.top_lead"), small=True),
            TableBlock(columns, tuple(rows), text("pack.no_cases"), tuple(drills)),
        ),
    )


def pareto(numbers: Numbers) -> Section:
    """Return the Pareto of codes with the 80 % mark (AN-06)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    ordered = by_count(numbers.now, "code")
    total = sum(n for _, n in ordered)
    running, vital = 0, 0
    for _, n in ordered:
        running, vital = running + n, vital + 1
        if running * 100 >= total * 80:
            break
    marks = tuple(
        Mark(frame.code_name(key), n, str(n), frame.drill("code", key, frame.code_name(key)))
        for key, n in ordered
    )
    chart = ChartBlock(
        "pareto",
        text("pack.sec.pareto"),
        marks,
        rows=(text("pack.rest"),),
        heads=(text("pack.col.cases"), text("pack.col.cumulative")),
        empty=text("pack.no_cases"),
    )
    lead = text("pack.pareto_lead", count=vital, share=share(running, total), total=total)
    blocks = (TextBlock(lead, small=True), chart) if total else (TextBlock(text("pack.no_cases")),)
    return Section("pareto", text("pack.sec.pareto"), blocks)


def heat(numbers: Numbers) -> Section:
    """Return the heat map hour × weekday of opening (AN-05)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    marks = []
    for day in range(7):
        for hour in range(24):
            n = numbers.now.n("hour", f"{day}-{hour:02d}")
            label = text("pack.heat_mark", day=text(f"pack.day.{DAYS[day]}"), hour=hour)
            drill = frame.drill("hour", f"{day}-{hour:02d}", label) if n else None
            marks.append(Mark(label, n, str(n), drill))
    chart = ChartBlock(
        "heat",
        text("pack.sec.heat"),
        tuple(marks),
        rows=tuple(text(f"pack.day.{name}") for name in DAYS),
    )
    peak = max(marks, key=lambda mark: mark.value)
    lead = text("pack.heat_lead", peak=peak.label, n=int(peak.value)) if peak.value else ""
    return Section(
        "heat", text("pack.sec.heat"), (TextBlock(lead or text("pack.no_cases"), small=True), chart)
    )


def trend(numbers: Numbers) -> Section:
    """Return complaints by month with the year before dashed (AN-05, 同比 and 环比)."""
    text = numbers.frame.texts.get
    months = numbers.trend()
    # Months before the first complaint say nothing, only that nobody counted yet.
    began = next((at for at, (_, n, year) in enumerate(months) if n or year), 0)
    months = months[min(began, len(months) - FEWEST_MONTHS) :]
    marks = tuple(_month_mark(numbers, month, n) for month, n, _ in months)
    chart = ChartBlock(
        "trend", text("pack.sec.trend"), marks, second=tuple(year for *_, year in months)
    )
    figure, dashed = numbers.figure("opened"), any(year is not None for *_, year in months)
    lead = text(
        "pack.trend_lead" if dashed else "pack.trend_lead_first",
        before=change(figure.value, figure.before, "count"),
        year=change(figure.value, figure.year_before, "count"),
    )
    return Section("trend", text("pack.sec.trend"), (TextBlock(lead, small=True), chart))


def _month_mark(numbers: Numbers, month: str, n: int) -> Mark:
    drill = numbers.frame.drill("opened", "*", month, parse_period(month)) if n else None
    return Mark(month[2:].replace("-", "/"), n, str(n), drill)


def daily(numbers: Numbers) -> Section:
    """Return complaints by day of the period."""
    frame, text = numbers.frame, numbers.frame.texts.get
    days = [
        frame.period.since + timedelta(days=n)
        for n in range((frame.period.until - frame.period.since).days)
    ]
    marks = tuple(_day_mark(numbers, day) for day in days)
    chart = ChartBlock("columns", text("pack.sec.daily"), marks)
    return Section("daily", text("pack.sec.daily"), (chart,))


def _day_mark(numbers: Numbers, day: date) -> Mark:
    n = numbers.now.n("day", day.isoformat())
    drill = numbers.frame.drill("day", day.isoformat(), day.isoformat()) if n else None
    return Mark(str(day.day), n, str(n), drill)


def distribution(
    numbers: Numbers, dim: str, name: Callable[[str], str], *, ordered: bool = True
) -> Section:
    """Return one dimension as a table with the period before (AN-01)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    keys = by_count(numbers.now, dim)
    if not ordered:
        keys = sorted(keys)
    total = sum(n for _, n in keys)
    rows = tuple(
        (
            name(key),
            str(n),
            share(n, total),
            change(
                Decimal(n),
                Decimal(numbers.before.n(dim, key)) if not numbers.before.empty else None,
                "count",
            ),
            change(
                Decimal(n),
                Decimal(numbers.year_before.n(dim, key)) if not numbers.year_before.empty else None,
                "count",
            ),
        )
        for key, n in keys
    )
    columns = (
        Column(text(f"pack.dim.{dim}"), 0.44),
        Column(text("pack.col.cases"), 0.14, "right"),
        Column(text("pack.col.share"), 0.14, "right"),
        Column(text("pack.col.change"), 0.14, "right"),
        Column(text("pack.col.change_year"), 0.14, "right"),
    )
    drills = tuple(frame.drill(dim, key, name(key)) for key, _ in keys)
    table = TableBlock(
        columns,
        rows,
        text("pack.no_cases"),
        drills,
        (text("pack.total"), str(total), share(total, total), "", "") if total else (),
    )
    return Section(f"by_{dim}", text(f"pack.sec.by_{dim}"), (table,))


def traces(numbers: Numbers) -> Section:
    """Return the SKUs and batches with the most complaints (AN-01, AN-02)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    blocks: list[TextBlock | TableBlock] = [TextBlock(text("pack.traces_lead"), small=True)]
    for dim in ("sku", "batch"):
        keys = by_count(numbers.now, dim)[:MOST_TRACES]
        total = numbers.now.n("opened")
        rows = tuple(
            (key, str(n), share(n, total), *_growth(numbers, n, numbers.before.n(dim, key)))
            for key, n in keys
        )
        columns = (
            Column(text(f"pack.dim.{dim}"), 0.3),
            Column(text("pack.col.cases"), 0.12, "right"),
            Column(text("pack.col.share"), 0.13, "right"),
            Column(text("pack.col.before"), 0.13, "right"),
            Column(text("pack.col.change"), 0.15, "right"),
            Column(text("pack.col.confidence"), 0.17, "right"),
        )
        drills = tuple(frame.drill(dim, key, key) for key, _ in keys)
        blocks.append(TableBlock(columns, rows, text("pack.no_traces"), drills))
    return Section("traces", text("pack.sec.traces"), tuple(blocks))


def _growth(numbers: Numbers, n: int, before: int) -> tuple[str, str, str]:
    """Return the count before, the growth, and how sure a rise is; few cases say so (AN-02)."""
    if numbers.before.empty:
        return "—", "—", "—"
    period, text = numbers.frame.period, numbers.frame.texts.get
    end = min(
        period.until, numbers.frame.made_at.astimezone(ZoneInfo(numbers.frame.timezone)).date()
    )
    days = max((end - period.since).days, 1)
    sure = growth_confidence(n, before, days, (period.before.until - period.before.since).days)
    moved = change(Decimal(n), Decimal(before), "count")
    few = text("pack.few", n=n + before)
    if not before:  # whether something new is more than usual is the signals' to say
        return str(before), text("pack.new"), "—"
    return str(before), moved, few if sure is None else f"{sure * 100:.2f}%"


def associations(numbers: Numbers) -> Section:
    """Return which codes come by which channel more than chance would bring (AN-07).

    Lift is the pair's share over the product of both shares; pairs under 5 cases are left out.
    """
    frame, text = numbers.frame, numbers.frame.texts.get
    total = numbers.now.n("opened") or 1
    found = []
    for key, (n, _) in numbers.now.keys("link").items():
        code, channel = key.split("|")
        expected = numbers.now.n("code", code) * numbers.now.n("channel", channel) / total
        if n >= 5 and expected:
            found.append((n / expected, n, code, channel, key))
    found.sort(key=lambda pair: (-pair[0], pair[4]))
    rows = tuple(
        (frame.code_name(code), frame.named("channel", channel), str(n), f"{lift:.2f}")
        for lift, n, code, channel, _ in found[:8]
    )
    columns = (
        Column(text("pack.dim.code"), 0.48),
        Column(text("pack.dim.channel"), 0.22),
        Column(text("pack.col.cases"), 0.15, "right"),
        Column(text("pack.col.lift"), 0.15, "right"),
    )
    drills = tuple(frame.drill("link", pair[4]) for pair in found[:8])
    return Section(
        "associations",
        text("pack.sec.associations"),
        (
            TextBlock(text("pack.associations_lead"), small=True),
            TableBlock(columns, rows, text("pack.no_pairs"), drills),
        ),
    )


def people(numbers: Numbers) -> Section:
    """Return cases by person in the order of names: shown, never ranked (AN-01, AN-14)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    rows, drills = [], []
    for key in sorted(numbers.now.keys("person"), key=lambda k: (frame.person(k), k)):
        n = numbers.now.n("person", key)
        solved, seconds = numbers.now.keys("solved_person").get(key, (0, 0))
        surveyed, stars = numbers.now.keys("csat_person").get(key, (0, 0))
        hours = f"{seconds / 3600 / solved:.1f}" if solved else "—"
        mean = f"{stars / surveyed:.1f} (n={surveyed})" if surveyed else "—"
        rows.append((frame.person(key), str(n), str(solved), hours, mean))
        drills.append(frame.drill("person", key, frame.person(key)))
    columns = (
        Column(text("pack.dim.person"), 0.28),
        Column(text("pack.col.cases"), 0.14, "right"),
        Column(text("pack.col.solved"), 0.14, "right"),
        Column(text("pack.col.hours"), 0.2, "right"),
        Column(text("pack.col.csat"), 0.24, "right"),
    )
    lead = TextBlock(text("pack.people_lead"), small=True)
    table = TableBlock(columns, tuple(rows), text("pack.no_cases"), tuple(drills))
    return Section("people", text("pack.sec.people"), (lead, table))


def stores(numbers: Numbers) -> Section:
    """Return the stores side by side, in the order of their codes (AN-04)."""
    frame, text = numbers.frame, numbers.frame.texts.get
    wanted = ("opened", "closed", "solved", "clock", "csat", "repeat", "money", "accepted_closed")
    found = numbers.by_store(wanted)
    rows: list[tuple[str, ...]] = []
    drills: list[Drill | None] = []
    marks: list[Mark] = []
    for store in sorted(found):
        totals = found[store]
        own = frame.drill("opened", "*", frame.store(store))
        drill = Drill(own.dim, own.key, own.since, own.until, frozenset({store}), own.label)
        opened = totals.n("opened")
        figures = [
            _store_figure(numbers, totals, key)
            for key in ("solution_on_time", "resolution_hours", "satisfaction", "closed_loop")
        ]
        goodwill = Decimal(totals.total("money", "goodwill")) / 100
        rows.append((frame.store(store), str(opened), *figures, f"{goodwill:,.2f}"))
        drills.append(drill)
        marks.append(Mark(frame.store(store), opened, str(opened), drill))
    columns = (
        Column(text("pack.dim.store"), 0.25),
        Column(text("pack.col.cases"), 0.09, "right"),
        Column(text("pack.col.on_time"), 0.14, "right"),
        Column(text("pack.col.hours"), 0.13, "right"),
        Column(text("pack.col.satisfaction"), 0.13, "right"),
        Column(text("pack.col.closed_loop"), 0.12, "right"),
        Column(text("pack.col.goodwill"), 0.14, "right"),
    )
    ordered = tuple(sorted(marks, key=lambda mark: (-mark.value, mark.label)))[:12]
    chart = ChartBlock("bars", text("pack.sec.stores"), ordered)
    return Section(
        "stores",
        text("pack.sec.stores"),
        (
            TextBlock(text("pack.stores_lead", count=len(rows)), small=True),
            chart,
            TableBlock(columns, tuple(rows), text("pack.no_cases"), tuple(drills)),
        ),
    )


def _store_figure(numbers: Numbers, totals: Totals, key: str) -> str:
    figure = figure_of(BY_KEY[key], numbers.frame, totals, Totals({}), Totals({}))
    star = "*" if figure.value is not None and is_small(figure.n) else ""
    return figure.shown + star


def by_count(totals: Totals, dim: str) -> list[tuple[str, int]]:
    """Return the keys of a dimension by falling count, ties by key."""
    return sorted(((k, n) for k, (n, _) in totals.keys(dim).items()), key=lambda p: (-p[1], p[0]))


def share(count: int, total: int) -> str:
    """Return a share in percent, a dash over nothing."""
    return f"{count * 100 / total:.1f}%" if total else "—"


def family_name(numbers: Numbers, key: str) -> str:
    """Return the name of a family of codes."""
    title = numbers.frame.policy.families.get(key)
    return (
        numbers.frame.texts.choose(dict(title))
        if title
        else (key or numbers.frame.texts.get("pack.unclassified"))
    )


def sections(*made: Section | None) -> tuple[Section, ...]:
    """Return the sections that a pack has."""
    return tuple(section for section in made if section is not None)
