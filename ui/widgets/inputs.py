"""Ways to enter things: labelled fields, choices that never need a drop-down, search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from ui.announcing import announce
from ui.icons import icon, paint_icon
from ui.theme import theme
from ui.tokens import CONTROL_HEIGHT
from ui.widgets.buttons import Button
from ui.widgets.layout import Flow, column, label, restyle


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab moves on, so that the keyboard path never gets stuck."""

    edited = Signal()

    def __init__(self, rows: int = 3, placeholder: str = "", *, most: int = 0) -> None:
        """Take the lines shown; with `most` it grows with its text up to so many."""
        super().__init__()
        self._rows, self._most = rows, most
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        self.textChanged.connect(self.edited)
        self._set_rows(rows)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if most:
            self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())

    def _set_rows(self, rows: int) -> None:
        height = QFontMetrics(theme().font()).lineSpacing() * rows + theme().px(20)
        self.setMinimumHeight(height)
        self.setMaximumHeight(height + theme().px(8))

    def _grow(self) -> None:
        # A plain text edit counts its document's height in lines.
        lines = round(self.document().size().height())
        self._set_rows(min(max(lines, self._rows), self._most))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for the rows given and no more."""
        return QSize(theme().px(200), self.minimumHeight())


class LineEdit(QLineEdit):
    """One line of text that knows whether an input method is composing in it."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.composing = False
        self.setPlaceholderText(placeholder)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember an open composition, during which Enter belongs to the input method."""
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)


class Field(QWidget):
    """A label above an input, a hint below it, and in place of the hint an error."""

    def __init__(
        self, title: str, editor: QWidget, *, hint: str = "", required: bool = False
    ) -> None:
        super().__init__()
        self.editor = editor
        self._hint = hint
        self.caption = label(f"{title} *" if required else title, "small")
        self.note = label(hint, "small", wrap=True)
        # Beside a higher one it stays at the top: names stand on one height.
        self.setLayout(column(self.caption, editor, self.note, None, gap=4))
        self.note.setVisible(bool(hint))
        self.caption.setBuddy(editor)
        editor.setAccessibleName(title)
        editor.setAccessibleDescription(hint)

    def set_error(self, message: str) -> None:
        """Show what is wrong and how to mend it; an empty message clears it."""
        self.note.setText(message or self._hint)
        self.note.setVisible(bool(message or self._hint))
        self.note.setProperty("role", "error" if message else "small")
        self.editor.setProperty("invalid", "true" if message else "false")
        self.editor.setAccessibleDescription(message or self._hint)
        restyle(self.note)
        restyle(self.editor)
        if message and self.isVisible():
            announce(self.editor, message, urgent=True)

    def set_hint(self, hint: str) -> None:
        """Replace the hint."""
        self._hint = hint
        self.set_error("")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its value, its words and what it means."""

    value: str
    text: str
    tip: str = ""


class Choice(QWidget):
    """Chips of which one is chosen (or several); arrow keys and digits choose."""

    changed = Signal()
    picked = Signal()
    """A person chose: never emitted for what the program sets."""
    clicked = Signal()
    """A chip was pressed, whether it was chosen before or not."""

    def __init__(
        self, options: Sequence[Option], *, many: bool = False, digits: bool = False
    ) -> None:
        super().__init__()
        self._many, self._digits = many, digits
        self._group = QButtonGroup(self)
        self._group.setExclusive(not many)
        self._group.buttonClicked.connect(lambda _chip: self.clicked.emit())
        self._chips: dict[str, Button] = {}
        self._flow = Flow(8)
        self.setLayout(self._flow)
        self.set_options(options)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer these options; what was chosen stays if it is still there."""
        chosen = self.values()
        for chip in self._chips.values():
            self._group.removeButton(chip)
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = {}
        for option in options:
            chip = Button(option.text, variant="chip", accessible=option.text)
            chip.setCheckable(True)
            chip.setAutoExclusive(not self._many)  # what a reader calls a radio button
            chip.setToolTip(option.tip)
            chip.setAccessibleDescription(option.tip)
            chip.toggled.connect(self._toggled)
            self._chips[option.value] = chip
            self._group.addButton(chip)
            self._flow.addWidget(chip)
        self.set_values(chosen)

    def _toggled(self, on: bool) -> None:
        """A person chose, by click, key or screen reader; what the program sets is not heard."""
        self.changed.emit()
        if on or self._many:
            self.picked.emit()

    def values(self) -> list[str]:
        """Return the chosen values in the order of the options."""
        return [value for value, chip in self._chips.items() if chip.isChecked()]

    def value(self) -> str | None:
        """Return the chosen value, None when nothing is chosen."""
        return next(iter(self.values()), None)

    def set_values(self, values: Sequence[str]) -> None:
        """Choose exactly `values`; unknown ones are ignored."""
        if values == self.values():
            return
        self._group.setExclusive(False)
        for value, chip in self._chips.items():
            chip.blockSignals(True)
            chip.setChecked(value in values)
            chip.blockSignals(False)
        self._group.setExclusive(not self._many)
        self.changed.emit()

    def set_value(self, value: str | None) -> None:
        """Choose one value or nothing."""
        self.set_values([] if value is None else [value])

    def chip(self, value: str) -> Button:
        """Return the chip of `value`. Raises KeyError."""
        return self._chips[value]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the chip in question, where it is seen."""
        chip = self._group.checkedButton() or next(iter(self._chips.values()), None)
        if chip is not None:
            chip.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by digit when the choice is numbered (emotion 1–5, IN-03)."""
        if self._digits and event.text() in self._chips:
            self.set_value(event.text())
            self._chips[event.text()].setFocus()
            self.picked.emit()
            return
        super().keyPressEvent(event)


class CheckBox(QCheckBox):
    """A check box whose mark is an icon of the family."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box as styled, then the mark when it is checked."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        rect = self.style().subElementRect(part, option, self).toRectF()
        painter = QPainter(self)
        mark = "on_accent" if self.isEnabled() else "on_disabled"
        paint_icon(painter, "check", rect.adjusted(2, 2, -2, -2), mark)
        painter.end()


