"""The shape of the pack's files, strictly checked by pydantic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from desktop.domain.choosing import FieldKind, FieldPlace
from desktop.domain.policy import Anchor, ClockKind, Instrument, Ledger, Node, ProblemClass, Role

Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.\-]*$")]
Span = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*(m|h|wd)$")]
WallSpan = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*(m|h)$")]
Yuan = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
Family = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
CodeId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[0-9]{2}$")]
FamilyOrCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[0-9]{2})?$")]
ManagerRole = Literal["supervisor", "regional_manager", "department_head"]
Consequence = Literal[
    "quality_trace", "sla_table", "finance_marketing_check", "legal_opinion", "legal_involved"
]


class Strict(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TextModel(Strict):
    """A text in both languages."""

    zh_CN: Word  # noqa: N815 - the name of a locale
    en: Word


class ThresholdsModel(Strict):
    """See desktop.domain.policy.Thresholds."""

    mass_count: Annotated[int, Field(ge=2)]
    mass_window: WallSpan
    repeat_count: Annotated[int, Field(ge=2)]
    transfers_over: Annotated[int, Field(ge=1)]
    unhandled_after: WallSpan
    reopen_below: Annotated[int, Field(ge=1, le=5)]
    satisfied_from: Annotated[int, Field(ge=1, le=5)]
    unreachable_tries: Annotated[int, Field(ge=1)]
    entry_time: WallSpan
    retention_years: Annotated[int, Field(ge=3)]
    qa_sample_percent: Annotated[int, Field(ge=1, le=100)]
    reminder_percents: tuple[Annotated[int, Field(ge=1, le=100)], ...]


class ManifestModel(Strict):
    """manifest.yaml."""

    version: Word
    effective: date
    expires: date | None = None
    title: TextModel
    default_flow: Id
    thresholds: ThresholdsModel


class CheckModel(Strict):
    """One line of a step's do."""

    id: Id
    text: TextModel
    required: bool = False


class GateModel(Strict):
    """One line of a step's needs."""

    id: Id
    text: TextModel
    condition: Word


class SayModel(Strict):
    """What to say at emotion 1 to 5; none may be left out."""

    calm: TextModel = Field(alias="1")
    displeased: TextModel = Field(alias="2")
    angry: TextModel = Field(alias="3")
    furious: TextModel = Field(alias="4")
    out_of_control: TextModel = Field(alias="5")


class StepModel(Strict):
    """One step of a flow."""

    id: Id
    node: Node
    role: Role
    title: TextModel
    limit: TextModel | None = None
    do: tuple[CheckModel, ...]
    needs: tuple[GateModel, ...] = ()
    say: SayModel
    optional: bool = False
    when: Word | None = None


class FlowModel(Strict):
    """flow_*.yaml."""

    id: Id
    title: TextModel
    steps: Annotated[tuple[StepModel, ...], Field(min_length=1)]


class CodeModel(Strict):
    """One complaint code."""

    id: CodeId
    title: TextModel
    parent: CodeId | None = None
    consequences: tuple[Consequence, ...] = ()
    problem_class: ProblemClass | None = Field(default=None, alias="class")
    keywords: tuple[Word, ...]
    taxonomies: dict[Literal["intake", "ivr", "statistics"], Word]


class FamilyModel(Strict):
    """One family of codes."""

    id: Family
    title: TextModel


class CodesModel(Strict):
    """codes.yaml."""

    families: Annotated[tuple[FamilyModel, ...], Field(min_length=1)]
    codes: Annotated[tuple[CodeModel, ...], Field(min_length=1)]


class ClockModel(Strict):
    """One time limit."""

    id: Id
    clock: Id
    kind: ClockKind
    limit: Span
    starts_at: Anchor = "opened_at"
    when: Word
    pausable: bool = False
    title: TextModel
    source: Word
    enabled: bool = True


class ClocksModel(Strict):
    """clocks.yaml."""

    titles: dict[Id, TextModel]
    rows: tuple[ClockModel, ...]


class CalendarModel(Strict):
    """calendar.yaml."""

    first: date
    last: date
    holidays: tuple[date, ...]
    makeup_workdays: tuple[date, ...]


class AuthorityModel(Strict):
    """What one role may give of one ledger."""

    role: Role
    ledger: Ledger
    instruments: Annotated[tuple[Instrument, ...], Field(min_length=1)]
    up_to: Yuan | None = None
    source: Word


class CapModel(Strict):
    """One rolling cap on goodwill (D4)."""

    id: Id
    scope: Literal["customer", "staff"]
    days: Annotated[int, Field(ge=1, le=31)] = 1
    up_to: Yuan
    over: ManagerRole | None = None
    title: TextModel
    source: Word
    enabled: bool = True


