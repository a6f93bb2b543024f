"""Tick or untick one line of a step card (操作规范, FL-06)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "check.ticked"


@dataclass(frozen=True, slots=True)
class TickCheck(base.Command):
    """The step's id, the check's id and whether it is done."""

    step: str
    check: str
    done: bool


def decide(state: TicketState, command: TickCheck, context: Context) -> Decision:
    """Refuse checks that the ticket's flow does not have."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    flow = context.policy.flows.get(state.flow)
    step = next((s for s in flow.steps if s.id == command.step), None) if flow else None
    if step is None or command.check not in {item.id for item in step.do}:
        return Refusal("unknown_check", {"check": f"{command.step}.{command.check}"})
    if (state.value(f"check:{command.step}.{command.check}") is True) == command.done:
        return Accepted(())
    data: dict[str, JsonValue] = {
        "step": command.step,
        "check": command.check,
        "done": command.done,
    }
    return Accepted((Draft(KIND, data),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set the check."""
    name = f"check:{base.read_str(event.data, 'step')}.{base.read_str(event.data, 'check')}"
    return base.with_fields(state, event, {name: event.data.get("done") is True})
