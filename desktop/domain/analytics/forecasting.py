"""A forecast of complaints by week (投诉量预测, AN-10) with its own back-test beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final, TypeAlias

Model: TypeAlias = Callable[[Sequence[float], int], Sequence[float]]
"""Takes complaints by day and how many days to look ahead; returns what it expects of each."""

#: Weeks that a model learns from at least, in the forecast as in every back-test.
LEAST_WEEKS: Final = 16
#: Complaints in those weeks; fewer say nothing about weekdays.
LEAST_CASES: Final = 100
#: A back-test looks from so many past days at least and at most, this many weeks apart.
LEAST_ORIGINS: Final = 3
MOST_ORIGINS: Final = 8
STEP: Final = 2
#: What is older says little about next month.
MOST_WEEKS: Final = 156
#: The share of the back-test's errors that the printed range covers.
COVERED: Final = 80
_WEEK: Final = 7
#: Standard deviations to either side that hold 80 % of a normal distribution.
_NORMAL_80: Final = 1.2816


@dataclass(frozen=True, slots=True)
class BackTest:
    """How far off the model was on weeks it had not seen, from rolling origins.

    `mape` and `naive` are mean absolute errors in percent of the week's complaints, of the model
    and of the week before repeated; `mase` is the mean absolute error over that of repeating the
    week before, within what was learnt from: below 1 is better than that. `n` weeks were
    forecast from `origins` days. `week` covers 80 % of the errors of a week, `total` is the
    largest error of all weeks ahead together, both in complaints.
    """

    n: int
    origins: int
    mape: Decimal | None
    naive: Decimal | None
    mase: Decimal | None
    week: int
    total: int

    @property
    def helps(self) -> bool:
        """Whether the model did better than repeating the week before."""
        return self.mape is not None and self.naive is not None and self.mape < self.naive


@dataclass(frozen=True, slots=True)
class Forecast:
    """`past` complaints of the weeks up to `until`, the expected ones of the `weeks` from there."""

    until: date
    past: tuple[int, ...]
    weeks: tuple[int, ...]
    test: BackTest

    @property
    def total(self) -> int:
        """What is expected of all weeks ahead together."""
        return sum(self.weeks)

    @property
    def week_range(self) -> int:
        """How far off a week may be: the back-test's error, and never less than chance makes."""
        return max(self.test.week, *map(_by_chance, self.weeks))

    @property
    def total_range(self) -> int:
        """How far off the total may be, likewise."""
        return max(self.test.total, _by_chance(self.total))


@dataclass(frozen=True, slots=True)
class TooLittle:
    """There is too little to forecast from: what there is and what is asked."""

    weeks: int
    cases: int
    weeks_asked: int
    cases_asked: int = LEAST_CASES


def forecast(
    days: Mapping[date, int], until: date, ahead: int, model: Model
) -> Forecast | TooLittle:
    """Forecast `ahead` weeks from `until` on, by what was counted on the days before it."""
    weeks = _weeks(days, until)
    asked = LEAST_WEEKS + ahead + STEP * (LEAST_ORIGINS - 1)
    cases = sum(map(sum, weeks))
    if len(weeks) < asked or cases < LEAST_CASES:
        return TooLittle(len(weeks), cases, asked)
    expected = _ahead(weeks, ahead, model)
    return Forecast(
        until, tuple(map(sum, weeks)), tuple(map(round, expected)), _test(weeks, ahead, model)
    )


def _by_chance(expected: int) -> int:
    """Return what 80 % of independent counts with this mean stay within (Poisson)."""
    return math.ceil(_NORMAL_80 * math.sqrt(expected))


def _weeks(days: Mapping[date, int], until: date) -> list[tuple[int, ...]]:
    """Return the counts of whole weeks that end before `until`, from the first complaint on."""
    counted = [day for day, n in days.items() if n and day < until]
    if not counted:
        return []
    count = min((until - min(counted)).days // _WEEK, MOST_WEEKS)
    since = until - timedelta(weeks=count)
    return [
        tuple(days.get(since + timedelta(days=week * _WEEK + day), 0) for day in range(_WEEK))
        for week in range(count)
    ]


def _ahead(weeks: Sequence[Sequence[int]], ahead: int, model: Model) -> list[float]:
    """Return what the model expects of each week ahead; never less than nothing."""
    found = model([float(n) for week in weeks for n in week], ahead * _WEEK)
    return [sum(max(n, 0.0) for n in found[at * _WEEK :][:_WEEK]) for at in range(ahead)]


def _test(weeks: Sequence[Sequence[int]], ahead: int, model: Model) -> BackTest:
    last = len(weeks) - ahead
    origins = range(last, LEAST_WEEKS - 1, -STEP)[:MOST_ORIGINS]
    errors, totals, shares, naive, scaled = [], [], [], [], []
    for origin in origins:
        known = [sum(week) for week in weeks[:origin]]
        actual = [sum(week) for week in weeks[origin : origin + ahead]]
        found = _ahead(weeks[:origin], ahead, model)
        off = [abs(f - a) for f, a in zip(found, actual, strict=True)]
        errors += off
        totals.append(abs(sum(found) - sum(actual)))
        shares += [e / a for e, a in zip(off, actual, strict=True) if a]
        naive += [abs(known[-1] - a) / a for a in actual if a]
        steps = [abs(b - a) for a, b in pairwise(known)]
        usual = sum(steps) / len(steps)
        scaled += [e / usual for e in off if usual]
    return BackTest(
        n=len(errors),
        origins=len(origins),
        mape=_mean(shares, "0.1", 100),
        naive=_mean(naive, "0.1", 100),
        mase=_mean(scaled, "0.01"),
        week=round(sorted(errors)[-(-len(errors) * COVERED // 100) - 1]),
        total=round(max(totals)),
    )


def _mean(values: Sequence[float], places: str, factor: int = 1) -> Decimal | None:
    if not values:
        return None
    mean = Decimal(str(sum(values) * factor / len(values)))
    return mean.quantize(Decimal(places), ROUND_HALF_UP)
