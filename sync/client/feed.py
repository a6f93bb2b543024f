"""Events from HQ's feed: their hashes and digests are computed here from what came."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.journal.chain import next_hash
from desktop.journal.records import Record
from desktop.services.ports import ExchangeFailure, IncomingEvent
from sync import protocol
from sync.client.transport import Failed


def incoming(runs: Sequence[protocol.FeedRun], salts: dict[str, bytes]) -> list[IncomingEvent]:
    """Return the events of the runs in feed order; raises Failed when they cannot be read."""
    found = []
    for run in runs:
        prev = run.prev
        for seq, sent in enumerate(run.events, run.first_seq):
            event = _event(run.chain, seq, prev, sent, salts)
            prev = event.record.hash
            found.append(event)
    return found


def _event(
    chain: str, seq: int, prev: bytes, sent: protocol.WireEvent, salts: dict[str, bytes]
) -> IncomingEvent:
    try:
        told = protocol.unpack_event(chain, seq, sent, salts)
    except protocol.BadMessage as error:
        raise Failed(ExchangeFailure("bad_answer", str(error))) from error
    linked = next_hash(prev, chain, seq, sent.core, told.digests)
    values = {
        name: value
        for name, value in zip(told.fields, sent.values, strict=False)
        if isinstance(value, str)
    }
    return IncomingEvent(Record(chain, seq, told.stream, sent.core, told.digests, linked), values)
