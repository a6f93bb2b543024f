"""How moments, spans, money and counts are written on screen in the language and zone in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from desktop.texts import Texts
from ui.tokens import Tone

_HOUR = timedelta(hours=1)


class Formats:
    """Writes values in one language and one time zone."""

    def __init__(self, texts: Texts, zone: ZoneInfo) -> None:
        self.texts = texts
        self.zone = zone

    def text(self, key: str, **values: object) -> str:
        """Look a text up in the catalogue."""
        return self.texts.get(key, **values)

    def moment(self, when: datetime) -> str:
        """Write day and minute of an aware moment in the store's zone."""
        local = when.astimezone(self.zone)
        return self.text("ui.format.moment", **_parts(local))

    def whole(self, when: datetime) -> str:
        """Return date with its year, and time, in the store's zone, the same in every language."""
        return f"{when.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def clock(self, when: datetime) -> str:
        """Write hour and minute of an aware moment in the store's zone."""
        return f"{when.astimezone(self.zone):%H:%M}"

    def day(self, when: datetime) -> str:
        """Write weekday, month and day of an aware moment in the store's zone."""
        local = when.astimezone(self.zone)
        weekday = self.text(f"ui.weekday.{local.weekday()}")
        return self.text("ui.format.day", weekday=weekday, **_parts(local))

    def short_date(self, day: date) -> str:
        """Write a calendar day as ISO, the form that people copy."""
        return day.isoformat()

    def smart(self, when: datetime, now: datetime) -> str:
        """Write the time alone for today, the day with it otherwise."""
        local, today = when.astimezone(self.zone), now.astimezone(self.zone)
        return self.clock(when) if local.date() == today.date() else self.moment(when)

    def span(self, span: timedelta) -> str:
        """Write a span: mm:ss below an hour, hours below two days, days beyond."""
        seconds = int(abs(span).total_seconds())
        if seconds < 3600:
            return f"{seconds // 60:02d}:{seconds % 60:02d}"
        if seconds < 48 * 3600:
            return self.text("ui.format.hours", n=seconds // 3600)
        return self.text("ui.format.days", n=seconds // 86400)

    def left(self, due: datetime, now: datetime) -> str:
        """Write the time left to `due`, or the time by which it is over."""
        key = "ui.clock.left" if due >= now else "ui.clock.over"
        return self.text(key, span=self.span(due - now))

    def money(self, amount: Decimal) -> str:
        """Write an amount in yuan with two places and thousands."""
        return f"{amount:,.2f}"

    def yuan(self, amount: Decimal) -> str:
        """Write an amount with its currency sign."""
        return f"¥{self.money(amount)}"

    def size(self, octets: int) -> str:
        """Write a number of bytes in the unit that fits."""
        if octets < 1024:
            return f"{octets} B"
        if octets < 1024**2:
            return f"{octets / 1024:.1f} KB"
        return f"{octets / 1024**2:.1f} MB"


def clock_tone(due: datetime, now: datetime) -> Tone:
    """Grade the time left: over or ≤20 min bad, ≤6 h warn, ≤12 h info, else neutral."""
    left = due - now
    if left <= _HOUR / 3:
        return "bad"
    if left <= 6 * _HOUR:
        return "warn"
    return "info" if left <= 12 * _HOUR else "neutral"


def _parts(local: datetime) -> dict[str, object]:
    return {
        "y": local.year,
        "m": local.month,
        "d": local.day,
        "month": f"{local:%b}",
        "time": f"{local:%H:%M}",
    }
