"""What another pack would have changed on complaints that are already there; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from desktop.domain import authority, deadlines
from desktop.domain.operations import complete_step, propose_compensation
from desktop.domain.outcomes import Context
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One named clock; a time is None where that pack has no such clock for the complaint."""

    clock: str
    due_before: datetime | None
    due_after: datetime | None
    rule_before: str
    rule_after: str
    overdue_before: bool
    overdue_after: bool

    @property
    def hours(self) -> float | None:
        """How many hours later (below 0: earlier) it would be due."""
        if self.due_before is None or self.due_after is None:
            return None
        return round((self.due_after - self.due_before).total_seconds() / 3600, 2)


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """One compensation item that would have been decided otherwise; amount in yuan."""

    item: str
    instrument: str
    amount: str
    decision_before: str
    decision_after: str
    approver_before: str | None
    approver_after: str | None


@dataclass(frozen=True, slots=True)
class TicketChange:
    """Everything that would differ on one complaint; `flow_*` is what it would take if opened."""

    number: str
    ticket: str
    flow_before: str
    flow_after: str
    clocks: tuple[ClockChange, ...]
    money: tuple[MoneyChange, ...]
    steps_added: tuple[str, ...]
    steps_removed: tuple[str, ...]
    gates_added: tuple[str, ...]
    gates_removed: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        steps = (self.steps_added, self.steps_removed, self.gates_added, self.gates_removed)
        flow = self.flow_before != self.flow_after
        return bool(flow or self.clocks or self.money or any(steps))


@dataclass(frozen=True, slots=True)
class Simulation:
    """The complaints that were looked at, and those of them that would differ."""

    before: str
    after: str
    tickets: int
    changes: tuple[TicketChange, ...]

    def summary(self) -> dict[str, int]:
        """Counts over all complaints; `newly_overdue` counts clocks."""
        clocks = [c for change in self.changes for c in change.clocks]
        hours = [c.hours for c in clocks]
        return {
            "tickets": self.tickets,
            "changed": len(self.changes),
            "due_earlier": sum(h is not None and h < 0 for h in hours),
            "due_later": sum(h is not None and h > 0 for h in hours),
            "clocks_added": sum(c.due_before is None for c in clocks),
            "clocks_removed": sum(c.due_after is None for c in clocks),
            "newly_overdue": sum(c.overdue_after and not c.overdue_before for c in clocks),
            "no_longer_overdue": sum(c.overdue_before and not c.overdue_after for c in clocks),
            "decisions": sum(len(change.money) for change in self.changes),
            "flows": sum(c.flow_before != c.flow_after for c in self.changes),
            "steps_or_gates": sum(
                bool(c.steps_added or c.steps_removed or c.gates_added or c.gates_removed)
                for c in self.changes
            ),
        }

    def to_json(self) -> dict[str, Any]:
        """The whole simulation as plain values; times as ISO 8601."""
        return {
            "before": self.before,
            "after": self.after,
            "summary": self.summary(),
            "changes": [_plain(asdict(change)) for change in self.changes],
        }


def simulate(
    tickets: Iterable[TicketState],
    context_of: Callable[[TicketState], Context],
    candidate: Policy,
    before: str,
) -> Simulation:
    """Compare each open or closed complaint under its own policy and under `candidate`.

    `context_of` gives the context with the policy that the complaint started with; `before` names
    the pack in force.
    """
    count = 0
    changes: list[TicketChange] = []
    for state in tickets:
        count += 1
        context = context_of(state)
        change = _compare(state, context, replace(context, policy=candidate))
        if change.any:
            changes.append(change)
    return Simulation(before, candidate.version, count, tuple(changes))


def _compare(state: TicketState, before: Context, after: Context) -> TicketChange:
    steps_before, steps_after = _steps(state, before), _steps(state, after)
    gates_before, gates_after = _gates(state, before), _gates(state, after)
    shared = steps_before & steps_after
    return TicketChange(
        number=state.number,
        ticket=state.id,
        flow_before=_flow(state, before),
        flow_after=_flow(state, after),
        clocks=_clocks(state, before, after),
        money=_money(state, before, after),
        steps_added=tuple(sorted(steps_after - steps_before)),
        steps_removed=tuple(sorted(steps_before - steps_after)),
        gates_added=tuple(sorted(f"{s}.{g}" for s, g in gates_after - gates_before if s in shared)),
        gates_removed=tuple(
            sorted(f"{s}.{g}" for s, g in gates_before - gates_after if s in shared)
        ),
    )


def _flow(state: TicketState, context: Context) -> str:
    code = context.policy.codes.get(state.text("code"))
    return context.policy.flow_for(
        {
            "channel": state.channel,
            "level": state.level if state.value("level") is not None else 0,
            "tier": "vip" if state.text("tier") == "vip" else "ordinary",
            "class": (code.class_ or "") if code else "",
            "complexity": "complex" if deadlines.is_complex(state) else "ordinary",
            "family": code.family if code else "",
            "code": code.id if code else "",
            "emotion": state.value("emotion") or 1,
        }
    )


def _steps(state: TicketState, context: Context) -> set[str]:
    return {step.id for step in complete_step.steps_in_force(state, context)}


def _gates(state: TicketState, context: Context) -> set[tuple[str, str]]:
    """The gates and required checks of every step in force, open or not, as they are written."""
    found: set[tuple[str, str]] = set()
    for step in complete_step.steps_in_force(state, context):
        found |= {(step.id, f"{g.id}: {g.condition.source}") for g in step.needs}
        found |= {(step.id, f"check {item.id}") for item in step.do if item.required}
    return found


def _clocks(state: TicketState, before: Context, after: Context) -> tuple[ClockChange, ...]:
    old = {d.clock.name: d for d in deadlines.of_ticket(state, before)}
    new = {d.clock.name: d for d in deadlines.of_ticket(state, after)}
    changes: list[ClockChange] = []
    for name in dict.fromkeys((*old, *new)):
        was, will = old.get(name), new.get(name)
        if was and will and was.clock.due == will.clock.due and was.overdue == will.overdue:
            continue
        changes.append(
            ClockChange(
                name,
                was.clock.due if was else None,
                will.clock.due if will else None,
                was.clock.rule if was else "",
                will.clock.rule if will else "",
                bool(was and was.overdue),
                bool(will and will.overdue),
            )
        )
    return tuple(changes)


def _money(state: TicketState, before: Context, after: Context) -> tuple[MoneyChange, ...]:
    """Each item decided again as it was proposed: after the items before it, by the same role."""
    changes: list[MoneyChange] = []
    for item in state.compensation.values():
        (proposal,) = propose_compensation.as_proposals((item,))
        earlier = propose_compensation.as_proposals(state.open_items_before(item.id))
        was = authority.decide(proposal, earlier, before.policy.authority)
        will = authority.decide(proposal, earlier, after.policy.authority)
        if (was.decision, was.approver) != (will.decision, will.approver):
            changes.append(
                MoneyChange(
                    item.id,
                    item.instrument,
                    format(item.amount, ".2f"),
                    was.decision,
                    will.decision,
                    was.approver,
                    will.approver,
                )
            )
    return tuple(changes)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
