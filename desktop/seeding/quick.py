"""Handling that keeps each ticket's fold between acts: the same decide and fold, quicker."""

from __future__ import annotations

from desktop.domain import commands, fold
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.ticket import TicketState
from desktop.services.handling import Done, Handling, Outcome
from desktop.services.ports import Author, JournalWriter


class QuickHandling(Handling):
    """For histories made afterwards, where nobody else writes on the tickets meanwhile."""

    _states: dict[str, TicketState]

    def state_in(self, writer: JournalWriter, ticket: str) -> TicketState:
        """Return the ticket as it stands, from memory where this run wrote it."""
        known = self._kept().get(ticket)
        if known is None:
            known = fold.fold(ticket, writer.events(ticket))
            self._kept()[ticket] = known
        return known

    def forget(self) -> None:
        """Give the memory of finished tickets back."""
        self._kept().clear()

    def execute_in(
        self, writer: JournalWriter, ticket: str, command: commands.Command, actor: Actor
    ) -> Outcome:
        """Decide on the state in memory and append; a refusal writes nothing."""
        state = self.state_in(writer, ticket)
        context = self.context_of(state, actor, writer.events)
        decision = commands.decide(state, command, context)
        if isinstance(decision, Refusal):
            return decision
        author = Author(actor.person, context.now, context.policy.version)
        events = writer.append(ticket, decision.drafts, author) if decision.drafts else ()
        before = state
        for event in events:
            state = fold.apply(state, event)
        owed = commands.follow_up(before, state, context) if events else ()
        if owed:
            more = writer.append(ticket, owed, author)
            for event in more:
                state = fold.apply(state, event)
            events = (*events, *more)
        self._kept()[ticket] = state
        return Done(state, len(events))

    def _kept(self) -> dict[str, TicketState]:
        if "_states" not in self.__dict__:
            self._states = {}
        return self._states
