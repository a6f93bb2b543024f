"""月报: the month of a store or region, each figure with definition, parts and n (AN-01, AN-15)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from desktop.reports import blocks, charts, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.formats import EMPTY, fact_moment, long_day, long_moment, long_month, money
from desktop.reports.models import Figure, Monthly, Tally
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.reports.seal import FactValue, Signer, sign_facts
from desktop.texts import Texts

# Below 30 cases one case moves a share by more than 3 points.
SMALL_N: Final = 30


def figure_value(figure: Figure) -> Decimal | None:
    """Return the figure itself, rounded half up; None with no cases.

    Shares and means have one decimal, yuan two.
    """
    if figure.kind == "count":
        return figure.numerator
    if not figure.denominator:
        return None
    factor = 100 if figure.kind == "share" else 1
    value = figure.numerator * factor / figure.denominator
    return value.quantize(Decimal("0.01" if figure.unit == "yuan" else "0.1"), ROUND_HALF_UP)


def month_facts(model: Monthly) -> dict[str, FactValue]:
    """Return the signed facts: store, month, time made, and each figure as `num/den`."""
    facts: dict[str, FactValue] = {
        "s": model.store.code,
        "p": f"{model.year:04d}-{model.month:02d}",
        "t": fact_moment(model.made_at, model.tz),
    }
    for figure in model.figures:
        if figure.key in ("received", "closed", "on_time", "satisfaction"):
            parts = f"{figure.numerator:f}"
            if figure.denominator is not None:
                parts += f"/{figure.denominator}"
            facts[figure.key] = parts
    return facts


def render_monthly(model: Monthly, texts: Texts, signer: Signer | None = None) -> bytes:
    """Return the monthly report as PDF; without a signer it carries no code."""
    payload = sign_facts("month", month_facts(model), signer) if signer else None
    page = PageInfo(
        title=texts.get("report.month.title"),
        number=long_month(model.year, model.month, texts.lang),
        owner=model.scope,
        note=texts.get("report.month.note", day=long_moment(model.made_at, model.tz, texts.lang)),
    )
    return build_pdf(page, lambda: _story(model, texts, payload), texts)


def _story(model: Monthly, texts: Texts, payload: str | None) -> list[Flowable]:
    get = texts.get
    story = blocks.masthead(
        model.scope,
        blocks.contact_line(model.store, texts),
        get("report.month.title"),
        long_month(model.year, model.month, texts.lang),
        payload,
        texts,
    )
    story += [
        *blocks.heading(get("report.month.figures")),
        blocks.text(get("report.month.figures_lead", small=SMALL_N), style.SMALL),
        Spacer(0, 1.5 * mm),
        _figures(model.figures, texts),
        *_daily(model, texts),
        *_pareto(model, texts),
        *_tally(model.by_code, "code", texts),
        *_tally(model.by_level, "level", texts),
        *_tally(model.by_channel, "channel", texts),
        *_money(model, texts),
    ]
    if model.remarks:
        story += [
            *blocks.heading(get("report.month.remarks")),
            blocks.numbered(model.remarks),
        ]
    return story


def _figures(figures: Sequence[Figure], texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.month.figure"), style.CONTENT_MM - 66),
        Column(get("report.month.basis"), 36, "right"),
        Column(get("report.month.value"), 30, "right"),
    ]
    rows = [[_named(f, texts), _basis(f), _value(f, texts)] for f in figures]
    return blocks.table(columns, rows, get("report.file.no_rows"))


def _named(figure: Figure, texts: Texts) -> Flowable:
    name = texts.get(f"report.figure.{figure.key}")
    notes = [texts.get(f"report.figure.{figure.key}.definition")]
    if figure.target:
        notes.append(texts.get("report.month.target", target=figure.target))
    if figure.denominator == 0:
        notes.append(texts.get("report.month.no_cases"))
    elif figure.denominator is not None and figure.denominator < SMALL_N:
        notes.append(texts.get("report.month.small_n", n=figure.denominator))
    return blocks.stack(
        [blocks.text(name, style.CELL_BOLD), *(blocks.text(n, style.CELL_SMALL) for n in notes)]
    )


def _basis(figure: Figure) -> str:
    if figure.denominator is None:
        return EMPTY
    parts = f"{_plain(figure.numerator, figure.unit)} / {figure.denominator}"
    return f"{parts}\nn = {figure.denominator}"


def _value(figure: Figure, texts: Texts) -> Flowable | str:
    value = figure_value(figure)
    if value is None:
        return EMPTY
    if figure.kind == "share":
        return blocks.text(f"{value}%", style.FIGURE_RIGHT)
    unit = texts.get(f"report.unit.{figure.unit}") if figure.unit else ""
    return blocks.figure(_plain(value, figure.unit), unit)


def _plain(number: Decimal, unit: str) -> str:
    if unit == "yuan":
        return f"{number:,.2f}"
    if number == number.to_integral_value():
        return f"{number:,.0f}"
    return f"{number:,f}".rstrip("0")


def _pareto(model: Monthly, texts: Texts) -> list[Flowable]:
    get = texts.get
    chart = charts.pareto(model.by_code)
    if not chart.total:
        return []
    share = f"{chart.rows[chart.vital - 1].cumulative * 100 / chart.total:.1f}%"
    most = 12
    drawing = charts.pareto_chart(
        chart,
        get("report.month.pareto_rest", count=len(chart.rows) - most + 1),
        (get("report.month.cases"), get("report.month.cumulative")),
        most,
    )
    lead = get("report.month.pareto_lead", count=chart.vital, share=share, total=chart.total)
    return [blocks.together(get("report.month.pareto"), blocks.text(lead, style.SMALL), drawing)]


def _daily(model: Monthly, texts: Texts) -> list[Flowable]:
    get = texts.get
    total = sum(model.daily.values())
    name = get("report.month.daily")
    if not total:
        return [blocks.together(name, blocks.text(get("report.month.no_daily"), style.SMALL))]
    peak = max(model.daily.values())
    day = min(day for day, count in model.daily.items() if count == peak)
    lead = get("report.month.daily_lead", total=total, day=long_day(day, texts.lang), peak=peak)
    return [blocks.together(name, blocks.text(lead, style.SMALL), charts.daily_chart(model.daily))]


def _tally(tallies: Sequence[Tally], what: str, texts: Texts) -> list[Flowable]:
    """Return a distribution; channels go by name only, codes and levels by key and name."""
    get = texts.get
    total = sum(t.count for t in tallies)
    keyed = what != "channel"
    head = [Column(get(f"report.month.{what}"), 34 if keyed else style.CONTENT_MM - 60)]
    if keyed:
        head.append(Column(get("report.month.name"), style.CONTENT_MM - 94))
    columns = [
        *head,
        Column(get("report.month.cases"), 30, "right"),
        Column(get("report.month.share"), 30, "right"),
    ]
    ordered = sorted(tallies, key=lambda t: (-t.count, t.key)) if what != "level" else tallies
    rows = [
        [*([t.key, t.name] if keyed else [t.name]), str(t.count), _share(t.count, total)]
        for t in ordered
    ]
    first = [get("report.month.total"), *([""] if keyed else [])]
    return [
        *blocks.heading(get(f"report.month.by_{what}"), room_mm=20 + 7 * min(len(rows), 8)),
        blocks.table(
            columns, rows, get("report.file.no_rows"), [[*first, str(total), _share(total, total)]]
        ),
    ]


def _share(count: int, total: int) -> str:
    return f"{count * 100 / total:.1f}%" if total else EMPTY


def _money(model: Monthly, texts: Texts) -> list[Flowable]:
    get = texts.get
    pairs = [
        Pair(get("report.ledger.refund"), money(model.refunds)),
        Pair(get("report.ledger.statutory"), money(model.statutory)),
        Pair(get("report.ledger.goodwill"), money(model.goodwill)),
    ]
    return [
        *blocks.heading(get("report.month.money")),
        blocks.text(get("report.month.money_lead"), style.SMALL),
        blocks.grid(pairs, blocks.label_mm(texts)),
    ]
