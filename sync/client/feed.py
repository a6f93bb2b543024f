"""Events from HQ's feed: their hashes and digests are computed here from what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from desktop.journal.chain import next_hash
from desktop.journal.records import Record
from desktop.services.ports import ExchangeFailure, IncomingEvent, Receipt
from sync import protocol
from sync.client.transport import Failed


@dataclass(frozen=True, slots=True)
class Run:
    """Events of one chain that follow each other, and HQ's receipt for the last of them."""

    events: Sequence[IncomingEvent]
    receipt: Receipt | None


def incoming(runs: Sequence[protocol.FeedRun], salts: dict[str, bytes], hq_key: bytes) -> list[Run]:
    """Return the runs in feed order.

    Raises Failed when one cannot be read or its end is not the one that HQ signed: then somebody
    in between, or in HQ's database, changed, left out or added something.
    """
    return [_run(run, salts, hq_key) for run in runs if run.events]


def linked(run: protocol.FeedRun, salts: dict[str, bytes]) -> list[IncomingEvent]:
    """Return a run's events chained onto the hash before it; raises Failed."""
    found = []
    prev = run.prev
    for seq, sent in enumerate(run.events, run.first_seq):
        event = _event(run.chain, seq, prev, sent, salts)
        first = seq == run.first_seq
        found.append(replace(event, prev=run.prev if first else None, gaps=run.gaps))
        prev = event.record.hash
    return found


def _run(run: protocol.FeedRun, salts: dict[str, bytes], hq_key: bytes) -> Run:
    found = linked(run, salts)
    prev = found[-1].record.hash
    signed = run.receipt
    place = f"{run.chain}:{run.first_seq + len(run.events) - 1}"
    if signed is None or (signed.seq, signed.head) != (found[-1].record.seq, prev):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not the events that HQ signed"))
    try:
        at = datetime.fromtimestamp(signed.signed_at / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Failed(ExchangeFailure("bad_answer", f"{place}: no time")) from error
    receipt = Receipt(run.chain, signed.seq, signed.head, at, signed.signature)
    if not protocol.verify_receipt(hq_key, receipt):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not signed by HQ"))
    return Run(found, receipt)


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
