"""What people look after in sync: complaints set aside, conflicts, a wrong clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SetAside:
    """A complaint in quarantine: its events are kept, its row could not be made."""

    stream: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflicting:
    """A complaint of which two people wrote different values without knowing of each other."""

    stream: str
    number: str
    summary: str
    conflicts: int


class SyncCare(Protocol):
    """Reads what waits for a person and tries quarantine again."""

    def set_aside(self, limit: int) -> Sequence[SetAside]:
        """Return complaints in quarantine."""
        ...

    def try_again(self) -> int:
        """Make their rows again; return how many are still in quarantine."""
        ...

    def conflicting(self, limit: int) -> Sequence[Conflicting]:
        """Return complaints with conflicts to settle, the newest first."""
        ...

    def clock_offset_ms(self) -> int | None:
        """Return HQ's clock minus this PC's at the last exchange, None before it."""
        ...