class SuspensionModel(Strict):
    """What happens while a written report is overdue (CO-02)."""

    role: Literal["clerk", "supervisor", "regional_manager"]
    over: ManagerRole
    title: TextModel
    source: Word
    enabled: bool = True


class AuthorityFileModel(Strict):
    """authority.yaml."""

    rows: Annotated[tuple[AuthorityModel, ...], Field(min_length=1)]
    caps: tuple[CapModel, ...] = ()
    overdue_report: SuspensionModel | None = None


class LevelModel(Strict):
    """One level of severity."""

    level: Annotated[int, Field(ge=1, le=4)]
    title: TextModel
    meaning: TextModel
    keywords: tuple[Word, ...]


class LevelsModel(Strict):
    """levels.yaml."""

    levels: Annotated[tuple[LevelModel, ...], Field(min_length=4, max_length=4)]
    emotions: SayModel


class LadderModel(Strict):
    """One rung of the compensation ladder."""

    id: Id
    when: Word
    instrument: Instrument
    low: Yuan
    high: Yuan
    title: TextModel


class LadderFileModel(Strict):
    """ladder.yaml."""

    rows: tuple[LadderModel, ...]


class ContactModel(Strict):
    """One department or duty line."""

    id: Id
    codes: tuple[FamilyOrCode, ...]
    part: Literal["R", "A", "C", "I"]
    phone: Word
    title: TextModel
    duty: TextModel


class ContactsModel(Strict):
    """contacts.yaml."""

    contacts: tuple[ContactModel, ...]


class LawCardModel(Strict):
    """One card on the law."""

    id: Id
    article: Word
    title: TextModel
    text: TextModel
    advice: TextModel
    confidence: Literal["A", "B", "C"]
    as_of: date


class GuaranteeModel(Strict):
    """The three guarantees of one kind of goods."""

    id: Id
    return_days: Annotated[int, Field(ge=1, le=90)]
    exchange_days: Annotated[int, Field(ge=1, le=90)]
    warranty_months: Annotated[int, Field(ge=1, le=120)]
    confidence: Literal["A", "B", "C"]
    as_of: date
    title: TextModel


class LawCardsModel(Strict):
    """law_cards.yaml."""

    cards: tuple[LawCardModel, ...]
    three_guarantees: tuple[GuaranteeModel, ...] = ()


class PhraseModel(Strict):
    """One pair of phrases."""

    id: Id
    avoid: TextModel
    prefer: TextModel


class WordsModel(Strict):
    """Words in both languages."""

    zh_CN: Annotated[tuple[Word, ...], Field(min_length=1)]  # noqa: N815 - the name of a locale
    en: Annotated[tuple[Word, ...], Field(min_length=1)]


class PromiseModel(Strict):
    """Words that promise an instrument, or without limit."""

    id: Id
    instrument: Instrument | None = None
    words: WordsModel


class PhrasesModel(Strict):
    """phrases.yaml."""

    pairs: tuple[PhraseModel, ...]
    promises: tuple[PromiseModel, ...] = ()


class FlowRuleModel(Strict):
    """Which complaints take a flow."""

    id: Id
    when: Word
    flow: Id
    title: TextModel
    source: Word


class RouteModel(Strict):
    """Who takes which complaints first."""

    id: Id
    when: Word
    keywords: tuple[Word, ...] = ()
    role: Role
    contact: Id
    title: TextModel
    source: Word


class RoutingModel(Strict):
    """routing.yaml."""

    flows: tuple[FlowRuleModel, ...]
    routes: tuple[RouteModel, ...]


class ChoiceModel(Strict):
    """One answer of a custom field of kind choice."""

    id: Id
    label: TextModel


class CustomFieldModel(Strict):
    """One field that the company adds."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    label: TextModel
    kind: FieldKind
    choices: tuple[ChoiceModel, ...] = ()
    required: bool = False
    shown: Annotated[tuple[FieldPlace, ...], Field(min_length=1)]


class CustomFieldsModel(Strict):
    """custom_fields.yaml."""

    fields: tuple[CustomFieldModel, ...]


class SynonymsModel(Strict):
    """synonyms.yaml: the first word of a group is the term."""

    groups: tuple[Annotated[tuple[Word, ...], Field(min_length=2)], ...]


class ExampleModel(Strict):
    """One labelled complaint; level 3 unless given."""

    words: Word
    level: Annotated[int, Field(ge=1, le=4)] = 3


class ExamplesModel(Strict):
    """examples.yaml: labelled complaints by code, and how they came to their labels."""

    labelled: Word
    examples: dict[CodeId, tuple[ExampleModel | Word, ...]]
