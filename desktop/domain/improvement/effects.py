"""Over which days the effect of an action is judged (效果验证, QA-06, AN-19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

#: An effect is judged on as many days after as before, at least these.
EFFECT_DAYS: Final = 90
LEAST_EFFECT_DAYS: Final = 30


def effect_weeks(days: Sequence[date], effective: date) -> tuple[tuple[int, ...], int]:
    """Return complaints by week around the effective day, and the first week after it.

    Weeks are counted from the effective day: 13 before and 13 after it (QA-06, AN-19).
    """
    weeks = EFFECT_DAYS // 7 + 1
    counts = [0] * (2 * weeks)
    for day in days:
        place = (day - effective).days // 7 + weeks
        if 0 <= place < len(counts):
            counts[place] += 1
    return tuple(counts), weeks
