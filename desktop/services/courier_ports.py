"""The courier's port: files that carry events where no line does (SY-02)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and the code that opens it; sizes in bytes."""

    path: Path
    code: str
    events: int
    attachments: int
    size: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file brought: new events, and up to where HQ has given receipts."""

    received: int
    acked_seq: int


@dataclass(frozen=True, slots=True)
class CourierRefusal:
    """Why a file was not written or taken: code names a text `courier.<code>`."""

    code: str
    detail: str = ""


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
