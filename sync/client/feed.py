"""Events from HQ's feed: their hashes and digests are computed here from what came."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop.journal import records
from desktop.journal.chain import next_hash
from desktop.journal.records import Record
from desktop.services.ports import ExchangeFailure, IncomingEvent
from sync import protocol
from sync.client.transport import Failed


class _Core(msgspec.Struct):
    s: str


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
        stream = msgspec.json.decode(sent.core, type=_Core).s
        names = records.personal_fields(sent.core)
        run = protocol.digest_run(salts.get(stream), chain, seq, names, sent.values)
    except (records.TornRecord, protocol.BadMessage, msgspec.MsgspecError) as error:
        raise Failed(ExchangeFailure("bad_answer", f"{chain}:{seq}: {error}")) from error
    digest = next_hash(prev, chain, seq, sent.core, run)
    values = {
        name: value
        for name, value in zip(names, sent.values, strict=True)
        if isinstance(value, str)
    }
    return IncomingEvent(Record(chain, seq, stream, sent.core, run, digest), values)
