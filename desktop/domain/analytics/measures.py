"""The figures of every report, each a formula over the same cells (AN-15, NC-07, NC-11, CO-09)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import Sums
from desktop.domain.analytics.report import FigureKind
from desktop.domain.improvement.reviews import CHECKS

_FEN: Final = Decimal(100)
#: NPS (NC-07): 9 and 10 recommend, 0 to 6 warn others.
PROMOTER_FROM: Final = 9
DETRACTOR_TO: Final = 6


@dataclass(frozen=True, slots=True)
class CostModel:
    """What a complaint costs beside goodwill (CO-09): minutes an act, wages, system share.

    `hourly` and `system` are yuan; they are settings of the region, printed beside the figure.
    """

    minutes: int = 6
    hourly: Decimal = Decimal("45.00")
    system: Decimal = Decimal("2.00")


class Totals:
    """Sums by dimension, with the clocks that ran out unanswered counted in."""

    def __init__(self, sums: Sums, late: Mapping[str, int] | None = None) -> None:
        self._dims: dict[str, dict[str, tuple[int, int]]] = {}
        for (dim, key), pair in sums.items():
            self._dims.setdefault(dim, {})[key] = pair
        for clock, count in (late or {}).items():
            clocks = self._dims.setdefault("clock", {})
            n, met = clocks.get(clock, (0, 0))
            clocks[clock] = (n + count, met)

    def n(self, dim: str, key: str = "*") -> int:
        """Return the count of one key or of the whole dimension."""
        return self._sum(dim, key, 0)

    def total(self, dim: str, key: str = "*") -> int:
        """Return the total of one key or of the whole dimension."""
        return self._sum(dim, key, 1)

    def keys(self, dim: str) -> Mapping[str, tuple[int, int]]:
        """Return the dimension's keys with (n, total)."""
        return self._dims.get(dim, {})

    def _sum(self, dim: str, key: str, at: int) -> int:
        keys = self._dims.get(dim, {})
        return sum(pair[at] for pair in keys.values()) if key == "*" else keys.get(key, (0, 0))[at]

    @property
    def empty(self) -> bool:
        """Whether nothing at all was counted."""
        return not self._dims


def late_clocks(
    open_cases: Iterable[CaseFacts], since: date, until: date, now: datetime
) -> dict[str, int]:
    """Return how many running clocks of open cases were due in [since, until) and before `now`."""
    found: dict[str, int] = {}
    for facts in open_cases:
        for clock in facts.clocks:
            late = clock.done is None and since <= clock.day < until and clock.due < now
            if late and not facts.duplicate:
                found[clock.name] = found.get(clock.name, 0) + 1
    return found


Formula = Callable[[Totals, CostModel], Decimal]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure's formula: numerator, denominator (None for counts and sums), and its drill."""

    key: str
    kind: FigureKind
    numerator: Formula
    denominator: Callable[[Totals], int] | None = None
    unit: str = ""
    target: str = ""
    dim: str = ""
    of: str = "*"


def _n(dim: str, key: str = "*") -> Formula:
    return lambda totals, _cost: Decimal(totals.n(dim, key))


def _total(dim: str, key: str = "*", factor: Decimal = Decimal(1)) -> Formula:
    return lambda totals, _cost: (Decimal(totals.total(dim, key)) / factor).quantize(
        Decimal("0.01")
    )


def _count(dim: str, key: str = "*") -> Callable[[Totals], int]:
    return lambda totals: totals.n(dim, key)


def _satisfied(totals: Totals, _cost: CostModel) -> Decimal:
    return Decimal(sum(n for score, (n, _) in totals.keys("csat").items() if int(score) >= 4))


def _net_promoters(totals: Totals, _cost: CostModel) -> Decimal:
    scores = totals.keys("nps").items()
    promoters = sum(n for score, (n, _) in scores if int(score) >= PROMOTER_FROM)
    return Decimal(promoters - sum(n for s, (n, _) in scores if int(s) <= DETRACTOR_TO))


