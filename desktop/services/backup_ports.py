"""What keeping backups needs from outside: one that writes whole archives and checks them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Backup:
    """One archive on disk: where, how large in bytes, of which store, made when (aware UTC)."""

    path: Path
    size: int
    store: str
    made_at: datetime
    events: int
    attachments: int
    needs_this_pc: bool
    """Whether it opens with this PC's key alone, since no recovery passphrase was set."""


class BackupWriter(Protocol):
    """Writes archives of one installation's data."""

    def write(self, target: Path, store: str, made_at: datetime) -> Backup:
        """Write and check an archive; `target` appears whole or not at all.

        Raises StorageFull or StorageFault.
        """
        ...

    def read(self, path: Path) -> Backup:
        """Return what an archive says of itself; raises StorageFault when it is torn."""
        ...

    def set_passphrase(self, passphrase: str) -> None:
        """From now on archives open on any PC with this passphrase."""
        ...

    def has_passphrase(self) -> bool:
        """Tell whether archives open on another PC."""
        ...
