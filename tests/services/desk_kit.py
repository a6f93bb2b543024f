"""What tests of the whole desk share: a password and a clock set by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PASSWORD = "一二三四五六七八"


@dataclass
class HandClock:
    """Shows the time that the test sets; a Monday, 10:00 in Shanghai."""

    time: datetime = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, **span: float) -> None:
        self.time += timedelta(**span)
