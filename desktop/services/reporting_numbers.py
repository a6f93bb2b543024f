"""The numbers of a period beside those of the period before and of a year before (环比, 同比)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import sums_between
from desktop.domain.analytics.departments import DepartmentCounts
from desktop.domain.analytics.measures import (
    BY_KEY,
    CostModel,
    Measure,
    Totals,
)
from desktop.domain.analytics.periods import Period, add_months, month_text
from desktop.domain.analytics.report import SMALL_N, Drill, Figure
from desktop.domain.policy import Policy
from desktop.services.reporting_ports import CaseQuery, Rollups, Stores
from desktop.texts import Texts

#: Months that a trend shows, this one included: a year and the month a year before.
TREND_MONTHS: Final = 13
#: Days that a store may pass without a complaint at the beginning of what is counted.
QUIET_DAYS: Final = 3
#: The class of codes that the technical department answers for.
TECHNICAL: Final = "technical"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a report is about: whose cases, when, in which language, as of which event."""

    period: Period
    stores: Stores
    texts: Texts
    policy: Policy
    made_at: datetime
    cost: CostModel
    names: Mapping[str, str]
    store_names: Mapping[str, str]
    scope: str
    timezone: str
    with_people: bool = False

    def drill(
        self, dim: str, key: str = "*", label: str = "", period: Period | None = None
    ) -> Drill:
        """Return the way from a mark to its cases."""
        over = period or self.period
        return Drill(dim, key, over.since, over.until, self.stores, label)

    def code_name(self, key: str) -> str:
        """Return a code with its title."""
        code = self.policy.codes.get(key)
        if not key:
            return self.texts.get("pack.unclassified")
        return f"{key} {self.texts.choose(dict(code.title))}" if code else key

    def named(self, group: str, key: str) -> str:
        """Return the catalogue's name of an enumerated key, the key where a pack added it."""
        name = f"report.{group}.{key}"
        return self.texts.get(name) if self.texts.has(name) else key

    def person(self, key: str) -> str:
        """Return the name of a person."""
        return self.names.get(key, key) or self.texts.get("pack.nobody")

    def store(self, key: str) -> str:
        """Return a store's code with its name where it is known."""
        name = self.store_names.get(key, "")
        return f"{key} {name}".strip()


class Numbers:
    """Reads the cells of a period: from rollups for whole months, else from the facts."""

    def __init__(self, rollups: Rollups, frame: Frame) -> None:
        self.rollups = rollups
        self.frame = frame
        self._departments: dict[Period, DepartmentCounts] = {}
        self.now = self.totals(frame.period)
        self._begun = began(rollups, frame.stores)
        self.before = self._earlier(frame.period.before)
        # Of a year the period before is the year before: the second column stays empty.
        yearly = frame.period.kind == "year"
        self.year_before = Totals({}) if yearly else self._earlier(frame.period.year_before)

    def _earlier(self, period: Period) -> Totals:
        """Return the sums of a period to compare with; one that began uncounted is none."""
        return self.totals(period) if self.is_whole(period) else Totals({})

    def is_whole(self, period: Period) -> bool:
        """Tell whether complaints were counted from a period's beginning on."""
        return self._is_counted(period.since)

    def _is_counted(self, since: date) -> bool:
        return self._begun is not None and since >= self._begun

    @property
    def open_cases(self) -> Sequence[CaseFacts]:
        """The facts of cases that are not closed; figures do without them."""
        return self.rollups.open_cases(self.frame.stores)

    def totals(self, period: Period) -> Totals:
        """Return the sums of a period, clocks that ran out on open cases counted as late."""
        frame = self.frame
        if period.months:
            sums = self.rollups.sums(frame.stores, period.months)
        else:
            query = CaseQuery(frame.stores, period.since, period.until)
            sums = sums_between(self.rollups.cases(query), period.since, period.until)
        late = self.rollups.late(frame.stores, period.since, period.until, frame.made_at)
        return Totals(sums, late)

    def by_store(self, dims: Sequence[str]) -> Mapping[str, Totals]:
        """Return each store's sums of the period's whole months, late clocks as in `totals`."""
        frame = self.frame
        since, until, now = frame.period.since, frame.period.until, frame.made_at
        found = self.rollups.by_store(frame.stores, frame.period.months, dims)
        return {
            store: Totals(sums, self.rollups.late(frozenset({store}), since, until, now))
            for store, sums in found.items()
        }

    @property
    def technical(self) -> Sequence[str]:
        """The codes that the technical department answers for."""
        codes = self.frame.policy.codes.values()
        return sorted(code.id for code in codes if code.class_ == TECHNICAL)

    def departments(self, period: Period | None = None) -> DepartmentCounts:
        """Return what departments answer for, read from every case of the period but once."""
        asked = period or self.frame.period
        if asked not in self._departments:
            self._departments[asked] = self.rollups.departments(
                self.frame.stores, asked.since, asked.until, self.technical
            )
        return self._departments[asked]

    def figure(self, key: str) -> Figure:
        """Return one figure with its definition, parts, comparisons and drill."""
        return figure_of(BY_KEY[key], self.frame, self.now, self.before, self.year_before)

    def figures(self, *keys: str) -> tuple[Figure, ...]:
        """Return several figures."""
        return tuple(self.figure(key) for key in keys)

    def open_figure(self) -> Figure:
        """Return how many cases are open, as of the newest event."""
        count = self.rollups.open_count(self.frame.stores)
        return Figure(
            key="open",
            name=self.frame.texts.get("pack.fig.open"),
            definition=self.frame.texts.get("pack.fig.open.definition"),
            kind="count",
            numerator=Decimal(count),
            unit="cases",
            n=count,
            drill=self.frame.drill("open", "*", self.frame.texts.get("pack.fig.open")),
        )

    def trend(self, dim: str = "opened", key: str = "*") -> list[tuple[str, int, int | None]]:
        """Return (month, count, count a year before) of the months up to the period's last."""
        last = (
            add_months(self.frame.period.until, -1)
            if self.frame.period.months
            else (self.frame.period.since.replace(day=1))
        )
        last = min(last, self.frame.made_at.astimezone(ZoneInfo(self.frame.timezone)).date())
        months = [month_text(add_months(last, n - TREND_MONTHS + 1)) for n in range(TREND_MONTHS)]
        older = [f"{int(month[:4]) - 1}{month[4:]}" for month in months]
        whole = {month for month in older if self._is_counted(date.fromisoformat(f"{month}-01"))}
        sums = self.rollups.by_month(self.frame.stores, (*months, *older), (dim,))
        counts = {month: Totals(found).n(dim, key) for month, found in sums.items()}
        return [
            (month, counts.get(month, 0), counts.get(year) if year in whole else None)
            for month, year in zip(months, older, strict=True)
        ]


