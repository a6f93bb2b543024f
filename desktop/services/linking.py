"""Link complaints and see what their number means: mass complaints (D9), root causes (QA-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.domain.commands import Command
from desktop.domain.operations.answer_task import OpenTask
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.escalate_ticket import LADDER, EscalateTicket
from desktop.domain.operations.link_tickets import LinkTicket, UnlinkTicket
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.policy import Thresholds
from desktop.domain.ticket import TicketState
from desktop.services.handling import Done, Handling, Outcome
from desktop.services.linked import linked_states
from desktop.services.ports import Journal, JournalWriter
from desktop.services.ticket_ports import TicketQueries

#: Complaints of one code in a month that are looked at; far above the count that matters.
MOST_ALIKE = 500
_TRACES: Final = ("sku", "batch")


class Linking:
    """Links both sides in one transaction and opens the tasks that counts ask for."""

    def __init__(self, journal: Journal, handling: Handling, queries: TicketQueries) -> None:
        self._journal = journal
        self._handling = handling
        self._queries = queries

    def link(self, ticket: str, other: str, kind: str, actor: Actor) -> Outcome:
        """Link two complaints (kinds of LinkTicket); a mass complaint goes to the top (FL-10)."""
        with self._journal.write() as writer:
            one, two = (fold.fold(t, writer.events(t)) for t in (ticket, other))
            if two.opened is None:
                return Refusal("no_such_ticket", {"ticket": other})
            done = self._handling.execute_in(
                writer, ticket, LinkTicket(other, two.number, kind), actor
            )
            if isinstance(done, Refusal):
                return done
            self._handling.execute_in(writer, other, LinkTicket(ticket, one.number, kind), actor)
            return self._escalate_mass(writer, done.state, actor) or done

    def unlink(self, ticket: str, other: str, reason: str, actor: Actor) -> Outcome:
        """Take the link back on both sides; nothing was moved, so nothing is lost."""
        with self._journal.write() as writer:
            done = self._handling.execute_in(writer, ticket, UnlinkTicket(other, reason), actor)
            if isinstance(done, Done):
                self._handling.execute_in(writer, other, UnlinkTicket(ticket, reason), actor)
            return done

    def _escalate_mass(
        self, writer: JournalWriter, state: TicketState, actor: Actor
    ) -> Outcome | None:
        """Open the task of a mass complaint where enough linked ones came close together (D9)."""
        thresholds = self._handling.policy_of(state).thresholds
        together = (state, *linked_states(state, writer.events))
        if state.closed or not is_mass(together, thresholds):
            return None
        self._handling.execute_in(writer, state.id, OpenTask("mass_complaint", "D9"), actor)
        command = EscalateTicket("mass", to_role=LADDER[-1])
        return self._handling.execute_in(writer, state.id, command, actor)

    def check_repeats(self, ticket: str, actor: Actor, timezone: str) -> Sequence[str]:
        """Open a root cause task when the 5th complaint of a kind came this month (QA-02).

        Alike are complaints of one code and the same SKU or batch (of the code alone where neither
        is known), in the calendar month of the store. Returns the alike, this one included.
        """
        state = fold.fold(ticket, self._journal.events(ticket))
        if state.opened is None or not state.text("code"):
            return ()
        alike = self._alike(state, _month_of(state.opened.at, timezone))
        if len(alike) >= self._handling.policy_of(state).thresholds.repeat_count:
            self._handling.execute(ticket, OpenTask("root_cause", "QA-02"), actor)
        return alike

    def _alike(self, state: TicketState, month: tuple[datetime, datetime]) -> Sequence[str]:
        streams = self._queries.of_code(state.text("code"), *month, MOST_ALIKE)
        others = (fold.fold(s, self._journal.events(s)) for s in streams if s != state.id)
        return (state.id, *(other.id for other in others if is_alike(state, other)))


def is_mass(together: Sequence[TicketState], thresholds: Thresholds) -> bool:
    """Tell whether at least `mass_count` of linked complaints were opened within `mass_window`.

    The window's end counts (D3); duplicates of one complaint are one.
    """
    merged = {link.other for s in together for link in s.live_links if link.kind == "duplicate"}
    counted = [s for i, s in enumerate(together) if i == 0 or s.id not in merged]
    times = sorted(s.opened.at for s in counted if s.opened)
    last = thresholds.mass_count - 1
    return any(
        times[i + last] - times[i] <= thresholds.mass_window for i in range(len(times) - last)
    )


def may_be_alike(command: Command) -> bool:
    """Tell whether a command changes what complaints are compared by: code, SKU or batch."""
    if isinstance(command, CorrectTicket):
        return not command.fields.keys().isdisjoint(_TRACES)
    return isinstance(command, ClassifyTicket)


def is_alike(one: TicketState, other: TicketState) -> bool:
    """Tell whether two complaints of one code are of one kind: same SKU or batch (QA-02)."""
    traces = [(one.text(name), other.text(name)) for name in _TRACES]
    if not any(a for a, _ in traces):
        return not any(b for _, b in traces)
    return any(a and a == b for a, b in traces)


def _month_of(moment: datetime, timezone: str) -> tuple[datetime, datetime]:
    first = moment.astimezone(ZoneInfo(timezone)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    years, month = divmod(first.month, 12)
    return first, first.replace(year=first.year + years, month=month + 1)
