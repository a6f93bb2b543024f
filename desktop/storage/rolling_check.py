"""Stored data checked a part at a time, beside every exchange: nothing altered stays unnoticed.

`amends verify` reads everything at once; this reads on where it stopped, the own chain first, so
that an altered byte, a cut tail or a receipt taken away is named at the next exchange of a store
of some hundred complaints, and within minutes in a large one (AU-01).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from desktop.journal.chain import GENESIS, Fault
from desktop.storage.event_rows import Head
from desktop.storage.verification import Verifier

_BEGINNING: Final = Head(0, GENESIS)
#: Events in one reading, and seconds between two, so that a save meanwhile gets its turn.
_AT_ONCE: Final = 100
_PAUSE_SECONDS: Final = 0.004
#: Events at one exchange, about a quarter of a second in the background.
PER_EXCHANGE: Final = 2_000
_ALL: Final = 2**62


class RollingCheck:
    """Remembers how far it has come; `verifier` makes what checks, as the store is then."""

    def __init__(self, verifier: Callable[[], Verifier]) -> None:
        self._verifier = verifier
        self._ahead: list[str] = []
        self._at = _BEGINNING
        self._found: Fault | None = None

    def step(self, most: int = PER_EXCHANGE) -> Fault | None:
        """Check the next `most` events, each at most once; return what is wrong until it is not.

        Raises StorageFault for a file that cannot be read.
        """
        verifier = self._verifier()
        if self._found is not None:
            self._found = verifier.part(self._found.chain, _BEGINNING, _ALL).fault
        renewed = False
        while self._found is None and most > 0:
            if not self._ahead:
                if renewed:
                    break
                renewed, self._ahead = True, list(verifier.chains())
            most -= self._one(verifier, min(most, _AT_ONCE))
            time.sleep(_PAUSE_SECONDS)
        return self._found

    def _one(self, verifier: Verifier, most: int) -> int:
        """Check the next events of the chain in hand; return how many."""
        of, before = self._ahead[0], self._at
        part = verifier.part(of, before, most)
        if part.fault is not None and before.seq:
            # Where it stopped may be gone: a copy of this data went on under another chain.
            part = verifier.part(of, _BEGINNING, _ALL)
        self._found, self._at = part.fault, part.reached
        if part.ended or part.fault is not None:
            self._ahead.pop(0)
            self._at = _BEGINNING
        return max(1, part.reached.seq - before.seq)
