"""What the screens ask of the desk: one facade over the use cases, called off the GUI thread.

Everything here may block on the database, so screens call it through `ui.background` only; the
exceptions are the plain attributes `person`, `policy`, `store` and `now()`, which are memory reads.
Refusals are returned; faults (StorageFull, StorageFault, OSError) are raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from desktop.domain.commands import Command
from desktop.domain.deadlines import Deadline
from desktop.domain.events import Event
from desktop.domain.forms import FormReading
from desktop.domain.operations.complete_step import Missing
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import Policy, Step
from desktop.domain.ticket import TicketState
from desktop.services.ports import (
    Counts,
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    PageCursor,
    Person,
    SavedDraft,
    SyncStatus,
    TicketFilter,
    TicketRow,
)

DocumentKind: TypeAlias = Literal["receipt", "settlement", "apology", "ticket"]


class StoreView(Protocol):
    """The store that this PC stands in."""

    @property
    def code(self) -> str:
        """Store code as it stands in numbers (S0217)."""

    @property
    def name(self) -> str:
        """Name people know it by (无锡滨湖店)."""

    @property
    def timezone(self) -> str:
        """IANA zone."""

    @property
    def hours(self) -> Mapping[str, tuple[str, str]]:
        """Opening hours by mon … sun; absent days are shut."""


class NewsView(Protocol):
    """A remark or decision that arrived from another place and nobody here has opened."""

    @property
    def stream(self) -> str:
        """The ticket."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def who(self) -> str:
        """Who wrote it, as people know them."""

    @property
    def at(self) -> datetime:
        """When it was written."""

    @property
    def kind(self) -> str:
        """The event's kind."""

    @property
    def text(self) -> str:
        """What it says; empty for a bare decision."""


class WaitingView(Protocol):
    """A customer who waits at the counter."""

    @property
    def stream(self) -> str:
        """The ticket."""

    @property
    def name(self) -> str:
        """The customer's name."""

    @property
    def arrived_at(self) -> datetime:
        """When they came."""

    @property
    def due_at(self) -> datetime:
        """When the waiting clock is due."""

    @property
    def emotion(self) -> int:
        """1 to 5, 0 while not set."""


class TodayView(Protocol):
    """The Today board."""

    @property
    def counts(self) -> Counts:
        """Its figures."""

    @property
    def rows(self) -> Sequence[TicketRow]:
        """Open tickets, the tightest clock first."""

    @property
    def waiting(self) -> Sequence[WaitingView]:
        """Customers at the counter."""

    @property
    def news(self) -> Sequence[NewsView]:
        """What arrived and is unread, newest first."""

    @property
    def drafts(self) -> Sequence[SavedDraft]:
        """Typing that is no ticket yet (IN-16)."""


class TicketView(Protocol):
    """One ticket as the screen shows it; a snapshot."""

    @property
    def row(self) -> TicketRow:
        """Its line of the list."""

    @property
    def state(self) -> TicketState:
        """The fold of its events."""

    @property
    def events(self) -> Sequence[Event]:
        """Its events in event order."""

    @property
    def names(self) -> Mapping[str, str]:
        """Person id to name, for everybody who appears."""

    @property
    def deadlines(self) -> Sequence[Deadline]:
        """Its clocks, the tightest running one first."""

    @property
    def steps(self) -> Sequence[Step]:
        """The steps on this ticket's way, in order."""

    @property
    def current(self) -> Step | None:
        """The step in hand; None when closed."""

    @property
    def missing(self) -> Sequence[Missing]:
        """What still blocks the step in hand."""

    @property
    def unsent(self) -> frozenset[str]:
        """`str(EventId)` of events that HQ has not countersigned."""

    @property
    def same_customer(self) -> Sequence[TicketRow]:
        """Other tickets of this phone number, newest first."""


class SuggestionView(Protocol):
    """What the rules suggest from the customer's words, and why (CL-06, 命中: 住院)."""

    @property
    def code(self) -> str | None:
        """Complaint code."""

    @property
    def level(self) -> int | None:
        """Level 1–4."""

    @property
    def emotion(self) -> int | None:
        """Emotion 1–5."""

    @property
    def code_hits(self) -> Sequence[str]:
        """Words that suggest the code."""

    @property
    def level_hits(self) -> Sequence[str]:
        """Words that suggest the level."""


