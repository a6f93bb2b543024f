"""Which sections each kind of report has, over which periods, and which facts it signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from desktop.domain.analytics.report import (
    Column,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
)
from desktop.services import reporting_money as money
from desktop.services import reporting_sections as parts
from desktop.services.reporting_departments import departments, responses
from desktop.services.reporting_nodes import nodes
from desktop.services.reporting_numbers import Numbers
from desktop.services.reporting_quality import service_quality

Facts: TypeAlias = Mapping[str, str | int]
Made: TypeAlias = tuple[tuple[Section, ...], Facts]

#: Figures that are signed into the code, by their short names there.
SIGNED: Final = ("opened", "closed", "solution_on_time", "satisfaction", "closed_loop", "repeat")


def _nothing(_numbers: Numbers) -> Sequence[Section]:
    return ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Sections that come from elsewhere: signals, root causes, samples, chains, daily lines."""

    signals: Callable[[Numbers], Sequence[Section]] = _nothing
    plan: Callable[[Numbers], Sequence[Section]] = _nothing
    actions: Callable[[Numbers], Sequence[Section]] = _nothing
    effects: Callable[[Numbers], Sequence[Section]] = _nothing
    sample: Callable[[Numbers], Sequence[Section]] = _nothing
    chains: Callable[[Numbers], Sequence[Section]] = _nothing
    lines: Callable[[Numbers], Sequence[Section]] = _nothing
    forecast: Callable[[Numbers], Sequence[Section]] = _nothing
    chargeback: Callable[[Numbers], Sequence[Section]] = _nothing


@dataclass(frozen=True, slots=True)
class Pack:
    """A kind of report: how it is made and over which kinds of period."""

    make: Callable[[Numbers, Sources], Made]
    periods: frozenset[str] = field(default_factory=lambda: frozenset({"month", "quarter", "year"}))


def signed(numbers: Numbers, *keys: str) -> dict[str, str | int]:
    """Return figures as facts for the code: `numerator/denominator`."""
    facts: dict[str, str | int] = {}
    for key in keys or SIGNED:
        figure = numbers.figure(key)
        parts_of = f"{figure.numerator:f}"
        facts[key] = parts_of if figure.denominator is None else f"{parts_of}/{figure.denominator}"
    return facts


def _daily(numbers: Numbers, sources: Sources) -> Made:
    figures = parts.key_figures(numbers, "opened", "closed")
    return parts.sections(*sources.lines(numbers), figures), signed(numbers, "opened", "closed")


def _week(numbers: Numbers, sources: Sources) -> Made:
    made = parts.sections(
        parts.key_figures(
            numbers,
            "opened",
            "closed",
            "first_response_on_time",
            "solution_on_time",
            "satisfaction",
            "repeat",
        ),
        parts.daily(numbers),
        parts.top_three(numbers),
        parts.distribution(numbers, "code", numbers.frame.code_name),
        parts.distribution(numbers, "level", lambda key: level_name(numbers, key), ordered=False),
        money.clocks(numbers),
        service_quality(numbers),
        *sources.signals(numbers),
    )
    return made, signed(numbers)


def level_name(numbers: Numbers, key: str) -> str:
    """Return the name of a level."""
    return numbers.frame.texts.get(f"pack.level.{key}")


def _channel(numbers: Numbers) -> Callable[[str], str]:
    return lambda key: numbers.frame.named("channel", key)


def _overview(numbers: Numbers, sources: Sources) -> Made:
    made = parts.sections(
        parts.key_figures(numbers, *SIGNED, "first_response_on_time"),
        parts.pareto(numbers),
        parts.trend(numbers),
        parts.heat(numbers),
        parts.top_three(numbers),
        service_quality(numbers),
        *sources.signals(numbers),
    )
    return made, signed(numbers)


def _month(numbers: Numbers, sources: Sources) -> Made:
    several = len(numbers.frame.stores) > 1
    made = parts.sections(
        parts.key_figures(
            numbers,
            "opened",
            "closed",
            "first_response_on_time",
            "solution_on_time",
            "response_minutes",
            "resolution_hours",
            "satisfaction",
            "closed_loop",
            "effective",
            "repeat",
            "fcr",
            "transferred",
            "external",
            "compensated",
            "mean_goodwill",
        ),
        parts.top_three(numbers),
        parts.pareto(numbers),
        parts.heat(numbers),
        parts.trend(numbers),
        parts.daily(numbers) if numbers.frame.period.kind == "month" else None,
        parts.distribution(numbers, "code", numbers.frame.code_name),
        parts.distribution(numbers, "level", lambda key: level_name(numbers, key), ordered=False),
        parts.distribution(numbers, "channel", _channel(numbers)),
        parts.stores(numbers) if several else None,
        parts.traces(numbers),
        parts.associations(numbers),
        money.compensation(numbers),
        money.clocks(numbers),
        nodes(numbers),
        departments(numbers, compared=False),
        money.satisfaction(numbers),
        parts.people(numbers) if numbers.frame.with_people else None,
        service_quality(numbers),
        money.cost(numbers),
        *sources.signals(numbers),
        *sources.forecast(numbers),
    )
    return made, signed(numbers)


def _quarter(numbers: Numbers, sources: Sources) -> Made:
    text = numbers.frame.texts.get
    act = Section(
        "act",
        text("pack.sec.act"),
        (
            TextBlock(text("pack.act_lead")),
            *(WriteBlock(text(f"pack.write.{name}")) for name in ("decision", "owner", "next")),
            WriteBlock(text("pack.write.signature"), 1),
        ),
    )
    made = parts.sections(
        parts.key_figures(numbers, *SIGNED, "effective", "fcr", "resolution_hours", "cost"),
        parts.trend(numbers),
        parts.pareto(numbers),
        parts.distribution(numbers, "family", lambda key: parts.family_name(numbers, key)),
        departments(numbers, compared=False),
        parts.traces(numbers),
        *sources.signals(numbers),
        *sources.forecast(numbers),
        *sources.plan(numbers),
        *sources.actions(numbers),
        *sources.effects(numbers),
        act,
    )
    return made, signed(numbers)


