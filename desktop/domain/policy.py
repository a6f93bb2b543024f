"""The compiled policy pack (政策包) as the pure domain reads it: frozen values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, Protocol

from desktop.domain import choosing
from desktop.domain.calendar import WorkCalendar
from desktop.domain.choosing import CustomField, Example, FlowRule, PromiseWords, RouteRow
from desktop.domain.guarantees import Guarantee
from desktop.domain.knowledge import Article
from desktop.domain.restraints import CapRow, SuspensionRow

LocalText = Mapping[str, str]
"""A text in every language of the product: {"zh_CN": …, "en": …}."""

LANGUAGES = ("zh_CN", "en")
EMOTIONS = (1, 2, 3, 4, 5)

Node = Literal[
    "received",
    "recorded",
    "classified",
    "assigned",
    "investigated",
    "solved",
    "followed_up",
    "closed",
]
"""FL-01: 接收 记录 分类 分配 调查 解决 回访 关闭."""
NODES: tuple[Node, ...] = (
    "received",
    "recorded",
    "classified",
    "assigned",
    "investigated",
    "solved",
    "followed_up",
    "closed",
)

Role = Literal["clerk", "supervisor", "regional_manager", "department_head", "legal"]
ROLES: tuple[Role, ...] = (
    "clerk",
    "supervisor",
    "regional_manager",
    "department_head",
    "legal",
)
"""From the lowest to the highest, 客诉专员, 主管, 区域经理, 客户服务部负责人; 法务 beside them."""

Instrument = Literal["voucher", "credit", "refund", "cash", "gift"]
INSTRUMENTS: tuple[Instrument, ...] = ("voucher", "credit", "refund", "cash", "gift")
Ledger = Literal["refund", "statutory", "goodwill"]
LEDGERS: tuple[Ledger, ...] = ("refund", "statutory", "goodwill")
ClockKind = Literal["wall", "store_open", "workday"]
Anchor = Literal[
    "opened_at", "approved_at", "compensated_at", "solved_at", "arrived_at", "help_requested_at"
]
ANCHORS: tuple[Anchor, ...] = (
    "opened_at",
    "approved_at",
    "compensated_at",
    "solved_at",
    "arrived_at",
    "help_requested_at",
)
ProblemClass = Literal["technical", "attitude", "contract"]
"""CL-11: 技术故障, 服务态度, 合同争议."""

FACTS: Mapping[str, type] = MappingProxyType(
    {
        # the complaint itself; text facts are "" where nothing is known, counts 0
        "level": int,  # 1..4; 0 while not set
        "tier": str,  # vip | ordinary
        "class": str,  # technical | attitude | contract | ""
        "complexity": str,  # ordinary | complex
        "family": str,  # PQ SP TD RL LD | ""
        "code": str,
        "emotion": int,  # 1..5
        "anonymous": bool,
        # recorded so far
        "verbatim_recorded": bool,
        "level_set": bool,
        "code_set": bool,
        "owner_set": bool,
        "checks": list,  # ids of done checks as "step.check"
        "evidence_count": int,
        "has_sku": bool,
        "has_batch": bool,
        "expectation_recorded": bool,
        "sku_unavailable_reason": str,
        "has_legal_opinion": bool,
        # compensation
        "pending_approvals": int,
        "granted_unpaid": int,
        "refund_total": float,
        "statutory_total": float,
        "goodwill_total": float,
        "written_report_due": bool,
        "signed": bool,
        # towards the end
        "contacted": bool,
        "solved": bool,
        "survey_done": bool,
        "survey_score": int,  # 1..5; 0 while there is none
        "unreachable_count": int,
        "rejected": bool,
        "withdrawn": bool,
        "overdue": bool,
        "overdue_reason": str,
        "conflicts": int,
    }
)
"""Every fact that a condition may name, with its type; the loader refuses any other name."""


class Condition(Protocol):
    """A compiled condition of the pack; `source` is its text as written there."""

    @property
    def source(self) -> str:
        """The expression as the author wrote it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that the expression names."""

    def __call__(self, facts: Mapping[str, object]) -> bool:
        """Whether it holds; `facts` carries every name of FACTS that the expression uses."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing to do in a step (怎么做); required ones block completing the step."""

    id: str
    text: LocalText
    required: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be true before a step can be completed; `text` says what is missing."""

    id: str
    text: LocalText
    condition: Condition


@dataclass(frozen=True, slots=True)
class Step:
    """A step card (FL-06): who, how long, what to do, what to say by emotion 1..5, what blocks."""

    id: str
    node: Node
    title: LocalText
    role: Role
    limit_text: LocalText | None
    do: tuple[CheckItem, ...]
    say: Mapping[int, LocalText]
    needs: tuple[Gate, ...]
    optional: bool
    when: Condition | None

    def applies(self, facts: Mapping[str, object]) -> bool:
        """Whether this step is on the way of a complaint with these facts."""
        return self.when is None or self.when(facts)

    def missing(self, facts: Mapping[str, object]) -> tuple[Gate, ...]:
        """The gates that still block completing this step."""
        return tuple(gate for gate in self.needs if not gate.condition(facts))

    def unchecked(self, facts: Mapping[str, object]) -> tuple[CheckItem, ...]:
        """The required checks that are not done yet."""
        done = facts.get("checks")
        ids = set(done) if isinstance(done, list | tuple | set | frozenset) else set()
        return tuple(
            item for item in self.do if item.required and f"{self.id}.{item.id}" not in ids
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """A standard procedure (标准流程): steps in order, the last one closes."""

    id: str
    title: LocalText
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step:
        """The step with this id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


