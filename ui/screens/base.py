"""What the window asks of every screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ui.context import Ui
from ui.shell.keys import KeyRow
from ui.theme import theme

NARROW = 900
"""Logical content width below which side columns move under the main one."""

LOW = 540
"""Logical height of the window below which a title gives its room to the work."""

OWN_ACCOUNT = "own"
"""What the person's menu asks the settings for: the form for another password of one's own."""


class Screen(QWidget):
    """One stage of work."""

    def __init__(self, ui: Ui) -> None:
        # In its place from the beginning: to move a whole screen later costs its styling again.
        super().__init__(ui.host)
        self.ui = ui
        self.setProperty("role", "page")

    def open(self, what: object) -> None:
        """Come to the front, showing `what` where the screen shows one thing of many."""
        raise TypeError(f"{type(self).__name__} cannot be opened with {what!r}")

    def refresh(self) -> None:
        """Look again: something was saved or arrived."""

    def busy(self) -> bool:
        """Tell whether the screen still waits for what it shows."""
        return False

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys that work on this screen, for F1."""
        return ()

    def commands(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """Return what can be done here, as words and act, for Ctrl+K."""
        return ()

    def back(self) -> bool:
        """Answer Esc; False when there is nothing to go back from."""
        return False

    def set_width(self, logical: int) -> None:
        """Arrange for a content width in logical pixels."""

    @property
    def low(self) -> bool:
        """Tell whether there is little height: a cheap screen, or a large type."""
        return self.window().height() < theme().px(LOW)

    def leave(self) -> None:
        """Go to the back or be closed: keep what was typed."""