class AuthorityView(Protocol):
    """What would be decided on a proposal (D3–D6, R7–R8)."""

    @property
    def decision(self) -> str:
        """Granted, needs_approval or refused."""

    @property
    def approver(self) -> str | None:
        """The role who must approve."""

    @property
    def cumulative(self) -> Decimal:
        """What the rule counts, this proposal included, in yuan."""

    @property
    def why(self) -> str:
        """The rule in words."""


class Desk(Protocol):
    """The desk of one store PC."""

    @property
    def person(self) -> Person | None:
        """Who is logged in."""

    @property
    def policy(self) -> Policy:
        """The pack in force."""

    @property
    def store(self) -> StoreView:
        """This store."""

    def now(self) -> datetime:
        """Return the aware UTC time."""

    # people
    def people(self) -> Sequence[Person]:
        """Return everybody who may log in; empty before the first owner was made."""

    def log_in(self, login: str, password: str) -> Person | Refusal:
        """Log a person in (argon2id; wrong passwords are a refusal)."""

    def log_out(self) -> None:
        """Lock the desk."""

    def create_owner(self, login: str, name: str, password: str) -> Person | Refusal:
        """Make the first person, who may make others (first run only)."""

    # small settings of this PC
    def setting(self, name: str, default: str = "") -> str:
        """Return a setting."""

    def save_setting(self, name: str, value: str) -> None:
        """Keep a setting."""

    # looking
    def today(self) -> TodayView:
        """Return the Today board."""

    def page(
        self, wanted: TicketFilter, after: PageCursor | None, limit: int
    ) -> Sequence[TicketRow]:
        """Return list rows newest first."""

    def count(self, wanted: TicketFilter) -> int:
        """Return how many rows fit."""

    def find(self, text: str, limit: int) -> Sequence[TicketRow]:
        """Return tickets by number (a tail is enough), words, phone."""

    def ticket(self, stream: str) -> TicketView | None:
        """Return one ticket."""

    def attachment(self, sha256: str) -> bytes | None:
        """Return an attachment, None when it has not arrived."""

    # acting
    def act(self, stream: str, command: Command) -> tuple[Event, ...] | Refusal:
        """Decide and append a command as the person logged in."""

    def attach(
        self, stream: str, name: str, content: bytes, role: str
    ) -> tuple[Event, ...] | Refusal:
        """Keep a file and append it as evidence (EV-01)."""

    def preview(
        self, stream: str, instrument: str, ledger: str, amount: Decimal, payee: str
    ) -> AuthorityView | Refusal:
        """Return what would be decided, without writing anything."""

    # intake
    def suggest(self, words: str) -> SuggestionView:
        """Suggest code, level and emotion from the customer's words."""

    def same_customer(self, phone: str, member_no: str, receipt_no: str) -> Sequence[TicketRow]:
        """Return the customer's tickets (IN-07, IN-09)."""

    def open_ticket(
        self,
        fields: Mapping[str, str | int | bool],
        *,
        channel: str,
        quick: bool,
        arrived_at: datetime | None,
        draft: str | None,
    ) -> TicketRow | Refusal:
        """Open a ticket from typing; the draft it came from is forgotten with the same save."""

    def new_draft_id(self) -> str:
        """Return an id for a draft."""

    def save_draft(self, draft: SavedDraft) -> None:
        """Keep typing."""

    def drafts(self) -> Sequence[SavedDraft]:
        """Return kept typing, the newest first."""

    def delete_draft(self, draft: str) -> None:
        """Forget a draft."""

    # paper
    def read_form(self, path: Path) -> Sequence[FormReading]:
        """Read every page of a file; readings carry their own errors."""

    def accept_form(
        self,
        reading: FormReading,
        fields: Mapping[str, str | int | bool],
        picture: Path,
    ) -> TicketRow | Refusal:
        """Open a ticket from a reviewed page, the picture as evidence (IN-04)."""

    def print_forms(self, out: Path, count: int) -> None:
        """Write blank forms with serial numbers as PDF."""

    # paper out
    def document(self, stream: str, kind: DocumentKind, out: Path) -> Path | Refusal:
        """Write a PDF of the ticket; returns where."""

    # HQ
    def enrolment(self) -> Enrolment | None:
        """Return the enrolment, None before it."""

    def sync_status(self) -> SyncStatus:
        """Return where the exchange stands."""

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join HQ by a one-time code."""

    def exchange(self, progress: Callable[[int, int], None] | None = None) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks."""
