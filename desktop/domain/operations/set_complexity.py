"""Say that a complaint is complex, or ordinary after all (复杂程度, R12): its clocks follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.domain.events import Draft, Event
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "complexity.set"
COMPLEXITIES: Final = ("complex", "ordinary")


@dataclass(frozen=True, slots=True)
class SetComplexity(base.Command):
    """One of COMPLEXITIES, and why; money or another department make it complex anyway."""

    complexity: str
    reason: str


def decide(state: TicketState, command: SetComplexity, context: Context) -> Decision:
    """Refuse without a reason; what is so already changes nothing."""
    del context
    if command.complexity not in COMPLEXITIES:
        raise ValueError(f"unknown complexity: {command.complexity}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.reason.strip():
        return Refusal("complexity_needs_reason")
    if state.text("complexity") == command.complexity and "complexity" not in state.conflicts:
        return Accepted(())
    data = {"complexity": command.complexity}
    return Accepted((Draft(KIND, data, {"reason": command.reason.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set it; a word from a newer version changes nothing."""
    complexity = base.read_str(event.data, "complexity")
    if complexity not in COMPLEXITIES:
        return state
    return base.with_fields(state, event, {"complexity": complexity})
