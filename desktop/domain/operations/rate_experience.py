"""Record the answers to the NPS and CES questions of a satisfaction call (NC-07)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "survey.rated"
#: 0–10: how likely the customer is to recommend the store.
NPS = range(11)
#: 1–7: how far the customer agrees that solving it was easy.
CES = range(1, 8)


@dataclass(frozen=True, slots=True)
class RateExperience(base.Command):
    """Either answer may be missing; a later one replaces an earlier one."""

    nps: int | None = None
    ces: int | None = None


def decide(state: TicketState, command: RateExperience, context: Context) -> Decision:
    """Refuse answers without an answered survey, out of range, or none at all."""
    del context
    if not any(survey.score is not None for survey in state.surveys):
        return Refusal("rating_without_survey")
    if command.nps is None and command.ces is None:
        return Refusal("rating_empty")
    if command.nps is not None and command.nps not in NPS:
        return Refusal("rating_range", {"low": 0, "high": 10})
    if command.ces is not None and command.ces not in CES:
        return Refusal("rating_range", {"low": 1, "high": 7})
    answers: dict[str, JsonValue] = {"survey_nps": command.nps, "survey_ces": command.ces}
    return Accepted((Draft(KIND, {k: v for k, v in answers.items() if v is not None}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set what was answered."""
    values = {
        name: value
        for name in ("survey_nps", "survey_ces")
        if (value := base.read_int(event.data, name)) is not None
    }
    return base.with_fields(state, event, values) if values else state
