"""Say what is due and escalate what is overdue, once each, also after sleep (SL-05, SL-07)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.domain import daily, deadlines, escalation, fold
from desktop.domain.outcomes import Actor
from desktop.domain.ticket import TicketState
from desktop.services.handling import Handling
from desktop.services.ports import Journal, Settings, TicketQueries

#: Under whom the program itself writes: what clocks do, nobody did.
PROGRAM: Final = Actor("amends", "clerk")
MOST_OPEN: Final = 1000
_SINCE: Final = "reminders.since"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to show: a clock at `percent` of its limit, or work that is missing.

    `kind` is reminder, overdue, unhandled (AS-06) or daily_line (CL-02); `due` is when the clock
    ends, or since when nothing was done; `to_role` is set where it was escalated just now.
    """

    stream: str
    number: str
    kind: str
    clock: str
    percent: int
    due: datetime | None
    to_role: str = ""


class Reminders:
    """Looks at every open complaint; a moment is looked at once, whenever the program ran."""

    def __init__(
        self, journal: Journal, queries: TicketQueries, handling: Handling, settings: Settings
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._handling = handling
        self._settings = settings

    def due(self, now: datetime) -> Sequence[Notice]:
        """Write the escalations owed by `now` and return what to show since the last call.

        At the very first call only what is overdue is said; marks passed before that are not.
        """
        since = self._since(now)
        notices: list[Notice] = []
        for row in self._queries.open_by_due(MOST_OPEN):
            state = fold.fold(row.stream, self._journal.events(row.stream))
            notices += self._of_ticket(state, since, now)
        self._settings.set(_SINCE, max(since, now).isoformat())
        return notices

    def _since(self, now: datetime) -> datetime:
        kept = self._settings.get(_SINCE)
        return datetime.fromisoformat(kept) if kept else now

    def _of_ticket(self, state: TicketState, since: datetime, now: datetime) -> list[Notice]:
        context = self._handling.context(PROGRAM, self._handling.policy_of(state), now)
        found = [
            Notice(state.id, state.number, "reminder", r.clock, r.percent, r.due)
            for r in escalation.reminders_since(state, context, since)
        ]
        for command in escalation.overdue_escalations(state, context):
            self._handling.execute(state.id, command, PROGRAM)
            found.append(
                Notice(
                    state.id,
                    state.number,
                    "overdue",
                    command.clock,
                    100,
                    command.due,
                    command.to_role,
                )
            )
        idle = escalation.unhandled_since(state, context)
        if idle and idle + context.policy.thresholds.unhandled_after > since:
            found.append(Notice(state.id, state.number, "unhandled", "", 100, idle))
        return found

    def missing_lines(self, now: datetime) -> Sequence[Notice]:
        """Return the level 2 complaints that lack a daily line, today's included (CL-02)."""
        found = []
        for row in self._queries.open_by_due(MOST_OPEN):
            if row.level != daily.DAILY_LEVEL:
                continue
            state = fold.fold(row.stream, self._journal.events(row.stream))
            context = self._handling.context(PROGRAM, self._handling.policy_of(state), now)
            days = daily.missing_days(state, context)
            if days:
                found.append(Notice(state.id, state.number, "daily_line", "", len(days), None))
        return found

    def overdue_reports(self, now: datetime) -> Sequence[Notice]:
        """Return the written reports that are overdue (CO-02), for the region's list."""
        found = []
        for row in self._queries.open_by_due(MOST_OPEN):
            state = fold.fold(row.stream, self._journal.events(row.stream))
            context = self._handling.context(PROGRAM, self._handling.policy_of(state), now)
            found += [
                Notice(state.id, state.number, "overdue", d.clock.name, 100, d.clock.due)
                for d in deadlines.of_ticket(state, context)
                if d.clock.name == "written_report" and d.done_at is None and d.overdue
            ]
        return found
