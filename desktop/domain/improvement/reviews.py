"""Quality reviews of sampled cases (质量评审): criteria, score, and rule checks on the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue, PersonalValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Actor, Decision, Refusal
from desktop.domain.parts import Mark
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

KIND: Final = "review.recorded"
#: The rule checks on words (QA-07); the daily index counts how many are passed (AN-13).
CHECKS: Final = ("over_promise", "no_apology", "no_next_date")
#: Criterion and its weight; each is scored 0 to 5, the whole is out of 100.
CRITERIA: Final[Mapping[str, int]] = {
    "record": 20,
    "classification": 15,
    "timeliness": 20,
    "communication": 20,
    "solution": 15,
    "closing": 10,
}
MOST: Final = 5
PASS_FROM: Final = 80
_SORRY: Final = re.compile(r"抱歉|对不起|致歉|道歉|歉意|不好意思|sorry|apolog", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\d{1,2}\s*[月日号点时:：]|今天|明天|后天|当天|周[一二三四五六日天]|星期|小时内|天内|个工作日|之前|以前"
    r"|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|within|before",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"(\d[\d,]*(?:\.\d{1,2})?)\s*(?:元|块|yuan|rmb)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewed case; `total` is out of 100, `flags` are the rule checks that failed."""

    mark: Mark
    ticket: str
    number: str
    store: str
    month: str
    scores: Mapping[str, int]
    total: int
    flags: tuple[str, ...]
    note: PersonalValue


@dataclass(frozen=True, slots=True)
class RecordReview:
    """The reviewer's scores by criterion, 0 to 5 each."""

    ticket: str
    month: str
    scores: Mapping[str, int]
    note: str = ""


def total_of(scores: Mapping[str, int]) -> int:
    """Return the weighted score out of 100."""
    return sum(weight * scores.get(name, 0) for name, weight in CRITERIA.items()) // MOST


def decide(
    state: TicketState, command: RecordReview, actor: Actor, flags: tuple[str, ...]
) -> Decision:
    """Refuse a clerk, one's own case, and scores that are missing or out of range."""
    if state.opened is None:
        return Refusal("no_such_ticket", {"ticket": command.ticket})
    if actor.role == "clerk":
        return Refusal("review_role")
    if actor.person and actor.person == state.text("owner"):
        return Refusal("review_own")
    missing = CRITERIA.keys() - command.scores.keys()
    if missing or not all(0 <= score <= MOST for score in command.scores.values()):
        return Refusal("review_scores", {"most": MOST})
    data: dict[str, JsonValue] = {
        "ticket": state.id,
        "number": state.number,
        "store": state.store,
        "month": command.month,
        "scores": dict(command.scores),
        "total": total_of(command.scores),
        "flags": list(flags),
    }
    return Accepted((Draft(KIND, data, base.personal(note=command.note)),))


def fold(events: Iterable[Event]) -> Review | None:
    """Return the last review of a stream, None without one."""
    found = [event for event in events if event.kind == KIND]
    if not found:
        return None
    event = max(found, key=lambda e: e.order)
    scores = base.read_map(event.data, "scores")
    return Review(
        mark=base.mark(event),
        ticket=base.read_str(event.data, "ticket"),
        number=base.read_str(event.data, "number"),
        store=base.read_str(event.data, "store"),
        month=base.read_str(event.data, "month"),
        scores={name: v for name, v in scores.items() if isinstance(v, int)},
        total=base.read_int(event.data, "total") or 0,
        flags=base.read_strs(event.data, "flags"),
        note=event.personal.get("note", ""),
    )


def check_text(state: TicketState, policy: Policy) -> tuple[str, ...]:
    """Return what the words of a case miss or say too much (QA-07).

    over_promise: an amount was promised above what the role that opened it may give;
    no_apology: nothing said or written to the customer apologises; no_next_date: no word with the
    customer, promise or solution says when something happens next.
    """
    said = _said(state)
    words = "\n".join(said)
    found = []
    if any(p.over_authority for p in state.promises.values()) or _above(words, state, policy):
        found.append("over_promise")
    if said and not _SORRY.search(words):
        found.append("no_apology")
    dated = any(p.due for p in state.promises.values()) or bool(_DATE.search(words))
    if said and not dated and state.level != 4:
        found.append("no_next_date")
    return tuple(found)


def checked(state: TicketState, policy: Policy) -> tuple[str, ...] | None:
    """Return what the checks find, None where nothing was said or written to be checked."""
    return check_text(state, policy) if _said(state) else None


def _said(state: TicketState) -> list[str]:
    """Return what was said or written to the customer."""
    values: list[PersonalValue] = [
        *(contact.note for contact in state.contacts),
        *(promise.text for promise in state.promises.values()),
        state.solution,
    ]
    return [value for value in values if isinstance(value, str) and value.strip()]


def _above(words: str, state: TicketState, policy: Policy) -> bool:
    """Tell whether the words promise more than was granted and more than a clerk may give."""
    limits = [
        row.up_to
        for row in policy.authority
        if row.role == "clerk" and row.ledger == "goodwill" and row.up_to is not None
    ]
    granted = sum((i.amount for i in state.compensation.values() if i.allowed), Decimal(0))
    ceiling = max((*limits, granted), default=Decimal(0))
    return any(amount > ceiling for amount in _amounts(words))


def _amounts(words: str) -> list[Decimal]:
    found = []
    for text in _MONEY.findall(words):
        try:
            found.append(Decimal(text.replace(",", "")))
        except InvalidOperation:
            continue
    return found
