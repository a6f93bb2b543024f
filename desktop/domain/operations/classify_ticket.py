"""Give a complaint its code and level (分类定级, CL-01 … CL-10)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import answer_task, base, escalate_ticket
from desktop.domain.operations.record_red_act import RED_LEVEL
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import LEVELS, UNSET_LEVEL, TicketState

KIND = "ticket.classified"


@dataclass(frozen=True, slots=True)
class ClassifyTicket(base.Command):
    """A person's choice; `suggested_*` is what the rules proposed, kept beside it (CL-06)."""

    code: str
    level: int
    suggested_code: str | None = None
    suggested_level: int | None = None
    reason: str = ""


def decide(state: TicketState, command: ClassifyTicket, context: Context) -> Decision:
    """Refuse an unknown code or level, and an override of the suggestion without a reason.

    What the code sets off follows in the same decision; level 1 goes straight to the top (SL-13).
    """
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if command.code not in context.policy.codes:
        return Refusal("unknown_code", {"code": command.code})
    if command.level not in LEVELS:
        return Refusal("level_out_of_range", {"value": command.level})
    overridden = (command.suggested_code not in (None, command.code)) or (
        command.suggested_level not in (None, command.level)
    )
    if overridden and not command.reason.strip():
        return Refusal("override_needs_reason")
    data: dict[str, JsonValue] = {
        "code": command.code,
        "level": command.level,
        "suggested_code": command.suggested_code,
        "suggested_level": command.suggested_level,
    }
    personal = {"reason": command.reason.strip()} if command.reason.strip() else {}
    drafts = (
        Draft(KIND, data, personal),
        *answer_task.consequences(state, command.code, context.policy),
    )
    if command.level != RED_LEVEL or escalate_ticket.is_escalated(state, "level_one"):
        return Accepted(drafts)
    return Accepted((*drafts, escalate_ticket.draft("level_one", escalate_ticket.LADDER[-1])))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set code and level together, so that a conflict shows on both."""
    level = base.read_int(event.data, "level")
    return base.with_fields(
        state,
        event,
        {
            "code": base.read_str(event.data, "code"),
            "level": level if level in LEVELS else UNSET_LEVEL,
        },
    )
