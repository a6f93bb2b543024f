"""Record a satisfaction call (回访, NC-05 … NC-08): answered, refused or unreachable."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base, reopen_ticket
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Survey, TicketState

KIND = "survey.recorded"
STARS = range(1, 6)
OUTCOMES = ("answered", "refused", "unreachable")


@dataclass(frozen=True, slots=True)
class RecordSurvey(base.Command):
    """`score` is 1–5 stars and given only when the customer answered."""

    outcome: str
    score: int | None = None
    channel: str = "phone"
    comment: str = ""


def decide(state: TicketState, command: RecordSurvey, context: Context) -> Decision:
    """Refuse a survey before the solution; too few stars reopen in the same decision (NC-05)."""
    if command.outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome of a survey: {command.outcome}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not state.solved and not state.rejection:
        return Refusal("no_solution_yet")
    if command.outcome != "answered" and command.score is not None:
        return Refusal("score_without_answer")
    if command.outcome == "answered" and command.score not in STARS:
        return Refusal("score_out_of_range", {"value": command.score})
    data: dict[str, JsonValue] = {
        "outcome": command.outcome,
        "score": command.score,
        "channel": command.channel,
    }
    drafts = [Draft(KIND, data, base.personal(comment=command.comment))]
    if command.score is not None and command.score < context.policy.thresholds.reopen_below:
        drafts.append(reopen_ticket.draft(state, context, "low_score"))
    return Accepted(tuple(drafts))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the attempt."""
    score = base.read_int(event.data, "score")
    survey = Survey(
        base.mark(event),
        base.read_str(event.data, "outcome"),
        score if score in STARS else None,
        base.read_str(event.data, "channel"),
        event.personal.get("comment", ""),
    )
    return evolve(state, surveys=(*state.surveys, survey))
