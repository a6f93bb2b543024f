"""File the written report that follows a frontline compensation within 48 h (CO-02)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "report.filed"


@dataclass(frozen=True, slots=True)
class FileWrittenReport(base.Command):
    """The report's text (书面报告)."""

    text: str


def decide(state: TicketState, command: FileWrittenReport, context: Context) -> Decision:
    """Refuse an empty report, and a report on nothing given."""
    del context
    if not command.text.strip():
        return Refusal("report_empty")
    if not state.compensation:
        return Refusal("nothing_to_report")
    return Accepted((Draft(KIND, {}, {"text": command.text.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Note that the report is filed."""
    return evolve(state, written_reports=(*state.written_reports, base.mark(event)))