def began(rollups: Rollups, stores: Stores) -> date | None:
    """Return the day from which periods were counted as a whole; None without complaints.

    It lies a few days before the first complaint: not every store has one on the first of the
    month. A month that was counted from its middle on compares with nothing.
    """
    months = rollups.months(stores)
    if not months:
        return None
    days = Totals(rollups.sums(stores, months[:1], ("day",))).keys("day")
    first = min(days, default=f"{months[0]}-01")
    return date.fromisoformat(first) - timedelta(days=QUIET_DAYS)


def figure_of(
    measure: Measure, frame: Frame, now: Totals, before: Totals, year_before: Totals
) -> Figure:
    """Return the figure of a measure over totals."""
    texts = frame.texts
    name = f"pack.fig.{measure.key}"
    denominator = measure.denominator(now) if measure.denominator else None
    numerator = measure.numerator(now, frame.cost)
    excluded = f"{name}.exclusions"
    return Figure(
        key=measure.key,
        name=texts.get(name),
        definition=_definition(texts, f"{name}.definition", frame.cost),
        kind=measure.kind,
        numerator=numerator,
        denominator=denominator,
        unit=measure.unit,
        n=int(numerator) if denominator is None else denominator,
        exclusions=(
            texts.get(excluded)
            if texts.has(excluded)
            else texts.get("pack.excluded_duplicates", n=now.n("duplicate"))
        ),
        target=measure.target,
        before=_value(measure, before, frame.cost),
        year_before=_value(measure, year_before, frame.cost),
        drill=frame.drill(measure.dim, measure.of, texts.get(name)) if measure.dim else None,
    )


def _definition(texts: Texts, key: str, cost: CostModel) -> str:
    if key != "pack.fig.cost.definition":
        return texts.get(key)
    return texts.get(key, minutes=cost.minutes, hourly=cost.hourly, system=cost.system)


def _value(measure: Measure, totals: Totals, cost: CostModel) -> Decimal | None:
    if totals.empty:
        return None
    figure = Figure(
        measure.key,
        "",
        "",
        measure.kind,
        measure.numerator(totals, cost),
        measure.denominator(totals) if measure.denominator else None,
        measure.unit,
    )
    return figure.value


def is_small(n: int) -> bool:
    """Tell whether a figure on `n` cases must say that it rests on few."""
    return n < SMALL_N
