"""The parts of a complaint that come from working on it together: who was asked, told, promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from desktop.domain.events import EventId, PersonalValue


@dataclass(frozen=True, slots=True)
class Mark:
    """That something was done: which event, when, by whom."""

    event: EventId
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A transfer (转派, AS-03): the owner stays until the one asked accepts (首问负责, AS-11).

    `to` is a person's id, empty when anybody of `role` or above may take it, never `sender`.
    """

    mark: Mark
    sender: str
    to: str
    role: str
    reason: str
    note: PersonalValue
    accepted: Mark | None = None

    @property
    def waits(self) -> bool:
        """Whether nobody has accepted yet."""
        return self.accepted is None


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request to another department (协办请求, AS-09) with its two answers (FL-09)."""

    id: str
    mark: Mark
    department: str
    text: PersonalValue
    diagnosed: Mark | None = None
    solved: Mark | None = None

    @property
    def open(self) -> bool:
        """Whether the department still owes a solution."""
        return self.solved is None


@dataclass(frozen=True, slots=True)
class FlowMove:
    """A change of the procedure (流程变更, FL-07): from which flow to which, and why.

    `cause` is facts or manual, `rule` the row of routing.yaml that held (empty: the default flow),
    `redo` the steps that were done and whose gates are open again under the new facts.
    """

    mark: Mark
    before: str
    after: str
    cause: str
    rule: str
    redo: tuple[str, ...]
    reason: PersonalValue = ""


@dataclass(frozen=True, slots=True)
class Reopening:
    """A reopening (重新处理, NC-05): one level more urgent, what came before is counted no more.

    `contacts`, `surveys` and `escalations` say how many of each there were before it.
    """

    mark: Mark
    cause: str
    level: int
    contacts: int
    surveys: int
    escalations: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another complaint (关联, 合并): `undone` when it was taken back."""

    other: str
    number: str
    kind: str
    mark: Mark
    undone: Mark | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What the customer was promised (承诺, CO-08): an amount in yuan, a time, or both.

    `lapsed` says that it was not kept, and why the customer knows of it (`excuse`).
    """

    id: str
    mark: Mark
    to: str
    text: PersonalValue
    amount: Decimal | None
    due: datetime | None
    over_authority: bool
    kept: Mark | None = None
    lapsed: Mark | None = None
    excuse: PersonalValue = ""

    @property
    def open(self) -> bool:
        """Whether it is neither kept nor explained; then the complaint cannot close."""
        return self.kept is None and self.lapsed is None


@dataclass(frozen=True, slots=True)
class LegalOpinion:
    """What legal said (法务意见): whether the complaint may be closed as it stands."""

    mark: Mark
    may_close: bool
    text: PersonalValue


@dataclass(frozen=True, slots=True)
class Task:
    """What a code or a count set off: quality trace, data check, root cause (CL-07, CL-09, QA-02).

    `cause` is the code or the rule that opened it.
    """

    kind: str
    cause: str
    opened: Mark
    answered: Mark | None = None
    result: str = ""
    text: PersonalValue = ""


@dataclass(frozen=True, slots=True)
class ExternalCase:
    """A case at 12315, an association, a court or the press (CH-05), dates as its notice says."""

    id: str
    mark: Mark
    authority: str
    number: str
    received: date
    reply_by: date | None
    hearing: datetime | None
    materials: PersonalValue
    replied: Mark | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected complaint (不予支持, R14): answered, open, the five routes of 消法 39 given.

    `released` is what lets it close: accepted, external_outcome or limitation.
    """

    mark: Mark
    reason: PersonalValue
    released: Mark | None = None
    release: str = ""


@dataclass(frozen=True, slots=True)
class DailyLine:
    """One day's progress line of a level 2 complaint (CL-02); `day` in the store's zone."""

    day: date
    mark: Mark
    text: PersonalValue


@dataclass(frozen=True, slots=True)
class RedAct:
    """An act of the red channel (红色通道, CL-01): what was done, who was reached."""

    act: str
    mark: Mark
    contact: str
    reached: bool
    note: PersonalValue


@dataclass(frozen=True, slots=True)
class Escalation:
    """The complaint went one role up (上报, SL-07): why, for which clock, to whom."""

    mark: Mark
    cause: str
    clock: str
    due: datetime | None
    to_role: str
    told: PersonalValue = ""
