"""Erase the person of a closed complaint (删除个人信息, D10): values go, the proof stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

#: The journal accounts for absent values by this kind (`desktop.journal.chain.ERASURE`).
KIND: Final = "person.erased"
#: Why: the person asked (PIPL 47), or nothing asks for keeping it any longer.
BASES: Final = ("request", "retention")


@dataclass(frozen=True, slots=True)
class ErasePerson(base.Command):
    """On which basis, one of BASES."""

    basis: str


def decide(state: TicketState, command: ErasePerson, context: Context) -> Decision:
    """Refuse while the case runs or an authority holds it (D10), and to those who may not."""
    if command.basis not in BASES:
        raise ValueError(f"unknown basis of an erasure: {command.basis}")
    if state.erased:
        return Accepted(())
    if context.actor.role == "clerk":
        return Refusal("erase_needs_manager")
    if not state.closed:
        return Refusal("erase_open", {"number": state.number})
    if any(case.replied is None for case in state.external_cases.values()):
        return Refusal("erase_held", {"number": state.number})
    return Accepted((Draft(KIND, {"basis": command.basis}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Note that the person is erased; storage takes the values away."""
    return evolve(state, erased=base.mark(event))
