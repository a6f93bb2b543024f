"""Complete the step in hand; the last one closes the complaint (FL-01, FL-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain import facts, gates
from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.policy import Step
from desktop.domain.ticket import TicketState

KIND = "step.completed"
KIND_CLOSED = "ticket.closed"


@dataclass(frozen=True, slots=True)
class CompleteStep(base.Command):
    """The step's id; `overdue_reason` is asked for when the complaint closes late (FL-11)."""

    step: str
    overdue_reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What still blocks a step: an unticked check or a closed gate, with its text by language."""

    id: str
    text: dict[str, str]


def steps_in_force(state: TicketState, context: Context) -> tuple[Step, ...]:
    """Return the flow's steps that apply to this ticket now, in order."""
    return _in_force(state, context, facts.of_ticket(state, context))


def step_in_hand(state: TicketState, context: Context) -> Step | None:
    """Return the first step that is not done, or None when all are."""
    return _in_hand(state, context, facts.of_ticket(state, context))


def missing_for(
    state: TicketState, step: Step, context: Context, overdue_reason: str = ""
) -> tuple[Missing, ...]:
    """Return what still blocks `step`: required checks not ticked, gates not open."""
    known = facts.of_ticket(state, context, overdue_reason)
    return (*_blocking(step, known), *_standing(state, step, context))


def _in_force(
    state: TicketState, context: Context, known: Mapping[str, object]
) -> tuple[Step, ...]:
    return tuple(s for s in context.policy.steps_of(state.flow) if s.applies(known))


def _in_hand(state: TicketState, context: Context, known: Mapping[str, object]) -> Step | None:
    steps = context.policy.steps_of(state.flow)
    return next((s for s in steps if s.id not in state.steps_done and s.applies(known)), None)


def _blocking(step: Step, known: Mapping[str, object]) -> tuple[Missing, ...]:
    checks = [Missing(check.id, dict(check.text)) for check in step.unchecked(known)]
    gates = [Missing(gate.id, dict(gate.text)) for gate in step.missing(known)]
    return (*checks, *gates)


def _standing(state: TicketState, step: Step, context: Context) -> tuple[Missing, ...]:
    closing = step.node == "closed"
    return tuple(Missing(g.id, dict(g.text)) for g in gates.standing(state, context, closing))


def decide(state: TicketState, command: CompleteStep, context: Context) -> Decision:
    """Refuse any step but the one in hand, and that one while a gate blocks it."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    known = facts.of_ticket(state, context)
    step = _in_hand(state, context, known)
    if step is None:
        return Refusal("no_step_left", {"number": state.number})
    if step.id != command.step:
        return Refusal("step_out_of_order", {"step": dict(step.title)})
    closing = step.node == "closed"
    reason = command.overdue_reason.strip() if closing else ""
    missing = (
        *_blocking(step, facts.of_ticket(state, context, reason) if reason else known),
        *_standing(state, step, context),
    )
    if missing:
        return Refusal("step_blocked", {"missing": [m.text for m in missing]})
    drafts = [Draft(KIND, {"step": step.id})]
    if closing:
        drafts.append(Draft(KIND_CLOSED, {}, {"overdue_reason": reason} if reason else {}))
    return Accepted(tuple(drafts))


def apply(state: TicketState, event: Event) -> TicketState:
    """Mark the step done; the first completion counts when two PCs did it."""
    step = base.read_str(event.data, "step")
    if step in state.steps_done:
        return state
    return evolve(state, steps_done={**state.steps_done, step: base.mark(event)})


def apply_closed(state: TicketState, event: Event) -> TicketState:
    """Close the complaint."""
    changed = evolve(state, closed=state.closed or base.mark(event))
    return base.with_fields(changed, event, event.personal) if event.personal else changed
