"""The courier's port: files that carry events where no line does (SY-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the login page needs this module
    from desktop.journal.chain import Fault


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and the code that opens it; sizes in bytes.

    `stuck` attachments are not in it: they are gone, altered, unreadable or too large here.
    """

    path: Path
    code: str
    events: int
    attachments: int
    size: int
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file brought: new events, and up to where HQ has given receipts.

    `lost_after` is the last own event that HQ still holds when it holds less than it signed.
    """

    received: int
    acked_seq: int
    lost_after: int | None = None


@dataclass(frozen=True, slots=True)
class CourierRefusal:
    """Why a file was not written or taken: code names a text `courier.<code>`.

    A full stick (`stick_full`) also says how many bytes are `needed` and how many it has `free`.
    """

    code: str
    detail: str = ""
    needed: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True)
class ChainPlace:
    """Events of one chain in a file, `first_seq` to `last_seq`, whose hash is `head`."""

    chain: str
    first_seq: int
    last_seq: int
    head: bytes


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """What a file holds, and the first thing wrong in it.

    `kind` is `up` (a PC's events for HQ), `down` (HQ's answer) or `peer` (a PC's whole chain);
    `chain` is the PC's. `signer` is the public key (32 bytes) that the file names: who holds it is
    for the reader to know. A chain of which a region's PC gets a part may have gaps in its place.
    """

    kind: str
    store: str
    chain: str
    written_at: datetime
    signer: bytes
    chains: tuple[ChainPlace, ...]
    events: int
    attachments: int
    fault: Fault | None


class Courier(Protocol):
    """Writes and takes courier files; blocking, to be called off the window's thread."""

    def export_to_hq(self, path: Path) -> Exported | CourierRefusal:
        """Write what HQ has given no receipt for."""
        ...

    def export_to_peer(self, path: Path, store: str) -> Exported | CourierRefusal:
        """Write the whole own chain for another PC of the store."""
        ...

    def take(self, path: Path, code: str, store: str) -> Carried | CourierRefusal:
        """Take a file in; one that came before or too early changes nothing."""
        ...
