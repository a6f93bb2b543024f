"""Proves a courier file (U 盘交换文件) without taking it: chains, signatures, receipts (AU-02)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from desktop.journal.chain import GENESIS, Fault
from desktop.services.courier_ports import ChainPlace, CheckedBundle
from desktop.services.exchange_ports import IncomingEvent
from sync import courier, protocol
from sync.client import feed
from sync.client.transport import Failed
from sync.courier import BadBundle, Bundle


def check(content: bytes, code: str) -> CheckedBundle:
    """Return what a file holds and the first thing wrong in it; nothing is written anywhere.

    Raises BadBundle when the file cannot be opened: it is none, the code is wrong, or a byte of
    it was altered after it was sealed.
    """
    bundle = courier.unseal(content, code)
    places: dict[str, ChainPlace] = {}
    events, fault = 0, None
    try:
        for place in _places(bundle):
            events += place.last_seq - place.first_seq + 1
            before = places.get(place.chain)
            first = place.first_seq if before is None else before.first_seq
            places[place.chain] = ChainPlace(place.chain, first, place.last_seq, place.head)
        _check_attachments(bundle)
    except AlteredBundle as bad:
        fault = bad.fault
    except protocol.BadMessage as error:
        fault = Fault(bundle.chain, 0, "torn", str(error))
    if fault is None and not courier.is_signed(bundle, bundle.public_key):
        fault = Fault(bundle.chain, 0, "head", "the file is not signed by the key in it")
    return CheckedBundle(
        kind=bundle.kind,
        store=bundle.store,
        chain=bundle.chain,
        written_at=datetime.fromtimestamp(bundle.at / 1000, UTC),
        signer=bundle.public_key,
        chains=tuple(places.values()),
        events=events,
        attachments=sum(1 for held in bundle.attachments.values() if held),
        fault=fault,
    )


class AlteredBundle(Exception):
    """Something in a file is not what was signed; `fault` says where and what."""

    def __init__(self, chain: str, seq: int, detail: str) -> None:
        super().__init__(f"{chain}:{seq}: {detail}")
        self.fault = Fault(chain, seq, "head", detail)


def _places(bundle: Bundle) -> Iterator[ChainPlace]:
    if bundle.kind == "down":
        return _answered(bundle)
    if bundle.kind in ("up", "peer"):
        return _written(bundle)
    raise BadBundle("damaged")


def _written(bundle: Bundle) -> Iterator[ChainPlace]:
    for _request, events in batches_of(bundle, bundle.prev or GENESIS):
        last = events[-1].record
        yield ChainPlace(bundle.chain, events[0].record.seq, last.seq, last.hash)


def batches_of(
    bundle: Bundle, prev: bytes
) -> Iterator[tuple[protocol.SyncRequest, Sequence[IncomingEvent]]]:
    """Yield a PC's own batches that hold events, each proven up to the head that the PC signed.

    `prev` is the hash that the first event follows. Raises AlteredBundle, and BadMessage for a
    body that is none.
    """
    chain, after = bundle.chain, None
    for body in bundle.bodies:
        request = protocol.unpack(body, protocol.SyncRequest)
        first, last = request.first_seq, request.first_seq + len(request.events) - 1
        if request.chain != chain or first != (first if after is None else after + 1):
            raise AlteredBundle(chain, first, "does not follow what stands before it in the file")
        message = protocol.head_message(chain, last, request.head)
        if not protocol.verify(bundle.public_key, message, request.signature):
            raise AlteredBundle(chain, max(last, 1), "the PC's signature does not fit the head")
        run = protocol.FeedRun(chain, first, prev, request.events)
        try:
            events = feed.linked(run, request.salts)
        except Failed as failed:
            raise AlteredBundle(chain, first, failed.failure.detail) from failed
        prev, after = events[-1].record.hash if events else prev, last
        if prev != request.head:
            detail = "its events are not those that the PC signed"
            raise AlteredBundle(chain, max(last, 1), detail)
        if events:
            yield request, events


def _answered(bundle: Bundle) -> Iterator[ChainPlace]:
    """Check HQ's answers: its receipt for the PC's chain, and one for the end of each run."""
    for body in bundle.bodies:
        answer = protocol.unpack(body, protocol.SyncResponse)
        if answer.receipt is not None:
            _check_receipt(bundle, answer.receipt)
        for run in answer.feed:
            if not run.events:
                continue
            try:
                events = feed.incoming([run], answer.salts, bundle.public_key)[0].events
            except Failed as failed:
                raise AlteredBundle(run.chain, run.first_seq, failed.failure.detail) from failed
            end = events[-1].record
            yield ChainPlace(run.chain, run.first_seq, end.seq, end.hash)


def _check_receipt(bundle: Bundle, sent: protocol.WireReceipt) -> None:
    try:
        signed = protocol.verify_receipt(bundle.public_key, feed.receipt_of(bundle.chain, sent))
    except Failed as failed:
        raise AlteredBundle(bundle.chain, sent.seq, failed.failure.detail) from failed
    if not signed:
        raise AlteredBundle(bundle.chain, sent.seq, "the receipt is not signed by headquarters")


def _check_attachments(bundle: Bundle) -> None:
    for name, held in bundle.attachments.items():
        if held and hashlib.sha256(held).hexdigest() != name:
            raise AlteredBundle(
                bundle.chain, 0, f"attachment {name} has other bytes than its name says"
            )
