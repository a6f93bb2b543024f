"""Doubts about this PC's clock (电脑时钟): every record carries its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:  # the login page needs this module
    from desktop.domain.events import Event

#: A clock is set by hand to the minute, and summer time moves it by an hour.
BEHIND_BY: Final = timedelta(hours=2)
#: No store is shut for so long without anybody noticing.
AHEAD_BY: Final = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """What this PC's clock says and when the last complaint was taken in (aware UTC)."""

    kind: Literal["behind", "ahead"]
    now: datetime
    last: datetime


def doubt(last: datetime | None, now: datetime) -> ClockDoubt | None:
    """Compare the clock with the newest complaint; None where nothing speaks against it."""
    if last is None:
        return None
    if last - now > BEHIND_BY:
        return ClockDoubt("behind", now, last)
    return ClockDoubt("ahead", now, last) if now - last > AHEAD_BY else None


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """A time that a PC with a wrong clock wrote into a complaint (aware UTC).

    `at` is what it wrote; `likely` is that moment by HQ's clock, None where the PC had not heard
    from HQ yet.
    """

    at: datetime
    likely: datetime | None


def time_doubt(event: Event, now: datetime) -> TimeDoubt | None:
    """Tell whether the writer of an event had a wrong clock; None where nothing speaks for it.

    It had when HQ's clock, as it knew, was far from its own, or when it wrote a time to come.
    """
    if event.offset_ms is not None:
        offset = timedelta(milliseconds=event.offset_ms)
        return TimeDoubt(event.at, event.at + offset) if abs(offset) > BEHIND_BY else None
    return TimeDoubt(event.at, None) if event.at - now > BEHIND_BY else None
