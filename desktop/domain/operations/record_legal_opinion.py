"""Record what legal says (法务意见): RL-09 cannot be closed without it (CL-10)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import LegalOpinion
from desktop.domain.ticket import TicketState

KIND = "legal_opinion.recorded"


@dataclass(frozen=True, slots=True)
class RecordLegalOpinion(base.Command):
    """The opinion in words, and whether the complaint may be closed as it stands."""

    text: str
    may_close: bool


def decide(state: TicketState, command: RecordLegalOpinion, context: Context) -> Decision:
    """Only legal gives an opinion; on paper it is attached as evidence instead."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if context.actor.role != "legal":
        return Refusal("opinion_role", {"role": "legal"})
    if not command.text.strip():
        return Refusal("opinion_empty")
    draft = Draft(KIND, {"may_close": command.may_close}, {"text": command.text.strip()})
    return Accepted((draft,))


def given(state: TicketState) -> bool:
    """Tell whether legal's last word lets the complaint close; on paper it is evidence."""
    if state.legal_opinions:
        return state.legal_opinions[-1].may_close
    return any(e.role == "legal_opinion" for e in state.evidence)


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the opinion; the last one counts."""
    opinion = LegalOpinion(
        base.mark(event), event.data.get("may_close") is True, event.personal.get("text", "")
    )
    return evolve(state, legal_opinions=(*state.legal_opinions, opinion))
