"""Reject a complaint (不予支持, R14): answered, yet open until something lets it close."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.law import add_months
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Rejection
from desktop.domain.ticket import TicketState

KIND = "complaint.rejected"
KIND_RELEASED = "rejection.released"
#: The five routes of 消法 39 that the customer must be told, in writing.
ROUTES: Final = ("negotiation", "mediation", "administration", "arbitration", "court")
RELEASES: Final = ("accepted", "external_outcome", "limitation")
_LIMITATION_MONTHS: Final = 36  # 民法典 188


@dataclass(frozen=True, slots=True)
class RejectComplaint(base.Command):
    """Why, and which routes the customer was told of."""

    reason: str
    routes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReleaseRejection(base.Command):
    """What lets the rejected complaint close: one of RELEASES, with a note."""

    release: str
    note: str


def decide(state: TicketState, command: RejectComplaint, context: Context) -> Decision:
    """Refuse by a clerk, without reason, and while a route was not told (消法 39)."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if context.actor.role == "clerk":
        return Refusal("reject_role", {"role": "supervisor"})
    if not command.reason.strip():
        return Refusal("reject_needs_reason")
    if not frozenset(ROUTES) <= command.routes:
        return Refusal("reject_routes")
    if state.rejected:
        return Refusal("rejected_already")
    routes: list[JsonValue] = [*ROUTES]
    return Accepted((Draft(KIND, {"routes": routes}, {"reason": command.reason.strip()}),))


def decide_release(state: TicketState, command: ReleaseRejection, context: Context) -> Decision:
    """Refuse an outcome that no external case has, and limitation before three years are over."""
    if command.release not in RELEASES:
        raise ValueError(f"unknown release of a rejection: {command.release}")
    if not state.rejected:
        return Refusal("not_rejected")
    if not command.note.strip():
        return Refusal("release_needs_note")
    outcomes = [case.outcome for case in state.external_cases.values() if case.outcome]
    if command.release == "external_outcome" and not outcomes:
        return Refusal("release_without_outcome")
    if command.release == "limitation" and not is_time_barred(state, context):
        return Refusal("release_before_limitation")
    data = {"release": command.release}
    return Accepted((Draft(KIND_RELEASED, data, {"note": command.note.strip()}),))


def is_time_barred(state: TicketState, context: Context) -> bool:
    """Tell whether three years have passed since the complaint was opened (民法典 188)."""
    if state.opened is None:
        return False
    zone = ZoneInfo(context.timezone)
    opened = state.opened.at.astimezone(zone).date()
    return context.now.astimezone(zone).date() > add_months(opened, _LIMITATION_MONTHS)


def apply(state: TicketState, event: Event) -> TicketState:
    """Reject; two rejections that did not know of each other are one."""
    if state.rejected:
        return state
    rejection = Rejection(base.mark(event), event.personal.get("reason", ""))
    return evolve(state, rejection=rejection)


def apply_release(state: TicketState, event: Event) -> TicketState:
    """Let the rejected complaint close."""
    release = base.read_str(event.data, "release")
    if state.rejection is None or state.rejection.released or release not in RELEASES:
        return state
    released = replace(state.rejection, released=base.mark(event), release=release)
    return evolve(state, rejection=released)
