"""What HQ does by itself beside answering: envelopes in stock, packs to new stores, self-checks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, text

from sync.hq import envelope_stock, publishing
from sync.hq.attachments import AttachmentStore
from sync.hq.keys import SigningKey
from sync.hq.selfcheck import SelfCheck

_log = logging.getLogger(__name__)

#: One process at a time looks after things; the others leave it to that one.
_LOCK: Final = 7_221_607
_TAKE: Final = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO: Final = text("SELECT pg_advisory_unlock(:key)")


class Upkeep:
    """A thread that does a round every `every` seconds."""

    def __init__(
        self,
        engine: Engine,
        key: SigningKey,
        now: Callable[[], datetime],
        files: AttachmentStore | None = None,
        every: float = 10.0,
    ) -> None:
        self._engine = engine
        self._key = key
        self._now = now
        self._every = every
        self._sent: set[tuple[str, str]] = set()
        self._files = files
        self._check = SelfCheck(engine, key)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round in hand."""
        self._stopping.set()
        self._thread.join()

    def round(self) -> bool:
        """Do what is due; false when another process is at it."""
        with self._engine.connect() as guard:
            if not guard.execute(_TAKE, {"key": _LOCK}).scalar_one():
                return False
            guard.commit()
            try:
                self._due()
            finally:
                guard.execute(_LET_GO, {"key": _LOCK})
                guard.commit()
        return True

    def _due(self) -> None:
        now = self._now()
        # What locks stores ends before chains are read again, which takes a while.
        with self._engine.begin() as connection:
            packs = publishing.deliver(connection, now, self._sent)
            made = envelope_stock.top_up(connection, self._key, now)
        if packs or made:
            _log.info("upkeep", extra={"packs_sent": packs, "envelopes_made": made})
        self._check.round(now)
        if self._files is not None:
            self._files.sweep()

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self.round()
            except Exception:
                # The database may be restarting; the next round does what is still due.
                _log.exception("upkeep failed")
                self._sent.clear()
