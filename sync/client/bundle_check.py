"""Proves a courier file (U 盘交换文件) without taking it: chains, signatures, receipts (AU-02)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from desktop.journal.chain import GENESIS, Fault
from desktop.services.courier_ports import ChainPlace, CheckedBundle
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
    except _Bad as bad:
        fault = bad.fault
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


class _Bad(Exception):
    def __init__(self, chain: str, seq: int, detail: str) -> None:
        self.fault = Fault(chain, seq, "head", detail)


def _places(bundle: Bundle) -> Iterator[ChainPlace]:
    if bundle.kind == "down":
        return _answered(bundle)
    if bundle.kind in ("up", "peer"):
        return _written(bundle)
    raise BadBundle("damaged")


def _written(bundle: Bundle) -> Iterator[ChainPlace]:
    """Check a PC's own batches: each ends at the head that the PC signed."""
    chain, prev, after = bundle.chain, bundle.prev or GENESIS, None
    for body in bundle.bodies:
        request = _unpacked(body, protocol.SyncRequest, chain)
        first, last = request.first_seq, request.first_seq + len(request.events) - 1
        if request.chain != chain or first != (first if after is None else after + 1):
            raise _Bad(chain, first, "does not follow what stands before it in the file")
        message = protocol.head_message(chain, last, request.head)
        if not protocol.verify(bundle.public_key, message, request.signature):
            raise _Bad(chain, max(last, 1), "the PC's signature does not fit the head")
        if request.events:
            run = protocol.FeedRun(chain, first, prev, request.events)
            prev = _end(run, request.salts)
        if prev != request.head:
            raise _Bad(chain, max(last, 1), "its events are not those that the PC signed")
        after = last
        if request.events:
            yield ChainPlace(chain, first, last, prev)


def _answered(bundle: Bundle) -> Iterator[ChainPlace]:
    """Check HQ's answers: its receipt for the PC's chain, and one for the end of each run."""
    for body in bundle.bodies:
        answer = _unpacked(body, protocol.SyncResponse, bundle.chain)
        if answer.receipt is not None:
            _check_receipt(bundle, answer.receipt)
        for run in answer.feed:
            if not run.events:
                continue
            try:
                events = feed.incoming([run], answer.salts, bundle.public_key)[0].events
            except Failed as failed:
                raise _Bad(run.chain, run.first_seq, failed.failure.detail) from failed
            end = events[-1].record
            yield ChainPlace(run.chain, run.first_seq, end.seq, end.hash)


def _unpacked(body: bytes, kind: type[protocol.T], chain: str) -> protocol.T:
    try:
        return protocol.unpack(body, kind)
    except protocol.BadMessage as error:
        raise _Bad(chain, 0, str(error)) from error


def _end(run: protocol.FeedRun, salts: dict[str, bytes]) -> bytes:
    try:
        return feed.linked(run, salts)[-1].record.hash
    except Failed as failed:
        raise _Bad(run.chain, run.first_seq, failed.failure.detail) from failed


def _check_receipt(bundle: Bundle, sent: protocol.WireReceipt) -> None:
    try:
        signed = protocol.verify_receipt(bundle.public_key, feed.receipt_of(bundle.chain, sent))
    except Failed as failed:
        raise _Bad(bundle.chain, sent.seq, failed.failure.detail) from failed
    if not signed:
        raise _Bad(bundle.chain, sent.seq, "the receipt is not signed by headquarters")


def _check_attachments(bundle: Bundle) -> None:
    for name, held in bundle.attachments.items():
        if held and hashlib.sha256(held).hexdigest() != name:
            raise _Bad(bundle.chain, 0, f"attachment {name} has other bytes than its name says")
