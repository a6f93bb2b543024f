"""What reports count of one complaint, made from its fold alone (AN-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain import deadlines
from desktop.domain.events import Event
from desktop.domain.improvement import reviews
from desktop.domain.outcomes import Context
from desktop.domain.ticket import CompensationItem, TicketState

#: Characters of a reason for overtime that reports group by.
REASON_LENGTH: Final = 40
#: Stars from which a settlement counts as effective (NC-11).
EFFECTIVE_FROM: Final = 4
#: Whoever's role decided goodwill; the clerk's own authority is the first band (D5).
BANDS: Final = ("clerk", "supervisor", "regional_manager", "department_head")


@dataclass(frozen=True, slots=True)
class ClockFact:
    """One named clock: when and on which day it is due, when met; `done` None while it runs."""

    name: str
    day: date
    due: datetime
    done: datetime | None


@dataclass(frozen=True, slots=True)
class SurveyFact:
    """One answered satisfaction call: CSAT 1–5, NPS 0–10, CES 1–7; None where not asked."""

    day: date
    score: int
    nps: int | None = None
    ces: int | None = None


@dataclass(frozen=True, slots=True)
class MoneyFact:
    """A compensation that was granted or approved; `fen` are hundredths of a yuan."""

    day: date
    ledger: str
    instrument: str
    fen: int
    band: str


@dataclass(frozen=True, slots=True)
class NodeFact:
    """How long a complaint stayed at a node of its flow: since the node before it was done."""

    node: str
    seconds: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One complaint as reports see it; days are the store's, spans in seconds."""

    stream: str
    number: str
    store: str
    opened_at: datetime
    opened: date
    hour: int
    code: str
    family: str
    level: int
    channel: str
    tier: str
    sku: str
    batch: str
    owner: str
    response_s: int | None
    solved: date | None
    solved_s: int | None
    closed: date | None
    outcome: str
    effective: bool
    duplicate: bool
    repeat: bool
    reopened: int
    transfers: int
    external: bool
    touches: int
    overdue_reason: str
    clocks: tuple[ClockFact, ...] = ()
    surveys: tuple[SurveyFact, ...] = ()
    money: tuple[MoneyFact, ...] = ()
    #: Rule checks that its words failed (AN-13); None while open and where no words are kept.
    checks: tuple[str, ...] | None = None
    #: In the order in which they were done (AN-01); of closed complaints alone.
    nodes: tuple[NodeFact, ...] = ()


def facts_of(state: TicketState, events: Sequence[Event], context: Context) -> CaseFacts | None:
    """Return the facts, or None while the event that opened the ticket has not arrived.

    `events` are those of the fold; `context.now` is the time of the last of them, so that a
    rebuild makes the same facts.
    """
    if state.opened is None:
        return None
    zone = ZoneInfo(context.timezone)
    code = context.policy.codes.get(state.text("code"))
    opened = state.opened.at.astimezone(zone)
    answered = deadlines.answered_at(state)
    spoken = [c.mark.at for c in state.contacts if c.reached]
    first = min((*spoken, *([answered] if answered else [])), default=None)
    kinds = {link.kind for link in state.live_links}
    clocks = tuple(
        ClockFact(d.clock.name, d.clock.due.astimezone(zone).date(), d.clock.due, d.done_at)
        for d in sorted(
            deadlines.of_ticket(state, context, reminders=False),
            key=lambda d: (d.clock.name, d.clock.due),
        )
    )
    return CaseFacts(
        stream=state.id,
        number=state.number,
        store=state.store,
        opened_at=state.opened.at,
        opened=opened.date(),
        hour=opened.hour,
        code=state.text("code"),
        family=code.family if code else "",
        level=state.level if state.value("level") is not None else 0,
        channel=state.channel,
        tier=state.text("tier") or "ordinary",
        sku=state.text("sku"),
        batch=state.text("batch"),
        owner=state.text("owner"),
        response_s=_span(state.opened.at, first),
        solved=_day(answered, zone),
        solved_s=_span(state.opened.at, answered),
        closed=_day(state.closed.at if state.closed else None, zone),
        outcome=_outcome(state),
        effective=_effective(state),
        duplicate="duplicate" in kinds and _is_later_twin(state),
        repeat="repeat" in kinds or state.value("recurrent") is True,
        reopened=len(state.reopened),
        transfers=len(state.handovers),
        external=bool(state.external_cases) or state.channel == "12315",
        touches=len({(e.at, e.actor) for e in events}),
        overdue_reason=_overdue_reason(state, clocks),
        clocks=clocks,
        surveys=_surveys(state, zone),
        money=tuple(_money(item, zone) for item in state.compensation.values() if item.allowed),
        checks=reviews.checked(state, context.policy) if state.closed else None,
        nodes=_nodes(state, context),
    )


def _nodes(state: TicketState, context: Context) -> tuple[NodeFact, ...]:
    """Return the time at each node: from the end of the one before to its own last step."""
    if state.closed is None or state.opened is None:
        return ()
    ends: dict[str, datetime] = {}
    for step in context.policy.steps_of(state.flow):
        mark = state.steps_done.get(step.id)
        if mark is not None:
            ends[step.node] = max(mark.at, ends.get(step.node, mark.at))
    found, since = [], state.opened.at
    for node, end in sorted(ends.items(), key=lambda pair: (pair[1], pair[0])):
        found.append(NodeFact(node, max(int((end - since).total_seconds()), 0)))
        since = max(since, end)
    return tuple(found)


def _overdue_reason(state: TicketState, clocks: Sequence[ClockFact]) -> str:
    """Return why it took too long (FL-11); a reason typed where nothing was late is none."""
    late = any(clock.done is None or clock.done > clock.due for clock in clocks)
    return state.text("overdue_reason")[:REASON_LENGTH] if late else ""


def _outcome(state: TicketState) -> str:
    """Return how it ended: rejected, withdrawn or confirmed; empty while it is open (NC-11)."""
    if state.rejection is not None:
        return "rejected"
    if state.withdrawn is not None:
        return "withdrawn"
    return "confirmed" if state.closed else ""


def _effective(state: TicketState) -> bool:
    signed = state.text("signed_how") == "paper"
    return signed or any((s.score or 0) >= EFFECTIVE_FROM for s in state.round_surveys)


def _is_later_twin(state: TicketState) -> bool:
    """Tell whether it is the duplicate, not the one kept: the higher number of the pair."""
    return any(
        link.kind == "duplicate" and link.number and link.number < state.number
        for link in state.live_links
    )


def _surveys(state: TicketState, zone: ZoneInfo) -> tuple[SurveyFact, ...]:
    answered = [s for s in state.surveys if s.score is not None]
    found = []
    for place, survey in enumerate(answered, start=1):
        last = place == len(answered)
        found.append(
            SurveyFact(
                survey.mark.at.astimezone(zone).date(),
                survey.score or 0,
                _whole(state, "survey_nps") if last else None,
                _whole(state, "survey_ces") if last else None,
            )
        )
    return tuple(found)


def _money(item: CompensationItem, zone: ZoneInfo) -> MoneyFact:
    decided = item.decided or item.proposed
    return MoneyFact(
        decided.at.astimezone(zone).date(),
        item.ledger,
        item.instrument,
        int(item.amount * Decimal(100)),
        item.approver or item.role if item.decided else item.role,
    )


def _whole(state: TicketState, name: str) -> int | None:
    value = state.value(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _span(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(int((until - since).total_seconds()), 0)


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()
