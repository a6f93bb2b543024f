"""Exchanges with HQ while people work, and tells the window how the upload stands."""

from __future__ import annotations

import time
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.services.exchange_ports import (
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    ExchangeReport,
    SyncStatus,
)
from ui.background import Job
from ui.context import Ui

EVERY_MS = 60_000
LOOK_AGAIN_S = 2.0
"""While an exchange goes on, queue and receipt are read again this often."""


class SyncAgent(QObject):
    """One exchange at a time; a failure is kept to be shown, never a dialog."""

    state = Signal()
    """Status, enrolment, progress or the last outcome changed."""
    finished = Signal(object)
    """An ExchangeOutcome."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self.status: SyncStatus | None = None
        self.enrolment: Enrolment | None = None
        self.online = False
        self.busy = False
        self.progress: tuple[int, int] = (0, 0)
        self.files: tuple[int, int] = (0, 0)
        """Bytes of attachments, done and in all."""
        self.last: ExchangeOutcome | None = None
        self.fault = ""
        self._began = self._looked_at = self._files_began = 0.0
        ui.changed.connect(self.look)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._by_itself)
        self._timer.start(EVERY_MS)

    def look(self) -> None:
        """Read status and enrolment again."""
        desk = self._ui.desk
        self._ui.run(lambda: (desk.sync_status(), desk.enrolment()), self._looked)

    def _looked(self, found: tuple[SyncStatus, Enrolment | None]) -> None:
        self.status, self.enrolment = found
        self.state.emit()

    def _by_itself(self) -> None:
        if self.enrolment is not None:
            self.exchange()

    def exchange(self) -> None:
        """Exchange now, unless an exchange is under way."""
        if self.busy:
            return
        self.busy, self.progress, self.files, self.fault = True, (0, 0), (0, 0), ""
        self._began = self._looked_at = time.monotonic()
        self.state.emit()

        def work(job: Job) -> ExchangeOutcome:
            return self._ui.desk.exchange(
                lambda done, total: job.progress(("progress", done, total)),
                lambda done, total: job.progress(("files", done, total)),
            )

        self._ui.run_with_progress(
            work, self._exchanged, self._progressed, lane="network", on_error=self._failed
        )

    def speed(self) -> float:
        """Return events a second of the exchange under way."""
        return self.progress[0] / max(time.monotonic() - self._began, 0.1)

    def file_speed(self) -> float:
        """Return bytes of attachments a second."""
        return self.files[0] / max(time.monotonic() - self._files_began, 0.1)

    def enrol(self, url: str, code: str) -> None:
        """Join HQ; the first exchange follows at once."""
        if self.busy:
            return
        self.busy, self.fault = True, ""
        self.state.emit()
        self._ui.run(
            lambda: self._ui.desk.enrol(url, code),
            self._enrolled,
            lane="network",
            on_error=self._failed,
        )

    def _enrolled(self, outcome: Enrolment | ExchangeFailure) -> None:
        self.busy = False
        if isinstance(outcome, ExchangeFailure):
            self.last = outcome
            self.state.emit()
            return
        self.enrolment = outcome
        self.exchange()

    def _progressed(self, at: tuple[Literal["progress", "files"], int, int]) -> None:
        of, done, total = at
        now = time.monotonic()
        if of == "files":
            self._files_began = self._files_began if self.files[1] else now
            self.files = done, total
        else:
            self.progress = done, total
        if now - self._looked_at > LOOK_AGAIN_S:
            # What HQ has confirmed meanwhile is shown meanwhile.
            self._looked_at = now
            self.look()
        self.state.emit()

    def _exchanged(self, outcome: ExchangeOutcome) -> None:
        self.busy, self.last = False, outcome
        self.online = isinstance(outcome, ExchangeReport)
        self.look()
        self.finished.emit(outcome)

    def _failed(self, message: str) -> None:
        self.busy, self.online, self.fault = False, False, message
        self.state.emit()
