"""Plays a clerk who turns a dropped form into a complaint by keyboard alone, at a human's pace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.forms import FIELD_KEYS
from ui.screens.paper import PaperScreen
from ui.screens.paper_fields import FieldCell
from ui.screenshots import picture, settle
from ui.shell.workspace import Workspace

LOOK: Final = 2.5
"""Seconds to look at one field and its crop."""
GLANCE: Final = 6.0
"""Seconds to look over all the certain fields at once."""
PRESS: Final = 0.3
"""Seconds to find and press a key."""
TYPE: Final = 0.8
"""Seconds for each sign typed with an input method."""
READING: Final = 2.0
"""Seconds that a page may take to be read; the bound counts, so that no machine's speed does."""
MOST_SECONDS: Final = 120.0
"""From the drop to the complaint (IN-04)."""
_PATIENCE_MS: Final = 120_000


@dataclass(frozen=True, slots=True)
class Stage:
    """A picture of the window and the clerk's seconds since the drop."""

    name: str
    seconds: float
    picture: str


@dataclass(frozen=True, slots=True)
class Told:
    """A story as it was played."""

    seconds: float
    keys: int
    corrected: tuple[str, ...]
    stages: tuple[Stage, ...]


class StoryError(Exception):
    """The story cannot go on; the message names where."""


@dataclass(slots=True)
class Clerk:
    """Presses keys on whatever has the focus and counts the seconds that a person needs.

    `shoot` is called with the name of each stage and the seconds since the drop.
    """

    workspace: Workspace
    shoot: Callable[[str, float], None] = lambda _name, _seconds: None
    seconds: float = 0.0
    keys: int = 0
    corrected: list[str] = field(default_factory=list)

    @property
    def focused(self) -> QWidget:
        """Return the widget that takes the keys; raises StoryError when none does."""
        widget = QApplication.focusWidget()
        if widget is None:
            raise StoryError("nothing on the screen takes the keyboard")
        return widget

    def look(self, seconds: float = LOOK) -> None:
        """Look at something."""
        self.seconds += seconds

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key and wait for what comes of it."""
        self.seconds += PRESS
        self.keys += 1
        QTest.keyClick(self.focused, key, modifier)
        self.rest()

    def type(self, text: str) -> None:
        """Commit text as an input method does."""
        self.seconds += TYPE * len(text)
        self.keys += len(text)
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focused, event)
        self.rest()

    def rest(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Wait until the window is idle and `ready` holds; raises StoryError after two minutes."""
        background = self.workspace.ui.background
        if not settle(lambda: ready() and background.idle, timeout_ms=_PATIENCE_MS):
            raise StoryError("the window does not come to rest")

    def stage(self, name: str) -> None:
        """Take a picture of the window as it is now."""
        self.shoot(name, self.seconds)


def play(clerk: Clerk, form: Path, written: Mapping[str, str]) -> str:
    """Drop `form` on the Paper screen and open its complaint; returns the complaint's stream.

    `written` is what stands on the paper, by field: what the clerk corrects a wrong reading to.
    Raises StoryError.
    """
    workspace = clerk.workspace
    workspace.go("paper", None)
    clerk.rest()
    screen = workspace.front
    if not isinstance(screen, PaperScreen):
        raise StoryError("the Paper screen did not open")
    clerk.stage("before")
    _drop(screen, form)
    clerk.seconds = READING
    clerk.rest(lambda: not screen.busy())
    if screen.current is None:
        raise StoryError(f"the page was not read: {screen.scans[0].error}")
    clerk.stage("read")
    _confirm(clerk, screen, written)
    clerk.look()
    clerk.press(Qt.Key.Key_3)
    clerk.stage("walked")
    clerk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clerk.rest(lambda: workspace.route[0] == "ticket")
    clerk.stage("complaint")
    return str(workspace.route[1])


def _confirm(clerk: Clerk, screen: PaperScreen, written: Mapping[str, str]) -> None:
    """Confirm the certain fields together and walk the others, correcting what is wrong."""
    grid = screen.review.grid
    clerk.look(GLANCE)
    if grid.count("certain"):
        clerk.press(Qt.Key.Key_F8)
        clerk.stage("certain")
    for _ in range(2 * len(FIELD_KEYS)):
        cell = next((cell for cell in grid.cells.values() if cell.state == "unsure"), None)
        if cell is None:
            return
        if clerk.focused is not cell.editor:
            raise StoryError(f"Enter did not lead to {cell.key}")
        _check(clerk, cell, written.get(cell.key, ""))
        clerk.press(Qt.Key.Key_Return)
    raise StoryError("the review does not end")


def _check(clerk: Clerk, cell: FieldCell, written: str) -> None:
    clerk.look()
    if _bare(cell.value) == _bare(written):
        return
    clerk.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    clerk.type(written)
    clerk.corrected.append(cell.key)
    clerk.stage(f"corrected-{cell.key}")


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _drop(screen: PaperScreen, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(screen.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    screen.dropEvent(event)


def tell(workspace: Workspace, out: Path, form: Path, written: Mapping[str, str]) -> Told:
    """Play the story in a window and write a picture of each stage into `out`.

    Raises StoryError, and OSError when a picture cannot be written.
    """
    stages: list[Stage] = []

    def shoot(name: str, seconds: float) -> None:
        path = out / f"paper-{len(stages) + 1}-{name}.png"
        if not picture(workspace.window()).save(str(path)):
            raise OSError(f"{path} cannot be written")
        stages.append(Stage(name, seconds, path.name))

    clerk = Clerk(workspace, shoot)
    play(clerk, form, written)
    return Told(clerk.seconds, clerk.keys, tuple(clerk.corrected), tuple(stages))
