"""Computers that write chains in memory, with logical clock and `seen` as the journal writes them.

A helper for proofs about the rules; storage itself is proved on the real database elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from desktop.domain import commands, fold
from desktop.domain.events import Draft, Event, EventId, PersonalValue
from desktop.domain.operations.open_ticket import OpenTicket
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.outcomes import Accepted, Actor, Context, Decision, Refusal
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

TICKET = "T-1"
#: A Monday, 10:00 in Shanghai.
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "21:00"))
CLERK = Actor("P-li", "clerk")
OTHER_CLERK = Actor("P-zhao", "clerk")
SUPERVISOR = Actor("P-wang", "supervisor")
REGIONAL = Actor("P-sun", "regional_manager")
HEAD = Actor("P-chen", "department_head")
LEGAL = Actor("P-fa", "legal")


def context(
    policy: Policy,
    role: str = "clerk",
    person: str = "P-li",
    now: datetime = MONDAY,
) -> Context:
    return Context(Actor(person, role), now, policy, "Asia/Shanghai", HOURS)


def opening(**changes: object) -> OpenTicket:
    """A complete complaint as the counter types it."""
    fields = {
        "verbatim": "包装破损，要求退款",
        "emotion": 3,
        "expectation": "退款",
        "customer_name": "张三",
        "phone": "13800000000",
    }
    fields.update(changes.pop("fields", {}))
    kept = {name: value for name, value in fields.items() if value is not None}
    plain = {
        "number": "S0217-A-261116-001-K",
        "channel": "counter",
        "store": "S0217",
        "flow": "store",
    }
    return OpenTicket(**{**plain, **changes, "fields": kept})


def voucher(item: str, amount: str, **changes: object) -> ProposeCompensation:
    """A goodwill voucher, the one thing that a clerk may give alone."""
    values = {"instrument": "voucher", "ledger": "goodwill", **changes}
    return ProposeCompensation(item=item, amount=Decimal(amount), **values)


class Pc:
    """One computer: its own chain, and the events of the ticket that it knows."""

    def __init__(self, chain: str, policy: Policy, stream: str = TICKET) -> None:
        self.chain, self.policy, self.stream = chain, policy, stream
        self.known: dict[EventId, Event] = {}
        self.now = MONDAY
        self._seq = 0

    @property
    def events(self) -> list[Event]:
        return list(self.known.values())

    @property
    def state(self) -> TicketState:
        return fold.fold(self.stream, self.events)

    def context(self, actor: Actor) -> Context:
        return Context(actor, self.now, self.policy, "Asia/Shanghai", HOURS)

    def write(
        self,
        kind: str,
        data: Mapping[str, object] | None = None,
        personal: Mapping[str, PersonalValue] | None = None,
        actor: Actor = CLERK,
    ) -> Event:
        """Append an event as it is, whatever the rules say."""
        self._seq += 1
        seen: dict[str, int] = {}
        for known in self.known:
            if known.chain != self.chain:
                seen[known.chain] = max(seen.get(known.chain, 0), known.seq)
        event = Event(
            id=EventId(self.chain, self._seq),
            stream=self.stream,
            kind=kind,
            lc=1 + max((e.lc for e in self.known.values()), default=0),
            seen=seen,
            at=self.now,
            offset_ms=None,
            actor=actor.person,
            policy=self.policy.version,
            data=data or {},
            personal=personal or {},
        )
        self.known[event.id] = event
        return event

    def decide(self, command: commands.Command, actor: Actor = CLERK) -> Decision:
        return commands.decide(self.state, command, self.context(actor))

    def act(self, command: commands.Command, actor: Actor = CLERK) -> TicketState:
        """Carry a command out; a refusal fails the test that did not expect it."""
        decision = self.decide(command, actor)
        assert isinstance(decision, Accepted), decision
        self.append(decision.drafts, actor)
        return self.state

    def append(self, drafts: Iterable[Draft], actor: Actor = CLERK) -> None:
        """Write what was decided and what that owes, as the desk does."""
        before = self.state
        for draft in drafts:
            self.write(draft.kind, draft.data, draft.personal, actor)
        for draft in commands.follow_up(before, self.state, self.context(actor)):
            self.write(draft.kind, draft.data, draft.personal, actor)

    def refused(self, command: commands.Command, actor: Actor = CLERK) -> Refusal:
        """Return the refusal of a command that must be refused."""
        decision = self.decide(command, actor)
        assert isinstance(decision, Refusal), decision
        return decision

    def receive(self, other: Pc) -> None:
        """Learn what another computer knows."""
        self.known.update(other.known)

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


def exchange(one: Pc, two: Pc) -> TicketState:
    """Let two computers learn from each other; both then show the same."""
    one.receive(two)
    two.receive(one)
    assert one.state == two.state
    return one.state


def second_pc(pc: Pc, chain: str = "B") -> Pc:
    """A computer that knows what `pc` knows by now."""
    other = Pc(chain, pc.policy, pc.stream)
    other.receive(pc)
    other.now = pc.now
    return other
