"""What the use cases need from outside: journal, queries, attachments, people, settings, time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:  # the login page needs this module, and none of what its ports speak of
    from desktop.domain.events import Draft, Event
    from desktop.domain.forms import FormReading
    from desktop.domain.outcomes import Refusal, Role
    from desktop.domain.papers import TicketPaper
    from desktop.domain.policy import Policy
    from desktop.journal.records import Record
    from desktop.services.queue_ports import Queue


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the aware UTC time of this machine."""
        ...


class Ids(Protocol):
    """Makes ids; every call gives a new one."""

    def new_id(self, prefix: str) -> str:
        """Return `prefix` and 13 characters of Crockford base 32 (64 random bits)."""
        ...

    def salt(self) -> bytes:
        """Return 16 random bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Author:
    """Under whose name, when and under which policy version events are written."""

    person: str
    at: datetime
    policy: str


class JournalWriter(Protocol):
    """One open write transaction on the journal; projections follow in it."""

    def events(self, stream: str) -> Sequence[Event]:
        """Return the stream's events in event order, personal values resolved."""
        ...

    def append(self, stream: str, drafts: Sequence[Draft], author: Author) -> Sequence[Event]:
        """Append to this installation's own chain and update the projections."""
        ...

    def next_number(self, day: date) -> int:
        """Return the next count of complaints that this device opened on `day` (1, 2, 3 …)."""
        ...


class Journal(Protocol):
    """The store's journal. Raises StorageFull when the disk takes no more."""

    def write(self) -> AbstractContextManager[JournalWriter]:
        """Open a write transaction; nothing is saved unless the block ends without a fault.

        When the block has ended, what was appended survives a power cut.
        """
        ...

    def events(self, stream: str) -> Sequence[Event]:
        """Return the stream's events in event order, personal values resolved."""
        ...

    def heads(self, stream: str) -> Mapping[str, tuple[int, bytes]]:
        """Return, for each chain on the stream, the last event's seq there and its hash."""
        ...

    def chains(self) -> Mapping[str, tuple[int, bytes]]:
        """Return every chain held here with its last seq and hash."""
        ...


class StorageFull(OSError):
    """The disk is full: nothing of the failed save was kept, all earlier saves are."""


class StorageFault(Exception):
    """The database cannot be opened or read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of the list of complaints, a projection of the ticket.

    `node` is the SOP node of the step in hand; `due_at`/`due_clock`/`due_rule` the tightest
    running clock when the row was written; `uploaded` whether HQ's receipt covers all its events.
    """

    stream: str
    number: str
    opened_at: datetime
    updated_at: datetime
    node: str
    closed: bool
    level: int
    code: str
    emotion: int
    tier: str
    channel: str
    owner: str
    customer_name: str
    phone_tail: str
    product: str
    summary: str
    due_at: datetime | None
    due_clock: str
    due_rule: str
    pending_approvals: int
    conflicts: int
    anomalies: int
    uploaded: bool
    store: str


ListOrder: TypeAlias = Literal["newest", "oldest", "due"]
"""How a list is sorted; by due time it shows open tickets alone, the tightest clock first."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What the list shows; empty fields do not filter. `text` is searched word by word."""

    text: str = ""
    open_only: bool = False
    levels: frozenset[int] = frozenset()
    families: frozenset[str] = frozenset()
    pending_approval: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    order: ListOrder = "newest"


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Where the next page begins (keyset paging): the last row's order key."""

    opened_at: datetime
    stream: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the Today board."""

    open: int
    opened_today: int
    due_soon: int
    overdue: int
    pending_approvals: int
    satisfied: int
    surveyed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits at the counter (到店等待, SL-10); `due_at` is the waiting clock's."""

    stream: str
    name: str
    arrived_at: datetime
    due_at: datetime
    emotion: int


