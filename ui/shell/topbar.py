"""The bar at the top: which store and day, search, how the upload stands, and who works here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QLayout, QMenu

from desktop.services.exchange_ports import Enrolment, SyncStatus
from desktop.services.ports import Person
from desktop.services.training import TrainingDesk
from desktop.texts import LANGS
from ui.context import Ui
from ui.icons import icon
from ui.screens.base import OWN_ACCOUNT
from ui.theme import SCALES, theme
from ui.tokens import TOPBAR_HEIGHT, Tone
from ui.widgets.buttons import Button
from ui.widgets.inputs import SearchBox
from ui.widgets.layout import box, column, label, row
from ui.widgets.text import ElidedLabel

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TopBar(QFrame):
    """Asks for changes by signals; the window carries them out."""

    lock_wanted = Signal()
    switch_wanted = Signal()
    training_wanted = Signal()
    """Into the training store, or out of it."""
    language_wanted = Signal(str)
    appearance_wanted = Signal(str)
    scale_wanted = Signal(float)
    keys_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self.setProperty("role", "topbar")
        self.setFixedHeight(theme().px(TOPBAR_HEIGHT))
        training = isinstance(ui.desk, TrainingDesk)
        name = ui.text("ui_shell.training") if training else ui.desk.store.name
        self._store = ElidedLabel(name, "strong")
        self._day = label("", "small")
        self.search = SearchBox(ui.text("ui.top.search"), hint="Ctrl K")
        self.pill = Button(
            ui.text("ui.loading"), self._open_sync, variant="pill", icon="refresh-cw"
        )
        self.reminders = Button("", variant="pill", icon="clock")
        self.reminders.hide()
        self._avatar = label("", "avatar")
        self._avatar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._avatar.setFixedSize(theme().px(32), theme().px(32))
        self._name, self._role = label(""), label("", "small")
        self._who = box(column(None, self._name, self._role, None, gap=0))
        self._menu_button = Button("", self.open_menu, variant="ghost", icon="chevron-down")
        self.setLayout(self._arrange())
        self._show_person(ui.desk.person)
        self.show_day(ui.desk.now())

    def _arrange(self) -> QLayout:
        self.search.setMaximumWidth(theme().px(384))
        self._store.setMaximumWidth(self._store.sizeHint().width() + theme().px(4))
        line = row(gap=12, margins=(24, 0, 16, 0))
        line.addWidget(self._store, 2)
        line.addWidget(self._day)
        line.addWidget(self.search, 5)
        line.addStretch(1)
        for part in (self.reminders, self.pill, self._avatar, self._who, self._menu_button):
            line.addWidget(part)
        return line

    def _show_person(self, person: Person | None) -> None:
        name = person.name if person else ""
        role = self._ui.text(f"ui.role.{person.role}") if person else ""
        self._avatar.setText(name[:1])
        self._name.setText(name)
        self._role.setText(role)
        tip = self._ui.text("ui.top.person_menu", name=name, role=role)
        self._menu_button.setAccessibleName(tip)
        self._menu_button.setToolTip(tip)

    def show_day(self, now: datetime) -> None:
        """Show weekday, date and today's opening hours."""
        local = now.astimezone(ZoneInfo(self._ui.desk.store.timezone))
        hours = self._ui.desk.store.hours.get(DAYS[local.weekday()])
        if hours is None:
            words = self._ui.text("ui.top.shut")
        elif f"{local:%H:%M}" < hours[0]:
            words = self._ui.text("ui.top.open_from", time=hours[0])
        elif f"{local:%H:%M}" < hours[1]:
            words = self._ui.text("ui.top.open_until", time=hours[1])
        else:
            words = self._ui.text("ui.top.shut_since", time=hours[1])
        self._day.setText(f"{self._ui.formats.day(now)} · {words}")

    def show_sync(
        self,
        status: SyncStatus,
        enrolment: Enrolment | None,
        *,
        online: bool,
        busy: bool,
        revoked: bool = False,
    ) -> None:
        """Say calmly how the upload stands; nothing is called sent before HQ's receipt."""
        words, tone, picture = self._sync_words(status, enrolment, online=online, busy=busy)
        if revoked and not busy:
            words, tone = self._ui.text("ui.pill.revoked", n=f"{status.pending:,}"), "warn"
        self.pill.set_icon(icon(picture, tone))
        self.pill.set_text(words)
        self.pill.set_tone(tone)
        seq, acked = f"{status.seq:,}", f"{status.acked_seq:,}"
        tip = self._ui.text("ui.pill.tip", seq=seq, acked=acked)
        self.pill.setToolTip(tip)
        self.pill.setAccessibleDescription(tip)

    def _sync_words(
        self, status: SyncStatus, enrolment: Enrolment | None, *, online: bool, busy: bool
    ) -> tuple[str, Tone, str]:
        if isinstance(self._ui.desk, TrainingDesk):
            return self._ui.text("ui_training.pill"), "warn", "cloud-off"
        count = f"{status.pending:,}" if status.pending else ""
        if busy:
            return self._ui.text("ui.pill.busy"), "info", "refresh-cw"
        if enrolment is None:
            return self._ui.text("ui.pill.not_enrolled", n=count or 0), "neutral", "cloud-off"
        if not online and count:
            return self._ui.text("ui.pill.offline", n=count), "warn", "cloud-off"
        if not online:
            return self._ui.text("ui.pill.offline_none"), "neutral", "cloud-off"
        if count:
            return self._ui.text("ui.pill.pending", n=count), "info", "upload"
        if status.pending_attachments:
            files = f"{status.pending_attachments:,}"
            return self._ui.text("ui.pill.files", n=files), "info", "upload"
        return self._ui.text("ui.pill.sent"), "good", "cloud-check"

    def set_width(self, logical: int) -> None:
        """Leave out what a narrow window has no room for."""
        self._who.setVisible(logical >= 1000)
        self._day.setVisible(logical >= 1100)
        self._store.setVisible(logical >= 720)

    def _open_sync(self) -> None:
        self._ui.navigate.emit("sync", None)

    def open_menu(self) -> None:
        """Open the menu of the person: lock, language, appearance, size, keys, quit."""
        menu = self.build_menu()
        at = self._menu_button.mapToGlobal(QPoint(0, self._menu_button.height()))
        menu.popup(QPoint(at.x() + self._menu_button.width() - menu.sizeHint().width(), at.y()))

    def build_menu(self) -> QMenu:
        """Return the person's menu; it is deleted when it closes."""
        text = self._ui.text
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        switch = f"{text('ui_shell.switch')}\tCtrl+Shift+L"
        menu.addAction(icon("users"), switch, self.switch_wanted.emit)
        lock = f"{text('ui.menu.lock')}\tCtrl+L"
        menu.addAction(icon("lock"), lock, self.lock_wanted.emit)
        go = self._ui.navigate.emit
        password = text("ui.menu.password")
        menu.addAction(icon("key-round"), password, lambda: go("settings", OWN_ACCOUNT))
        menu.addSeparator()
        menu.addAction(
            icon("arrow-left-right"), text("ui_shell.handover"), lambda: go("handover", None)
        )
        training = isinstance(self._ui.desk, TrainingDesk)
        words = text("ui_training.leave" if training else "ui_shell.training")
        menu.addAction(icon("graduation-cap"), words, self.training_wanted.emit)
        menu.addSeparator()
        self._choices(
            menu.addMenu(icon("languages"), text("ui.menu.language")),
            [(lang, text(f"ui.lang.{lang}"), lang == self._ui.texts.lang) for lang in LANGS],
            self.language_wanted.emit,
        )
        looks = ("system", "light", "dark")
        self._choices(
            menu.addMenu(icon("moon"), text("ui.menu.appearance")),
            [
                (look, text(f"ui.menu.appearance.{look}"), look == theme().appearance)
                for look in looks
            ],
            self.appearance_wanted.emit,
        )
        self._choices(
            menu.addMenu(icon("a-large-small"), text("ui.menu.size")),
            [(str(scale), f"{scale:.0%}", scale == theme().scale) for scale in SCALES],
            lambda value: self.scale_wanted.emit(float(value)),
        )
        menu.addSeparator()
        menu.addAction(icon("keyboard"), f"{text('ui.menu.keys')}\tF1", self.keys_wanted.emit)
        menu.addAction(icon("log-out"), text("ui.menu.quit"), self.quit_wanted.emit)
        return menu

    def _choices(
        self, menu: QMenu, options: list[tuple[str, str, bool]], chosen: Callable[[str], object]
    ) -> None:
        group = QActionGroup(menu)
        for value, words, on in options:
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(on)
            action.triggered.connect(lambda _on=False, v=value: chosen(v))
            group.addAction(action)
            menu.addAction(action)
