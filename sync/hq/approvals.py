"""Compensations that wait for an approver, and the answer given at HQ (CO-03, CO-04)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Final, TypeAlias

from sqlalchemy import Connection, Engine, func, select

from desktop.domain import fold
from desktop.domain.commands import decide
from desktop.domain.events import Draft, Event
from desktop.domain.operations.approve_by_phone import exposure
from desktop.domain.operations.decide_approval import COVERS, DecideApproval, needed_approver
from desktop.domain.outcomes import Accepted, Context, Refusal
from desktop.domain.people import PERSON_ADDED, person_added
from desktop.domain.ticket import OPEN_STATUSES, CompensationItem, TicketState
from desktop.journal.records import TornRecord
from desktop.services.linked import linked_items
from desktop.services.ports import Policies
from sync.hq import access, own_chain, projection, store_facts, streams
from sync.hq.models import store, stream, ticket_row
from sync.hq.people import User

#: Stores' time zone (decision R6).
TIMEZONE: Final = "Asia/Shanghai"
_SHOWN: Final = 200

#: When a store is open: {"mon": ("09:00", "21:00"), …}.
Hours: TypeAlias = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item on one complaint with the facts that its approver needs.

    `linked` is what complaints linked, merged or repeated with it gave; `counted` the goodwill that
    authority counts with this item (D4, R7), `needed` the role that it asks for by now.
    """

    stream: str
    store: str
    store_name: str
    number: str
    level: int
    code: str
    words: str
    reason: str
    proposer: str
    item: CompensationItem
    earlier: tuple[CompensationItem, ...]
    linked: tuple[CompensationItem, ...]
    counted: Decimal
    needed: str
    mine: bool

    @property
    def total(self) -> Decimal:
        """What this and linked complaints would cost in all, this item included, in yuan."""
        others = (*self.earlier, *self.linked)
        return self.item.amount + sum((i.amount for i in others), Decimal(0))


@dataclass(frozen=True, slots=True)
class Approvals:
    """Lists and answers waiting compensations."""

    engine: Engine
    policies: Policies
    now: Callable[[], datetime]

    def count(self, user: User) -> int:
        """Return how many items wait in a person's scope."""
        total = select(func.coalesce(func.sum(ticket_row.c.pending), 0))
        with self.engine.connect() as connection:
            wanted = total.where(access.in_scope(user, ticket_row.c.store))
            return int(connection.execute(wanted).scalar_one())

    def waiting(self, user: User) -> Sequence[Waiting]:
        """Return what waits on the first complaints, the most urgent and the longest wait first."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(ticket_row, store.c.name.label("store_name"))
                .join_from(ticket_row, store, store.c.id == ticket_row.c.store)
                .where(ticket_row.c.pending > 0, access.in_scope(user, ticket_row.c.store))
                .order_by(ticket_row.c.level, ticket_row.c.updated_at)
                .limit(_SHOWN)
            ).all()
            found = []
            hours_of = cache(partial(store_facts.hours, connection))
            for row in rows:
                try:
                    events = streams.events(connection, row.stream)
                except TornRecord:
                    continue  # in quarantine, where a person sees it
                state = fold.fold(row.stream, events)
                context = self._context(connection, user, state, hours_of(row.store))
                found += _items(state, row.store, row.store_name, context)
            names = streams.names(connection, {w.item.proposed.actor for w in found})
        return [replace(w, proposer=names.get(w.item.proposed.actor, "")) for w in found]

    def answer(
        self, user: User, ticket: str, item: str, approved: bool, reason: str
    ) -> Refusal | None:
        """Write the answer on HQ's chain of the store; the feed takes it down."""
        now = self.now()
        with self.engine.begin() as connection:
            owner = connection.execute(
                select(stream.c.store).where(stream.c.id == ticket)
            ).scalar_one_or_none()
            if owner is None or not access.sees(connection, user, owner):
                return Refusal("no_such_ticket", {"ticket": ticket})
            opening = fold.fold(ticket, streams.events(connection, ticket))
            policy = self.policies.of(opening.policy)

            def decided(events: Sequence[Event]) -> Sequence[Draft] | Refusal:
                state = fold.fold(ticket, events)
                hours = store_facts.hours(connection, owner)
                context = self._context(connection, user, state, hours)
                found = decide(state, DecideApproval(item, approved, reason), context)
                return found.drafts if isinstance(found, Accepted) else found

            author = own_chain.Author(user.id, now, policy.version)
            written = own_chain.append(connection, owner, ticket, author, decided)
            if isinstance(written, Refusal):
                return written
            own_chain.append(connection, owner, user.id, author, partial(_introduce, user))
            projection.project(connection, [ticket], now)
        return None

    def _context(
        self, connection: Connection, user: User, state: TicketState, hours: Hours
    ) -> Context:
        """What deciding may know: linked complaints of any store count against authority (D4)."""
        items: tuple[CompensationItem, ...] = ()
        if state.links:
            items = linked_items(state, partial(_readable, connection))
        policy = self.policies.of(state.policy)
        return Context(user.actor, self.now(), policy, TIMEZONE, hours, linked_items=items)


def _readable(connection: Connection, ticket: str) -> Sequence[Event]:
    """The events of a linked complaint; one whose record is torn is in quarantine, seen there."""
    try:
        return streams.events(connection, ticket)
    except TornRecord:
        return ()


def _introduce(user: User, known: Sequence[Event]) -> Sequence[Draft]:
    """Tell a store once who answers there, so that it can print the name."""
    if any(event.kind == PERSON_ADDED and event.text("name") == user.name for event in known):
        return ()
    return (person_added(user.login, user.name, user.role),)


def _items(state: TicketState, owner: str, store_name: str, context: Context) -> list[Waiting]:
    pending = [item for item in state.open_items if item.status == "pending"]
    linked = tuple(i for i in context.linked_items if i.status in OPEN_STATUSES)
    found = []
    for item in pending:
        needed = needed_approver(state, item, context)
        found.append(
            Waiting(
                stream=state.id,
                store=owner,
                store_name=store_name,
                number=state.number,
                level=state.level,
                code=state.text("code"),
                words=state.text("verbatim"),
                reason=item.reason if isinstance(item.reason, str) else "",
                proposer="",
                item=item,
                earlier=tuple(i for i in state.open_items if i.id != item.id),
                linked=linked,
                counted=exposure(state, item, context.linked_items),
                needed=needed,
                mine=_may(context, item, needed),
            )
        )
    return found


def _may(context: Context, item: CompensationItem, needed: str) -> bool:
    """Tell whether this person could answer (decisions D5, R8); deciding checks it again."""
    if context.actor.person in (item.proposed.actor, item.payee):
        return False
    return context.actor.role in COVERS.get(needed, frozenset())