@dataclass(frozen=True, slots=True)
class Code:
    """A complaint code (投诉编码, CL-07…CL-10, D7, D8) with what follows from choosing it."""

    id: str
    family: str
    title: LocalText
    parent: str | None
    consequences: tuple[str, ...]
    class_: ProblemClass | None
    keywords: tuple[str, ...]
    other_taxonomies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workdays:
    """A number of working days (工作日); the opening day is not counted (R5)."""

    count: int


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One time limit (D1): rows of the same `clock` compete, the tightest wins."""

    id: str
    clock: str
    kind: ClockKind
    amount: timedelta | Workdays
    starts_at: Anchor
    when: Condition
    pausable: bool
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """What a role may decide alone (D5, R7): None means the amount does not bind."""

    role: Role
    instrument: Instrument
    ledger: Ledger
    up_to: Decimal | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A rung of the compensation ladder (阶梯式补偿方案, CO-05): a range to suggest, in yuan."""

    id: str
    when: Condition
    instrument: Instrument
    low: Decimal
    high: Decimal
    title: LocalText
    source: str = "CO-05"


@dataclass(frozen=True, slots=True)
class Contact:
    """A department or duty line for some codes (FL-18, FL-12): who does what (RACI)."""

    id: str
    title: LocalText
    codes: tuple[str, ...]
    part: Literal["R", "A", "C", "I"]
    phone: str
    duty: LocalText


@dataclass(frozen=True, slots=True)
class LawCard:
    """A dated card on a legal rule; confidence A (text read), B (known), C (verify first)."""

    id: str
    article: str
    title: LocalText
    text: LocalText
    advice: LocalText
    confidence: Literal["A", "B", "C"]
    as_of: date


@dataclass(frozen=True, slots=True)
class PhrasePair:
    """A phrase to avoid and what to say instead (SC-03)."""

    id: str
    avoid: LocalText
    prefer: LocalText


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level of severity (CL-01…CL-04) and the words that suggest it (CL-06)."""

    level: int
    title: LocalText
    meaning: LocalText
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers of the rules that are no clock and no amount; the source is behind each."""

    mass_count: int = 3  # D9: linked complaints …
    mass_window: timedelta = timedelta(hours=24)  # … within this time
    repeat_count: int = 5  # QA-02: the 5th in a month opens a root-cause task
    transfers_over: int = 3  # AS-04: more than 3, so the 4th transfer is an exception
    unhandled_after: timedelta = timedelta(hours=48)  # AS-06
    reopen_below: int = 3  # NC-05, D3: fewer stars reopen
    satisfied_from: int = 4  # R11
    unreachable_tries: int = 3  # FL-04
    entry_time: timedelta = timedelta(minutes=5)  # IN-02
    retention_years: int = 3  # PR-01
    qa_sample_percent: int = 20  # QA-01
    reminder_percents: tuple[int, ...] = (50, 80, 100)  # SL-05


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole compiled pack; a ticket finishes on the version it started with (FL-07)."""

    version: str
    effective: date
    expires: date | None
    title: LocalText
    flows: Mapping[str, Flow]
    codes: Mapping[str, Code]
    clocks: tuple[ClockRow, ...]
    authority: tuple[AuthorityRow, ...]
    calendar: WorkCalendar
    caps: tuple[CapRow, ...] = ()
    suspension: SuspensionRow | None = None
    ladder: tuple[LadderRow, ...] = ()
    contacts: tuple[Contact, ...] = ()
    law_cards: tuple[LawCard, ...] = ()
    three_guarantees: tuple[Guarantee, ...] = ()
    phrase_pairs: tuple[PhrasePair, ...] = ()
    families: Mapping[str, LocalText] = field(default_factory=dict)
    levels: tuple[LevelRow, ...] = ()
    emotions: Mapping[int, LocalText] = field(default_factory=dict)
    clock_titles: Mapping[str, LocalText] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    default_flow: str = "store"
    flow_rules: tuple[FlowRule, ...] = ()
    route_rows: tuple[RouteRow, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    promises: tuple[PromiseWords, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    articles: tuple[Article, ...] = ()
    digest: str = ""

    def flow(self, flow_id: str | None = None) -> Flow:
        """The flow with this id, or the one that complaints start on."""
        return self.flows[flow_id or self.default_flow]

    def steps_of(self, flow_id: str) -> tuple[Step, ...]:
        """The steps of a flow; none for one that only a newer pack knows."""
        known = self.flows.get(flow_id)
        return tuple(known.steps) if known else ()

    def flow_for(self, facts: Mapping[str, object]) -> str:
        """The id of the flow that a complaint with these facts takes.

        Names of `choosing.ROUTE_FACTS` that are missing count as not known yet.
        """
        rule = choosing.first_flow(self.flow_rules, facts)
        return rule.flow if rule else self.default_flow

    def routes_for(
        self, facts: Mapping[str, object], words: str = ""
    ) -> tuple[choosing.RouteHit, ...]:
        """Who takes such a complaint: every row that holds, the first is to follow (AS-01)."""
        return choosing.routes(self.route_rows, facts, words, self.synonyms)
