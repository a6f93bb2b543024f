"""Record the solution that the customer was given (解决方案)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Absent, Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "solution.recorded"


@dataclass(frozen=True, slots=True)
class RecordSolution(base.Command):
    """What was agreed, in words."""

    text: str


def decide(state: TicketState, command: RecordSolution, context: Context) -> Decision:
    """Refuse an empty solution."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.text.strip():
        return Refusal("solution_empty")
    return Accepted((Draft(KIND, {}, {"text": command.text.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set the solution; the survey clock starts at the first one since the last reopening.

    Two that were recorded unaware of each other are a conflict, settled by recording it once more.
    """
    changed = base.with_fields(state, event, {"solution": event.personal.get("text", "")})
    current = changed.fields["solution"].current
    text = current.value if current else ""
    return evolve(
        changed,
        solved=state.solved or base.mark(event),
        solution=text if isinstance(text, str | Absent) else "",
    )
