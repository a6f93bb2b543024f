"""Small chains written by the journal's own code, to be checked and to be damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from desktop.domain.events import Draft
from desktop.journal import digests
from desktop.journal.chain import GENESIS, StoredEvent, next_hash
from desktop.journal.records import Record, Written, encode_core

CHAIN = "C01"
STREAM = "T-1"
SALT = bytes(range(16))
AT = datetime(2026, 11, 16, 2, 0, 0, 123456, tzinfo=UTC)
DRAFTS = (
    Draft("ticket.opened", {"number": "N-1", "fields": {"emotion": 3}}, {"verbatim": "包装破损"}),
    Draft("comment.added", {}, {"text": "包装破损", "name": "张三"}),
    Draft("step.completed", {"step": "calm"}),
)


def written(stream: str = STREAM, lc: int = 1) -> Written:
    return Written(stream, lc, {"C02": 7}, AT, -250, "P-li", "2026.11")


def chain_of(drafts: Sequence[Draft] = DRAFTS) -> list[StoredEvent]:
    """Write `drafts` as one chain."""
    head, events = GENESIS, []
    for seq, draft in enumerate(drafts, start=1):
        core = encode_core(draft, written(lc=seq))
        run = digests.digests_of(SALT, CHAIN, seq, dict(draft.personal))
        head = next_hash(head, CHAIN, seq, core, run)
        record = Record(CHAIN, seq, STREAM, core, run, head)
        events.append(StoredEvent(record, SALT, dict(draft.personal)))
    return events


def with_record(event: StoredEvent, **changes: object) -> StoredEvent:
    return replace(event, record=replace(event.record, **changes))
