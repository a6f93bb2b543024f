"""Asks for reminders at 50, 80 and 100 %: card and pill, a tray message, a sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from desktop.services.reminding import Notice
from ui.background import Job
from ui.chime import Chime
from ui.context import Ui
from ui.desktop_notes import DesktopNotes, connect
from ui.icons import icon
from ui.names import Names
from ui.reminder_card import NoticeCard, most_urgent, words_of
from ui.widgets.buttons import Button

EVERY_MS = 60_000
SOUND = "reminders.sound"
OFF = "off"


class ReminderAgent(QObject):
    """Asks every minute off the GUI thread; after sleep or a restart the missed ones come then."""

    def __init__(
        self,
        ui: Ui,
        window: QWidget,
        pill: Button,
        beep: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(window)
        self._ui, self._window = ui, window
        self._chime = Chime(self)
        self._beep = beep or self._chime.play
        self._names = Names(ui.texts, ui.desk.policy)
        self.card = NoticeCard(ui, self._names, window, pill)
        self.sound = True
        self._job: Job | None = None
        self._last = ""
        self.tray = self._make_tray()
        self._notes = DesktopNotes(self, ui.text("ui.app"), ui.text("ui_reminders.open"))
        self._notes.clicked.connect(self.open_last)
        self._notes.refused.connect(self._tell_by_tray)
        ui.run(connect, self._notes.use, lane="files")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(EVERY_MS)
        ui.run(lambda: ui.desk.setting(SOUND), self._set_sound)

    def _make_tray(self) -> QSystemTrayIcon | None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return None
        tray = QSystemTrayIcon(icon("clock", "accent"), self)
        tray.setToolTip(self._ui.text("ui.app"))
        menu = QMenu(self._window)
        menu.addAction(self._ui.text("ui_reminders.open"), self.open_last)
        self._mute = QAction(self._ui.text("ui_reminders.sound"), menu)
        self._mute.setCheckable(True)
        self._mute.setChecked(self.sound)
        self._mute.toggled.connect(self.set_sound)
        menu.addAction(self._mute)
        tray.setContextMenu(menu)
        tray.messageClicked.connect(self.open_last)
        tray.activated.connect(self._activated)
        tray.show()
        return tray

    def _activated(self, why: QSystemTrayIcon.ActivationReason) -> None:
        if why is not QSystemTrayIcon.ActivationReason.Context:  # that one wants the menu
            self.open_last()

    def _set_sound(self, kept: str) -> None:
        self.sound = kept != OFF
        if self.tray is not None:
            self._mute.setChecked(self.sound)

    def set_sound(self, on: bool) -> None:
        """Turn the sound on or off for this PC."""
        if on != self.sound:
            self.sound = on
            desk = self._ui.desk
            self._ui.keep(lambda: desk.save_setting(SOUND, "" if on else OFF), lambda: None)

    def look(self) -> None:
        """Ask what is due now, unless the last look is still under way."""
        if self._job is None:
            desk = self._ui.desk
            self._job = self._ui.run_with_progress(
                lambda job: desk.reminders_to_show(lambda: job.stopping),
                self._looked,
                lambda _value: None,
                lane="reminders",
                on_error=self._failed,
            )

    def _looked(self, notices: Sequence[Notice]) -> None:
        self._job = None
        self._show(notices)

    def _failed(self, message: str) -> None:
        self._job = None
        self._ui.say(message, "bad")

    def _show(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        urgent = most_urgent(notices)
        self._last = urgent.stream
        self.card.add(notices)
        self._ui.changed.emit()
        if self.sound:
            self._beep()
        words = words_of(urgent, self._ui, self._names)
        more = self._ui.text("ui_reminders.more", n=len(notices) - 1)
        text = f"{words}\n{more}" if len(notices) > 1 else words
        if self.tray is None:
            self.tray = self._make_tray()  # its place may have come after the window
        if not self._notes.show(urgent.number, text):
            self._tell_by_tray(urgent.number, text)

    def _tell_by_tray(self, title: str, text: str) -> None:
        if self.tray is not None:
            self.tray.showMessage(title, text, icon("clock", "accent"))

    def open_last(self) -> None:
        """Bring the window to the front with the ticket of the last message."""
        top = self._window.window()
        top.setWindowState(top.windowState() & ~top.windowState().WindowMinimized)
        top.show()
        top.raise_()
        top.activateWindow()
        if self._last:
            self._ui.navigate.emit("ticket", self._last)

    def close_down(self) -> None:
        """Stop asking and leave the tray."""
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
        self._chime.stop()
        self._notes.close()
        if self.tray is not None:
            self.tray.hide()
