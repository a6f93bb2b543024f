"""Speaks to headquarters; the HTTP client is loaded at the first exchange."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import (
    Attachments,
    Clock,
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    Hq,
    SyncStore,
)

#: Set to 1 where headquarters is reached over http:// on a network of one's own.
ALLOW_PLAIN: Final = "AMENDS_PLAIN_HTTP"


class LateHq:
    """Implements the port `Hq` with `sync.client`."""

    def __init__(
        self, store: SyncStore, attachments: Attachments, clock: Clock, phone: EnvelopeStore
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._clock = clock
        self._phone = phone

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join this PC to HQ by a one-time code."""
        return self._client().enrol(url, code)

    def exchange(self, progress: Callable[[int, int], None] | None = None) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks."""
        return self._client().exchange(progress)

    def _client(self) -> Hq:
        from sync.client import HqClient, LineOptions

        options = LineOptions(allow_plain=os.environ.get(ALLOW_PLAIN) == "1")
        return HqClient(self._store, self._attachments, self._clock, options, phone=self._phone)
