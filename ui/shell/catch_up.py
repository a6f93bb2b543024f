"""Makes again, beside all work, what an older version counted, and says so across the window."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.services.catch_up_ports import Behind
from ui.background import Job
from ui.context import Ui
from ui.widgets.feedback import Banner
from ui.widgets.layout import column
from ui.widgets.progress import ProgressStrip

#: The first moments of a session belong to the person.
AFTER_MS = 3000
#: Complaints between two words about it.
_TOLD_EVERY = 100


class CatchUpBanner(QWidget):
    """Takes no room while reports are complete; what only makes searches quicker says nothing."""

    finished = Signal()

    def __init__(self, ui: Ui, after_ms: int = AFTER_MS) -> None:
        super().__init__()
        self._ui, self._behind = ui, Behind(0, 0, False)
        self._job: Job | None = None
        self.banner, self.strip = Banner(), ProgressStrip()
        self.setLayout(column(self.banner, self.strip, gap=0, margins=(24, 12, 24, 0)))
        self.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.go_on)
        ui.run(ui.desk.use_cases.catch_up.behind, lambda found: self._looked(found, after_ms))

    def _looked(self, found: Behind | None, after_ms: int) -> None:
        if found is not None:
            self._show(found)
            self._timer.start(after_ms)

    def go_on(self) -> None:
        """Go on where it stood."""
        if self._job is not None:
            return
        catch_up = self._ui.desk.use_cases.catch_up

        def work(job: Job) -> Behind | None:
            def told(behind: Behind) -> None:
                if behind.done % _TOLD_EVERY == 0:
                    job.progress(behind)

            catch_up.run(told, lambda: job.stopping)
            return catch_up.behind()

        self._job = self._ui.run_with_progress(
            work, self._ended, self._show, lane="upkeep", on_error=self._failed
        )
        self._show(self._behind)

    def stop(self) -> None:
        """Let it rest until somebody goes on or the next session begins."""
        if self._job is not None:
            self._job.stop()

    def _ended(self, behind: Behind | None) -> None:
        was_counting, self._job = self._behind.counting, None
        if behind is not None:
            self._show(behind)
            return
        self.hide()
        self.finished.emit()
        if was_counting:
            self._ui.say(self._ui.text("ui_catch_up.done"))

    def _failed(self, message: str) -> None:
        self._job = None
        self._show(self._behind)
        self._ui.say(message, "bad")

    def _show(self, behind: Behind) -> None:
        self._behind = behind
        text, running = self._ui.text, self._job is not None
        words = text(
            f"ui_catch_up.{'counting' if running else 'resting'}",
            done=f"{behind.done:,}",
            of=f"{behind.of:,}",
        )
        self.banner.say(
            words,
            "info",
            text(f"ui_catch_up.{'stop' if running else 'go_on'}"),
            self.stop if running else self.go_on,
        )
        self.strip.set(behind.done / behind.of if behind.of else 0.0)
        self.setVisible(behind.counting)
