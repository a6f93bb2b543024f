"""What the exchange with headquarters reads and writes here, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:  # the login page needs this module, and none of what its ports speak of
    from desktop.journal.records import Record
    from desktop.services.queue_ports import Queue


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


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why an attachment could not be sent: the file is gone, altered or cannot be read here.

    Or it is larger than HQ takes, or HQ refused it. The reason names a text `ui_stuck.why.…`.
    """

    reason: Literal["missing", "altered", "unreadable", "too_large", "refused"]
    detail: str = ""


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

    def expect_feed(self, events: Sequence[IncomingEvent]) -> None:
        """Work out at once what `events` make, before `accept_feed` takes them in parts.

        A ticket of which more is to come is listed with its last event; () when all are taken.
        """
        ...

    def saved_lately(self) -> bool:
        """Tell whether somebody here is at work, whose saves should not wait."""
        ...

    def give_way(self) -> None:
        """Wait, a moment at most, while somebody here saves."""
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

    def pending_attachments(
        self, limit: int, after: str = "", now: datetime | None = None
    ) -> Sequence[str]:
        """Return SHA-256 of attachments that HQ has not acknowledged, in order, after `after`.

        What HQ refused twice in a row rests for the hour before `now`: it is left out.
        """
        ...

    def pending_bytes(self, now: datetime | None = None) -> int:
        """Return how many bytes the attachments have that `pending_attachments` names."""
        ...

    def attachment_stuck(self, sha256: str, stuck: Stuck, at: datetime) -> None:
        """Note why an attachment did not go, until it is acknowledged."""
        ...

    def attachment_acknowledged(self, sha256: str) -> None:
        """Mark an attachment as held by HQ."""
        ...

    def move_on(self, new: str, common: int, theirs: FeedPart, enrolment: Enrolment) -> None:
        """Go on under the chain `new`: own events after `common` move there, HQ's come in."""
        ...

    def wanted_attachments(self, limit: int, after: str = "") -> Sequence[str]:
        """Return SHA-256 of attachments that events name and that are not here, in order."""
        ...

    def attachment_arrived(self, sha256: str) -> None:
        """Mark an attachment as fetched; HQ holds it, so it is not sent up again."""
        ...

    def clock_offset_ms(self) -> int | None:
        """Return HQ's clock minus ours at the last exchange, None before it."""
        ...

    def hq_holds(self) -> int | None:
        """Return up to where HQ holds our chain, if its last courier file told of a loss there."""
        ...

    def set_hq_holds(self, seq: int | None) -> None:
        """Remember that HQ lost what it had signed after `seq`; None when it holds it again."""
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
    pending_attachments: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeFailure:
    """Why an exchange did not finish: code names a text `sync.<code>`, nothing is lost."""

    code: Literal[
        "not_enrolled",
        "unreachable",
        "bad_address",
        "plain_http",
        "certificate_time",
        "certificate_name",
        "certificate_other",
        "not_encrypted",
        "refused",
        "bad_answer",
        "wrong_code",
        "other_store",
        "version",
        "outdated",
        "revoked",
        "fork",
        "altered",
        "training",
    ]
    detail: str


ExchangeOutcome: TypeAlias = ExchangeReport | ExchangeFailure

#: Gets what is done and all that is to be done, as far as it is known.
Progress: TypeAlias = Callable[[int, int], None]


class Hq(Protocol):
    """The exchange with headquarters; blocking, to be called off the window's thread."""

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join this PC to HQ by a one-time code."""
        ...

    def exchange(
        self, progress: Progress | None = None, files: Progress | None = None
    ) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks.

        `progress` gets events, `files` bytes of attachments, each as (done, total).
        """
        ...
