"""What binds goodwill beside the authority: rolling caps (D4), overdue reports (CO-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from desktop.domain.authority import Decision
    from desktop.domain.policy import LocalText, Role

CapScope = Literal["customer", "staff"]
#: Of the roles that may approve money, from the lowest.
_RANKS: Final = ("clerk", "supervisor", "regional_manager", "department_head")


@dataclass(frozen=True, slots=True)
class CapRow:
    """A rolling cap on goodwill (滚动限额, D4): `up_to` yuan in `days` calendar days of the store.

    `scope` says whose goodwill is added up; above it a person of role `over` must approve, and
    where `over` is None nobody may give it.
    """

    id: str
    scope: CapScope
    days: int
    up_to: Decimal
    over: Role | None
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """What happens while a person's written report is overdue (CO-02, 书面报告逾期).

    Goodwill that `role` could give alone needs the approval of `over` until the report is filed.
    """

    role: Role
    over: Role
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class CapUsed:
    """A cap with what other complaints used of it already, in yuan; this one is added by rule."""

    row: CapRow
    used: Decimal


@dataclass(frozen=True, slots=True)
class _Restraint:
    reason: str
    over: str | None
    why: LocalText


def restrained(
    ruling: Decision,
    caps: Iterable[CapUsed],
    given_here: dict[CapScope, Decimal],
    suspension: SuspensionRow | None,
    overdue_reports: int,
) -> Decision:
    """Return the ruling on a goodwill item after what binds beside the authority.

    `given_here` is the sum of this complaint by scope, the new item included. A statutory claim or
    a refund of the price must not be brought here: no cap binds what the law gives (D6).
    """
    found = [_crossed(cap, given_here[cap.row.scope]) for cap in caps]
    if suspension and overdue_reports and ruling.decision == "granted":
        found.append(_suspended(suspension, overdue_reports))
    binding = [restraint for restraint in found if restraint]
    if not binding or ruling.decision == "refused":
        return ruling
    nobody = next((restraint for restraint in binding if restraint.over is None), None)
    if nobody:
        return replace(
            ruling,
            decision="refused",
            approver=None,
            reason=nobody.reason,
            why=nobody.why,
            limit=None,
        )
    return replace(
        ruling,
        decision="needs_approval",
        approver=_highest([ruling.approver, *(restraint.over for restraint in binding)]),
        reason=binding[0].reason,
        why=_joined([ruling.why, *(restraint.why for restraint in binding)], ruling),
        limit=None,
    )


def _crossed(cap: CapUsed, here: Decimal) -> _Restraint | None:
    row, total = cap.row, cap.used + here
    if total <= row.up_to:
        return None
    zh_whose = "该顾客" if row.scope == "customer" else "经办人"
    en_whose = "This customer was given" if row.scope == "customer" else "The one who proposes gave"
    zh_days = "当日" if row.days == 1 else f"{row.days} 日内"
    en_days = "today" if row.days == 1 else f"in {row.days} days"
    zh_end = "，须上级审批。" if row.over else "，不能再给予。"
    en_end = "; a manager must approve." if row.over else "; nobody may give more."
    why = {
        "zh_CN": f"{zh_whose}{zh_days}善意补偿累计将达 {total:,.2f} 元，"
        f"超过滚动限额 {row.up_to:,.2f} 元{zh_end}",
        "en": f"{en_whose} {total:,.2f} yuan of goodwill {en_days}, this item included, "
        f"above the rolling cap of {row.up_to:,.2f} yuan{en_end}",
    }
    return _Restraint(f"cap_{row.scope}", row.over, why)


def _suspended(row: SuspensionRow, overdue: int) -> _Restraint:
    why = {
        "zh_CN": f"经办人有 {overdue} 份书面报告逾期未交，补交之前须上级审批。",
        "en": f"The one who proposes owes {overdue} overdue written report(s); until filed, "
        "a manager must approve.",
    }
    return _Restraint("report_overdue", row.over, why)


def _highest(roles: Sequence[str | None]) -> str | None:
    known = [role for role in roles if role in _RANKS]
    return max(known, key=_RANKS.index, default=None)


def _joined(texts: Sequence[LocalText], ruling: Decision) -> LocalText:
    # "Within authority" would contradict what follows; only a reason to ask is repeated.
    said = texts if ruling.decision == "needs_approval" else texts[1:]
    return {
        "zh_CN": "".join(text["zh_CN"] for text in said),
        "en": " ".join(text["en"] for text in said),
    }