def _stores(numbers: Numbers, _sources: Sources) -> Made:
    figures = parts.key_figures(numbers, *SIGNED, still_open=False)
    # What the paper is named for stands first; the figures of all together follow.
    return parts.sections(parts.stores(numbers), figures), signed(numbers)


def _compensation(numbers: Numbers, _sources: Sources) -> Made:
    keys = ("closed", "compensated", "mean_goodwill")
    figures = parts.key_figures(numbers, *keys, still_open=False)
    made = parts.sections(figures, money.compensation(numbers), money.cost(numbers))
    return made, signed(numbers, "closed", "compensated", "mean_goodwill")


def _sla(numbers: Numbers, _sources: Sources) -> Made:
    figures = parts.key_figures(
        numbers,
        "first_response_on_time",
        "solution_on_time",
        "response_minutes",
        "resolution_hours",
        "fcr",
    )
    made = parts.sections(
        figures,
        money.clocks(numbers),
        nodes(numbers),
        responses(numbers),
        departments(numbers, compared=True),
    )
    return made, signed(numbers, "first_response_on_time", "solution_on_time")


def _satisfaction(numbers: Numbers, _sources: Sources) -> Made:
    figures = parts.key_figures(numbers, "closed_loop", "effective", "repeat", "reopened")
    made = parts.sections(money.satisfaction(numbers), figures)
    return made, signed(numbers, "satisfaction", "csat", "nps", "ces", "closed_loop", "repeat")


def _management(numbers: Numbers, sources: Sources) -> Made:
    """ISO 10002:2018 clause 8: analysis, satisfaction, monitoring, audit, review, improvement."""
    text = numbers.frame.texts.get

    def titled(name: str, *found: Section) -> Section:
        blocks = tuple(block for section in found for block in section.blocks)
        return Section(name, text(f"pack.sec.{name}"), blocks)

    lead = Section("a", "", (TextBlock(text("pack.review_analysis_lead")),))
    audit = Section("b", "", (TextBlock(text("pack.review_audit_lead")),))
    given = Section("c", "", (TextBlock(text("pack.review_input_lead")),))
    decide = Section(
        "d",
        "",
        (
            *(
                WriteBlock(text(f"pack.write.{name}"))
                for name in ("decision", "owner", "resources", "next")
            ),
            WriteBlock(text("pack.write.signature"), 1),
        ),
    )
    figures = parts.key_figures(
        numbers, *SIGNED, "effective", "first_response_on_time", "resolution_hours", "cost"
    )
    made = (
        titled(
            "review_analysis",
            lead,
            parts.pareto(numbers),
            parts.distribution(
                numbers, "level", lambda key: level_name(numbers, key), ordered=False
            ),
            parts.distribution(numbers, "channel", _channel(numbers)),
        ),
        titled("review_satisfaction", money.satisfaction(numbers)),
        titled("review_monitoring", figures, money.clocks(numbers)),
        titled("review_audit", audit, *sources.sample(numbers)),
        titled("review_input", given, *sources.signals(numbers), *sources.plan(numbers)),
        titled("review_output", decide),
        titled("review_improvement", *sources.actions(numbers), *sources.effects(numbers)),
    )
    return tuple(section for section in made if section.blocks), signed(numbers)


def _audit(numbers: Numbers, sources: Sources) -> Made:
    made = parts.sections(
        parts.key_figures(numbers, "opened", "closed", "closed_loop", "effective"),
        *sources.sample(numbers),
        *sources.chains(numbers),
    )
    return made, signed(numbers, "opened", "closed")


def _journey(numbers: Numbers, _sources: Sources) -> Made:
    """The template of a customer journey mapping, to be filled in by hand (QA-05)."""
    text = numbers.frame.texts.get
    names = ("touch", "expect", "actual", "pain", "improve")
    columns = tuple(
        Column(text(f"pack.journey.{name}"), weight)
        for name, weight in zip(names, (0.2, 0.2, 0.2, 0.2, 0.2), strict=True)
    )
    rows = tuple((text(f"pack.journey.{n}"), "\n\n\n", "", "", "") for n in range(1, 8))
    table = TableBlock(columns, rows, "")
    page = Section(
        "journey", text("pack.sec.journey"), (TextBlock(text("pack.journey_lead")), table)
    )
    return (page,), signed(numbers, "opened")


def _chargeback(numbers: Numbers, sources: Sources) -> Made:
    return tuple(sources.chargeback(numbers)), {}


_DAYS: Final = frozenset({"day"})
_WEEKS: Final = frozenset({"week"})
_ANY: Final = frozenset({"day", "week", "month", "quarter", "year"})

PACKS: Final[dict[str, Pack]] = {
    "daily": Pack(_daily, _DAYS),
    "week": Pack(_week, _WEEKS),
    "month": Pack(_month),
    "quarter": Pack(_quarter),
    "stores": Pack(_stores),
    "compensation": Pack(_compensation, _ANY),
    "sla": Pack(_sla, _ANY),
    "satisfaction": Pack(_satisfaction, _ANY),
    "management": Pack(_management),
    "audit": Pack(_audit),
    "journey": Pack(_journey),
    "chargeback": Pack(_chargeback),
    "overview": Pack(_overview, _ANY),
}
