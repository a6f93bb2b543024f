"""A complaint (投诉单) as the fold of its events knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from typing import Final, Literal, TypeAlias

from desktop.domain.events import EventId, PersonalValue
from desktop.domain.parts import (
    DailyLine,
    Escalation,
    ExternalCase,
    FlowMove,
    Handover,
    HelpRequest,
    LegalOpinion,
    Link,
    Mark,
    Promise,
    RedAct,
    Rejection,
    Reopening,
    Task,
)
from desktop.domain.registers import FieldValue, Register

__all__ = [
    "Anomaly",
    "Comment",
    "CompensationItem",
    "Contact",
    "Evidence",
    "Mark",
    "Pause",
    "Survey",
    "TicketState",
]

ItemStatus: TypeAlias = Literal["granted", "pending", "approved", "refused"]
LEVELS: Final = (1, 2, 3, 4)
#: The level that clocks use until somebody classifies (CL-03 is the default).
UNSET_LEVEL: Final = 3
OPEN_STATUSES: frozenset[str] = frozenset({"granted", "pending", "approved"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A word with the customer: why (first_response, interim_feedback …), how, and if reached."""

    mark: Mark
    purpose: str
    channel: str
    reached: bool
    note: PersonalValue


@dataclass(frozen=True, slots=True)
class Evidence:
    """An attachment (凭证); `content` is the SHA-256 of the bytes, itself a personal value."""

    mark: Mark
    role: str
    media_type: str
    size: int
    name: PersonalValue
    content: PersonalValue


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on the ticket (意见) by store, region or HQ."""

    mark: Mark
    text: PersonalValue


@dataclass(frozen=True, slots=True)
class CompensationItem:
    """One proposed compensation (补偿) with its way through approval to payment.

    `amount` is in yuan; `limit` is the authority under which it was granted at once or approved
    (None: no upper limit, or neither yet); `cumulative` what the rule counted, this item included;
    `phone_envelope` the envelope whose code approved it, where it was approved by phone.
    """

    id: str
    proposed: Mark
    role: str
    instrument: str
    ledger: str
    amount: Decimal
    payee: str
    status: ItemStatus
    approver: str | None
    cumulative: Decimal
    limit: Decimal | None
    reason: PersonalValue
    decided: Mark | None = None
    decision_reason: PersonalValue = ""
    paid: Mark | None = None
    phone_envelope: int | None = None

    @property
    def allowed(self) -> bool:
        """Whether it may be paid out."""
        return self.status in ("granted", "approved")


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which pausable clocks stand still (decision R3); `until` None is running."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Survey:
    """One attempt at the satisfaction call (回访): answered, refused or unreachable."""

    mark: Mark
    outcome: str
    score: int | None
    channel: str
    comment: PersonalValue


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Merged events that together break a rule; shown on the ticket and listed at HQ."""

    code: str
    event: EventId
    values: Mapping[str, str]


@dataclass(frozen=True)
class TicketState:
    """Everything that the events of one stream say; equal events in any arrival give equal state.

    `fields` holds what several writers may set (names, code, level, owner, ticked checks …).
    Changed by `evolve` alone, which is why it has no slots.
    """

    id: str
    opened: Mark | None = None
    number: str = ""
    channel: str = ""
    store: str = ""
    flow: str = ""
    policy: str = ""
    form_serial: str | None = None
    fields: Mapping[str, Register] = field(default_factory=dict)
    steps_done: Mapping[str, Mark] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comments: tuple[Comment, ...] = ()
    compensation: Mapping[str, CompensationItem] = field(default_factory=dict)
    solved: Mark | None = None
    solution: PersonalValue = ""
    signed: Mark | None = None
    surveys: tuple[Survey, ...] = ()
    written_reports: tuple[Mark, ...] = ()
    pauses: tuple[Pause, ...] = ()
    arrived_at: datetime | None = None
    served_at: datetime | None = None
    closed: Mark | None = None
    reopened: tuple[Reopening, ...] = ()
    left_at: datetime | None = None
    handovers: tuple[Handover, ...] = ()
    help_requests: Mapping[str, HelpRequest] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    legal_opinions: tuple[LegalOpinion, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    external_cases: Mapping[str, ExternalCase] = field(default_factory=dict)
    rejection: Rejection | None = None
    withdrawn: Mark | None = None
    daily_lines: tuple[DailyLine, ...] = ()
    red_acts: tuple[RedAct, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    flow_moves: tuple[FlowMove, ...] = ()
    erased: Mark | None = None
    anomalies: tuple[Anomaly, ...] = ()
    unknown_kinds: tuple[str, ...] = ()

    def value(self, name: str) -> FieldValue:
        """Return the field's current value, or None when nobody set it."""
        register = self.fields.get(name)
        current = register.current if register else None
        return current.value if current else None

    def text(self, name: str) -> str:
        """Return the field as text; empty when unset, erased or not arrived."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    @property
    def round_opened(self) -> Mark | None:
        """When work on it began: the last reopening, else the opening."""
        return self.reopened[-1].mark if self.reopened else self.opened

    @property
    def round_contacts(self) -> tuple[Contact, ...]:
        """The words with the customer since the last reopening."""
        return self.contacts[self.reopened[-1].contacts :] if self.reopened else self.contacts

    @property
    def round_surveys(self) -> tuple[Survey, ...]:
        """The satisfaction calls since the last reopening."""
        return self.surveys[self.reopened[-1].surveys :] if self.reopened else self.surveys

    @property
    def round_escalations(self) -> tuple[Escalation, ...]:
        """The escalations since the last reopening."""
        return (
            self.escalations[self.reopened[-1].escalations :] if self.reopened else self.escalations
        )

    @property
    def handover(self) -> Handover | None:
        """The transfer that waits to be accepted, if one does; only the last can."""
        return self.handovers[-1] if self.handovers and self.handovers[-1].waits else None

    @property
    def live_links(self) -> tuple[Link, ...]:
        """The links that were not taken back."""
        return tuple(link for link in self.links.values() if link.undone is None)

    @property
    def rejected(self) -> bool:
        """Whether it is rejected and nothing yet lets it close (R14)."""
        return self.rejection is not None and self.rejection.released is None

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Names of the fields that concurrent writers left with different values."""
        return tuple(sorted(n for n, register in self.fields.items() if register.in_conflict))

    @property
    def level(self) -> int:
        """Level 1–4 (CL-01 … CL-04); 3 until somebody classifies."""
        value = self.value("level")
        return value if isinstance(value, int) and value in LEVELS else UNSET_LEVEL

    @property
    def open_items(self) -> tuple[CompensationItem, ...]:
        """Compensation items that count: granted, approved or still pending (decision R7)."""
        return tuple(i for i in self.compensation.values() if i.status in OPEN_STATUSES)

    def open_items_before(self, item: str) -> tuple[CompensationItem, ...]:
        """Return the items that count and were proposed before `item`, in event order."""
        before = takewhile(lambda known: known.id != item, self.compensation.values())
        return tuple(i for i in before if i.status in OPEN_STATUSES)

    def checks_done(self, step: str) -> frozenset[str]:
        """Return the ids of the step's ticked checks."""
        prefix = f"check:{step}."
        return frozenset(
            name.removeprefix(prefix)
            for name in self.fields
            if name.startswith(prefix) and self.value(name) is True
        )
