"""What conditions of the policy pack may ask about a ticket, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from desktop.domain import deadlines
from desktop.domain.operations import record_legal_opinion, withdraw_complaint
from desktop.domain.outcomes import Context
from desktop.domain.policy import LEDGERS, Code
from desktop.domain.ticket import TicketState


class TicketFacts(Mapping[str, object]):
    """The facts of `desktop.domain.policy.FACTS` for one ticket, each found out when asked for.

    A condition names two or three of them, and some cost as much as all its rules together.
    """

    __slots__ = ("_context", "_known", "_state")

    def __init__(self, state: TicketState, context: Context, known: dict[str, object]) -> None:
        self._state = state
        self._context = context
        self._known = known

    def __getitem__(self, name: str) -> object:
        """Return a fact; KeyError for a name that is none."""
        known = self._known
        if name not in known:
            known[name] = _FACTS[name](self._state, self._context)
        return known[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all facts."""
        return iter(_FACTS)

    def __len__(self) -> int:
        """Return how many facts there are."""
        return len(_FACTS)


def of_ticket(state: TicketState, context: Context, overdue_reason: str = "") -> TicketFacts:
    """Return the facts of this ticket now; `overdue_reason` is one given with a command."""
    return TicketFacts(state, context, {"overdue_reason": overdue_reason} if overdue_reason else {})


def _code(state: TicketState, context: Context) -> Code | None:
    return context.policy.codes.get(state.text("code"))


def _family(state: TicketState, context: Context) -> str:
    code = _code(state, context)
    return code.family if code else ""


def _class(state: TicketState, context: Context) -> str:
    return deadlines.clock_class(state, context) or ""


def _emotion(state: TicketState, _context: Context) -> int:
    emotion = state.value("emotion")
    return emotion if isinstance(emotion, int) else 0


def _checks(state: TicketState, _context: Context) -> list[str]:
    return sorted(
        name.removeprefix("check:")
        for name in state.fields
        if name.startswith("check:") and state.value(name) is True
    )


def _signed(state: TicketState, _context: Context) -> bool:
    return state.signed is not None or state.text("signed_how") == "declined"


def _total(ledger: str) -> Callable[[TicketState, Context], float]:
    def total(state: TicketState, _context: Context) -> float:
        items = (i.amount for i in state.open_items if i.ledger == ledger)
        return float(sum(items, Decimal(0)))

    return total


def _written_report_due(state: TicketState, _context: Context) -> bool:
    late = deadlines.unreported(state)
    return any(
        i.status == "granted" and i.role == "clerk" and i.proposed.at in late
        for i in state.open_items
    )


def _survey_done(state: TicketState, context: Context) -> bool:
    tries = context.policy.thresholds.unreachable_tries
    return deadlines.survey_done_at(state, tries) is not None


def _survey_score(state: TicketState, _context: Context) -> int:
    scores = [s.score for s in state.round_surveys if s.score is not None]
    return scores[-1] if scores else 0


_FACTS: Final[Mapping[str, Callable[[TicketState, Context], object]]] = {
    "level": lambda s, _: s.level if s.value("level") is not None else 0,
    "level_set": lambda s, _: s.value("level") is not None,
    "code": lambda s, _: s.text("code"),
    "code_set": lambda s, c: _code(s, c) is not None,
    "family": _family,
    "class": _class,
    "tier": lambda s, _: "vip" if s.text("tier") == "vip" else "ordinary",
    "complexity": lambda s, _: "complex" if deadlines.is_complex(s) else "ordinary",
    "emotion": _emotion,
    "checks": _checks,
    "verbatim_recorded": lambda s, _: bool(s.text("verbatim")),
    "owner_set": lambda s, _: bool(s.text("owner")),
    "evidence_count": lambda s, _: len(s.evidence),
    "expectation_recorded": lambda s, _: bool(s.text("expectation").strip()),
    "has_sku": lambda s, _: bool(s.text("sku")),
    "has_batch": lambda s, _: bool(s.text("batch")),
    "sku_unavailable_reason": lambda s, _: s.text("sku_unavailable_reason"),
    "has_legal_opinion": lambda s, _: record_legal_opinion.given(s),
    "contacted": lambda s, _: any(c.reached for c in s.round_contacts),
    "solved": lambda s, _: s.solved is not None or s.rejection is not None,
    "signed": _signed,
    "rejected": lambda s, _: s.rejected,
    "anonymous": lambda s, _: withdraw_complaint.is_anonymous(s),
    "withdrawn": lambda s, _: s.withdrawn is not None,
    "conflicts": lambda s, _: len(s.conflicts),
    "pending_approvals": lambda s, _: sum(i.status == "pending" for i in s.open_items),
    "granted_unpaid": lambda s, _: sum(i.allowed and i.paid is None for i in s.open_items),
    **{f"{ledger}_total": _total(ledger) for ledger in LEDGERS},
    "written_report_due": _written_report_due,
    "survey_done": _survey_done,
    "survey_score": _survey_score,
    "unreachable_count": lambda s, _: sum(
        survey.outcome == "unreachable" for survey in s.round_surveys
    ),
    "overdue": lambda s, c: deadlines.is_overdue(s, c, "solution"),
    "overdue_reason": lambda s, _: s.text("overdue_reason"),
}