class Select(QComboBox):
    """A drop-down for lists too long for chips; the wheel does not change it by accident."""

    def __init__(self, options: Sequence[Option] = ()) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        self.wished: str | None = None
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer these options."""
        chosen, self.wished = self.wished or self.value(), None
        self.blockSignals(True)
        self.clear()
        for option in options:
            self.addItem(option.text, option.value)
            self.setItemData(self.count() - 1, option.tip, Qt.ItemDataRole.ToolTipRole)
        self.set_value(chosen)
        self.blockSignals(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box as styled, then the arrow that says it opens."""
        super().paintEvent(event)
        side = theme().px(16)
        painter = QPainter(self)
        at = QRectF(self.width() - side - theme().px(8), (self.height() - side) / 2, side, side)
        paint_icon(painter, "chevron-down", at, "muted")
        painter.end()

    def value(self) -> str | None:
        """Return the chosen value."""
        data = self.currentData()
        return data if isinstance(data, str) and data else None

    def set_value(self, value: str | None) -> None:
        """Choose `value`; the first option when it is unknown."""
        at = self.findData(value) if value is not None else -1
        self.setCurrentIndex(max(at, 0) if self.count() else -1)

    def restore(self, value: str | None) -> None:
        """Choose `value` as it was once chosen; options not offered yet are waited for."""
        self.wished = value if value is not None and self.findData(value) < 0 else None
        self.set_value(value)


class SearchBox(LineEdit):
    """A line to search with; asks a moment after the typing rests."""

    searched = Signal(str)

    def __init__(self, placeholder: str, *, delay_ms: int = 150, hint: str = "") -> None:
        super().__init__(placeholder)
        self._hint = label(hint, "kbd")
        self._hint.setParent(self)
        self._hint.setVisible(bool(hint))
        self.textChanged.connect(lambda text: self._hint.setVisible(bool(hint) and not text))
        self.setProperty("role", "search")
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        # Qt's own cross is one grey for both themes; on dark it cannot be made out.
        for action in self.findChildren(QAction, "_q_qlineeditclearaction"):
            action.setIcon(icon("x", "muted"))
        # Qt asks for two more pixels while its clear button is seen; nothing below may jump.
        self.setMaximumHeight(theme().px(CONTROL_HEIGHT))
        self.textChanged.connect(lambda _text: self._make_room())
        self._make_room()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text().strip()))
        self.textChanged.connect(lambda _text: self._timer.start())

    def _make_room(self) -> None:
        """Keep the words clear of the loupe and, while it is seen, of the key hint."""
        self._hint.adjustSize()
        right = self._hint.width() if self._hint.text() and not self.text() else 0
        self.setTextMargins(theme().px(22), 0, right, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field as styled, then the loupe; Qt's own would not grow with the text."""
        super().paintEvent(event)
        side = theme().px(16)
        painter = QPainter(self)
        at = QRectF(theme().px(10), (self.height() - side) / 2, side, side)
        paint_icon(painter, "search", at, "muted")
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the key hint at the right end."""
        super().resizeEvent(event)
        self._hint.adjustSize()
        right = self.width() - self._hint.width() - theme().px(10)
        self._hint.move(right, (self.height() - self._hint.height()) // 2)
