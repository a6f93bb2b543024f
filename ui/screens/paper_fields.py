"""The fields read from a form, to be confirmed together where certain and one by one where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from desktop.domain.forms import FIELD_KEYS, LONG_KEYS, FieldReading
from ui.context import Ui
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.inputs import LineEdit, TextArea
from ui.widgets.layout import column, label, restyle, row
from ui.widgets.text import ElidedLabel, Pill

CellState = Literal["unsure", "certain", "confirmed", "empty"]
_TONES: dict[CellState, Tone] = {
    "unsure": "warn",
    "certain": "good",
    "confirmed": "good",
    "empty": "neutral",
}


class FieldCell(QFrame):
    """One field: its name, how sure it is, and its value to be corrected in place."""

    entered = Signal(str)
    confirmed = Signal(str)
    edited = Signal()

    def __init__(self, ui: Ui, key: str) -> None:
        super().__init__()
        self._ui, self.key = ui, key
        self.state: CellState = "empty"
        self.setProperty("role", "cell")
        title = ui.text(f"ui_paper.field.{key}")
        self._pill = Pill("", "neutral")
        self._note = label("", "error", wrap=True)
        self._note.hide()
        self._line: QLineEdit | None = None
        self._area: QPlainTextEdit | None = None
        editor = self._make_editor()
        editor.setProperty("role", "bare")
        editor.setAccessibleName(title)
        editor.installEventFilter(self)
        self.editor = editor
        head = row(ElidedLabel(title, "small", hug=True), None, self._pill, gap=8)
        self.setLayout(column(head, editor, self._note, None, gap=2, margins=(12, 8, 10, 8)))

    def _make_editor(self) -> QWidget:
        if self.key in LONG_KEYS:
            area = TextArea(2, most=6)
            area.textChanged.connect(self._edited)
            self._area = area
            return area
        line = LineEdit()
        line.textEdited.connect(lambda _text: self._edited())
        self._line = line
        return line

    @property
    def value(self) -> str:
        """Return what stands in the field."""
        if self._area is not None:
            return self._area.toPlainText().strip()
        return self._line.text().strip() if self._line is not None else ""

    def show_reading(self, reading: FieldReading | None) -> None:
        """Show what was read, unconfirmed."""
        value = reading.value if reading is not None else ""
        self.set_value(value)
        if not value:
            self.set_state("empty")
        else:
            self.set_state("certain" if reading is not None and reading.certain else "unsure")

    def set_value(self, value: str) -> None:
        """Put a value in without calling it edited."""
        if self._area is not None:
            self._area.blockSignals(True)
            self._area.setPlainText(value)
            self._area.blockSignals(False)
        elif self._line is not None:
            self._line.setText(value)

    def set_state(self, state: CellState) -> None:
        """Show how sure the value is, in word, icon and ground."""
        self.state = state
        self._pill.set(self._ui.text(f"ui_paper.{state}"), _TONES[state])
        self.setProperty("state", state)
        restyle(self)

    def set_current(self, *, current: bool) -> None:
        """Mark the field whose crop is shown."""
        self.setProperty("current", "true" if current else "false")
        restyle(self)

    def doubt(self) -> bool:
        """Have a value checked by itself, however surely it was read; False where it is already."""
        if self.state != "certain":
            return False
        self.set_state("unsure")
        return True

    @property
    def noted(self) -> bool:
        """Tell whether something is said about the value."""
        return bool(self._note.text())

    def set_note(self, note: str, tone: Tone = "warn") -> None:
        """Say what is odd about the value, or that it agrees; empty clears it."""
        self._note.setText(note)
        self._note.setProperty("role", "error" if tone in ("warn", "bad") else "small")
        self._note.setProperty("tone", "good" if tone == "good" else "")
        restyle(self._note)
        self._note.setVisible(bool(note))
        self.editor.setAccessibleDescription(note)

    def _edited(self) -> None:
        if self.state == "confirmed":
            self.set_state("unsure")
        self.edited.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Enter the field when it is pressed anywhere."""
        super().mousePressEvent(event)
        self.editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the field is entered; Enter confirms it unless an input method composes."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit(self.key)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            composing = isinstance(self._line, LineEdit) and self._line.composing
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and not composing:
                self.set_state("confirmed")
                self.confirmed.emit(self.key)
                return True
        return super().eventFilter(watched, event)


class FieldGrid(QWidget):
    """Every field that the form has, short ones in two columns, free text across."""

    entered = Signal(str)
    edited = Signal()
    walked = Signal()
    """Every field has been checked."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.cells = {key: FieldCell(ui, key) for key in FIELD_KEYS}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme().px(6))
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._across = 2
        self.setLayout(self._grid)
        for cell in self.cells.values():
            cell.entered.connect(self._enter)
            cell.confirmed.connect(lambda _key: self.go_next())
            cell.edited.connect(self.edited)

    def show_fields(self, fields: Mapping[str, FieldReading]) -> None:
        """Show a reading; fields that the form lacks stay as empty places to fill in."""
        self._place()
        for key, cell in self.cells.items():
            cell.show_reading(fields.get(key))
            cell.set_note("")
            cell.set_current(current=False)

    def set_across(self, across: int) -> None:
        """Put so many short fields side by side: one where two would cut their names."""
        if across != self._across:
            self._across = across
            self._grid.setColumnStretch(1, across - 1)
            self._place()

    def _place(self) -> None:
        # In the order in which Enter walks them, so that the eye goes down the page once.
        line, side = 0, 0
        for key in FIELD_KEYS:
            long = key in LONG_KEYS
            if long and side:
                line, side = line + 1, 0
            self._grid.addWidget(self.cells[key], line, side, 1, self._across if long else 1)
            side = self._across if long else side + 1
            if side >= self._across:
                line, side = line + 1, 0

    def values(self) -> dict[str, str]:
        """Return every value that is not empty."""
        return {key: cell.value for key, cell in self.cells.items() if cell.value}

    def load(self, values: Mapping[str, str]) -> None:
        """Put kept corrections over the reading; they are to be checked again."""
        for key, cell in self.cells.items():
            if key in values and values[key] != cell.value:
                cell.set_value(values[key])
                cell.set_state("unsure")

    def suggest(self, key: str, value: str) -> None:
        """Put a known name in the place of what was read nearly like it, to be checked."""
        cell = self.cells[key]
        cell.set_value(value)
        cell.set_state("unsure")

    def count(self, state: CellState) -> int:
        """Return how many fields are in a state."""
        return sum(cell.state == state for cell in self.cells.values())

    def confirm_certain(self) -> None:
        """Confirm all that were read with certainty."""
        for cell in self.cells.values():
            if cell.state == "certain":
                cell.set_state("confirmed")
        self.go_next()

    def go_next(self) -> None:
        """Go to the first field that still has to be checked."""
        self.edited.emit()
        for cell in self.cells.values():
            if cell.state == "unsure":
                self.focus_on(cell.key)
                return
        first = next((cell for cell in self.cells.values() if cell.state == "certain"), None)
        if first is not None:
            self.focus_on(first.key)
        else:
            self.walked.emit()

    def focus_on(self, key: str) -> None:
        """Enter a field."""
        self.cells[key].editor.setFocus()
        self._enter(key)

    def _enter(self, key: str) -> None:
        for name, cell in self.cells.items():
            cell.set_current(current=name == key)
        self.entered.emit(key)
