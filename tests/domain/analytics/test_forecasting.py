"""AN-10: a forecast comes with its back-test, and too little history makes none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from desktop.domain.analytics.forecasting import (
    LEAST_ORIGINS,
    LEAST_WEEKS,
    STEP,
    Forecast,
    TooLittle,
    forecast,
)
from desktop.services.forecasting import mstl

UNTIL = date(2026, 11, 1)
#: Sundays bring five times what Tuesdays bring.
WEEKDAYS = (4, 2, 3, 5, 6, 9, 10)


def counted(weeks: int, *, last: int = 0, step: int = 0) -> dict[date, int]:
    """Return so many weeks of the same weekdays; the last week has `last` more on each day."""
    found = {}
    for at in range(weeks * 7):
        day = UNTIL - timedelta(days=at + 1)
        found[day] = WEEKDAYS[day.weekday()] + step * (at // 7 % 2) + (last if at < 7 else 0)
    return found


def last_week(days: Sequence[float], ahead: int) -> Sequence[float]:
    """The seasonal naive forecast: what the last seven days brought comes again."""
    return [days[-7 + at % 7] for at in range(ahead)]


def test_weekdays_that_repeat_are_forecast_without_error() -> None:
    found = forecast(counted(40), UNTIL, 4, mstl)
    assert isinstance(found, Forecast)
    assert found.weeks == (sum(WEEKDAYS),) * 4
    assert found.past == (sum(WEEKDAYS),) * 40
    assert (found.test.mape, found.test.naive) == (Decimal("0.0"), Decimal("0.0"))
    # Errors over a series that never moves are over nothing: there is no MASE to print.
    assert found.test.mase is None
    assert not found.test.helps
    # A back-test without error promises none: counts of 42 vary by chance alone.
    assert (found.test.week, found.test.total) == (0, 0)
    assert found.week_range == math.ceil(1.2816 * math.sqrt(sum(WEEKDAYS)))
    assert found.total_range == math.ceil(1.2816 * math.sqrt(4 * sum(WEEKDAYS)))


def test_the_library_carries_a_trend_on_beyond_the_last_week() -> None:
    days = {
        UNTIL - timedelta(days=at + 1): 20 + (40 * 7 - at) // 14 + WEEKDAYS[at % 7]
        for at in range(40 * 7)
    }
    found = forecast(days, UNTIL, 4, mstl)
    assert isinstance(found, Forecast)
    assert found.past[-1] < found.weeks[0] < found.weeks[-1]
    assert found.test.helps
    assert found.test.mase is not None
    assert found.test.mase < 1


def test_the_back_test_is_that_of_a_count_by_hand() -> None:
    """Weeks of 39 and 46 in turn: repeating the last is off by 7 every second week."""
    found = forecast(counted(28, step=1), UNTIL, 4, last_week)
    assert isinstance(found, Forecast)
    test = found.test
    assert (test.origins, test.n) == ((28 - 4 - LEAST_WEEKS) // STEP + 1, 4 * 5)
    # From each origin the last week known is 39, the next are 46, 39, 46, 39 or so.
    known = [39 + 7 * (at % 2 == 0) for at in range(28)]
    errors, totals = [], []
    for origin in range(24, 15, -2):
        off = [abs(known[origin - 1] - n) for n in known[origin : origin + 4]]
        errors += [e / n for e, n in zip(off, known[origin : origin + 4], strict=True)]
        totals.append(sum(off))
    assert test.mape == round(Decimal(str(100 * sum(errors) / len(errors))), 1)
    assert test.naive == test.mape
    assert not test.helps
    # Half of the errors are 7, half 0; a step within what was learnt from is always 7.
    assert (test.mase, test.week, test.total) == (Decimal("0.50"), 7, 14)


def test_what_comes_after_the_day_is_not_looked_at() -> None:
    days = counted(40)
    later = {UNTIL + timedelta(days=at): 999 for at in range(60)}
    assert forecast(days | later, UNTIL, 4, mstl) == forecast(days, UNTIL, 4, mstl)


def test_too_few_weeks_or_complaints_make_no_forecast() -> None:
    asked = LEAST_WEEKS + 4 + STEP * (LEAST_ORIGINS - 1)
    assert isinstance(forecast(counted(asked), UNTIL, 4, last_week), Forecast)
    short = forecast(counted(asked - 1), UNTIL, 4, last_week)
    assert short == TooLittle(asked - 1, sum(WEEKDAYS) * (asked - 1), asked)
    rare = {UNTIL - timedelta(days=5 * at + 1): 1 for at in range(60)}
    assert isinstance(forecast(rare, UNTIL, 4, last_week), TooLittle)
    assert forecast({}, UNTIL, 4, last_week) == TooLittle(0, 0, asked)


def test_a_model_that_falls_below_nothing_expects_nothing() -> None:
    found = forecast(counted(40), UNTIL, 4, lambda _days, ahead: [-3.0] * ahead)
    assert isinstance(found, Forecast)
    assert found.weeks == (0, 0, 0, 0)
    assert found.test.mape == Decimal("100.0")
