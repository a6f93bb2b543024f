"""What HQ looks ahead by: complaints by day for the forecast, and the service quality index.

The index folds closed complaints when it is asked for: a sample by the hash of their ids where
there are many, so that everybody who asks on a day reads the same figure (AN-10, AN-13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Text, cast, func, literal, select

from desktop.domain import fold
from desktop.domain.analytics.forecasting import MOST_WEEKS, Forecast, TooLittle, forecast
from desktop.domain.analytics.report import ChartBlock, Mark
from desktop.domain.improvement.reviews import CHECKS, checked
from desktop.journal import records
from desktop.services.forecasting import mstl
from sync.hq import access, streams
from sync.hq.approvals import TIMEZONE
from sync.hq.models import ticket_row
from sync.hq.packs import HqPolicies
from sync.hq.people import User

#: Weeks ahead, and days over which the index is shown.
AHEAD: Final = 4
DAYS: Final = 28
#: Complaints that one page folds at most.
MOST_FOLDED: Final = 300


def expected(connection: Connection, user: User, now: datetime) -> Forecast | TooLittle:
    """Forecast the complaints of the stores in a person's scope, from the day that is not over."""
    today = now.astimezone(ZoneInfo(TIMEZONE)).date()
    day = cast(func.date(func.timezone(TIMEZONE, ticket_row.c.opened_at)), Text)
    rows = connection.execute(
        select(day.label("day"), func.count())
        .where(
            access.in_scope(user, ticket_row.c.store),
            ticket_row.c.opened_at >= now - timedelta(weeks=MOST_WEEKS + 1),
        )
        .group_by(day)
    )
    counts = {date.fromisoformat(text): n for text, n in rows}
    return forecast(counts, today, AHEAD, mstl)


@dataclass(frozen=True, slots=True)
class QualityIndex:
    """The checks that closed complaints passed by day; `of` were closed, `n` of them checked."""

    since: date
    of: int = 0
    n: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[date, tuple[int, int]] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """How many checks were passed, of `asked`."""
        return self.asked - sum(self.failed.values())

    @property
    def asked(self) -> int:
        """How many checks there were: each complaint has three."""
        return self.n * len(CHECKS)

    @property
    def value(self) -> str:
        """The index out of 100, a dash where nothing was checked."""
        return f"{self.passed * 100 / self.asked:.1f}" if self.n else "—"

    def chart(self) -> ChartBlock:
        """Return the index of each day; a day without a checked complaint has none."""
        marks = []
        for at in range(DAYS):
            day = self.since + timedelta(days=at)
            n, passed = self.days.get(day, (0, 0))
            index = passed * 100 / (n * len(CHECKS)) if n else 0.0
            marks.append(Mark(f"{day:%d}", index, f"{index:.0f}" if n else ""))
        return ChartBlock("columns", "", tuple(marks))


def quality(
    connection: Connection, user: User, policies: HqPolicies, now: datetime
) -> QualityIndex:
    """Return the index of the complaints closed in the last four weeks in a person's scope."""
    zone = ZoneInfo(TIMEZONE)
    since = now.astimezone(zone).date() - timedelta(days=DAYS - 1)
    row = ticket_row.c
    within = (
        access.in_scope(user, row.store),
        row.closed,
        row.updated_at >= datetime(since.year, since.month, since.day, tzinfo=zone),
    )
    chosen = (
        select(row.stream)
        .where(*within)
        .order_by(func.md5(row.stream + literal(since.isoformat())), row.stream)
        .limit(MOST_FOLDED)
    )
    of = connection.execute(select(func.count()).select_from(ticket_row).where(*within)).scalar()
    names = list(connection.execute(chosen).scalars())
    failed: dict[str, int] = dict.fromkeys(CHECKS, 0)
    days: dict[date, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for name, stored in streams.of_streams(connection, names).items():
        state = fold.fold(name, [records.decode(s.record, s.values) for s in stored])
        closed = state.closed.at.astimezone(zone).date() if state.closed else None
        flags = checked(state, policies.of(state.policy))
        if closed is None or closed < since or flags is None:
            continue
        n, passed = days[closed]
        days[closed] = (n + 1, passed + len(CHECKS) - len(flags))
        for flag in flags:
            failed[flag] += 1
    return QualityIndex(since, of or 0, sum(n for n, _ in days.values()), failed, dict(days))