def _clock_met(name: str) -> Formula:
    return lambda totals, _cost: Decimal(totals.total("clock", name))


def cost_of(totals: Totals, cost: CostModel) -> dict[str, Decimal]:
    """Return the three parts of the cost model in yuan: labour, compensation, system."""
    acts = totals.total("opened")
    labour = cost.hourly * cost.minutes * acts / 60
    goodwill = Decimal(totals.total("money", "goodwill")) / _FEN
    return {
        "labour": labour.quantize(Decimal("0.01")),
        "compensation": goodwill.quantize(Decimal("0.01")),
        "system": (cost.system * totals.n("opened")).quantize(Decimal("0.01")),
    }


def _cost(totals: Totals, cost: CostModel) -> Decimal:
    return sum(cost_of(totals, cost).values(), Decimal("0.00"))


MEASURES: Final[tuple[Measure, ...]] = (
    Measure("opened", "count", _n("opened"), unit="cases", dim="opened"),
    Measure("closed", "count", _n("closed"), unit="cases", dim="closed"),
    Measure(
        "first_response_on_time",
        "share",
        _clock_met("first_response"),
        _count("clock", "first_response"),
        target="≥ 95%",
        dim="clock",
        of="first_response",
    ),
    Measure(
        "solution_on_time",
        "share",
        _clock_met("solution"),
        _count("clock", "solution"),
        target="≥ 95%",
        dim="clock",
        of="solution",
    ),
    Measure(
        "response_minutes",
        "mean",
        _total("response", factor=Decimal(60)),
        _count("response"),
        unit="minutes",
        dim="response",
    ),
    Measure(
        "resolution_hours",
        "mean",
        _total("solved", factor=Decimal(3600)),
        _count("solved"),
        unit="hours",
        dim="solved",
    ),
    Measure("satisfaction", "share", _satisfied, _count("csat"), target="≥ 98%", dim="csat"),
    Measure("csat", "mean", _total("csat"), _count("csat"), unit="stars", dim="csat"),
    Measure("nps", "score", _net_promoters, _count("nps"), dim="nps"),
    Measure("ces", "mean", _total("ces"), _count("ces"), unit="points", dim="ces"),
    Measure("closed_loop", "share", _n("accepted_closed"), _count("opened"), dim="accepted_closed"),
    Measure(
        "effective", "share", _n("accepted_effective"), _count("opened"), dim="accepted_effective"
    ),
    Measure("repeat", "share", _n("repeat"), _count("opened"), target="≤ 2%", dim="repeat"),
    Measure("fcr", "share", _n("fcr"), _count("solved"), target="≥ 85%", dim="fcr"),
    Measure("reopened", "share", _n("reopened"), _count("opened"), dim="reopened"),
    Measure("transferred", "share", _n("transferred"), _count("opened"), dim="transferred"),
    Measure("external", "count", _n("external"), unit="cases", dim="external"),
    Measure("compensated", "share", _n("compensated"), _count("closed"), dim="compensated"),
    Measure(
        "mean_goodwill",
        "mean",
        _total("money", "goodwill", _FEN),
        _count("money_case", "goodwill"),
        unit="yuan",
        dim="money",
        of="goodwill",
    ),
    Measure(
        "overtime",
        "share",
        lambda totals, _cost: Decimal(totals.n("clock") - totals.total("clock")),
        _count("clock"),
        dim="clock",
    ),
    Measure(
        "service_quality",
        "share",
        lambda totals, _cost: Decimal(totals.total("checked")),
        lambda totals: totals.n("checked") * len(CHECKS),
        dim="checked",
    ),
    Measure("cost", "mean", _cost, _count("opened"), unit="yuan", dim="opened"),
)
BY_KEY: Final = {measure.key: measure for measure in MEASURES}
