"""What people look after in sync: complaints set aside, conflicts, files that cannot go."""

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


@dataclass(frozen=True, slots=True)
class StuckAttachment:
    """An attachment that could not be sent, of which complaint it is, and why (`Stuck`).

    `size` is in bytes; `stream`, `number` and `name` are "" where they are not known.
    """

    sha256: str
    stream: str
    number: str
    name: str
    size: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class WentOn:
    """This PC's data were a restored backup or a copy: it goes on under a chain of its own.

    `letter` stands in its numbers from now on; `moved` complaints have parts that only it wrote.
    """

    old: str
    new: str
    letter: str
    moved: int


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

    def stuck_attachments(self, limit: int) -> Sequence[StuckAttachment]:
        """Return attachments that could not be sent, by the number of their complaint."""
        ...

    def send_refused_again(self) -> None:
        """Let attachments that HQ refused go again with the next exchange."""
        ...

    def fetch_again(self, sha256: str) -> None:
        """Have an attachment brought back that HQ holds and that is lost here."""
        ...

    def went_on(self) -> WentOn | None:
        """Return that this PC went on under a new chain, until somebody has read it."""
        ...

    def went_on_read(self) -> None:
        """Note that somebody has read it."""
        ...
