"""Doubts about this PC's clock (电脑时钟): every record carries its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

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
