"""Speaks to headquarters; the HTTP client is loaded at the first exchange."""

from __future__ import annotations

import logging
import os
import platform
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from desktop.journal.chain import Fault
from desktop.services.certificates import CERTIFICATE
from desktop.services.exchange_ports import (
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    Progress,
    SyncStore,
)
from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import Attachments, Clock

if TYPE_CHECKING:
    from sync.client import HqClient, LineOptions

__all__ = ("ALLOW_PLAIN", "CERTIFICATE", "LateHq")

#: Set to 1 where headquarters is reached over http:// on a network of one's own.
ALLOW_PLAIN: Final = "AMENDS_PLAIN_HTTP"


_log = logging.getLogger(__name__)

#: Seconds that an exchange computes before whoever saves gets its turn; Python's own are five times
#: as long, and a save needs a dozen.
_TURN: Final = 0.001


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let others have their turn sooner until the block ends."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class LateHq:
    """Implements the port `Hq` with `sync.client`."""

    def __init__(
        self,
        store: SyncStore,
        attachments: Attachments,
        clock: Clock,
        phone: EnvelopeStore,
        certificate: Callable[[], str] = str,
        orders: Callable[[], object] | None = None,
        check: Callable[[], Fault | None] | None = None,
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._clock = clock
        self._phone = phone
        self._certificate = certificate
        self._orders = orders
        self._check = check
        self._kept: tuple[LineOptions, HqClient] | None = None

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join this PC to HQ by a one-time code."""
        return self._client().enrol(url, code)

    def exchange(
        self, progress: Progress | None = None, files: Progress | None = None
    ) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks; then look for altered records.

        What was exchanged stays exchanged when one is found; it is told until it is mended.
        """
        with _short_turns():
            outcome = self._client().exchange(progress, files)
        if self._orders is not None:
            try:
                self._orders()
            except OSError as error:
                # It is kept in the journal and carried out after the next exchange.
                _log.warning("an order of headquarters waits: %s", error)
        if self._check is None or isinstance(outcome, ExchangeFailure):
            return outcome
        fault = self._check()
        if fault is None:
            return outcome
        place = f"{fault.chain}:{fault.seq}"
        return ExchangeFailure("altered", f"{place}: {fault.what}: {fault.detail}")

    def _client(self) -> HqClient:
        """Return the client of the last exchange: its line is still open, its certificates read."""
        from sync.client import HqClient, LineOptions

        options = LineOptions(
            allow_plain=os.environ.get(ALLOW_PLAIN) == "1", certificate=self._certificate()
        )
        if self._kept is None or self._kept[0] != options:
            if self._kept is not None:
                self._kept[1].close()
            client = HqClient(
                self._store,
                self._attachments,
                self._clock,
                options,
                phone=self._phone,
                keep_line=True,
                name=platform.node(),
            )
            weakref.finalize(self, client.close)
            self._kept = options, client
        return self._kept[1]
