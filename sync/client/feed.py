"""Events from HQ's feed: their hashes and digests are computed here from what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from desktop.journal.chain import next_hashes
from desktop.journal.records import Record
from desktop.services.exchange_ports import ExchangeFailure, IncomingEvent, Receipt
from sync import protocol, reading
from sync.client.transport import Failed

#: Events worked out between two looks whether somebody saves: 1 ms.
_AT_ONCE: Final = 64


def _goes_on() -> None:
    """Give way to nobody."""


@dataclass(frozen=True, slots=True)
class Run:
    """Events of one chain that follow each other, and HQ's receipt for the last of them."""

    events: Sequence[IncomingEvent]
    receipt: Receipt | None


def incoming(
    runs: Sequence[protocol.FeedRun],
    salts: dict[str, bytes],
    hq_key: bytes,
    give_way: Callable[[], object] = _goes_on,
) -> list[Run]:
    """Return the runs in feed order; `give_way` is called every few events, as somebody may save.

    Raises Failed when one cannot be read or its end is not the one that HQ signed: then somebody
    in between, or in HQ's database, changed, left out or added something.
    """
    return [_run(run, salts, hq_key, give_way) for run in runs if run.events]


def linked(
    run: protocol.FeedRun, salts: dict[str, bytes], give_way: Callable[[], object] = _goes_on
) -> list[IncomingEvent]:
    """Return a run's events chained onto the hash before it; raises Failed."""
    found: list[IncomingEvent] = []
    prev = run.prev
    for at in range(0, len(run.events), _AT_ONCE):
        give_way()
        found += _part(run, at, salts, prev)
        prev = found[-1].record.hash
    return found


def _part(
    run: protocol.FeedRun, at: int, salts: dict[str, bytes], prev: bytes
) -> list[IncomingEvent]:
    """Return `_AT_ONCE` events of a run from index `at`, chained onto `prev`; raises Failed."""
    first_seq, events = run.first_seq + at, run.events[at : at + _AT_ONCE]
    try:
        told = reading.read(run.chain, first_seq, events, salts)
    except protocol.BadMessage as error:
        raise Failed(ExchangeFailure("bad_answer", str(error))) from error
    stored = zip((sent.core for sent in events), told.digests, strict=True)
    hashes = next_hashes(prev, run.chain, first_seq, stored)
    return [
        IncomingEvent(
            Record(run.chain, seq, told.streams[i], sent.core, told.digests[i], hashes[i]),
            _texts(told.fields[i], sent.values),
            prev=prev if seq == run.first_seq else None,
            gaps=run.gaps,
        )
        for i, (seq, sent) in enumerate(enumerate(events, first_seq))
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


def _run(
    run: protocol.FeedRun,
    salts: dict[str, bytes],
    hq_key: bytes,
    give_way: Callable[[], object],
) -> Run:
    found = linked(run, salts, give_way)
    prev = found[-1].record.hash
    signed = run.receipt
    place = f"{run.chain}:{run.first_seq + len(run.events) - 1}"
    if signed is None or (signed.seq, signed.head) != (found[-1].record.seq, prev):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not the events that HQ signed"))
    receipt = receipt_of(run.chain, signed)
    if not protocol.verify_receipt(hq_key, receipt):
        raise Failed(ExchangeFailure("bad_answer", f"{place}: not signed by HQ"))
    return Run(found, receipt)
