"""One complaint as its screen shows it: state, steps, what blocks, clocks, authority, timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain import deadlines, fold
from desktop.domain.deadlines import Deadline
from desktop.domain.events import Event
from desktop.domain.operations import complete_step
from desktop.domain.operations.complete_step import Missing
from desktop.domain.outcomes import Actor, Context
from desktop.domain.policy import Policy, Step
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services.handling import Handling
from desktop.services.ports import Journal


@dataclass(frozen=True, slots=True)
class AuthorityBand:
    """Up to which cumulative goodwill (yuan) a role may decide; None has no upper limit."""

    role: str
    up_to: Decimal | None


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything that the ticket's screen shows, computed once."""

    state: TicketState
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    in_hand: Step | None
    missing: tuple[Missing, ...]
    deadlines: tuple[Deadline, ...]
    goodwill_used: Decimal
    bands: tuple[AuthorityBand, ...]
    policy: Policy
    context: Context


class Tickets:
    """Reads tickets for screens and papers."""

    def __init__(self, journal: Journal, handling: Handling) -> None:
        self._journal = journal
        self._handling = handling

    def view(self, ticket: str, actor: Actor) -> TicketView | None:
        """Return the ticket as `actor` sees it now, None when there is none."""
        events = tuple(self._journal.events(ticket))
        state = fold.fold(ticket, events)
        if state.opened is None:
            return None
        return self.view_of(state, events, actor)

    def view_of(self, state: TicketState, events: Sequence[Event], actor: Actor) -> TicketView:
        """Return the view of a folded ticket."""
        context = self._handling.context_of(state, actor)
        policy = context.policy
        in_hand = None if state.closed else complete_step.step_in_hand(state, context)
        return TicketView(
            state=state,
            events=tuple(events),
            steps=complete_step.steps_in_force(state, context),
            in_hand=in_hand,
            missing=complete_step.missing_for(state, in_hand, context) if in_hand else (),
            deadlines=deadlines.of_ticket(state, context),
            goodwill_used=goodwill_used(state, context.linked_items),
            bands=authority_bands(policy),
            policy=policy,
            context=context,
        )


def goodwill_used(state: TicketState, linked: Sequence[CompensationItem] = ()) -> Decimal:
    """Return the goodwill sum that counts against authority, in yuan (decisions D4, R7)."""
    amounts = (i.amount for i in (*linked, *state.open_items) if i.ledger == "goodwill")
    return sum(amounts, Decimal("0.00"))


def authority_bands(policy: Policy) -> tuple[AuthorityBand, ...]:
    """Return each role's highest goodwill limit, the lowest role first."""
    best: dict[str, Decimal | None] = {}
    for row in policy.authority:
        if row.ledger != "goodwill":
            continue
        known = best.get(row.role, Decimal(0))
        best[row.role] = None if row.up_to is None or known is None else max(known, row.up_to)
    wanted = ("clerk", "supervisor", "department_head")
    return tuple(AuthorityBand(role, best[role]) for role in wanted if role in best)
