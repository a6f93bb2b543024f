"""Keep a case at an authority (12315, 消协, 法院, 媒体; CH-05) with the dates of its notice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import ExternalCase
from desktop.domain.ticket import TicketState

KIND = "external_case.recorded"
KIND_ANSWERED = "external_case.answered"
AUTHORITIES = ("12315", "consumer_association", "court", "arbitration", "media", "other")


@dataclass(frozen=True, slots=True)
class RecordExternalCase(base.Command):
    """`case` is an id; the same id again corrects its dates. No deadline is computed: all typed."""

    case: str
    authority: str
    number: str
    received: date
    reply_by: date | None = None
    hearing: datetime | None = None
    materials: str = ""


@dataclass(frozen=True, slots=True)
class AnswerExternalCase(base.Command):
    """That the reply was sent, and how the case ended once it is known (empty: still open)."""

    case: str
    outcome: str = ""


def decide(state: TicketState, command: RecordExternalCase, context: Context) -> Decision:
    """Refuse a case without number, or with a reply due before it was received."""
    del context
    if command.authority not in AUTHORITIES:
        raise ValueError(f"unknown authority: {command.authority}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.number.strip():
        return Refusal("case_number_missing")
    if command.reply_by and command.reply_by < command.received:
        return Refusal("case_dates")
    data: dict[str, JsonValue] = {
        "case": command.case,
        "authority": command.authority,
        "number": command.number.strip(),
        "received": command.received.isoformat(),
        "reply_by": command.reply_by.isoformat() if command.reply_by else None,
        "hearing": command.hearing.isoformat() if command.hearing else None,
    }
    return Accepted((Draft(KIND, data, base.personal(materials=command.materials)),))


def decide_answer(state: TicketState, command: AnswerExternalCase, context: Context) -> Decision:
    """Refuse an unknown case; the outcome may come long after the reply, closed or not."""
    del context
    case = state.external_cases.get(command.case)
    if case is None:
        return Refusal("case_unknown")
    if case.replied and command.outcome.strip() == case.outcome:
        return Accepted(())
    return Accepted((Draft(KIND_ANSWERED, {"case": case.id, "outcome": command.outcome.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the case or correct its dates; a reply that was sent stays sent."""
    data = event.data
    name, received = base.read_str(data, "case"), base.read_date(data, "received")
    if not name or received is None:
        return state
    known = state.external_cases.get(name)
    case = ExternalCase(
        id=name,
        mark=known.mark if known else base.mark(event),
        authority=base.read_str(data, "authority"),
        number=base.read_str(data, "number"),
        received=received,
        reply_by=base.read_date(data, "reply_by"),
        hearing=base.read_time(data, "hearing"),
        materials=event.personal.get("materials", ""),
        replied=known.replied if known else None,
        outcome=known.outcome if known else "",
    )
    return evolve(state, external_cases={**state.external_cases, name: case})


def apply_answer(state: TicketState, event: Event) -> TicketState:
    """Note the reply, and the outcome where there is one."""
    case = state.external_cases.get(base.read_str(event.data, "case"))
    if case is None:
        return state
    outcome = base.read_str(event.data, "outcome") or case.outcome
    answered = replace(case, replied=case.replied or base.mark(event), outcome=outcome)
    return evolve(state, external_cases={**state.external_cases, case.id: answered})
