"""Pause and resume the clocks that may pause: waiting for the customer or for parts (R3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Pause, TicketState

KIND = "clocks.paused"
KIND_RESUMED = "clocks.resumed"
REASONS = ("waiting_customer", "waiting_parts")


@dataclass(frozen=True, slots=True)
class PauseClocks(base.Command):
    """One of REASONS."""

    reason: str


@dataclass(frozen=True, slots=True)
class ResumeClocks(base.Command):
    """End every running pause."""


def decide(state: TicketState, command: PauseClocks, context: Context) -> Decision:
    """Refuse a pause at level 1 (never pauses, D2) and a second one while one runs."""
    del context
    if command.reason not in REASONS:
        raise ValueError(f"unknown reason for a pause: {command.reason}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if state.level == 1:
        return Refusal("level_one_never_pauses")
    if any(pause.until is None for pause in state.pauses):
        return Refusal("already_paused")
    return Accepted((Draft(KIND, {"reason": command.reason}),))


def decide_resume(state: TicketState, command: ResumeClocks, context: Context) -> Decision:
    """Accept; with no running pause nothing changes."""
    del command, context
    running = any(pause.until is None for pause in state.pauses)
    return Accepted((Draft(KIND_RESUMED),) if running else ())


def apply(state: TicketState, event: Event) -> TicketState:
    """Start a pause; overlapping pauses count once, so a second running one is kept apart."""
    pause = Pause(event.at, None, base.read_str(event.data, "reason"))
    return evolve(state, pauses=(*state.pauses, pause))


def apply_resume(state: TicketState, event: Event) -> TicketState:
    """End every running pause at the event's time, never before it began."""
    ended = tuple(p if p.until else replace(p, until=max(p.since, event.at)) for p in state.pauses)
    return evolve(state, pauses=ended)
