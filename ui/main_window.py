"""The one window: opens at once, then the store's data, then who works, then the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from desktop.services.ports import Person
from desktop.texts import Lang, Texts
from ui.background import Background
from ui.context import Ui, fault_text
from ui.preferences import Preferences
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.theme import Appearance, theme

if TYPE_CHECKING:
    from desktop.services.desk import Desk
    from ui.shell.workspace import Workspace

DEFAULT_SIZE = (1440, 900)
MINIMUM_SIZE = (960, 600)
#: The setting in which a seeded example store keeps the password of its invented people.
EXAMPLE_HINT = "demo.hint"


class MainWindow(QMainWindow):
    """Rebuilds its page when language or size change; drafts carry what was typed across."""

    ready = Signal()
    """The workspace is in front."""

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        preferences: Preferences,
        background: Background,
        lang: Lang | None = None,
    ) -> None:
        super().__init__()
        self._open_desk = open_desk
        self._preferences = preferences
        self._background = background
        self._texts = Texts(lang or preferences.lang)
        self._desk: Desk | None = None
        self._people: tuple[Person, ...] = ()
        self._hint = ""
        self._rebuild: Callable[[], None] = self.start
        self.workspace: Workspace | None = None
        self.setMinimumSize(*MINIMUM_SIZE)
        self.resize(*DEFAULT_SIZE)
        if preferences.geometry is not None:
            self.restoreGeometry(preferences.geometry)
        self._title()

    def start(self) -> None:
        """Show the window's first page and open the store's data behind it."""
        page = OpeningPage(self._texts)
        page.retry.connect(self.start)
        self._put(page)
        self._background.run(
            self._opened_desk,
            self._opened,
            lambda fault: page.failed(fault_text(self._texts, fault)),
        )

    def _opened_desk(self) -> tuple[Desk, bool, tuple[Person, ...]]:
        desk = self._desk or self._open_desk()
        self._desk = desk
        self._hint = desk.setting(EXAMPLE_HINT)
        return desk, desk.needs_setup, tuple(desk.people())

    def _opened(self, found: tuple[Desk, bool, tuple[Person, ...]]) -> None:
        desk, first_run, self._people = found
        if first_run:
            self._rebuild = lambda: self._show_setup(desk)
        elif desk.person is not None:
            self._rebuild = lambda: self._show_workspace(desk)
        else:
            self._rebuild = lambda: self._show_login(desk)
        self._rebuild()

    def _show_setup(self, desk: Desk) -> None:
        page = SetupPage(desk, self._texts, self._background)
        page.entered.connect(self.start)
        self._put(page)
        page.store.setFocus()

    def _show_login(self, desk: Desk) -> None:
        page = LoginPage(desk, self._texts, self._background, self._people, self._hint)
        page.entered.connect(lambda: self._show_workspace(desk))
        self._put(page)
        page.password.setFocus()

    def _show_workspace(self, desk: Desk, route: tuple[str, object] = ("today", None)) -> None:
        # The screens import what the store's data needs; the window is in front by then.
        from ui.shell.workspace import Workspace

        workspace = Workspace(Ui(desk, self._texts, self._background))
        bar = workspace.topbar
        bar.lock_wanted.connect(self.lock)
        bar.language_wanted.connect(self.set_language)
        bar.appearance_wanted.connect(self.set_appearance)
        bar.scale_wanted.connect(self.set_scale)
        bar.keys_wanted.connect(workspace.show_keys)
        bar.quit_wanted.connect(self.close)
        self._put(workspace)
        self.workspace = workspace
        self._rebuild = lambda: self._show_workspace(desk, workspace.route)
        self._title()
        workspace.go(*route)
        self.ready.emit()

    def lock(self) -> None:
        """Log out; everything typed is kept as a draft."""
        desk = self._desk
        if desk is None:
            return
        self._leave()
        desk.log_out()
        self.start()

    def set_language(self, lang: Lang) -> None:
        """Change the language of the window."""
        self._preferences.lang = lang
        self._texts = Texts(lang)
        self._title()
        self._leave()
        self._rebuild()

    def set_appearance(self, appearance: Appearance) -> None:
        """Change between light, dark and the system's choice."""
        self._preferences.appearance = appearance
        theme().apply(appearance, theme().scale)

    def set_scale(self, scale: float) -> None:
        """Change the size of text and controls."""
        self._preferences.scale = scale
        theme().apply(theme().appearance, scale)
        self._leave()
        self._rebuild()

    def _title(self) -> None:
        store = self._desk.store.name if self._desk else ""
        app = self._texts.get("ui.app")
        self.setWindowTitle(f"{store} – {app}" if store else app)

    def _put(self, page: QWidget) -> None:
        # Qt hides and deletes the page before; taking it out first would cost the window its focus.
        self.setCentralWidget(page)

    def _leave(self) -> None:
        if self.workspace is not None:
            self.workspace.close_down()
            self.workspace = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed, wait for what is being written, then close."""
        self._preferences.geometry = self.saveGeometry()
        self._leave()
        desk = self._desk
        if desk is not None:
            self._background.run(desk.close, lambda _none: None, lambda _fault: None)
        self._background.shutdown()
        super().closeEvent(event)
