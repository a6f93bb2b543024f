"""The JSON cases of `amends explain`: read strictly, answered by the domain's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from desktop.domain import authority as authority_rules
from desktop.domain import clocks as clock_rules
from desktop.domain import law as law_rules
from desktop.domain.policy import Instrument, Ledger, Policy

_M = TypeVar("_M", bound=BaseModel)


class CaseError(ValueError):
    """A case that cannot be read, in one line that says where and what."""


def _text(value: object) -> object:
    if not isinstance(value, str | datetime | date):
        raise ValueError("must be a text")
    return value


def _moment(value: object) -> datetime:
    try:
        return datetime.fromisoformat(str(_text(value)))
    except ValueError as error:
        raise ValueError(f"{value!r} is no time like 2026-11-21T10:31:00+08:00") from error


def _day(value: object) -> date:
    """A date, or the date of a time as it was written."""
    try:
        return datetime.fromisoformat(str(_text(value))).date()
    except ValueError as error:
        raise ValueError(f"{value!r} is no date like 2026-11-21") from error


def _amount(value: object) -> Decimal:
    """A plain decimal of yuan, as text or JSON number."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    digits = text.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{value!r} is no amount like 2000.01")
    return Decimal(text)


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Text = Annotated[str, Field(min_length=1)]


class _Case(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _PauseCase(_Case):
    since: Moment = Field(alias="from")
    until: Moment | None = Field(default=None, alias="to")
    reason: str


class _AnchorsCase(_Case):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    approved_at: Moment | None = None
    compensated_at: Moment | None = None
    solved_at: Moment | None = None
    arrived_at: Moment | None = None
    help_requested_at: Moment | None = None


class _ClocksCase(_Case):
    opened_at: Moment
    now: Moment
    level: int
    tier: str
    problem_class: str | None = Field(default=None, alias="class")
    complexity: str
    hours: dict[str, Any]
    pauses: list[_PauseCase] = []
    anchors: _AnchorsCase = _AnchorsCase()
    timezone: str = "Asia/Shanghai"


class _PersonCase(_Case):
    person: Text
    role: Literal["clerk", "supervisor", "department_head", "regional_manager", "legal"]


class _ProposalCase(_Case):
    instrument: Instrument
    ledger: Ledger
    amount: Amount
    by: _PersonCase
    payee: Text


class _AuthorityCase(_Case):
    proposals: list[_ProposalCase]
    linked: list[_ProposalCase] = []


class _LawCase(_Case):
    bought_at: Day
    received_at: Day | None = None
    today: Day
    price: Amount
    loss: Amount = Decimal("0.00")
    quantity: int = 1
    category: str
    channel: str
    group: str = ""
    facts: list[str] = []


def clocks(data: Mapping[str, object], policy: Policy) -> dict[str, object]:
    """Answer `explain clocks`: due times carry the offset of the store's zone. Raises CaseError."""
    case = _parse(_ClocksCase, data)
    zone = _zone(case.timezone)
    try:
        facts = _clock_facts(case, zone)
        found = clock_rules.compute_clocks(facts, policy, _aware(case.now, zone))
    except (ValueError, OverflowError) as error:
        raise CaseError(str(error)) from error
    return {"clocks": [_clock_answer(clock, zone) for clock in found]}


def authority(data: Mapping[str, object], policy: Policy, lang: str) -> dict[str, object]:
    """Answer `explain authority`, one decision for each proposal in order. Raises CaseError."""
    case = _parse(_AuthorityCase, data)
    try:
        counted = [_proposal(item) for item in case.linked]
        proposals = [_proposal(item) for item in case.proposals]
    except ValueError as error:
        raise CaseError(str(error)) from error
    answers: list[dict[str, object]] = []
    for proposal in proposals:
        decision = authority_rules.decide(proposal, counted, policy.authority)
        if decision.decision != "refused":
            counted.append(proposal)
        answers.append(
            {
                "decision": decision.decision,
                "approver": decision.approver,
                "why": decision.why[lang],
                "cumulative": format(decision.cumulative, ".2f"),
            }
        )
    return {"decisions": answers}


def law(data: Mapping[str, object], policy: Policy, lang: str) -> dict[str, object]:
    """Answer `explain law`. Raises CaseError."""
    case = _parse(_LawCase, data)
    try:
        purchase = law_rules.Purchase(
            bought_at=case.bought_at,
            received_at=case.received_at,
            today=case.today,
            price=case.price,
            loss=case.loss,
            quantity=case.quantity,
            category=case.category,
            channel=case.channel,
            facts=frozenset(case.facts),
            group=case.group,
        )
        found = law_rules.entitlements(purchase, policy.calendar, policy.three_guarantees)
    except (ValueError, OverflowError) as error:
        raise CaseError(str(error)) from error
    return {
        "entitlements": [
            {
                "article": item.article,
                "what": item.what[lang],
                "amount": None if item.amount is None else format(item.amount, ".2f"),
                "needs": list(item.needs),
                "assessed_by": item.assessed_by,
            }
            for item in found
        ]
    }


def _parse(model: type[_M], data: Mapping[str, object]) -> _M:
    given = {key: value for key, value in data.items() if value is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise CaseError(f"{where}: {message[:1].lower()}{message[1:]}") from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CaseError(f"timezone: {name!r} is no time zone like Asia/Shanghai") from error


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """A time without offset is one of the store's (R6)."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _clock_facts(case: _ClocksCase, zone: ZoneInfo) -> clock_rules.ClockFacts:
    anchors = case.anchors.model_dump(exclude_none=True)
    return clock_rules.ClockFacts(
        opened_at=_aware(case.opened_at, zone),
        level=case.level,
        tier=case.tier,
        class_=case.problem_class or None,
        complexity=case.complexity,
        hours=case.hours,
        pauses=tuple(
            clock_rules.Pause(
                _aware(pause.since, zone),
                _aware(pause.until, zone) if pause.until else None,
                pause.reason,
            )
            for pause in case.pauses
        ),
        anchors={name: _aware(moment, zone) for name, moment in anchors.items()},
        timezone=zone.key,
    )


def _clock_answer(clock: clock_rules.Clock, zone: ZoneInfo) -> dict[str, object]:
    return {
        "name": clock.name,
        "due": clock.due.astimezone(zone).isoformat(),
        "rule": clock.rule,
        "kind": clock.kind,
        "provisional": clock.provisional,
        "lost": [
            {"rule": row.rule, "due": row.due.astimezone(zone).isoformat()} for row in clock.lost
        ],
    }


def _proposal(case: _ProposalCase) -> authority_rules.Proposal:
    return authority_rules.Proposal(
        instrument=case.instrument,
        ledger=case.ledger,
        amount=case.amount,
        by=authority_rules.Proposer(case.by.person, case.by.role),
        payee=case.payee,
    )
