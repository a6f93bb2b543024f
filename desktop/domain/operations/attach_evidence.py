"""Attach evidence (凭证, EV-01): the picture of a form, a photo, a document."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision
from desktop.domain.ticket import Evidence, TicketState

KIND = "evidence.attached"


@dataclass(frozen=True, slots=True)
class AttachEvidence(base.Command):
    """`content` is the SHA-256 (hex) of bytes that the attachment store already holds."""

    content: str
    media_type: str
    size: int
    role: str
    name: str


def decide(state: TicketState, command: AttachEvidence, context: Context) -> Decision:
    """Accept; the same content twice changes nothing. A closed ticket still takes evidence."""
    del context
    if any(e.content == command.content for e in state.evidence):
        return Accepted(())
    data: dict[str, JsonValue] = {
        "media_type": command.media_type,
        "size": command.size,
        "role": command.role,
    }
    personal = {"content": command.content, "name": command.name}
    return Accepted((Draft(KIND, data, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the evidence."""
    evidence = Evidence(
        base.mark(event),
        base.read_str(event.data, "role"),
        base.read_str(event.data, "media_type"),
        base.read_int(event.data, "size") or 0,
        event.personal.get("name", ""),
        event.personal.get("content", ""),
    )
    return evolve(state, evidence=(*state.evidence, evidence))
