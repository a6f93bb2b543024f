"""Who may give what: instrument × role × cumulative goodwill (D3–D6, R7, R8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from desktop.domain.policy import (
    INSTRUMENTS,
    LEDGERS,
    ROLES,
    AuthorityRow,
    LocalText,
)

LEGAL = "legal"
_RANKS = {role: rank for rank, role in enumerate(ROLES)}
_ROLE_NAMES: dict[str, LocalText] = {
    "clerk": {"zh_CN": "客诉专员", "en": "the complaint clerk"},
    "supervisor": {"zh_CN": "投诉主管", "en": "the supervisor"},
    "regional_manager": {"zh_CN": "区域经理", "en": "the regional manager"},
    "department_head": {"zh_CN": "客户服务部负责人", "en": "the department head"},
    LEGAL: {"zh_CN": "法务", "en": "legal"},
}
_CENTS = -2

Verdict = Literal["granted", "needs_approval", "refused"]


class AmountError(ValueError):
    """An amount that is not a sum of yuan above 0 with at most two decimals (R8)."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes: a person and the role in which they act."""

    person: str
    role: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One compensation item; `amount` in yuan, `payee` a person's id or the customer.

    `ledger` keeps refund of the price, statutory claim and goodwill apart (D6).
    """

    instrument: str
    ledger: str
    amount: Decimal
    by: Proposer
    payee: str

    def __post_init__(self) -> None:
        _one_of("instrument", self.instrument, INSTRUMENTS)
        _one_of("ledger", self.ledger, LEDGERS)
        check_amount(self.amount)

    @property
    def to_proposer(self) -> bool:
        """Whether the proposer would be paid (D5: refused)."""
        return self.payee.strip() == self.by.person.strip()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a proposal.

    `approver` is the role that must approve ("legal" for statutory claims), `limit` the authority
    under which it was granted at once (None: no upper limit, or not granted), `cumulative` the
    goodwill counted with this item, `reason` a stable key and `why` its text in every language.
    """

    decision: Verdict
    approver: str | None
    reason: str
    why: LocalText
    cumulative: Decimal
    limit: Decimal | None = None


def check_amount(amount: Decimal) -> None:
    """Raise AmountError unless `amount` is above 0 with at most two decimals."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise AmountError(f"amount {amount} is no number")
    if amount <= 0:
        raise AmountError(f"amount {amount} must be above 0")
    if exponent < _CENTS:
        raise AmountError(f"amount {amount} has more than two decimals")


def decide(
    proposal: Proposal, earlier: Sequence[Proposal], rows: Sequence[AuthorityRow]
) -> Decision:
    """Decide one proposal.

    `earlier` holds the items of the complaint and of those linked, merged or reopened with it that
    were granted or still wait; the caller leaves refused ones out (R7). Raises AmountError.
    """
    total = _goodwill((*earlier, proposal))
    if proposal.to_proposer:
        return _refused("paid_to_proposer", total - _goodwill((proposal,)))
    matching = [
        row
        for row in rows
        if row.instrument == proposal.instrument and row.ledger == proposal.ledger
    ]
    covering = [row for row in matching if row.up_to is None or total <= row.up_to]
    if proposal.ledger != "statutory":
        for row in covering:
            if row.role == proposal.by.role:
                return _granted(row, proposal, total)
    if not covering:
        return _refused("no_authority", total - _goodwill((proposal,)))
    approver = min(covering, key=lambda row: _RANKS[row.role])
    return _needs(approver.role, proposal, _own_limit(matching, proposal), total, earlier)


def _goodwill(items: Iterable[Proposal]) -> Decimal:
    """Goodwill over instruments, persons and payees; what nobody may be paid does not count."""
    counted = (item.amount for item in items if item.ledger == "goodwill" and not item.to_proposer)
    return sum(counted, Decimal("0.00"))


def _own_limit(rows: Iterable[AuthorityRow], proposal: Proposal) -> Decimal | None:
    return next((row.up_to for row in rows if row.role == proposal.by.role), None)


def _granted(row: AuthorityRow, proposal: Proposal, total: Decimal) -> Decision:
    role = _role(proposal.by.role)
    if row.ledger == "refund":
        why = {
            "zh_CN": f"退还价款由{role['zh_CN']}决定，金额不受限额约束。",
            "en": f"A refund of the price is for {role['en']} to decide; no amount binds it.",
        }
        return Decision("granted", None, "refund_within_role", why, total)
    limit_zh = "不设上限" if row.up_to is None else f"上限 {row.up_to:,.2f} 元"
    limit_en = "without upper limit" if row.up_to is None else f"up to {row.up_to:,.2f} yuan"
    why = {
        "zh_CN": f"本案善意补偿累计 {total:,.2f} 元，在{role['zh_CN']}权限内（{limit_zh}）。",
        "en": f"Goodwill of {total:,.2f} yuan in all is within the authority of {role['en']} "
        f"({limit_en}).",
    }
    return Decision("granted", None, "within_authority", why, total, row.up_to)


def _needs(
    approver: str,
    proposal: Proposal,
    own_limit: Decimal | None,
    total: Decimal,
    earlier: Sequence[Proposal],
) -> Decision:
    who, by = _role(approver), _role(proposal.by.role)
    if proposal.ledger == "statutory":
        reason = "statutory_to_legal"
        zh, en = "法定主张不受授权限额限制", "A statutory claim is not bound by authority limits"
    elif own_limit is None:
        reason = "instrument_above_role"
        zh = f"{by['zh_CN']}不能自行给予此种方式的补偿"
        en = f"This kind of compensation is not for {by['en']} to give alone"
    else:
        reason = "above_authority"
        zh = f"本案善意补偿累计 {total:,.2f} 元，超过{by['zh_CN']}权限 {own_limit:,.2f} 元"
        en = (
            f"Goodwill of {total:,.2f} yuan in all is above the {own_limit:,.2f} yuan of {by['en']}"
        )
    zh, en = f"{zh}，需{who['zh_CN']}审批。", f"{en}; {who['en']} must approve."
    if any(p.by.person == proposal.payee and p.by.role == approver for p in earlier):
        zh += "收款人本人担任该角色，须由同角色的另一人审批。"
        en += " The payee holds that role, so another person of it must approve."
    return Decision("needs_approval", approver, reason, {"zh_CN": zh, "en": en}, total)


def _refused(reason: Literal["paid_to_proposer", "no_authority"], total: Decimal) -> Decision:
    whys: dict[str, LocalText] = {
        "paid_to_proposer": {
            "zh_CN": "收款人就是提出人，不能给自己补偿。请由另一人提出。",
            "en": "The payee is the proposer; nobody pays themselves. Another person must propose.",
        },
        "no_authority": {
            "zh_CN": "政策包中没有角色有此权限。请联系总部更新政策包。",
            "en": "No role of the policy pack has this authority. Ask HQ to correct the pack.",
        },
    }
    return Decision("refused", None, reason, whys[reason], total)


def _role(role: str) -> LocalText:
    return _ROLE_NAMES.get(role, {"zh_CN": role, "en": role})


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(allowed)}")
