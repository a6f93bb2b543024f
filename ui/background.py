"""Runs work off the GUI thread: one serial worker per lane, results handed back to the window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal, TypeVar, get_args

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

Lane = Literal["journal", "ocr", "network", "files", "reminders", "upkeep"]
LANES: Final[tuple[Lane, ...]] = get_args(Lane)
SHUTDOWN_MS: Final = 30_000

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A piece of work under way; `cancel` asks it to stop and drops its result."""

    _cancelled: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[object], None] = lambda _value: None

    def cancel(self) -> None:
        """Ask the work to stop; its result and errors are no longer reported."""
        self._cancelled.set()

    def stop(self) -> None:
        """Ask the work to end early; how it ended is reported all the same."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Tell the work whether it should end, be it stopped or cancelled."""
        return self._stopping.is_set() or self._cancelled.is_set()

    @property
    def cancelled(self) -> bool:
        """Tell the work whether it should stop."""
        return self._cancelled.is_set()


class _Relay(QObject):
    """Carries a call from a worker to the GUI thread."""

    call = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.call.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def _run(self, act: Callable[[], None]) -> None:
        act()


class _Task(QRunnable):
    def __init__(self, body: Callable[[], None]) -> None:
        super().__init__()
        self._body = body

    def run(self) -> None:
        self._body()


class Background:
    """The only place with threads: six lanes, each of which does one thing after the other.

    The journal lane saves and reads for the screens; long reading for a file (export, backup) has
    the files lane with a connection of its own, so that nobody waits for it. So have the looks at
    every open clock, and what a new version makes again of old data.
    """

    def __init__(self) -> None:
        self._relay = _Relay()
        self._pools: dict[Lane, QThreadPool] = {}
        self._pending: set[int] = set()
        self._closed = False
        for lane in LANES:
            pool = QThreadPool()
            pool.setMaxThreadCount(1)
            # A lane keeps its thread: SQLite connections are bound to the thread that made them.
            pool.setExpiryTimeout(-1)
            self._pools[lane] = pool

    def run(
        self,
        work: Callable[[], T] | Callable[[Job], T],
        on_done: Callable[[T], object],
        on_error: Callable[[Exception], object],
        *,
        lane: Lane = "journal",
        on_progress: Callable[[Any], object] | None = None,
        with_job: bool = False,
    ) -> Job:
        """Run `work` on a lane; exactly one of `on_done`, `on_error` follows on the GUI thread.

        With `with_job` the work receives its Job, to report progress and notice a cancel.
        After `shutdown` nothing is run any more.
        """
        job = Job()
        if on_progress is not None:
            job.progress = lambda value: self._hand(job, lambda: on_progress(value))
        if self._closed:
            job.cancel()
            return job
        self._pending.add(id(job))

        def body() -> None:
            if job.cancelled:
                self._relay.call.emit(lambda: self._pending.discard(id(job)))
                return
            try:
                result: T = work(job) if with_job else work()  # type: ignore[call-arg]
            except Exception as fault:
                log.exception("work on lane %s failed", lane)
                self._finish(job, partial(on_error, fault))
            else:
                self._finish(job, partial(on_done, result))

        self._pools[lane].start(_Task(body))
        return job

    @property
    def idle(self) -> bool:
        """Tell whether nothing is under way and every result has been handed over."""
        return not self._pending

    def shutdown(self) -> bool:
        """Wait for work under way, so that nothing is half written; False if a lane hangs."""
        self._closed = True
        done = [pool.waitForDone(SHUTDOWN_MS) for pool in self._pools.values()]
        return all(done)

    def _hand(self, job: Job, act: Callable[[], object]) -> None:
        def call() -> None:
            if not job.cancelled and not self._closed:
                act()

        self._relay.call.emit(call)

    def _finish(self, job: Job, act: Callable[[], object]) -> None:
        def call() -> None:
            self._pending.discard(id(job))
            if not job.cancelled and not self._closed:
                act()

        self._relay.call.emit(call)
