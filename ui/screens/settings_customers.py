"""The customer snapshot (顾客资料): imported from the CSV files of a CRM, to check against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from desktop.domain.outcomes import Refusal
from desktop.services.customers import Imported
from desktop.services.exporting import Cancelled
from ui.background import Job
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Card, box, label, row
from ui.widgets.progress import ProgressStrip


class CustomersCard(Card):
    """Says how old the snapshot is and takes a new one; what was there stays until all is read."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_settings.customers"))
        self._ui = ui
        self._job: Job | None = None
        text = ui.text
        self._state = label("", "small", wrap=True)
        self.banner = Banner()
        self.choose = Button(
            text("ui_settings.customers.choose"), self.choose_files, icon="folder-open"
        )
        self._words, self._bar = label("", "small"), ProgressStrip()
        self.stop = Button(text("ui_settings.cancel"), self.cancel, variant="link")
        self.strip = box(row(self._words, self._bar, self.stop, gap=12))
        self.add(
            label(text("ui_settings.customers.note"), "small", wrap=True),
            self._state,
            self.banner,
            row(self.choose, None),
            self.strip,
        )
        self.strip.hide()

    @property
    def running(self) -> bool:
        """Tell whether files are being read."""
        return self._job is not None

    def load(self) -> None:
        """Look how old the snapshot is."""
        customers = self._ui.desk.use_cases.paper.customers
        self._ui.run(lambda: customers.imported_at, self._show_age)

    def _show_age(self, at: datetime | None) -> None:
        text = self._ui.text
        when = self._ui.formats.moment(at) if at is not None else ""
        known = text("ui_settings.customers.at", when=when)
        self._state.setText(known if when else text("ui_settings.customers.none"))

    def choose_files(self) -> None:
        """Ask for the files of members and of orders."""
        title = self._ui.text("ui_settings.customers.choose")
        names, _ = QFileDialog.getOpenFileNames(self, title, "", "CSV (*.csv)")
        if names:
            self.take([Path(name) for name in names])

    def take(self, files: Sequence[Path]) -> None:
        """Read the files and put them in the place of the snapshot, in the background."""
        if self._job is not None:
            return
        customers = self._ui.desk.use_cases.paper.customers

        def work(job: Job) -> Imported | Refusal | None:
            try:
                return customers.replace(
                    [path.read_bytes() for path in files],
                    lambda done, of: job.progress((done, of)),
                    lambda: job.stopping,
                )
            except Cancelled:
                return None

        self.banner.say("")
        self._show(0, 1)
        self.strip.show()
        self.choose.set_waiting(True)
        self._job = self._ui.run_with_progress(
            work, self._taken, lambda at: self._show(*at), lane="files", on_error=self._failed
        )

    def cancel(self) -> None:
        """Stop; the snapshot stays as it was."""
        if self._job is not None:
            self._job.stop()

    def _show(self, done: int, total: int) -> None:
        self._bar.set(done / max(total, 1), "info")
        self._words.setText(self._ui.text("ui_settings.customers.read", n=f"{done:,}"))

    def _taken(self, outcome: Imported | Refusal | None) -> None:
        self._ended()
        text = self._ui.text
        if isinstance(outcome, Refusal):
            self.banner.say(self._ui.refusal(outcome), "bad")
        elif outcome is None:
            self.banner.say(text("ui_settings.customers.stopped"), "info")
        else:
            members, orders = f"{outcome.members:,}", f"{outcome.orders:,}"
            done = text("ui_settings.customers.done", members=members, orders=orders)
            self.banner.say(done, "good")
        self.load()

    def _failed(self, message: str) -> None:
        self._ended()
        self.banner.say(message, "bad")

    def _ended(self) -> None:
        self._job = None
        self.strip.hide()
        self.choose.set_waiting(False)
