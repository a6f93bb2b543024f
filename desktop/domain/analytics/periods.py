"""Periods that reports are asked for: a day, an ISO week, a month, a quarter, a year (AN-03)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Kind = Literal["day", "week", "month", "quarter", "year"]
_FORMS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("week", re.compile(r"(\d{4})-W(\d{2})")),
    ("quarter", re.compile(r"(\d{4})-Q([1-4])")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("year", re.compile(r"(\d{4})")),
)
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_EN_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days [since, until) in the store's zone, and how the period is written (`text`)."""

    kind: Kind
    since: date
    until: date
    text: str

    @property
    def months(self) -> tuple[str, ...]:
        """The calendar months that make it up; empty for days and weeks."""
        count = _MONTHS.get(self.kind, 0)
        return tuple(month_text(add_months(self.since, n)) for n in range(count))

    @property
    def before(self) -> Period:
        """The period of the same length before (环比)."""
        if self.kind in _MONTHS:
            return _of(self.kind, add_months(self.since, -_MONTHS[self.kind]))
        return _of(self.kind, self.since - (self.until - self.since))

    @property
    def year_before(self) -> Period:
        """The same period a year before (同比); a week is compared with the week 52 weeks ago."""
        if self.kind in _MONTHS:
            return _of(self.kind, add_months(self.since, -12))
        return _of(self.kind, self.since - timedelta(weeks=52))

    def label(self, lang: str) -> str:
        """Return the period in words."""
        since, last = self.since, self.until - timedelta(days=1)
        if lang == "zh_CN":
            return {
                "day": f"{since.year}年{since.month}月{since.day}日",
                "week": f"{self.text[:4]}年第{self.text[-2:]}周（{since:%m-%d} 至 {last:%m-%d}）",
                "month": f"{since.year}年{since.month}月",
                "quarter": f"{since.year}年第{'一二三四'[(since.month - 1) // 3]}季度",
                "year": f"{since.year}年",
            }[self.kind]
        return {
            "day": f"{since.day} {_EN_MONTHS[since.month - 1]} {since.year}",
            "week": f"Week {self.text[-2:]} of {self.text[:4]} ({since:%m-%d} to {last:%m-%d})",
            "month": f"{_EN_MONTHS[since.month - 1]} {since.year}",
            "quarter": f"Quarter {(since.month - 1) // 3 + 1} of {since.year}",
            "year": f"{since.year}",
        }[self.kind]


def parse_period(text: str) -> Period | None:
    """Return the period of 2026-11-21, 2026-W47, 2026-11, 2026-Q3 or 2026; None for no period."""
    for kind, form in _FORMS:
        found = form.fullmatch(text.strip().upper())
        if found:
            try:
                return _of(kind, _first_day(kind, [int(part) for part in found.groups()]))
            except ValueError:
                return None
    return None


def period_of(kind: Kind, day: date) -> Period:
    """Return the period of this kind that holds `day`."""
    first = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "year": date(day.year, 1, 1),
    }[kind]
    return _of(kind, first)


def add_months(day: date, count: int) -> date:
    """Return the first of the month `count` months after that of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(years, month + 1, 1)


def month_text(day: date) -> str:
    """Return the month of `day` as YYYY-MM."""
    return f"{day.year:04d}-{day.month:02d}"


def _first_day(kind: Kind, parts: list[int]) -> date:
    year = parts[0]
    if kind == "day":
        return date(*parts)
    if kind == "week":
        return date.fromisocalendar(year, parts[1], 1)
    month = parts[1] if kind == "month" else (parts[1] - 1) * 3 + 1 if kind == "quarter" else 1
    return date(year, month, 1)


def _of(kind: Kind, since: date) -> Period:
    if kind == "day":
        return Period(kind, since, since + timedelta(days=1), since.isoformat())
    if kind == "week":
        year, week, _ = since.isocalendar()
        return Period(kind, since, since + timedelta(weeks=1), f"{year:04d}-W{week:02d}")
    until = add_months(since, _MONTHS[kind])
    text = {
        "month": month_text(since),
        "quarter": f"{since.year:04d}-Q{(since.month - 1) // 3 + 1}",
        "year": f"{since.year:04d}",
    }[kind]
    return Period(kind, since, until, text)
