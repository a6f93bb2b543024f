"""What conditions of the policy pack may ask about a ticket, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from desktop.domain import deadlines
from desktop.domain.operations import record_legal_opinion, withdraw_complaint
from desktop.domain.outcomes import Context
from desktop.domain.policy import LEDGERS
from desktop.domain.ticket import TicketState


def of_ticket(
    state: TicketState, context: Context, overdue_reason: str = ""
) -> Mapping[str, object]:
    """Return the facts of `desktop.domain.policy.FACTS` for this ticket now."""
    return {
        **_classification(state, context),
        **_handling(state),
        **_money(state),
        **_survey(state, context.policy.thresholds.unreachable_tries),
        "overdue": any(
            d.overdue and d.clock.name == "solution" for d in deadlines.of_ticket(state, context)
        ),
        "overdue_reason": overdue_reason or state.text("overdue_reason"),
    }


def _classification(state: TicketState, context: Context) -> dict[str, object]:
    code = state.text("code")
    known = context.policy.codes.get(code)
    emotion = state.value("emotion")
    return {
        "level": state.level if state.value("level") is not None else 0,
        "level_set": state.value("level") is not None,
        "code": code,
        "code_set": known is not None,
        "family": known.family if known else "",
        "class": (known.class_ or "") if known else "",
        "tier": "vip" if state.text("tier") == "vip" else "ordinary",
        "complexity": "complex" if deadlines.is_complex(state) else "ordinary",
        "emotion": emotion if isinstance(emotion, int) else 0,
    }


def _handling(state: TicketState) -> dict[str, object]:
    checks = sorted(
        name.removeprefix("check:")
        for name in state.fields
        if name.startswith("check:") and state.value(name) is True
    )
    return {
        "checks": checks,
        "verbatim_recorded": bool(state.text("verbatim")),
        "owner_set": bool(state.text("owner")),
        "evidence_count": len(state.evidence),
        "expectation_recorded": bool(state.text("expectation").strip()),
        "has_sku": bool(state.text("sku")),
        "has_batch": bool(state.text("batch")),
        "sku_unavailable_reason": state.text("sku_unavailable_reason"),
        "has_legal_opinion": record_legal_opinion.given(state),
        "contacted": any(c.reached for c in state.round_contacts),
        "solved": state.solved is not None or state.rejection is not None,
        "signed": state.signed is not None or state.text("signed_how") == "declined",
        "rejected": state.rejected,
        "anonymous": withdraw_complaint.is_anonymous(state),
        "withdrawn": state.withdrawn is not None,
        "conflicts": len(state.conflicts),
    }


def _money(state: TicketState) -> dict[str, object]:
    items = state.open_items
    totals = {
        ledger: sum((i.amount for i in items if i.ledger == ledger), Decimal(0))
        for ledger in LEDGERS
    }
    late = deadlines.unreported(state)
    frontline = any(
        i.status == "granted" and i.role == "clerk" and i.proposed.at in late for i in items
    )
    return {
        "pending_approvals": sum(i.status == "pending" for i in items),
        "granted_unpaid": sum(i.allowed and i.paid is None for i in items),
        **{f"{ledger}_total": float(total) for ledger, total in totals.items()},
        "written_report_due": frontline,
    }


def _survey(state: TicketState, tries: int) -> dict[str, object]:
    scores = [s.score for s in state.round_surveys if s.score is not None]
    return {
        "survey_done": deadlines.survey_done_at(state, tries) is not None,
        "survey_score": scores[-1] if scores else 0,
        "unreachable_count": sum(s.outcome == "unreachable" for s in state.round_surveys),
    }
