"""Saved views of the list (保存的视图): a name for a filter, and periods that people speak of."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from desktop.services.ports import Settings
from desktop.services.ticket_ports import ListOrder, TicketFilter

#: Periods that move with the day.
MOVING: Final = ("today", "week", "month", "last_month", "quarter", "last_quarter", "year")
#: How many quarters back are offered by name.
QUARTERS_BACK: Final = 12
MOST_VIEWS: Final = 30
_SETTING: Final = "list.views"
_QUARTER: Final = re.compile(r"([0-9]{4})Q([1-4])")
_YEAR: Final = re.compile(r"[0-9]{4}")
_ORDERS: Final = ("newest", "oldest", "due")


@dataclass(frozen=True, slots=True)
class View:
    """What chips, search box and sort order say; `period` as in `span_of`, empty for all time."""

    name: str = ""
    text: str = ""
    period: str = ""
    states: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    families: tuple[str, ...] = ()
    order: ListOrder = "newest"

    def filter(self, now: datetime, zone: ZoneInfo) -> TicketFilter:
        """Return the filter that the view means at `now` (aware) in the store's zone."""
        span = span_of(self.period, now.astimezone(zone).date()) if self.period else None
        begin, end = (_midnight(day, zone) for day in span) if span else (None, None)
        return TicketFilter(
            text=self.text.strip(),
            open_only="open" in self.states,
            pending_approval="pending" in self.states,
            low_stars="low_stars" in self.states,
            levels=frozenset(self.levels),
            families=frozenset(self.families),
            opened_from=begin,
            opened_before=end,
            order=self.order,
        )


def span_of(period: str, today: date) -> tuple[date, date]:
    """Return first day and day after the last of a period: one of MOVING, 2024Q3 or 2024.

    Raises ValueError for anything else.
    """
    fixed = _QUARTER.fullmatch(period)
    if fixed:
        return _quarter(int(fixed[1]), int(fixed[2]))
    if _YEAR.fullmatch(period):
        return date(int(period), 1, 1), date(int(period) + 1, 1, 1)
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    year, quarter = quarter_of(today)
    earlier = (year - 1, 4) if quarter == 1 else (year, quarter - 1)
    spans = {
        "today": (today, today + timedelta(days=1)),
        "week": (today - timedelta(days=6), today + timedelta(days=1)),
        "month": (month, (month + timedelta(days=32)).replace(day=1)),
        "last_month": (before, month),
        "quarter": _quarter(year, quarter),
        "last_quarter": _quarter(*earlier),
        "year": (date(year, 1, 1), date(year + 1, 1, 1)),
    }
    if period not in spans:
        raise ValueError(f"unknown period {period!r}")
    return spans[period]


def quarter_of(day: date) -> tuple[int, int]:
    """Return year and quarter (1–4) of a day."""
    return day.year, (day.month + 2) // 3


def quarters_until(today: date) -> list[str]:
    """Return the last quarters by name, the newest first: 2026Q4, 2026Q3 …"""
    year, quarter = quarter_of(today)
    at = year * 4 + quarter - 1
    return [f"{n // 4}Q{n % 4 + 1}" for n in range(at, at - QUARTERS_BACK, -1)]


def _quarter(year: int, quarter: int) -> tuple[date, date]:
    begin = date(year, quarter * 3 - 2, 1)
    return begin, (begin + timedelta(days=95)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


class ListViews:
    """Keeps views by name in the settings of this PC."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def all(self) -> Sequence[View]:
        """Return the saved views in the order of saving; what cannot be read is left out."""
        try:
            stored = json.loads(self._settings.get(_SETTING) or "[]")
        except ValueError:
            return ()
        read = (_view(entry) for entry in stored) if isinstance(stored, list) else ()
        return tuple(view for view in read if view is not None)

    def save(self, view: View, name: str) -> Sequence[View]:
        """Keep a view under `name`, in place of one of that name; return all."""
        named = replace(view, name=name.strip())
        kept = [other for other in self.all() if other.name != named.name]
        return self._keep([*kept, named][-MOST_VIEWS:])

    def delete(self, name: str) -> Sequence[View]:
        """Forget a view; return the others."""
        return self._keep([view for view in self.all() if view.name != name])

    def _keep(self, views: Sequence[View]) -> Sequence[View]:
        stored = json.dumps([asdict(view) for view in views], ensure_ascii=False)
        self._settings.set(_SETTING, stored)
        return views


def _view(stored: Any) -> View | None:
    """Return a view from its JSON, None when it is none (an older or newer version wrote it)."""
    try:
        order = stored["order"]
        view = View(
            name=str(stored["name"]),
            text=str(stored["text"]),
            period=str(stored["period"]),
            states=tuple(str(state) for state in stored["states"]),
            levels=tuple(int(level) for level in stored["levels"]),
            families=tuple(str(family) for family in stored["families"]),
            order=cast(ListOrder, order if order in _ORDERS else "newest"),
        )
        if view.period:
            span_of(view.period, date(2026, 1, 1))
    except (KeyError, TypeError, ValueError):
        return None
    return view
