"""A request of several batches, made while it is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.services.exchange_ports import SyncStore
from desktop.services.ports import Clock
from sync import protocol
from sync.client import batches

#: A request ends after so many seconds or bytes, so that receipts keep coming.
_SECONDS: Final = 5.0
_BYTES: Final = protocol.MAX_PUSH // 4
#: Events of the first batch, twice as many each time after it: HQ begins sooner.
_FIRST: Final = 500


@dataclass(slots=True)
class Push:
    """What goes into the request after event `after`; `batch` is the last one, made `at`."""

    store: SyncStore
    clock: Clock
    sender: batches.Sender
    after: int
    limit: int
    batch: batches.Batch | None = None
    at: datetime | None = None

    def bodies(self) -> Iterator[bytes]:
        """Yield batches until the queue is empty or the request has taken long enough."""
        begun = time.monotonic()
        size = 0
        after, head, limit = self.after, b"", _FIRST
        while True:
            limit, now = limit * 2, min(limit, self.limit)
            batch = batches.next_batch(self.store, after, now, head, checked=False)
            if not batch.events:
                return
            self.batch, self.at = batch, self.clock.now()
            after, head = batch.last_seq, batch.head
            body = protocol.pack(self.sender.request(batch, self.at))
            size += len(body)
            yield body
            if time.monotonic() - begun > _SECONDS or size > _BYTES:
                return
