"""Pictures of every screen of a real desk, in every language, theme and size asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop.services.desk import Desk
from desktop.texts import Lang, Texts
from ui.background import Background
from ui.context import Ui
from ui.screens.paper import PaperScreen
from ui.screenshots import DEFAULT_SIZE, picture, settle
from ui.shell.workspace import Workspace
from ui.theme import theme
from ui.tokens import ThemeName

SCREENS: Final = ("today", "intake", "paper", "complaints", "ticket", "sync")
READING_MS: Final = 120_000


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at the screens; `size` in device-independent pixels."""

    lang: Lang = "zh_CN"
    theme: ThemeName = "light"
    scale: float = 1.0
    size: QSize = DEFAULT_SIZE

    @property
    def name(self) -> str:
        """Return the part of a file name that tells looks apart."""
        width, height = self.size.width(), self.size.height()
        return f"{self.lang}-{self.theme}-{self.scale:.0%}-{width}x{height}".replace("%", "")


class TourFault(Exception):
    """A screen did not show what it should in time; the message names it."""


def take_pictures(
    desk: Desk, folder: Path, looks: Sequence[Look], *, stream: str, form: Path | None = None
) -> Iterator[Path]:
    """Save every screen in every look as PNG and give each path; somebody must be logged in.

    `stream` is the ticket to show, `form` a scan to review. Works with no display when
    QT_QPA_PLATFORM is offscreen. Raises TourFault, or OSError when a picture cannot be written.
    """
    app = QApplication.instance() or QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for look in looks:
        theme().apply(look.theme, look.scale)
        background = Background()
        workspace = Workspace(Ui(desk, Texts(look.lang), background))
        workspace.resize(look.size)
        workspace.show()
        try:
            for name in SCREENS:
                if name == "paper" and form is not None:
                    _show_form(workspace, form)
                else:
                    _show(workspace, name, stream if name == "ticket" else None)
                path = folder / f"{name}-{look.name}.png"
                if not picture(workspace).save(str(path)):
                    raise OSError(f"cannot write {path}")
                yield path
        finally:
            workspace.close_down()
            background.shutdown()
            workspace.close()
            app.processEvents()


def _show(workspace: Workspace, name: str, what: object) -> None:
    workspace.go(name, what)
    background = workspace.ui.background
    if not settle(lambda: not workspace.front.busy() and background.idle, timeout_ms=READING_MS):
        raise TourFault(f"screen {name} did not come to rest")


def _show_form(workspace: Workspace, form: Path) -> None:
    _show(workspace, "paper", None)
    screen = workspace.front
    if not isinstance(screen, PaperScreen):
        raise TourFault("the paper screen is not in front")
    screen.add_files([form])
    background = workspace.ui.background
    if not settle(lambda: not screen.busy() and background.idle, timeout_ms=READING_MS):
        raise TourFault(f"{form.name} was not read in time")
    if screen.current is None and (ready := [scan for scan in screen.scans if scan.ready]):
        screen.start_review(ready[0])
    settle(lambda: background.idle)
