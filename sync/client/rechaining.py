"""Going on when HQ holds another chain than the one here: a restored backup or a copied disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from desktop.services.exchange_ports import Enrolment, FeedPart, IncomingEvent, Receipt, SyncStore
from sync import protocol
from sync.client import feed
from sync.client.transport import Forked, Line

_log = logging.getLogger(__name__)

#: A chain is read back in at most so many parts.
_MOST_PARTS: Final = 5_000


@dataclass(slots=True)
class _Theirs:
    """What HQ holds of our chain beyond the last event that both have."""

    common: int
    events: list[IncomingEvent] = field(default_factory=list)
    salts: dict[str, bytes] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)


def go_on(
    store: SyncStore, line: Line, enrolment: Enrolment, new_chain: Callable[[], str], forked: Forked
) -> None:
    """Compare with HQ, then move what only this PC wrote to a chain of its own.

    Raises Failed; `forked` itself when HQ holds nothing else than we do, so that a confused HQ
    makes no chains.
    """
    theirs = _compared(store, line, enrolment)
    if not theirs.events:
        raise forked
    old, new = store.chain(), new_chain()
    signed = protocol.sign(store.device_key(), protocol.rechain_message(old, new))
    request = protocol.RechainRequest(protocol.VERSION, old, new, signed)
    answer = line.ask(protocol.RECHAIN_PATH, request, protocol.EnrolResponse, enrolment.token)
    joined = replace(enrolment, device=answer.device, token=answer.token, letter=answer.letter)
    part = FeedPart(theirs.events, theirs.salts, theirs.receipts)
    store.move_on(new, theirs.common, part, joined)
    _log.warning("%s is also written elsewhere; this PC goes on as %s", old, new)


def _compared(store: SyncStore, line: Line, enrolment: Enrolment) -> _Theirs:
    """Read our chain back from HQ after our last receipt, up to its end."""
    found = _Theirs(store.status().acked_seq)
    after, parted = found.common, False
    for _ in range(_MOST_PARTS):
        request = protocol.ChainRequest(protocol.VERSION, store.chain(), after)
        answer = line.ask(protocol.CHAIN_PATH, request, protocol.ChainResponse, enrolment.token)
        if answer.run is None or not answer.run.events:
            return found
        [run] = feed.incoming((answer.run,), answer.salts, enrolment.hq_key)
        held = store.queue(after, len(run.events))
        ours = dict(zip(held.seqs, held.hashes, strict=True))
        for event in run.events:
            seq = event.record.seq
            parted = parted or ours.get(seq) != event.record.hash
            if not parted:
                found.common = seq
            else:
                found.events.append(event)
        if parted:
            found.salts.update(answer.salts)
            found.receipts.extend(() if run.receipt is None else (run.receipt,))
        after = run.events[-1].record.seq
    return found
