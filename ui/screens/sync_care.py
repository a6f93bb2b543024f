"""What waits for a person after an exchange: a wrong clock, conflicts, complaints set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.services.sync_ports import Conflicting, SetAside
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, box, clear, column, label, row
from ui.widgets.text import ElidedLabel

#: A clock that is off by less is not worth a word, in milliseconds.
CLOCK_TOLERANCE_MS = 120_000


@dataclass(frozen=True, slots=True)
class _Found:
    offset_ms: int | None
    conflicting: Sequence[Conflicting]
    set_aside: Sequence[SetAside]


class CareCard(Card):
    """Names each thing, opens it or tries it again."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_sync.care"))
        self._ui = ui
        self.lines = column(gap=6)
        self.add(self.lines)
        self.said = label("", "small", wrap=True)
        self.said.hide()
        self.again = Button(ui.text("ui_sync.care_again"), self.try_again)
        self.again.hide()
        self.add(box(column(self.said, row(self.again, None), gap=6)))

    def refresh(self) -> None:
        """Read again."""
        desk = self._ui.desk
        self._ui.run(
            lambda: _Found(desk.clock_offset_ms(), desk.conflicting(), desk.set_aside()),
            self._show,
        )

    def _show(self, found: _Found) -> None:
        clear(self.lines)
        text = self._ui.text
        clock = self._clock(found.offset_ms)
        if clock:
            self.lines.addWidget(label(clock, "strong", wrap=True))
        for item in found.conflicting:
            about = text("ui_sync.care_conflicts", n=item.conflicts)
            self.lines.addWidget(self._line(item.number, about, item.stream))
        for aside in found.set_aside:
            about = text("ui_sync.care_quarantine", reason=aside.reason)
            self.lines.addWidget(self._line(aside.number or aside.stream, about, aside.stream))
        if not (clock or found.conflicting or found.set_aside):
            self.lines.addWidget(label(text("ui_sync.care_none"), "small"))
        self.again.setVisible(bool(found.set_aside))

    def _clock(self, offset_ms: int | None) -> str:
        """Return what to say of this PC's clock, "" when it is right."""
        if offset_ms is None or abs(offset_ms) < CLOCK_TOLERANCE_MS:
            return ""
        key = "clock_slow" if offset_ms > 0 else "clock_fast"
        return self._ui.text(f"ui_sync.{key}", minutes=f"{abs(offset_ms) // 60_000:,}")

    def try_again(self) -> None:
        """Make the rows of what was set aside again."""
        self.again.setEnabled(False)
        self._ui.run(self._ui.desk.try_set_aside_again, self._tried)

    def _tried(self, left: int) -> None:
        self.again.setEnabled(True)
        key = "care_left" if left else "care_done"
        self.said.setText(self._ui.text(f"ui_sync.{key}", **({"n": left} if left else {})))
        self.said.show()
        self._ui.changed.emit()
        self.refresh()

    def _line(self, title: str, about: str, stream: str) -> QWidget:
        words = column(ElidedLabel(title, "strong"), ElidedLabel(about, "small"), gap=2)
        line = row(gap=8)
        line.addLayout(words, 1)
        go = partial(self._ui.navigate.emit, "ticket", stream)
        line.addWidget(Button(self._ui.text("ui.open"), go, accessible=f"{title} {about}"))
        return box(line)
