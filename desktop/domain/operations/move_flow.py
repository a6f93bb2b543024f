"""Move a complaint to another procedure (流程变更, FL-07): what was done stays, no gate is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from desktop.domain import choosing, deadlines, facts
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import FlowMove
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

KIND = "ticket.flow_moved"
BY_FACTS: Final = "facts"
BY_PERSON: Final = "manual"
#: The channel by which 12315 sends cases (CH-05); a recorded case counts as having come by it.
AUTHORITY: Final = "12315"
#: What somebody decides about a complaint; a gate that it opens again is to be passed again.
_DECIDED: Final = ("code", "level", "channel")
#: The fields behind flow_facts; is_complex looks at two of the ticket's maps beside.
_SOURCES: Final = ("level", "tier", "code", "emotion", "complexity")


@dataclass(frozen=True, slots=True)
class MoveFlow(base.Command):
    """The flow to take from now on, and why; a manager's choice, the facts' own is `owed`."""

    flow: str
    reason: str


def flow_facts(state: TicketState, policy: Policy) -> dict[str, object]:
    """Return the facts by which routing.yaml chooses a flow (choosing.ROUTE_FACTS)."""
    code = policy.codes.get(state.text("code"))
    emotion = state.value("emotion")
    at_authority = any(c.authority == AUTHORITY for c in state.external_cases.values())
    return {
        "channel": AUTHORITY if at_authority else state.channel,
        "level": state.level if state.value("level") is not None else 0,
        "tier": "vip" if state.text("tier") == "vip" else "ordinary",
        "class": (code.class_ or "") if code else "",
        "complexity": "complex" if deadlines.is_complex(state) else "ordinary",
        "family": code.family if code else "",
        "code": state.text("code"),
        "emotion": emotion if isinstance(emotion, int) else 1,
    }


def decide(state: TicketState, command: MoveFlow, context: Context) -> Decision:
    """Refuse a clerk's move, a flow that the ticket's pack lacks, and a move without a reason."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if context.actor.role == "clerk":
        return Refusal("flow_role", {"role": "supervisor"})
    if command.flow not in context.policy.flows:
        return Refusal("unknown_flow", {"flow": command.flow})
    if not command.reason.strip():
        return Refusal("flow_needs_reason")
    if command.flow == state.flow:
        return Accepted(())
    move = _draft(state, context, command.flow, BY_PERSON, "", command.reason.strip())
    return Accepted((move,))


def owed(before: TicketState, after: TicketState, context: Context) -> Draft | None:
    """Return the move that a command owes: it changed facts by which the pack chooses the flow.

    A flow that a manager chose stays until such a fact changes. Within one flow a new code or level
    sends back to the steps whose gates it opened again, so that no gate is passed unseen.
    """
    if after.opened is None or after.closed or before.opened is None:
        return None
    if _same_sources(before, after):
        return None
    old, new = flow_facts(before, context.policy), flow_facts(after, context.policy)
    if old == new:
        return None
    rule = choosing.first_flow(context.policy.flow_rules, new)
    flow = rule.flow if rule else context.policy.default_flow
    chosen = bool(after.flow_moves) and after.flow_moves[-1].cause == BY_PERSON
    same_choice = flow == context.policy.flow_for(old)
    if flow == after.flow or (chosen and same_choice) or flow not in context.policy.flows:
        decided = any(old[name] != new[name] for name in _DECIDED)
        flow, rule = after.flow, None
        if not (decided and _redone(after, context, flow)):
            return None
    return _draft(after, context, flow, BY_FACTS, rule.id if rule else "")


def _same_sources(before: TicketState, after: TicketState) -> bool:
    """Tell quickly that nothing was touched that flow_facts looks at: so of nearly all acts."""
    return (
        before.channel == after.channel
        and before.external_cases is after.external_cases
        and before.compensation is after.compensation
        and before.help_requests is after.help_requests
        and all(before.fields.get(name) is after.fields.get(name) for name in _SOURCES)
    )


def _draft(
    state: TicketState, context: Context, flow: str, cause: str, rule: str, reason: str = ""
) -> Draft:
    data: dict[str, JsonValue] = {
        "flow": flow,
        "cause": cause,
        "rule": rule,
        "redo": [*_redone(state, context, flow)],
    }
    return Draft(KIND, data, base.personal(reason=reason))


def _redone(state: TicketState, context: Context, flow: str) -> tuple[str, ...]:
    """Return the steps of `flow` that are done and that its gates or required checks now hold.

    Checks that were ticked stay ticked: only what is missing is asked for.
    """
    known: Mapping[str, object] = facts.of_ticket(state, context)
    target = context.policy.flows.get(flow)
    steps = target.steps if target else ()
    return tuple(
        step.id
        for step in steps
        if step.id in state.steps_done
        and step.applies(known)
        and (step.missing(known) or step.unchecked(known))
    )


def apply(state: TicketState, event: Event) -> TicketState:
    """Take the flow; steps that must be passed again are no longer done, all others stay so."""
    flow = base.read_str(event.data, "flow")
    if not flow or state.opened is None:
        return state
    redo = tuple(s for s in base.read_strs(event.data, "redo") if s in state.steps_done)
    move = FlowMove(
        mark=base.mark(event),
        before=state.flow,
        after=flow,
        cause=base.read_str(event.data, "cause"),
        rule=base.read_str(event.data, "rule"),
        redo=redo,
        reason=event.personal.get("reason", ""),
    )
    done = {name: mark for name, mark in state.steps_done.items() if name not in redo}
    return evolve(state, flow=flow, steps_done=done, flow_moves=(*state.flow_moves, move))
