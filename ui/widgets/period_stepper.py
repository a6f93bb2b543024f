"""The period in hand with a step back and a step on, for every screen that shows a period."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.analytics.periods import Period, period_of
from ui.widgets.buttons import Button
from ui.widgets.layout import label, row


class PeriodStepper(QWidget):
    """Shows a period in words; `changed` is said when a person steps."""

    changed = Signal()

    def __init__(self, period: Period, lang: str, back: str, on: str) -> None:
        super().__init__()
        self._lang = lang
        self._words = label("", "heading")
        self.back = Button("", lambda: self.step(-1), icon="chevron-left", accessible=back)
        self.on = Button("", lambda: self.step(1), icon="chevron-right", accessible=on)
        self.setLayout(row(self.back, self._words, self.on, gap=8, margins=(0, 0, 0, 0)))
        self.period = period

    @property
    def period(self) -> Period:
        """The period in hand."""
        return self._period

    @period.setter
    def period(self, period: Period) -> None:
        self._period = period
        self._words.setText(period.label(self._lang))

    def step(self, count: int) -> None:
        """Go to the period before or after."""
        now = self._period
        self.period = now.before if count < 0 else period_of(now.kind, now.until)
        self.changed.emit()
