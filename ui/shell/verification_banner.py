"""Reminds managers of the quarterly verification of actions (季度验证, QA-06), until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from PySide6.QtWidgets import QWidget

from desktop.domain.improvement.root_cause import Action, RootCause
from ui.context import Ui
from ui.widgets.feedback import Banner
from ui.widgets.layout import column

Asked: TypeAlias = Sequence[tuple[RootCause, Action, date]]


class VerificationBanner(QWidget):
    """Takes no room while nothing is to be verified by this person."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self.banner = Banner()
        self.asked: Asked = ()
        self.setLayout(column(self.banner, margins=(24, 12, 24, 0)))
        self.hide()
        ui.changed.connect(self.look)

    def look(self) -> None:
        """Look what waits for this person's verification."""
        self._ui.run(self._ui.desk.actions_to_verify, self._show)

    def _show(self, asked: Asked) -> None:
        self.asked = asked
        self.setVisible(bool(asked))
        if not asked:
            return
        _cause, _action, until = asked[0]
        late = until < self._ui.desk.now().astimezone(self._ui.formats.zone).date()
        words = self._ui.text("ui_quality.to_verify", n=len(asked), day=until)
        self.banner.say(
            words, "warn" if late else "info", self._ui.text("ui_quality.verify_now"), self.open
        )

    def open(self) -> None:
        """Open the cause whose verification is due first."""
        if self.asked:
            self._ui.navigate.emit("quality", self.asked[0][0].id)
