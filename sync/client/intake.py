"""Hands HQ's feed to the store in short transactions, so that saving stays quick meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.services.exchange_ports import ChainGap, IncomingEvent, Receipt, SyncStore
from sync.client.feed import Run

#: The writer should be held no longer than this; the next transaction has as many events as fit.
_STEP_SECONDS: Final = 0.006
#: Between two transactions, so that a save that waits gets its turn.
_PAUSE_SECONDS: Final = 0.002
#: The same while somebody works here: the writer is free for most of the time.
_BUSY_STEP_SECONDS: Final = 0.002
_BUSY_PAUSE_SECONDS: Final = 0.014
#: Fewer keep a save no shorter from its turn: beginning and making durable take as long.
_LEAST_STEP: Final = 8
_LONGEST_STEP: Final = 400


@dataclass(slots=True)
class Intake:
    """Takes one answer's runs over."""

    store: SyncStore
    salts: Mapping[str, bytes]
    _step: int = _LEAST_STEP

    def take(self, runs: Sequence[Run], cursor: Mapping[str, int]) -> int:
        """Store all runs, then the cursor; return how many events were new.

        A chain whose events do not follow what is here waits at HQ: the others are taken, the
        cursor stays, and the fault is raised. Raises ChainFork and ChainGap.
        """
        try:
            return self._taken(runs, cursor)
        finally:
            self.store.expect_feed(())

    def _taken(self, runs: Sequence[Run], cursor: Mapping[str, int]) -> int:
        new = 0
        gap: ChainGap | None = None
        for run in runs:
            try:
                new += self._take_run(run)
            except ChainGap as error:
                gap = gap or error
        if gap is not None:
            raise gap
        return new + self.store.accept_feed((), {}, cursor)

    def _take_run(self, run: Run) -> int:
        new = 0
        self.store.expect_feed(run.events)
        for events, receipts in self._steps(run):
            started = time.monotonic()
            new += self.store.accept_feed(events, self.salts, {}, receipts)
            took = time.monotonic() - started
            busy = self.store.saved_lately()
            if len(events) == self._step:
                most = _BUSY_STEP_SECONDS if busy else _STEP_SECONDS
                fitting = int(self._step * most / max(took, 0.0001))
                self._step = max(_LEAST_STEP, min(_LONGEST_STEP, fitting, 2 * self._step))
            time.sleep(_BUSY_PAUSE_SECONDS if busy else _PAUSE_SECONDS)
        return new

    def _steps(self, run: Run) -> Iterator[tuple[Sequence[IncomingEvent], Sequence[Receipt]]]:
        """Cut a run; HQ's receipt comes with the last part, which it is for."""
        at = 0
        receipts = () if run.receipt is None else (run.receipt,)
        while at < len(run.events):
            part = run.events[at : at + self._step]
            at += len(part)
            yield part, receipts if at == len(run.events) else ()