class TicketQueries(Protocol):
    """Reads projections; every call is quick enough for a page (< 20 ms at a million rows)."""

    def page(
        self, wanted: TicketFilter, after: PageCursor | None, limit: int
    ) -> Sequence[TicketRow]:
        """Return rows in the order asked for, after the row that the cursor names."""
        ...

    def page_at(self, wanted: TicketFilter, offset: int, limit: int) -> Sequence[TicketRow]:
        """Return rows from the `offset`-th (0-based) on, for a jump to the middle of a list."""
        ...

    def count(self, wanted: TicketFilter) -> int:
        """Return how many rows fit."""
        ...

    def row(self, stream: str) -> TicketRow | None:
        """Return the row of one ticket."""
        ...

    def open_by_due(self, limit: int) -> Sequence[TicketRow]:
        """Return open tickets, the tightest clock first, those without a clock last."""
        ...

    def open_lengths(self, limit: int) -> Mapping[str, int]:
        """Return how many events each open ticket has, the tightest clock first.

        A ticket whose number is the same as before is as it was: events are only added.
        """
        ...

    def waiting(self) -> Sequence[Waiting]:
        """Return customers at the counter whom nobody has served, the longest wait first."""
        ...

    def by_phone(self, phone: str) -> Sequence[TicketRow]:
        """Return the tickets of a phone number, found by its keyed hash."""
        ...

    def by_number(self, number: str) -> TicketRow | None:
        """Return the ticket with this number, or a unique tail of it."""
        ...

    def by_form_serial(self, serial: str) -> TicketRow | None:
        """Return the ticket that a paper form's serial became."""
        ...

    def awaiting_approval(self) -> Sequence[TicketRow]:
        """Return tickets with a compensation that waits for an approver."""
        ...

    def counts(self, now: datetime, day_start: datetime, month_start: datetime) -> Counts:
        """Return the figures of the Today board."""
        ...

    def streams(self, since: datetime, until: datetime) -> Sequence[str]:
        """Return tickets opened before `until` and open or touched since `since`, oldest first."""
        ...

    def of_code(self, code: str, since: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Return tickets of `code` opened in [since, until), newest first."""
        ...


class Directory(Protocol):
    """Names of everybody whose acts are in the journal, here and at HQ."""

    def names(self) -> Mapping[str, str]:
        """Return person id to name; erased names are missing."""
        ...


class Inbox(Protocol):
    """What arrived from other places and nobody here has opened (EV-02)."""

    def unread(self, limit: int) -> Sequence[Event]:
        """Return comments and decisions of other chains, the last arrived first."""
        ...

    def mark_read(self, stream: str) -> None:
        """Note that somebody opened the ticket."""
        ...


@dataclass(frozen=True, slots=True)
class FormOrder:
    """What to print: how many sheets for which store, in which languages, from which serial."""

    count: int
    store: str
    variant: Literal["zh", "bilingual"] = "zh"
    first_serial: int | None = None


class BlankForms(Protocol):
    """Prints blank paper forms (空白投诉单), each with a serial of its own for ever."""

    def print(self, out: Path, order: FormOrder) -> Sequence[int] | Refusal:
        """Write the forms as PDF; return their serials. Raises OSError."""
        ...


class Attachments(Protocol):
    """Keeps bytes by their SHA-256, encrypted at rest."""

    def put(self, content: bytes, *, local: bool = False) -> str:
        """Keep `content`; return its SHA-256 in hex. Durable when it returns.

        What is `local` stays here: HQ knows its hash and gets a smaller copy instead.
        """
        ...

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes, or None when they have not arrived. Raises when they are damaged."""
        ...

    def remove_erased(self) -> int:
        """Remove the files that an erasure gave up; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; `id` stands for them in events."""

    id: str
    login: str
    name: str
    role: Role
    active: bool


class People(Protocol):
    """Accounts on this PC; passwords are kept as argon2id hashes, never leave it."""

    def all(self) -> Sequence[Person]:
        """Return everybody, by login."""
        ...

    def find(self, login: str) -> tuple[Person, str] | None:
        """Return the person with this login and the password hash."""
        ...

    def get(self, person: str) -> Person | None:
        """Return the person with this id."""
        ...

    def save(self, person: Person, password_hash: str) -> None:
        """Add or replace a person."""
        ...


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """Typing that is not a ticket yet, kept while it is typed (IN-16)."""

    id: str
    kind: Literal["intake", "paper"]
    body: Mapping[str, str]
    updated_at: datetime


class Drafts(Protocol):
    """Keeps drafts; a save survives a crash."""

    def save(self, draft: SavedDraft) -> None:
        """Add or replace a draft."""
        ...

    def all(self) -> Sequence[SavedDraft]:
        """Return every draft, the newest first."""
        ...

    def delete(self, draft: str) -> None:
        """Forget a draft."""
        ...


class Settings(Protocol):
    """Small settings of this PC by name."""

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        ...

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """HQ's countersignature (回执) of a chain head: what it has, and Ed25519 over it."""

    chain: str
    seq: int
    head: bytes
    signed_at: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a store PC knows of its HQ; `token` is revocable there, `hq_key` is pinned.

    `letter` (A, B, …, Z, AA, …) is this PC's alone in its store, for the numbers of complaints.
    """

    url: str
    store: str
    store_name: str
    device: str
    token: str
    hq_key: bytes
    letter: str = "A"


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A record from HQ's feed; hashes were recomputed by the receiver, not sent.

    `prev` is the hash before the first event of a run, None for those that follow it. `gaps`
    says that only part of this chain comes here: it is a regional PC's.
    """

    record: Record
    values: Mapping[str, str]
    prev: bytes | None = None
    gaps: bool = False


@dataclass(frozen=True, slots=True)
class FeedPart:
    """Events of other chains with their salts, and HQ's receipts for the ends of their runs."""

    events: Sequence[IncomingEvent]
    salts: Mapping[str, bytes]
    receipts: Sequence[Receipt]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Where the exchange stands: own events not under a receipt, last receipt, cursor."""

    pending: int
    seq: int
    head: bytes
    acked_seq: int
    last_receipt: Receipt | None
    cursor: Mapping[str, int]
    quarantined: int
    pending_attachments: int
    wanted_attachments: int = 0


class SyncStore(Protocol):
    """What the exchange with HQ reads and writes on the store's side."""

    def enrolment(self) -> Enrolment | None:
        """Return the enrolment, None before it."""
        ...

    def save_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment."""
        ...

    def chain(self) -> str:
        """Return the id of this installation's chain."""
        ...

    def device_key(self) -> bytes:
        """Return the device's Ed25519 private key (32 bytes), made at the first call."""
        ...

    def status(self) -> SyncStatus:
        """Return where the exchange stands."""
        ...

    def queue(self, after_seq: int, limit: int) -> Queue:
        """Return own events after `after_seq`, in order."""
        ...

    def salts(self, streams: Iterable[str]) -> Mapping[str, bytes]:
        """Return the salts of streams."""
        ...

    def accept_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt and mark what it covers as uploaded."""
        ...

    def accept_feed(
        self,
        events: Sequence[IncomingEvent],
        salts: Mapping[str, bytes],
        cursor: Mapping[str, int],
        receipts: Sequence[Receipt] = (),
    ) -> int:
        """Store events of other chains, update projections and the cursor; return how many new.

        An event whose ticket cannot be projected is quarantined with its reason, the rest flow.
        Known events are skipped; a different event in a known place raises ChainFork, one whose
        predecessor is missing ChainGap.
        """
        ...

    def pending_attachments(self, limit: int) -> Sequence[str]:
        """Return SHA-256 of attachments that HQ has not acknowledged."""
        ...

    def attachment_acknowledged(self, sha256: str) -> None:
        """Mark an attachment as held by HQ."""
        ...

    def move_on(self, new: str, common: int, theirs: FeedPart, enrolment: Enrolment) -> None:
        """Go on under the chain `new`: own events after `common` move there, HQ's come in."""
        ...

    def wanted_attachments(self, limit: int) -> Sequence[str]:
        """Return SHA-256 of attachments that events name and that are not here."""
        ...

    def attachment_arrived(self, sha256: str) -> None:
        """Mark an attachment as fetched; HQ holds it, so it is not sent up again."""
        ...

    def set_clock_offset(self, offset_ms: int) -> None:
        """Remember HQ's clock minus ours, written into later events (wrong clocks are shown)."""
        ...


class ChainFork(Exception):
    """Two different events claim one place of a chain; the message names it."""


class ChainGap(Exception):
    """An event came without the ones before it on its chain; the message names it."""


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """What one exchange did, in the shape of `amends sync --json`; sizes in bytes on the wire."""

    sent: int
    received: int
    bytes_sent: int
    bytes_received: int
    acked_seq: int
    head: str
    pending: int
    quarantined: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ExchangeFailure:
    """Why an exchange did not finish: code names a text `sync.<code>`, nothing is lost."""

    code: Literal[
        "not_enrolled",
        "unreachable",
        "bad_address",
        "plain_http",
        "refused",
        "bad_answer",
        "wrong_code",
        "revoked",
        "fork",
        "altered",
        "training",
    ]
    detail: str


ExchangeOutcome: TypeAlias = ExchangeReport | ExchangeFailure


class Hq(Protocol):
    """The exchange with headquarters; blocking, to be called off the window's thread."""

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join this PC to HQ by a one-time code."""
        ...

    def exchange(self, progress: Callable[[int, int], None] | None = None) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks; progress gets (done, total)."""
        ...


class FormReader(Protocol):
    """Reads paper forms; blocking. Never raises for bad input: readings carry their error."""

    def read(
        self,
        path: Path,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Sequence[FormReading]:
        """Return one reading a page; `progress` is told the pages done, `cancelled` asked."""
        ...

    def picture(self, path: Path, page: int) -> bytes:
        """Return a page (1-based) as PNG or JPEG in the pixels that readings' boxes count.

        Raises ValueError for a file that cannot be shown.
        """
        ...


class Policies(Protocol):
    """The policy packs that this PC trusts."""

    def current(self) -> Policy:
        """Return the pack in force for new tickets."""
        ...

    def of(self, version: str) -> Policy:
        """Return the pack that a ticket started with; the one in force when it is unknown."""
        ...


class DocumentWriter(Protocol):
    """Writes PDFs: A4, fonts embedded, the same bytes from the same data."""

    def ticket(self, paper: TicketPaper) -> bytes:
        """Return the PDF of one ticket's document."""
        ...
