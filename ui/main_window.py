"""The one window: opens at once, then the store's data, then who works, then the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget
from shiboken6 import isValid

from desktop.domain.outcomes import Refusal
from desktop.services.clock_check import ClockDoubt
from desktop.services.glimpse import Glimpse
from desktop.services.ports import Person
from desktop.texts import Lang, Texts
from ui.background import Background
from ui.context import Ui, fault_text, refusal_text
from ui.preferences import Preferences
from ui.qt_texts import speak
from ui.shell.daily_backup import DailyBackup
from ui.shell.idle import LOCK_MINUTES, IdleWatch, minutes_of
from ui.shell.loading import ScreenLoader
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.shell.parked import Parked
from ui.shell.rescue import Look, Rescue, Restore, doubt_words
from ui.theme import Appearance, theme
from ui.tokens import Tone

if TYPE_CHECKING:
    from desktop.services.desk import Desk
    from desktop.services.training import TrainingDesk
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
        glimpse: Look | None = None,
        restore: Restore | None = None,
    ) -> None:
        super().__init__()
        self._open_desk = open_desk
        self._glimpse = glimpse
        self._rescue = Rescue(self, background, restore, self.start)
        self._doubt: ClockDoubt | None = None
        self._preferences = preferences
        self._background = background
        self._loader = ScreenLoader(background)
        self._texts = Texts(lang or preferences.lang)
        speak(self._texts.lang)
        self._desk: Desk | None = None
        self._people: tuple[Person, ...] = ()
        self._hint = ""
        self._rebuild: Callable[[], None] = self.start
        # A page out of sight stays in its place: to take it out and back costs its styling anew.
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self.workspace: Workspace | None = None
        self._parked: Parked | None = None
        self._training: TrainingDesk | None = None
        self._lock_minutes = 0
        self._news: tuple[str, Tone] | None = None
        self._backup = DailyBackup(self, background, self.tell_fault)
        self.idle = IdleWatch(self)
        self.idle.idle.connect(self.lock)
        self.setMinimumSize(*MINIMUM_SIZE)
        self.resize(*DEFAULT_SIZE)
        if preferences.geometry is not None:
            self.restoreGeometry(preferences.geometry)
        self._title()

    def start(self) -> None:
        """Show the window's first page and open the store's data behind it."""
        page = self._show_opening()
        if self._desk is None and self._glimpse is not None:
            look = self._glimpse
            self._background.run(
                lambda: look((EXAMPLE_HINT, LOCK_MINUTES)),
                self._glimpsed,
                lambda fault: page.failed(fault_text(self._texts, fault)),
            )
        self._background.run(self._opened_desk, self._opened, self._not_opened)

    def _show_opening(self) -> OpeningPage:
        page = self._rescue.page(self._texts)
        self._put(page)
        return page

    def _glimpsed(self, found: Glimpse | None) -> None:
        """Let a person log in already: the rest is there before the password is typed."""
        if found is not None:
            self._people, self._hint = found.people, found.settings[EXAMPLE_HINT]
            self._show_login(self._opened_one)

    def _opened_one(self) -> Desk:
        """Return the desk to work that waited behind its opening."""
        if self._desk is None:
            raise RuntimeError("the desk was asked for before it was opened")
        return self._desk

    def _not_opened(self, fault: Exception) -> None:
        page = self.centralWidget()
        opening = page if isinstance(page, OpeningPage) else self._show_opening()
        self._rescue.failed(opening, self._texts, fault)

    def _opened_desk(self) -> tuple[Desk, bool, tuple[Person, ...]]:
        desk = self._desk or self._open_desk()
        self._desk = desk
        self._hint = desk.setting(EXAMPLE_HINT)
        self._lock_minutes = minutes_of(desk.setting(LOCK_MINUTES))
        self._doubt = desk.clock_doubt()
        return desk, desk.needs_setup, tuple(desk.people())

    def _opened(self, found: tuple[Desk, bool, tuple[Person, ...]]) -> None:
        desk, first_run, self._people = found
        if first_run:
            self._rebuild = lambda: self._show_setup(desk)
        elif desk.person is not None:
            self._rebuild = lambda: self._show_workspace(desk)
        else:
            self._rebuild = lambda: self._show_login(lambda: desk)
            if isinstance(self.centralWidget(), LoginPage):
                self._title()
                self._say_doubt()
                self._loader.begin(self._texts.lang)
                return  # somebody may be typing there
        self._rebuild()
        self._loader.begin(self._texts.lang)

    def _show_setup(self, desk: Desk) -> None:
        page = SetupPage(desk, self._texts, self._background)
        page.entered.connect(self._set_up)
        self._put(page)
        page.store.setFocus()

    def _set_up(self) -> None:
        self._news = (self._texts.get("ui.setup.next"), "info")
        self.start()

    def _show_login(self, desk: Callable[[], Desk]) -> None:
        page = LoginPage(desk, self._texts, self._background, self._people, self._hint)
        page.welcome(self._preferences.last_login, self._parked.person if self._parked else None)
        page.entered.connect(lambda: self._loader.when_loaded(lambda: self._entered(desk())))
        self._put(page)
        self._say_doubt()
        page.password.setFocus()

    def _say_doubt(self) -> None:
        page, desk = self.centralWidget(), self._desk
        if self._doubt is not None and desk is not None and isinstance(page, LoginPage):
            page.banner.say(doubt_words(self._texts, desk.store.timezone, self._doubt), "warn")

    def _entered(self, desk: Desk) -> None:
        """Go back to the place that was left; another person gets it built anew."""
        if desk.person is not None:
            self._preferences.last_login = desk.person.login
        parked = self._parked
        if parked is None:
            self._show_workspace(desk)
        elif parked.person == desk.person and not parked.stale:
            self._restore()
        else:
            self._parked = None
            parked.workspace.close_down()
            parked.workspace.deleteLater()
            self._show_workspace(desk, parked.workspace.route)

    def _park(self) -> None:
        """Take the workspace out of sight as it stands; what was typed is saved first."""
        workspace, desk = self.workspace, self._desk
        if workspace is None or desk is None or self._parked is not None:
            return
        workspace.park()
        self._parked = Parked(workspace, desk.person, self.focusWidget())
        self.workspace = None
        self.idle.stop()

    def _restore(self) -> None:
        """Bring the parked workspace back, the cursor where it was."""
        parked, desk = self._parked, self._desk
        if parked is None or desk is None:
            return
        self._parked = None
        self._put(parked.workspace)
        parked.workspace.show()
        self.workspace = parked.workspace
        self._rebuild = lambda: self._show_workspace(desk, parked.workspace.route)
        if parked.focus is not None and isValid(parked.focus):
            parked.focus.setFocus()
        parked.workspace.refresh()
        self._watch_idle()
        self.ready.emit()

    def _watch_idle(self) -> None:
        self.idle.watch(self.windowHandle(), self._lock_minutes)

    def _show_workspace(self, desk: Desk, route: tuple[str, object] = ("today", None)) -> None:
        # The screens import what the store's data needs; the window is in front by then.
        from ui.shell.workspace import Workspace

        workspace = Workspace(Ui(desk, self._texts, self._background))
        workspace.ui.restart.connect(self.reopen)
        if self._news is not None:
            workspace.toast.say(*self._news)
            self._news = None
        bar = workspace.topbar
        bar.lock_wanted.connect(self.lock)
        bar.switch_wanted.connect(self.switch)
        bar.training_wanted.connect(self.train)
        if workspace.banner is not None:
            workspace.banner.leave_wanted.connect(self.leave_training)
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
        if self._training is None:  # a sandbox needs none
            self._backup.after_a_minute(desk.use_cases.backups.make_if_due)
        self._watch_idle()
        self.ready.emit()

    def back_up_if_due(self) -> None:
        """Make the day's backup without waiting for its minute."""
        self._backup.make_now()

    def tell_fault(self, fault: Exception) -> None:
        """Say in one line what went wrong where nothing else says it."""
        if self.workspace is not None:
            self.workspace.toast.say(fault_text(self._texts, fault), "warn")

    def reopen(self, news: str, tone: Tone) -> None:
        """Open the data anew, which a restore replaced, and say what came of it."""
        self._news = (news, tone)
        self._leave()
        self._desk = None
        self.start()

    def lock(self) -> None:
        """Log out and hide the desk; who comes back finds it as it was left."""
        desk = self._desk
        if desk is None:
            return
        if self._training is not None:
            self._close_training()
        self._park()
        desk.log_out()
        self.start()

    def switch(self) -> None:
        """Let another person in over the same place; going back asks for no password."""
        desk = self._desk
        if desk is None or self.workspace is None or self._training is not None:
            return
        self._park()

        def ask(people: tuple[Person, ...]) -> None:
            self._people = people
            others = [person for person in people if person != desk.person]
            page = LoginPage(
                lambda: desk,
                self._texts,
                self._background,
                others,
                self._hint,
                on_back=self._restore,
            )
            page.entered.connect(lambda: self._entered(desk))
            self._put(page)
            page.password.setFocus()

        self._background.run(lambda: tuple(desk.people()), ask, self._not_switched)

    def train(self) -> None:
        """Go into the training store, or out of it; the desk behind it stays as it is."""
        desk = self._desk
        if self._training is not None:
            self.leave_training()
            return
        if desk is None or desk.person is None or self.workspace is None:
            return
        person, door = desk.person, desk.use_cases.training
        self.workspace.ui.say(self._texts.get("ui_training.entering"), "neutral")
        self._background.run(lambda: door.enter(person), self._trained, self._not_switched)

    def _trained(self, outcome: TrainingDesk | Refusal) -> None:
        if isinstance(outcome, Refusal):
            if self.workspace is not None:
                self.workspace.ui.say(refusal_text(self._texts, outcome), "warn")
            return
        self._park()
        self._training = outcome
        self._show_workspace(outcome, ("training", None))

    def leave_training(self) -> None:
        """Come back to the desk, at the place that was left."""
        self._close_training()
        parked, desk = self._parked, self._desk
        if desk is not None and parked is not None and parked.stale:
            self._entered(desk)
        else:
            self._restore()

    def _close_training(self) -> None:
        """Close the training store's data; its scores are saved."""
        training = self._training
        if training is None:
            return
        self._training = None
        self._leave()
        self._background.run(training.close, lambda _none: None, lambda _fault: None)

    def _not_switched(self, fault: Exception) -> None:
        self._restore()
        if self.workspace is not None:
            self.workspace.ui.say(fault_text(self._texts, fault), "bad")

    def set_language(self, lang: Lang) -> None:
        """Change the language of the window."""
        self._preferences.lang = lang
        self._texts = Texts(lang)
        speak(lang)
        self._title()
        self._anew()

    def set_appearance(self, appearance: Appearance) -> None:
        """Change between light, dark and the system's choice."""
        self._preferences.appearance = appearance
        theme().apply(appearance, theme().scale)

    def set_scale(self, scale: float) -> None:
        """Change the size of text and controls."""
        self._preferences.scale = scale
        theme().apply(theme().appearance, scale)
        self._anew()

    def centralWidget(self) -> QWidget:
        """Return the page in front, before the first the empty place for it."""
        return self._pages.currentWidget() or self._pages

    def _title(self) -> None:
        names = (self._desk.store.name if self._desk else "", self._texts.get("ui.app"))
        self.setWindowTitle(" – ".join(filter(None, names)))

    def _put(self, page: QWidget) -> None:
        before = self._pages.currentWidget()
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        parked = self._parked.workspace if self._parked is not None else None
        if before is not None and before is not page and before is not parked:
            before.deleteLater()

    def _anew(self) -> None:
        """Build the place in front anew with its reminders, a parked one when it comes back."""
        before = self.workspace
        if self._parked is not None:
            self._parked.stale = True
        self._leave()
        self._rebuild()
        if before is not None and self.workspace is not None:
            self.workspace.reminders.card.keep(before.reminders.card.notices)

    def _leave(self) -> None:
        if self.workspace is not None:
            self.workspace.close_down()
            self.workspace = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed, wait for what is being written, then close."""
        self._preferences.geometry = self.saveGeometry()
        self._close_training()
        self._leave()
        if self._parked is not None:
            self._parked.workspace.close_down()
        desk = self._desk
        if desk is not None:
            self._background.run(desk.close, lambda _none: None, lambda _fault: None)
        self._background.shutdown()
        super().closeEvent(event)
