"""Times that a person typed, shown as clocks: replies to authorities (CH-05), promises (CO-08)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.calendar import local_midnight
from desktop.domain.clocks import Clock, Reminder
from desktop.domain.outcomes import Context
from desktop.domain.policy import LocalText
from desktop.domain.ticket import TicketState

TITLES: Final[dict[str, LocalText]] = {
    "external_reply": {"zh_CN": "答复主管部门", "en": "Reply to the authority"},
    "hearing": {"zh_CN": "调解或开庭", "en": "Hearing"},
    "promise": {"zh_CN": "兑现承诺", "en": "Keep the promise"},
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a ticket; `done_at` None is running, `overdue` compares with now or done."""

    clock: Clock
    done_at: datetime | None
    overdue: bool


def of_ticket(state: TicketState, context: Context) -> Iterator[Deadline]:
    """Return the deadlines whose date was typed, never computed; they never pause."""
    zone = ZoneInfo(context.timezone)
    for case in state.external_cases.values():
        replied = case.replied.at if case.replied else None
        if case.reply_by:
            due = local_midnight(case.reply_by + timedelta(days=1), zone)
            yield _deadline("external_reply", "CH-05", case.mark.at, due, replied, context)
        if case.hearing:
            ended = replied if case.outcome else None
            yield _deadline("hearing", "CH-05", case.mark.at, case.hearing, ended, context)
    for promise in state.promises.values():
        if promise.due:
            end = promise.kept or promise.lapsed
            kept = end.at if end else None
            yield _deadline("promise", "CO-08", promise.mark.at, promise.due, kept, context)


def _deadline(
    name: str,
    rule: str,
    started: datetime,
    due: datetime,
    done: datetime | None,
    context: Context,
) -> Deadline:
    percents = context.policy.thresholds.reminder_percents
    whole = max(due - started, timedelta())
    clock = Clock(
        name=name,
        due=due,
        rule=rule,
        kind="wall",
        provisional=False,
        lost=(),
        started_at=started,
        reminders=tuple(Reminder(p, due - whole * (100 - p) / 100) for p in percents),
        title=context.policy.clock_titles.get(name, TITLES[name]),
        source=rule,
    )
    return Deadline(clock, done, (done or context.now) > due)
