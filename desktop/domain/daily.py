"""The daily duty of level 2 (每日向管理层报送, CL-02): which days still lack their line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState

DAILY_LEVEL: Final = 2
#: Further back nobody writes a line from memory.
LONGEST_BACK: Final = timedelta(days=60)


def missing_days(state: TicketState, context: Context) -> tuple[date, ...]:
    """Return the days in the store's zone, today included, without a progress line while open."""
    began = state.round_opened
    if began is None or state.closed or state.level != DAILY_LEVEL:
        return ()
    zone = ZoneInfo(context.timezone)
    today = context.now.astimezone(zone).date()
    day = max(began.at.astimezone(zone).date(), today - LONGEST_BACK)
    written = {line.day for line in state.daily_lines}
    missing = []
    while day <= today:
        if day not in written:
            missing.append(day)
        day += timedelta(days=1)
    return tuple(missing)
