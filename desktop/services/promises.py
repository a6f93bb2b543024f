"""Lists what customers were promised until the end of today (今天的承诺, CO-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.services.identity import Identity
from desktop.services.ports import Clock, Journal

#: More than a side column shows; the rest stands in the list by its clocks.
MOST: Final = 20


class RunningClocks(Protocol):
    """Reads the clocks that run on open complaints."""

    def running(self, clock: str, until: date, limit: int) -> Sequence[str]:
        """Return the complaints on which `clock` is due on `until` or before, the first first."""
        ...


@dataclass(frozen=True, slots=True)
class PromiseDue:
    """A promise neither kept nor explained; `text` and `name` are empty where erased."""

    stream: str
    number: str
    name: str
    text: str
    due: datetime


class Promises:
    """Reads the promises of the day."""

    def __init__(
        self, clocks: RunningClocks, journal: Journal, clock: Clock, identity: Identity
    ) -> None:
        self._clocks = clocks
        self._journal = journal
        self._clock = clock
        self._identity = identity

    def today(self) -> Sequence[PromiseDue]:
        """Return what is due before midnight in the store's zone or was due, the first first."""
        zone = ZoneInfo(self._identity.current().timezone)
        day = self._clock.now().astimezone(zone).date()
        found = []
        for stream in self._clocks.running("promise", day, MOST):
            state = fold.fold(stream, self._journal.events(stream))
            for promise in state.promises.values():
                if promise.open and promise.due and promise.due.astimezone(zone).date() <= day:
                    text = promise.text if isinstance(promise.text, str) else ""
                    name = state.text("customer_name")
                    found.append(PromiseDue(stream, state.number, name, text, promise.due))
        return sorted(found, key=lambda promise: promise.due)
