"""A real store PC for tests: SQLCipher journal, real client, no window."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.domain.events import Draft
from desktop.domain.rows import RowFacts
from desktop.services.ports import Author
from desktop.storage.ids import RandomIds, SystemClock
from desktop.storage.store import StoreData, open_store
from sync.client import HqClient, LineOptions
from tests.sync.devices import opened, proposed

QUICK = LineOptions(
    connect_timeout=2, read_timeout=20, attempts=2, first_wait=0.02, longest_wait=0.1
)


def _facts(*_: object) -> RowFacts:
    """What a row says of its policy; sync does not look at it."""
    return RowFacts(
        node="", family="", words=(), due_at=None, due_clock="", due_rule="", waiting_due=None
    )


def open_pc(folder: Path) -> StoreData:
    return open_store(folder, RandomIds(), _facts, ZoneInfo("Asia/Shanghai"))


def client(data: StoreData, options: LineOptions = QUICK, batch_events: int = 2000) -> HqClient:
    return HqClient(data.sync, data.attachments, SystemClock(), options, batch_events=batch_events)


def author(person: str = "p-clerk") -> Author:
    return Author(person, datetime.now(UTC), "2026.1")


def complain(data: StoreData, number: int, amount: str | None = None) -> str:
    """Open a complaint, with a compensation that waits for approval if an amount is given."""
    stream = f"t-{number:06d}"
    with data.journal.write() as writer:
        writer.append(stream, [opened(f"S0217-A-1121-{number:03d}")], author())
        if amount is not None:
            writer.append(stream, [proposed(f"i-{number}", amount)], author("p-supervisor"))
    return stream


def append(data: StoreData, stream: str, *drafts: Draft) -> None:
    with data.journal.write() as writer:
        writer.append(stream, drafts, author())
