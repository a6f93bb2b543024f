"""Replays a store's complaints under another pack for `amends policy simulate`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from desktop.domain import fold
from desktop.domain.outcomes import Actor, Context
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.policy.simulating import ClockChange, Simulation, TicketChange, simulate

#: Clocks do not depend on who looks.
_NOBODY: Final = Actor("", "clerk")


def replay(data: Path, candidate: Policy, days: int) -> Simulation:
    """Fold every complaint touched in the last `days` and compare; the journal is only read."""
    from desktop.bootstrap import open_existing_desk

    desk = open_existing_desk(data)
    try:
        use = desk.use_cases
        now = use.clock.now()

        def context_of(state: TicketState) -> Context:
            return use.handling.context(_NOBODY, use.handling.policy_of(state), now)

        streams = use.queries.streams(now - timedelta(days=days), now)
        states = (fold.fold(stream, use.journal.events(stream)) for stream in streams)
        opened = (state for state in states if state.opened is not None)
        return simulate(opened, context_of, candidate, use.policies.current().version)
    finally:
        desk.close()


def table(found: Simulation, days: int) -> Iterator[str]:
    """The summary and one line a difference."""
    yield f"{found.before} -> {found.after}: {found.tickets} complaints of the last {days} days"
    for name, count in found.summary().items():
        yield f"  {name.replace('_', ' '):<20} {count:>6}"
    for change in found.changes:
        yield change.number
        yield from _lines(change)


def _lines(change: TicketChange) -> Iterator[str]:
    if change.flow_before != change.flow_after:
        yield f"  flow          {change.flow_before} -> {change.flow_after}"
    for clock in change.clocks:
        yield f"  clock         {clock.clock}: {_moved(clock)}"
    for item in change.money:
        yield (
            f"  compensation  {item.instrument} {item.amount}: {item.decision_before}"
            f" {item.approver_before or ''} -> {item.decision_after} {item.approver_after or ''}"
        )
    groups = (
        ("step added", change.steps_added),
        ("step removed", change.steps_removed),
        ("gate added", change.gates_added),
        ("gate removed", change.gates_removed),
    )
    for what, names in groups:
        for name in names:
            yield f"  {what:<13} {name}"


def _moved(clock: ClockChange) -> str:
    rules = f"{clock.rule_before or 'none'} -> {clock.rule_after or 'none'}"
    late = " (now overdue)" if clock.overdue_after and not clock.overdue_before else ""
    hours = clock.hours
    if hours is None:
        return f"{rules}{late}"
    return f"{abs(hours):g} h {'later' if hours > 0 else 'earlier'}, {rules}{late}"
