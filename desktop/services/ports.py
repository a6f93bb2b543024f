"""What the use cases need from outside: journal, queries, attachments, people, settings, time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # the login page needs this module, and none of what its ports speak of
    from desktop.domain.events import Draft, Event
    from desktop.domain.forms import FormReading
    from desktop.domain.outcomes import Refusal, Role
    from desktop.domain.papers import TicketPaper
    from desktop.domain.policy import Policy


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


"""How a list is sorted; by due time it shows open tickets alone, the tightest clock first."""


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
    """Typing that is not recorded yet, kept while it is typed (IN-16).

    A `form` is typing of one person in the forms of one complaint; its body says whose and where.
    """

    id: str
    kind: Literal["intake", "paper", "form"]
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
