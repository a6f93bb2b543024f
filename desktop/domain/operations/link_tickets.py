"""Link complaints (关联, 合并): an event that can be taken back; no text is moved or lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Link
from desktop.domain.ticket import Anomaly, TicketState

KIND = "ticket.linked"
KIND_UNDONE = "ticket.unlinked"
#: duplicate: the same complaint twice (merged); repeat: the customer again about the outcome
#: (AS-05); same_incident: other customers, one cause (D9).
REPEAT = "repeat_complaint"
KINDS = ("duplicate", "repeat", "same_incident")


@dataclass(frozen=True, slots=True)
class LinkTicket(base.Command):
    """The other complaint's id and number, and one of KINDS."""

    other: str
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class UnlinkTicket(base.Command):
    """Take a link back; the reason is kept."""

    other: str
    reason: str


def decide(state: TicketState, command: LinkTicket, context: Context) -> Decision:
    """Refuse a link to itself; the same link twice changes nothing. Closed ones are linked too."""
    del context
    if command.kind not in KINDS:
        raise ValueError(f"unknown kind of link: {command.kind}")
    if command.other == state.id:
        return Refusal("link_to_itself")
    known = state.links.get(command.other)
    if known and known.undone is None and known.kind == command.kind:
        return Accepted(())
    data = {"other": command.other, "number": command.number, "kind": command.kind}
    return Accepted((Draft(KIND, data),))


def decide_unlink(state: TicketState, command: UnlinkTicket, context: Context) -> Decision:
    """Refuse to take back what is not linked, or without a reason."""
    del context
    known = state.links.get(command.other)
    if known is None or known.undone:
        return Refusal("not_linked")
    if not command.reason.strip():
        return Refusal("unlink_needs_reason")
    return Accepted((Draft(KIND_UNDONE, {"other": command.other}, {"reason": command.reason}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the link; a repeat complaint is an exception for a person to see (AS-05)."""
    other = base.read_str(event.data, "other")
    kind = base.read_str(event.data, "kind")
    if not other or other == state.id or kind not in KINDS:
        return state
    link = Link(other, base.read_str(event.data, "number"), kind, base.mark(event))
    changed = evolve(state, links={**state.links, other: link})
    if kind != "repeat":
        return changed
    anomaly = Anomaly("repeat_complaint", event.id, {"number": link.number})
    return evolve(changed, anomalies=(*_without(changed, link.number), anomaly))


def _without(state: TicketState, number: str) -> tuple[Anomaly, ...]:
    """Return the anomalies but the one that a repeat link to `number` made."""
    return tuple(a for a in state.anomalies if a.code != REPEAT or a.values.get("number") != number)


def apply_unlink(state: TicketState, event: Event) -> TicketState:
    """Mark the link as taken back."""
    link = state.links.get(base.read_str(event.data, "other"))
    if link is None:
        return state
    undone = replace(link, undone=link.undone or base.mark(event))
    return evolve(
        state,
        links={**state.links, link.other: undone},
        anomalies=_without(state, link.number),
    )
