"""Says across the window that the policy pack in force has expired; it stays in use (KB-02)."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from ui.context import Ui
from ui.widgets.feedback import Banner
from ui.widgets.layout import column


class PackBanner(QWidget):
    """Takes no room while the pack is valid."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self.banner = Banner()
        self.setLayout(column(self.banner, margins=(24, 12, 24, 0)))
        self.hide()

    def look(self) -> None:
        """Look whether the pack has expired."""
        desk = self._ui.desk
        self._ui.run(lambda: desk.policy_expired_on, self._show)

    def _show(self, expired: date | None) -> None:
        words = self._ui.text("ui.pack_expired", day=expired) if expired else ""
        sync = self._ui.text("ui.rail.sync") if expired else ""
        self.banner.say(words, "warn", sync, lambda: self._ui.navigate.emit("sync", None))
        self.setVisible(expired is not None)
