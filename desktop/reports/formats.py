"""How money, times and hashes are written on paper, the same in every document."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from desktop.texts import Lang, Texts

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

EMPTY: Final = "—"


def local(at: datetime, tz: str) -> datetime:
    """Return `at` in the store's zone; raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time on a document must carry its zone")
    return at.astimezone(ZoneInfo(tz))


def moment(at: datetime | None, tz: str) -> str:
    """Return a compact minute such as `2026-11-21 14:05`, for tables."""
    return EMPTY if at is None else local(at, tz).strftime("%Y-%m-%d %H:%M")


def long_moment(at: datetime | None, tz: str, lang: Lang) -> str:
    """Return a minute as it is written in running text of `lang`."""
    if at is None:
        return EMPTY
    there = local(at, tz)
    return f"{long_day(there.date(), lang)} {there:%H:%M}"


def long_day(day: date, lang: Lang) -> str:
    """Return a day as it is written in running text of `lang`."""
    if lang == "zh_CN":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def long_month(year: int, month: int, lang: Lang) -> str:
    """Return a month as it is written in a heading of `lang`."""
    return f"{year}年{month}月" if lang == "zh_CN" else f"{_MONTHS[month - 1]} {year}"


def fact_moment(at: datetime, tz: str) -> str:
    """Return a minute with its offset, `2026-11-21T14:05+0800`, for signed facts."""
    return local(at, tz).strftime("%Y-%m-%dT%H:%M%z")


def money(amount: Decimal | None) -> str:
    """Return yuan as `¥2,000.00`; the dash stands for no amount."""
    return EMPTY if amount is None else f"¥{amount:,.2f}"


def byte_size(size: int) -> str:
    """Return a file size in B, KB or MB (powers of 1024)."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def label(texts: Texts, group: str, key: str) -> str:
    """Return the printed name of an enumerated `key`, or `key` where a pack added its own."""
    name = f"report.{group}.{key}"
    return texts.get(name) if texts.has(name) else key
