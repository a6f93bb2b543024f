"""What waits for an approver, and what a compensation rests on: rungs, sums, like cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain import facts, fold
from desktop.domain.operations import decide_approval, record_promise
from desktop.domain.operations.approve_by_phone import exposure
from desktop.domain.outcomes import Actor
from desktop.domain.policy import LadderRow
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services.handling import Handling
from desktop.services.linked import linked_states
from desktop.services.ports import Directory, Journal
from desktop.services.precedents import Precedent, Precedents
from desktop.services.ticket_ports import TicketQueries, TicketRow


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """A proposal that waits: its facts, the role that must answer, who proposed it by name.

    `cumulative` in yuan counts this complaint and linked ones up to this item (D4).
    """

    row: TicketRow
    state: TicketState
    item: CompensationItem
    needs: str
    cumulative: Decimal
    proposer: str


@dataclass(frozen=True, slots=True)
class ApprovalList:
    """What the person may decide; how many of their own and of others' rank wait beside it."""

    mine: Sequence[PendingApproval]
    own: int
    above: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A compensation that counts against authority, with the number of its complaint (D4)."""

    number: str
    item: CompensationItem


@dataclass(frozen=True, slots=True)
class Basis:
    """What goodwill on a complaint rests on (CO-05): rungs, what counts already, like cases."""

    ladder: Sequence[LadderRow]
    counted: Sequence[Counted]
    precedent: Precedent | None


class Approving:
    """Reads complaints as an approver and a proposer need them."""

    def __init__(
        self,
        journal: Journal,
        queries: TicketQueries,
        handling: Handling,
        precedents: Precedents,
        directory: Directory,
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._handling = handling
        self._precedents = precedents
        self._directory = directory

    def waiting(self, actor: Actor) -> ApprovalList:
        """Return the proposals that `actor` may decide, the oldest first (CO-03, CO-04, D5)."""
        mine: list[PendingApproval] = []
        own = above = 0
        for row in self._queries.awaiting_approval():
            state = fold.fold(row.stream, self._journal.events(row.stream))
            for found in self._of_ticket(row, state, actor):
                if actor.person in (found.item.proposed.actor, found.item.payee):
                    own += 1
                elif actor.role in decide_approval.COVERS.get(found.needs, frozenset()):
                    mine.append(found)
                else:
                    above += 1
        return ApprovalList(sorted(mine, key=lambda p: p.item.proposed.at), own, above)

    def _of_ticket(
        self, row: TicketRow, state: TicketState, actor: Actor
    ) -> Sequence[PendingApproval]:
        context = self._handling.context_of(state, actor)
        names = self._directory.names()
        return [
            PendingApproval(
                row,
                state,
                item,
                decide_approval.needed_approver(state, item, context),
                exposure(state, item, context.linked_items),
                names.get(item.proposed.actor, item.proposed.actor),
            )
            for item in state.open_items
            if item.status == "pending"
        ]

    def basis(self, ticket: str, actor: Actor) -> Basis:
        """Return the rungs that fit, the goodwill that counts, and the median of like cases."""
        state = fold.fold(ticket, self._journal.events(ticket))
        context = self._handling.context_of(state, actor)
        known = facts.of_ticket(state, context)
        states = (state, *linked_states(state, self._journal.events))
        code = state.text("code")
        return Basis(
            ladder=[row for row in context.policy.ladder if row.when(known)],
            counted=[
                Counted(known_state.number, item)
                for known_state in states
                for item in known_state.open_items
                if item.ledger == "goodwill"
            ],
            precedent=self._precedents.precedent(code, ticket) if code else None,
        )

    def over_authority(self, ticket: str, amount: Decimal, actor: Actor) -> bool:
        """Tell whether a promise of `amount` yuan is above what `actor` may give (CO-08)."""
        state = fold.fold(ticket, self._journal.events(ticket))
        context = self._handling.context_of(state, actor)
        return record_promise.over_authority(state, amount, context)
