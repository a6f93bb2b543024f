"""Settings (设置): people, store and hours, printing, look, backup, diagnostics, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.context import Ui
from ui.screens.base import OWN_ACCOUNT, Screen
from ui.screens.settings_about import AboutPage, CheckPage
from ui.screens.settings_data import DataPage
from ui.screens.settings_people import PeoplePage
from ui.screens.settings_store import LookPage, PrintPage, StorePage
from ui.shell.keys import KeyRow
from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import Scroll, box, column, label


class Wishes(Protocol):
    """Who carries changes of the whole window out (the top bar passes them on)."""

    language_wanted: SignalInstance
    appearance_wanted: SignalInstance
    scale_wanted: SignalInstance


SECTIONS = ("people", "store", "print", "look", "data", "check", "about")


class SettingsScreen(Screen):
    """One section at a time, chosen by chips; each is built when it is first opened."""

    def __init__(self, ui: Ui, wishes: Wishes) -> None:
        super().__init__(ui)
        text = ui.text
        self._makers: dict[str, Callable[[], QWidget]] = {
            "people": lambda: PeoplePage(ui),
            "store": lambda: StorePage(ui),
            "print": lambda: PrintPage(ui),
            "look": lambda: LookPage(ui, wishes),
            "data": lambda: DataPage(ui),
            "check": lambda: CheckPage(ui),
            "about": lambda: AboutPage(ui),
        }
        self.pages: dict[str, QWidget] = {}
        self.sections = Choice([Option(name, text(f"ui_settings.{name}")) for name in SECTIONS])
        self.sections.setAccessibleName(text("ui_settings.sections"))
        self._stack = QStackedWidget()
        head = column(
            label(text("ui_settings.title"), "title"), self.sections, gap=12,
            margins=(24, 24, 24, 0),
        )  # fmt: skip
        self.setLayout(column(box(head), self._stack, gap=8))
        self.sections.changed.connect(self._show_section)

    def open(self, what: object) -> None:
        """Come to the front, at the section asked for."""
        asked = "people" if what == OWN_ACCOUNT else what
        wanted = asked if isinstance(asked, str) and asked in SECTIONS else None
        self.sections.set_value(wanted or self.sections.value() or SECTIONS[0])
        self._show_section()
        page = self.pages.get("people")
        if what == OWN_ACCOUNT and isinstance(page, PeoplePage):
            page.change_own()

    def _show_section(self) -> None:
        name = self.sections.value()
        if name is None:
            return
        if name not in self.pages:
            self.pages[name] = self._makers[name]()
            scroll = Scroll(box(column(self.pages[name], None, margins=(24, 8, 24, 24))))
            self._stack.addWidget(scroll)
        place = list(self.pages).index(name)
        self._stack.setCurrentIndex(place)
        self.refresh()

    def refresh(self) -> None:
        """Look again at what the section in front shows."""
        page = self.pages.get(self.sections.value() or "")
        load = getattr(page, "load", None)
        if load is not None:
            load()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        return (("← →", self.ui.text("ui_settings.key.section")),)
