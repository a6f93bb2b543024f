"""The list row of a complaint (投诉列表), made from its fold alone, by store and HQ alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.domain import choosing, custom_fields, deadlines
from desktop.domain.operations.complete_step import step_in_hand
from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState

#: Characters of the customer's words that a row shows.
SUMMARY_LENGTH: Final = 80
PHONE_TAIL_LENGTH: Final = 4
#: Fields whose words find a complaint, besides its number, comments and solution.
_SEARCHED: Final = (
    "customer_name",
    "product",
    "verbatim",
    "expectation",
    "place",
    "receipt_no",
    "member_no",
    "sku",
    "batch",
)


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What of a row depends on the policy: the node in hand, the code, the tightest clock.

    `waiting_due` is when a customer who waits at the counter must have been served (SL-10).

    `words` are texts that find the ticket beside its own, such as the title of its code; `unified`
    is its own text with the pack's synonyms replaced by their terms (IN-14), for search alone.
    """

    node: str
    family: str
    words: tuple[str, ...]
    due_at: datetime | None
    due_clock: str
    due_rule: str
    waiting_due: datetime | None = None
    unified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """One complaint as a list shows it; personal values that are absent are empty."""

    stream: str
    number: str
    opened_at: datetime
    updated_at: datetime
    node: str
    closed_at: datetime | None
    solved_at: datetime | None
    level: int
    code: str
    family: str
    emotion: int
    tier: str
    channel: str
    store: str
    owner: str
    customer_name: str
    phone: str
    form_serial: str | None
    product: str
    summary: str
    due_at: datetime | None
    due_clock: str
    due_rule: str
    pending_approvals: int
    conflicts: int
    anomalies: int
    waiting_since: datetime | None
    waiting_due: datetime | None
    surveyed_at: datetime | None
    survey_score: int | None
    words: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def phone_tail(self) -> str:
        """The last digits of the phone, to recognise a customer without showing the number."""
        return "".join(c for c in self.phone if c.isdigit())[-PHONE_TAIL_LENGTH:]


def facts_of(state: TicketState, context: Context) -> RowFacts:
    """Return what the ticket's policy says about its row at `context.now`."""
    code = context.policy.codes.get(state.text("code"))
    step = None if state.closed else step_in_hand(state, context)
    clocks = deadlines.of_ticket(state, context, reminders=False)
    running = [d for d in clocks if d.done_at is None]
    tightest = running[0].clock if running and not state.closed else None
    waits = (d.clock.due for d in running if d.clock.name == "waiting_customer")
    return RowFacts(
        node=step.node if step else "closed",
        family=code.family if code else "",
        words=(
            *(code.title.values() if code else ()),
            *custom_fields.search_words(state, context.policy),
        ),
        due_at=tightest.due if tightest else None,
        due_clock=tightest.name if tightest else "",
        due_rule=tightest.rule if tightest else "",
        waiting_due=next(waits, None),
        unified=_unified(_words(state), context.policy.synonyms),
    )


def _unified(texts: tuple[str, ...], synonyms: Mapping[str, str]) -> tuple[str, ...]:
    plain = ((choosing.unify(text, {}), choosing.unify(text, synonyms)) for text in texts)
    return tuple(unified for text, unified in plain if unified != text)


def row_of(state: TicketState, facts: RowFacts, updated_at: datetime) -> Summary | None:
    """Return the row, or None while the event that opened the ticket has not arrived.

    `updated_at` is the wall time of the last event in event order.
    """
    if state.opened is None:
        return None
    emotion = state.value("emotion")
    waits = state.arrived_at and not state.served_at and not state.left_at and not state.closed
    answered = [s for s in state.surveys if s.score is not None]
    return Summary(
        stream=state.id,
        number=state.number,
        opened_at=state.opened.at,
        updated_at=updated_at,
        node=facts.node,
        closed_at=state.closed.at if state.closed else None,
        solved_at=state.solved.at if state.solved else None,
        level=state.level,
        code=state.text("code"),
        family=facts.family,
        emotion=emotion if isinstance(emotion, int) else 0,
        tier=state.text("tier") or "ordinary",
        channel=state.channel,
        store=state.store,
        owner=state.text("owner"),
        customer_name=state.text("customer_name"),
        phone=state.text("phone"),
        form_serial=state.form_serial,
        product=state.text("product"),
        summary=" ".join(state.text("verbatim").split())[:SUMMARY_LENGTH],
        due_at=facts.due_at,
        due_clock=facts.due_clock,
        due_rule=facts.due_rule,
        pending_approvals=sum(i.status == "pending" for i in state.compensation.values()),
        conflicts=len(state.conflicts),
        anomalies=len(state.anomalies),
        waiting_since=state.arrived_at if waits else None,
        waiting_due=facts.waiting_due if waits else None,
        surveyed_at=answered[-1].mark.at if answered else None,
        survey_score=answered[-1].score if answered else None,
        words=_words(state) + facts.words + facts.unified,
        names=(state.text("customer_name"), state.text("product"), *facts.words),
    )


def _words(state: TicketState) -> tuple[str, ...]:
    remarks = (state.solution, *(c.text for c in state.comments))
    texts = (*(state.text(name) for name in _SEARCHED), *(t for t in remarks if isinstance(t, str)))
    return (state.number, *(t for t in texts if t))
