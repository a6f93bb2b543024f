"""The 48-hour written report (书面报告, CO-02), drafted from known facts for a person to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.texts import Texts

DEFAULT_ZONE = "Asia/Shanghai"


def draft_report(
    state: TicketState,
    names: Mapping[str, str],
    policy: Policy,
    texts: Texts,
    timezone: str = DEFAULT_ZONE,
) -> str:
    """Return the report's text in the language of `texts`; what is not known is left out.

    `names` maps persons' ids to names; times are in the store's zone, amounts in yuan.
    """
    zone = ZoneInfo(timezone)
    lines = [
        *_complaint(state, names, policy, texts, zone),
        *_given(state, names, texts, zone),
        *_ending(state, texts),
    ]
    return "\n".join(lines)


def _complaint(
    state: TicketState, names: Mapping[str, str], policy: Policy, texts: Texts, zone: ZoneInfo
) -> list[str]:
    if state.opened is None:
        return []
    code = policy.codes.get(state.text("code"))
    lines = [
        texts.get(
            "draft.opened",
            number=state.number,
            at=_time(state.opened.at, zone),
            who=names.get(state.opened.actor, state.opened.actor),
        )
    ]
    if code:
        title = texts.choose(dict(code.title))
        lines.append(texts.get("draft.code", code=code.id, title=title, level=state.level))
    for name in ("verbatim", "expectation"):
        if state.text(name):
            lines.append(texts.get(f"draft.{name}", words=state.text(name)))
    return lines


def _given(state: TicketState, names: Mapping[str, str], texts: Texts, zone: ZoneInfo) -> list[str]:
    lines = []
    for item in state.compensation.values():
        if not item.allowed:
            continue
        reason = item.reason if isinstance(item.reason, str) else ""
        lines.append(
            texts.get(
                "draft.item",
                at=_time(item.proposed.at, zone),
                who=names.get(item.proposed.actor, item.proposed.actor),
                instrument=texts.get(f"draft.instrument.{item.instrument}"),
                amount=f"{item.amount:,.2f}",
                reason=reason or texts.get("draft.no_reason"),
            )
        )
        if item.paid:
            lines.append(texts.get("draft.paid", at=_time(item.paid.at, zone)))
    total = sum(i.amount for i in state.compensation.values() if i.allowed)
    if lines:
        lines.append(texts.get("draft.total", amount=f"{total:,.2f}"))
    return lines


def _ending(state: TicketState, texts: Texts) -> list[str]:
    lines = [texts.get("draft.evidence", count=len(state.evidence))]
    if isinstance(state.solution, str) and state.solution:
        lines.append(texts.get("draft.solution", words=state.solution))
    return [*lines, texts.get("draft.to_add")]


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
