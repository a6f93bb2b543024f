"""What each document states, as plain values; one model feeds the screen and the PDF alike.

Texts that come from the policy pack or from people (names, rules, remarks) arrive in the language
of the document. Enumerated keys (ledger, instrument, clock, stage …) are named by the catalogue;
a key that it does not know is printed as given. Times are aware; `tz` is the store's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Ledger = Literal["refund", "statutory", "goodwill"]
LEDGERS: tuple[Ledger, ...] = ("refund", "statutory", "goodwill")


@dataclass(frozen=True, slots=True)
class Store:
    """The store a document speaks for."""

    code: str
    name: str
    complaint_phone: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The newest event of one chain when the document was made (AU-01); `hash` in hex."""

    chain: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class PromisedTime:
    """A named clock (D1) as told to the customer: what happens by when, and why then."""

    clock: str
    due: datetime
    reason: str
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """受理回执: the acknowledgement given at once (IN-17, ISO 10002 7.4)."""

    store: Store
    number: str
    tz: str
    made_at: datetime
    opened_at: datetime
    handler: str
    customer_name: str
    channel: str
    subject: str
    customer_words: str
    wanted: str
    promises: tuple[PromisedTime, ...]
    retention_years: int = 3
    journal: JournalHead | None = None


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """One remedy: its ledger (D6), instrument and amount in yuan (None where not money)."""

    ledger: Ledger
    instrument: str
    amount: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """和解协议 between customer and store (CO-10)."""

    store: Store
    number: str
    tz: str
    made_at: datetime
    opened_at: datetime
    customer_name: str
    customer_contact: str
    handler: str
    subject: str
    facts: str
    remedies: tuple[RemedyLine, ...]
    pay_by: datetime | None = None
    terms: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """Sum of all money remedies, in yuan."""
        return sum((line.amount or Decimal(0) for line in self.remedies), Decimal("0.00"))

    def ledger_total(self, ledger: Ledger) -> Decimal:
        """Sum of one ledger, in yuan."""
        amounts = (line.amount or Decimal(0) for line in self.remedies if line.ledger == ledger)
        return sum(amounts, Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Apology:
    """致歉信: what went wrong, what was done, who follows up (CO-07)."""

    store: Store
    number: str
    tz: str
    made_at: datetime
    opened_at: datetime
    customer_name: str
    what_happened: str
    what_we_did: tuple[str, ...]
    prevention: str
    contact_person: str
    contact_phone: str
    signed_by: str
    signed_role: str


@dataclass(frozen=True, slots=True)
class Customer:
    """The complainant as the file holds them; empty where not given or erased."""

    name: str = ""
    phone: str = ""
    member_no: str = ""
    address: str = ""
    representative: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was received (ISO 10002 7.2; IN-05, IN-10, IN-15)."""

    received_at: datetime
    received_by: str
    channel: str
    words: str
    wanted: str
    remedies_wanted: tuple[str, ...] = ()
    happened_at: datetime | None = None
    place: str = ""
    recurrent: bool | None = None
    product: str = ""
    sku: str = ""
    batch: str = ""
    receipt_no: str = ""
    amount: Decimal | None = None
    immediate_action: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """Code, level and emotion with who set them and why (CL-01 …, IN-03)."""

    code: str
    code_name: str
    level: int
    level_reason: str = ""
    emotion: int | None = None
    emotion_after: int | None = None
    tier: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Initial assessment (ISO 10002 7.5 and its annex form); None where not assessed."""

    actual_severity: str = ""
    potential_severity: str = ""
    complexity: str = ""
    impact: str = ""
    safety: bool | None = None
    action_needed: bool | None = None
    action_possible: bool | None = None
    compensation_likely: bool | None = None


@dataclass(frozen=True, slots=True)
class TrackingStep:
    """One step of the annex's tracking table (acknowledged … closed)."""

    step: str
    at: datetime
    by: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock of the ticket: when due, by which rule, when met, and the rules that lost (D1)."""

    clock: str
    due: datetime
    rule: str
    done_at: datetime | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of the journal in words (AU-03)."""

    at: datetime
    who: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CompensationLine:
    """A proposed compensation and what became of it."""

    ledger: Ledger
    instrument: str
    amount: Decimal | None
    status: str
    proposed_by: str
    decided_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """An attachment: SHA-256 in hex, and a small PNG or JPEG where it has a picture (EV-01)."""

    name: str
    role: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class TicketFile:
    """投诉档案: everything that the journal holds about one complaint (EV-05, EV-07)."""

    store: Store
    number: str
    tz: str
    made_at: datetime
    made_by: str
    stage: str
    handler: str
    policy_version: str
    customer: Customer
    complaint: Complaint
    classification: Classification
    assessment: Assessment = Assessment()
    solution: str = ""
    remedies_given: tuple[str, ...] = ()
    tracking: tuple[TrackingStep, ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    compensation: tuple[CompensationLine, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    satisfaction: int | None = None
    journal: tuple[JournalHead, ...] = ()
