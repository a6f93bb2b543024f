"""Carry out a person's command on a complaint: decide by the rules, append what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from desktop.domain import commands, fold
from desktop.domain.events import Event
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.outcomes import Actor, Context, Refusal
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.services.caps import RollingSums
from desktop.services.identity import Identity
from desktop.services.linked import linked_items
from desktop.services.ports import Author, Clock, Journal, JournalWriter, Policies


@dataclass(frozen=True, slots=True)
class Done:
    """The command was carried out and is saved; `changed` counts the events it wrote."""

    state: TicketState
    changed: int


Outcome: TypeAlias = Done | Refusal


class Handling:
    """Runs commands on tickets, each in one transaction."""

    def __init__(
        self,
        journal: Journal,
        policies: Policies,
        clock: Clock,
        identity: Identity,
        rolling: RollingSums | None = None,
    ) -> None:
        self._journal = journal
        self._policies = policies
        self._clock = clock
        self._identity = identity
        self._rolling = rolling

    def context(self, actor: Actor, policy: Policy, now: datetime | None = None) -> Context:
        """Return what the rules may know when `actor` acts now, without other complaints."""
        return Context(
            actor=actor,
            now=now or self._clock.now(),
            policy=policy,
            timezone=self._identity.current().timezone,
            hours=self._identity.current().hours,
        )

    def context_of(
        self,
        state: TicketState,
        actor: Actor,
        read: Callable[[str], Sequence[Event]] | None = None,
        money: bool = False,
    ) -> Context:
        """Return what the rules may know when `actor` acts on this ticket now.

        What linked complaints gave is in it (D4); `read` reads the events of a stream within an
        open transaction, else the journal does. With `money`, when a compensation is to be decided,
        the rolling caps and overdue reports are in it as well (D4, CO-02).
        """
        policy = self.policy_of(state)
        context = self.context(actor, policy)
        if state.links:
            items = linked_items(state, read or self._journal.events)
            context = replace(context, linked_items=items)
        if not (money and self._rolling):
            return context
        return replace(
            context,
            caps=self._rolling.caps(state, context),
            overdue_reports=self._rolling.overdue_reports(context),
        )

    def current_policy(self) -> Policy:
        """Return the policy in force for what begins now."""
        return self._policies.current()

    def policy_of(self, state: TicketState) -> Policy:
        """Return the policy that the ticket started with (FL-07)."""
        return self._policies.of(state.policy) if state.policy else self._policies.current()

    def execute(self, ticket: str, command: commands.Command, actor: Actor) -> Outcome:
        """Decide `command` on the ticket as it stands and save what was decided."""
        with self._journal.write() as writer:
            return self.execute_in(writer, ticket, command, actor)

    def execute_in(
        self, writer: JournalWriter, ticket: str, command: commands.Command, actor: Actor
    ) -> Outcome:
        """Do the same within an open transaction; a refusal writes nothing."""
        state = fold.fold(ticket, writer.events(ticket))
        money = isinstance(command, ProposeCompensation)
        context = self.context_of(state, actor, writer.events, money)
        decision = commands.decide(state, command, context)
        if isinstance(decision, Refusal):
            return decision
        author = Author(actor.person, context.now, context.policy.version)
        events = writer.append(ticket, decision.drafts, author) if decision.drafts else ()
        changed = _after(state, events)
        owed = commands.follow_up(state, changed, context) if events else ()
        if owed:
            more = writer.append(ticket, owed, author)
            changed, events = _after(changed, more), (*events, *more)
        return Done(changed, len(events))


def _after(state: TicketState, events: Sequence[Event]) -> TicketState:
    for event in events:
        state = fold.apply(state, event)
    return state
