"""Remembers the text field that was last worked in, so that knowledge can be put into it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from ui.widgets.inputs import TextArea

Field = QPlainTextEdit | QLineEdit
#: Screens where something is written for a customer or about one.
WRITING = ("ticket", "intake", "approvals")


class ReplyField(QObject):
    """Watches the focus; `place` tells on which screen a widget is, `bring` shows a screen."""

    def __init__(
        self,
        parent: QWidget,
        place: Callable[[QWidget], str],
        screen: Callable[[str], QWidget | None],
        bring: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self._place, self._screen, self._bring = place, screen, bring
        self._field: Field | None = None
        self._last = ""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not isValid(self) or not isValid(now):
            return
        name = self._place(now)
        if name in WRITING:
            self._last = name
            if isinstance(now, QPlainTextEdit | QLineEdit) and not now.isReadOnly():
                self._field = now

    def insert(self, words: str) -> str:
        """Put `words` at the cursor of that field and go there; return its name, "" without one."""
        field = self._target()
        if field is None:
            return ""
        self._bring(self._place(field))
        if isinstance(field, QPlainTextEdit):
            field.insertPlainText(words)
        else:
            field.insert(" ".join(words.split()))
        field.setFocus()
        return field.accessibleName()

    def _target(self) -> Field | None:
        known = self._field
        if known is not None and isValid(known) and self._place(known) and known.isEnabled():
            return known
        screen = self._screen(self._last)
        if screen is None:
            return None
        areas = screen.findChildren(TextArea)
        return next((a for a in areas if a.isVisibleTo(screen) and a.isEnabled()), None)
