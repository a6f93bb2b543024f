"""Say what is due and escalate what is overdue, once each, also after sleep (SL-05, SL-07)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from desktop.domain import daily, deadlines, escalation, fold
from desktop.domain.outcomes import Actor, Context
from desktop.domain.ticket import TicketState
from desktop.services.clock_check import BEHIND_BY
from desktop.services.handling import Handling
from desktop.services.ports import Journal, Settings
from desktop.services.ticket_ports import TicketQueries

#: Under whom the program itself writes: what clocks do, nobody did.
PROGRAM: Final = Actor("amends", "clerk")
MOST_OPEN: Final = 1000
#: However far its next moment is, a ticket is looked at again after this.
LOOKED_AFTER: Final = timedelta(hours=1)
#: Breaks in seconds for those who work meanwhile: after reading a ticket, and after a save, so
#: that another save gets its turn.
READ_BREAK: Final = 0.001
SAVE_BREAK: Final = 0.01
_SINCE: Final = "reminders.since"


class HqClock(Protocol):
    """Knows how far this PC's clock is off."""

    def clock_offset_ms(self) -> int | None:
        """Return HQ's clock minus this PC's at the last exchange, None before it."""
        ...


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


@dataclass(frozen=True, slots=True)
class _Looked:
    """A ticket as it was looked at: how many events it had, and until when nothing comes."""

    events: int
    until: datetime


def never() -> bool:
    """Stop for nothing."""
    return False


class Reminders:
    """Looks at every open complaint; a moment is looked at once, whenever the program ran.

    A ticket without new events is left alone until its next moment, so a look costs next to
    nothing. Calls come from one thread; screens read and save meanwhile on theirs. While this PC's
    clock is hours off HQ's, as last known, nothing is escalated: an escalation is written for
    everybody and stays.
    """

    def __init__(
        self,
        journal: Journal,
        queries: TicketQueries,
        handling: Handling,
        settings: Settings,
        rest: Callable[[float], object] = time.sleep,
        hq: HqClock | None = None,
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._handling = handling
        self._settings = settings
        self._rest = rest
        self._hq = hq
        self._clock_wrong = False
        self._looked: dict[str, _Looked] = {}
        self._rules: object = None
        self._last: datetime | None = None

    def due(self, now: datetime, stopping: Callable[[], bool] = never) -> Sequence[Notice]:
        """Write the escalations owed by `now` and return what to show since the last call.

        At the very first call only what is overdue is said; marks passed before that are not.
        When `stopping` says so it ends early with nothing to show, and the next call does it all.
        """
        since = self._since(now)
        self._forget_if_otherwise(now)
        notices: list[Notice] = []
        lengths = self._queries.open_lengths(MOST_OPEN)
        self._looked = {stream: seen for stream, seen in self._looked.items() if stream in lengths}
        for stream, events in lengths.items():
            seen = self._looked.get(stream)
            if seen and seen.events == events and now < seen.until:
                continue
            if stopping():
                self._looked.clear()  # what was found goes unsaid, so it is to be found again
                return ()
            notices += self._look(stream, since, now)
            self._rest(READ_BREAK)
        self._settings.set(_SINCE, max(since, now).isoformat())
        self._last = now
        return notices

    def _forget_if_otherwise(self, now: datetime) -> None:
        """Look at everything again when hours or pack changed, or the clock was set back."""
        context = self._handling.context(PROGRAM, self._handling.current_policy(), now)
        known = self._hq.clock_offset_ms() if self._hq is not None else None
        offset = timedelta(milliseconds=known or 0)
        self._clock_wrong = abs(offset) > BEHIND_BY
        rules = (context.timezone, dict(context.hours), context.policy.version, self._clock_wrong)
        if rules != self._rules or (self._last is not None and now < self._last):
            self._looked.clear()
        self._rules = rules

    def _look(self, stream: str, since: datetime, now: datetime) -> list[Notice]:
        events = self._journal.events(stream)
        state = fold.fold(stream, events)
        context = self._handling.context(PROGRAM, self._handling.policy_of(state), now)
        coming = escalation.next_moment(state, context)
        until = min(coming or now + LOOKED_AFTER, now + LOOKED_AFTER)
        found = self._of_ticket(state, context, since)
        self._looked[stream] = _Looked(len(events), until)
        return found

    def _since(self, now: datetime) -> datetime:
        kept = self._settings.get(_SINCE)
        since = datetime.fromisoformat(kept) if kept else now
        # A clock that was far ahead and was put right: what comes now has not been said.
        return now if since - now > BEHIND_BY else since

    def _of_ticket(self, state: TicketState, context: Context, since: datetime) -> list[Notice]:
        found = [
            Notice(state.id, state.number, "reminder", r.clock, r.percent, r.due)
            for r in escalation.reminders_since(state, context, since)
        ]
        owed = () if self._clock_wrong else escalation.overdue_escalations(state, context)
        for command in owed:
            # Each in a save of its own: a person's save waits for one of them at most.
            self._handling.execute(state.id, command, PROGRAM)
            self._rest(SAVE_BREAK)
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
