"""Events from HQ's feed: their hashes and digests are computed here from what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop.journal.chain import next_hashes
from desktop.journal.records import Record
from desktop.services.exchange_ports import ExchangeFailure, IncomingEvent, Receipt
from sync import protocol, reading
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
    try:
        told = reading.read(run.chain, run.first_seq, run.events, salts)
    except protocol.BadMessage as error:
        raise Failed(ExchangeFailure("bad_answer", str(error))) from error
    stored = zip((sent.core for sent in run.events), told.digests, strict=True)
    hashes = next_hashes(run.prev, run.chain, run.first_seq, stored)
    return [
        IncomingEvent(
            Record(run.chain, seq, told.streams[i], sent.core, told.digests[i], hashes[i]),
            _texts(told.fields[i], sent.values),
            prev=run.prev if i == 0 else None,
            gaps=run.gaps,
        )
        for i, (seq, sent) in enumerate(enumerate(run.events, run.first_seq))
    ]


def receipt_of(chain: str, sent: protocol.WireReceipt) -> Receipt:
    """Return a receipt as it is kept; raises Failed when it tells no time."""
    try:
        at = datetime.fromtimestamp(sent.signed_at / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Failed(ExchangeFailure("bad_answer", f"{chain}:{sent.seq}: no time")) from error
    return Receipt(chain, sent.seq, sent.head, at, sent.signature)


def _texts(names: Sequence[str], values: Sequence[str | None]) -> dict[str, str]:
    return {n: v for n, v in zip(names, values, strict=False) if isinstance(v, str)}


def _run(run: protocol.FeedRun, salts: dict[str, bytes], hq_key: bytes) -> Run:
    found = linked(run, salts)
    prev = found[-1].record.hash
    signed = run.receipt
    place = f"{run.chain}:{run.first_seq + len(run.events) - 1}"
    if signed is None or (signed.seq, signed.head) != (found[-1].record.seq, prev):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not the events that HQ signed"))
    receipt = receipt_of(run.chain, signed)
    if not protocol.verify_receipt(hq_key, receipt):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not signed by HQ"))
    return Run(found, receipt)
