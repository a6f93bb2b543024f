"""Reopen a complaint (重新处理, NC-05, R11): more urgent by a level, another owner, steps again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base, transfer_ticket
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Handover, Reopening
from desktop.domain.policy import NODES
from desktop.domain.ticket import LEVELS, TicketState

KIND = "ticket.reopened"
CAUSES = ("low_score", "repeat", "manager")
#: The special team (专项小组): anybody from here up takes a reopened complaint.
TEAM_ROLE: Final = "supervisor"
_REDONE: Final = frozenset(NODES[NODES.index("investigated") :])


@dataclass(frozen=True, slots=True)
class ReopenTicket(base.Command):
    """Why: one of CAUSES, and in words (repeat: the customer complains again, AS-05)."""

    cause: str
    reason: str


def decide(state: TicketState, command: ReopenTicket, context: Context) -> Decision:
    """Refuse what is not answered yet, and a reopening without reason."""
    if command.cause not in CAUSES:
        raise ValueError(f"unknown cause of a reopening: {command.cause}")
    if not (state.closed or state.solved or state.rejection):
        return Refusal("nothing_to_reopen", {"number": state.number})
    if not command.reason.strip():
        return Refusal("reopening_needs_reason")
    return Accepted((draft(state, context, command.cause, command.reason.strip()),))


def draft(state: TicketState, context: Context, cause: str, reason: str = "") -> Draft:
    """Return the reopening: which steps and checks are to be done again is said by the flow."""
    flow = context.policy.flows.get(state.flow)
    redone = {step.id for step in flow.steps if step.node in _REDONE} if flow else set()
    data: dict[str, JsonValue] = {
        "cause": cause,
        "level": more_urgent(state.level),
        "redo": [*sorted(redone & state.steps_done.keys())],
        "uncheck": [*sorted(_ticked(state, redone))],
        "role": TEAM_ROLE,
    }
    return Draft(KIND, data, {"reason": reason} if reason else {})


def more_urgent(level: int) -> int:
    """Return the level one more urgent; level 1 stays (R11)."""
    return max(level - 1, LEVELS[0])


def _ticked(state: TicketState, steps: set[str]) -> list[str]:
    return [f"{step}.{check}" for step in steps for check in state.checks_done(step)]


def apply(state: TicketState, event: Event) -> TicketState:
    """Open it again; the former owner keeps it until another accepts, but cannot take it."""
    level = base.read_int(event.data, "level")
    level = level if level in LEVELS else more_urgent(state.level)
    redo = set(base.read_strs(event.data, "redo"))
    done = base.mark(event)
    round_ = Reopening(
        done,
        base.read_str(event.data, "cause"),
        level,
        contacts=len(state.contacts),
        surveys=len(state.surveys),
        escalations=len(state.escalations),
    )
    team = Handover(
        mark=done,
        sender=state.text("owner"),
        to="",
        role=base.read_str(event.data, "role") or TEAM_ROLE,
        reason=transfer_ticket.REOPENED,
        note=event.personal.get("reason", ""),
    )
    changed = evolve(
        state,
        reopened=(*state.reopened, round_),
        handovers=(*state.handovers, team),
        steps_done={name: mark for name, mark in state.steps_done.items() if name not in redo},
        closed=None,
        solved=None,
        signed=None,
        rejection=None,
        withdrawn=None,
    )
    unticked = {f"check:{check}": False for check in base.read_strs(event.data, "uncheck")}
    return base.with_fields(
        changed, event, {**unticked, "level": level, "signed_how": "", "overdue_reason": ""}
    )
