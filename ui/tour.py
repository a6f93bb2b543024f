"""Takes pictures of every screen in every language, theme, size and state."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from desktop.services.desk import Desk
from desktop.texts import Lang, Texts
from ui.background import Background
from ui.main_window import MainWindow
from ui.paper_story import StoryError, Told, tell
from ui.preferences import Preferences
from ui.screens.paper import PaperScreen
from ui.screens.training import TrainingScreen
from ui.screenshots import picture, settle
from ui.theme import theme
from ui.tokens import ThemeName
from ui.tour_desk import DeskStates
from ui.tour_states import States

#: Reading a form loads the OCR models first.
READ_TIMEOUT_MS = 120_000
#: A bound for a machine that is busy with other things; a screen takes a fraction of a second.
SETTLE_MS = 90_000


@dataclass(frozen=True, slots=True)
class Look:
    """One appearance of the window; `size` in logical pixels."""

    lang: Lang
    theme: ThemeName
    scale: float
    size: tuple[int, int] = (1440, 900)

    @property
    def name(self) -> str:
        """Return the middle part of a picture's file name."""
        return f"{self.lang}-{self.theme}-{self.scale * 100:.0f}"


def looks(few: bool) -> tuple[Look, ...]:
    """Return every appearance, or the plain one in both languages."""
    if few:
        return (Look("zh_CN", "light", 1.0), Look("en", "light", 1.0))
    return tuple(
        Look(lang, name, scale)
        for lang in ("zh_CN", "en")
        for name in ("light", "dark")
        for scale in (1.0, 1.5)
    )


class Tour:
    """Walks a desk that somebody is logged in to; `state` (busy, empty) goes into file names."""

    def __init__(
        self,
        desk: Desk,
        out: Path,
        state: str,
        ticket: str | None,
        form: Path,
        password: str = "",
    ) -> None:
        """Take `password` as that of everybody here, to be pictured logging in."""
        self._desk, self._password = desk, password
        self._out = out
        self._state = state
        self._ticket = ticket
        self._form = form
        self._background = Background()

    def take(self, wanted: Sequence[Look], *, states: bool = True) -> Iterator[Path]:
        """Yield the pictures as they are written, of screens alone without `states`.

        Raises OSError when one cannot be written.
        """
        QApplication.instance() or QApplication(["amends"])
        self._out.mkdir(parents=True, exist_ok=True)
        for look in wanted:
            yield from self._one_look(look, states=states)
        self._background.shutdown()

    def _one_look(self, look: Look, *, states: bool) -> Iterator[Path]:
        theme().apply(look.theme, look.scale)
        preferences = Preferences(self._out / ".window.ini")
        window = MainWindow(lambda: self._desk, preferences, self._background, look.lang)
        window.resize(QSize(*look.size))
        window.show()
        window.start()
        self._settled(lambda: window.workspace is not None)
        for name, what in self._routes():
            workspace = window.workspace
            if workspace is None:
                raise RuntimeError("the desk did not open")
            workspace.go(name, what)
            self._settled(lambda: True)
            yield self._save(window, look, name)
        further = States(window, self._settled)
        if states:
            for name, shown in further.take():
                yield self._save(shown, look, name)
        if self._state == "busy":
            yield from self._review(window, look, further)
        yield from self._training(window, look)
        if states and self._state == "busy" and self._ticket is not None:
            daily = DeskStates(window, self._desk, self._settled, self._password)
            for name, shown in daily.take(Texts(look.lang), self._background, self._ticket):
                yield self._save(shown, look, name)
        if window.workspace is not None:
            window.workspace.close_down()
        window.hide()
        window.deleteLater()

    def _routes(self) -> Iterator[tuple[str, object]]:
        for name in ("today", "intake", "paper", "complaints", "knowledge"):
            yield name, None
        if self._ticket is not None:
            yield "ticket", self._ticket
            yield "compensate", (self._ticket, "")
        yield "approvals", None
        yield "reports", None
        yield "quality", None
        yield "sync", None
        yield "handover", None
        yield "settings", None

    def _review(self, window: MainWindow, look: Look, states: States) -> Iterator[Path]:
        """Read the form on the Paper screen and show its review, then the batch."""
        workspace = window.workspace
        if workspace is None:
            raise RuntimeError("the desk did not open")
        workspace.go("paper", None)
        screen = workspace.front
        if not isinstance(screen, PaperScreen):
            raise RuntimeError("the Paper screen did not open")
        screen.add_files([self._form])
        self._settled(lambda: any(scan.ready for scan in screen.scans), READ_TIMEOUT_MS)
        screen.start_review(next(scan for scan in screen.scans if scan.ready))
        self._settled(lambda: True)
        yield self._save(window, look, "review")
        screen.leave()
        screen.back()
        name, shown = states.paper(screen, self._out / "missing.jpg")
        yield self._save(shown, look, name)

    def _training(self, window: MainWindow, look: Look) -> Iterator[Path]:
        """Show the training store, and its first customer with the coach beside the intake."""
        real = window.workspace
        window.train()
        self._settled(lambda: window.workspace is not None and window.workspace is not real)
        workspace = window.workspace
        if workspace is None or workspace.coach is None:
            raise RuntimeError("the training store did not open")
        yield self._save(window, look, "training")
        front = workspace.front
        if isinstance(front, TrainingScreen):
            next(iter(front.starts.values())).click()
        self._settled(lambda: workspace.route[0] == "intake")
        yield self._save(window, look, "coach")
        if self._state == "busy" and isinstance(front, TrainingScreen):
            name, shown = States(window, self._settled).scored(front)
            yield self._save(shown, look, name)
        window.leave_training()
        self._settled(lambda: window.workspace is real)

    def _settled(self, ready: Callable[[], bool], timeout_ms: int = SETTLE_MS) -> None:
        done = settle(lambda: ready() and self._background.idle, timeout_ms=timeout_ms)
        if not done:
            raise RuntimeError("a screen did not finish loading")

    def _save(self, window: QWidget, look: Look, name: str) -> Path:
        path = self._out / f"{name}-{self._state}-{look.name}.png"

        def painted() -> bool:
            # A full page paints its parts by turns; Qt keeps a hidden table's header from
            # painting. Asked anew each time: what is late may put one part for another.
            parts = window.findChildren(QWidget)
            return all(part.updatesEnabled() for part in parts if part.isVisible())

        self._settled(painted)
        if not picture(window).save(str(path)):
            raise OSError(f"{path} cannot be written")
        return path


def play_story(desk: Desk, out: Path, form: Path, written: Mapping[str, str]) -> Told:
    """Open a window on `desk` and play the story of a handwritten form in it.

    Raises StoryError when it breaks off, OSError when a picture cannot be written.
    """
    QApplication.instance() or QApplication(["amends"])
    look, background = Look("zh_CN", "light", 1.0), Background()
    theme().apply(look.theme, look.scale)
    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(Path(folder) / "window.ini")
        window = MainWindow(lambda: desk, preferences, background, look.lang)
        window.resize(QSize(*look.size))
        window.show()
        window.activateWindow()
        window.start()
        try:
            settle(lambda: window.workspace is not None, timeout_ms=SETTLE_MS)
            if window.workspace is None:
                raise StoryError("the desk did not open")
            return tell(window.workspace, out, form, written)
        finally:
            window.close()
            background.shutdown()
