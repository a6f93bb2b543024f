"""Reminders at 50, 80 and 100 %: a calm card, a tray message and a sound; a click opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QMenu, QSystemTrayIcon, QWidget

from desktop.services.reminding import Notice
from ui.background import Job
from ui.context import Ui
from ui.icons import icon
from ui.names import Names
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.layout import clear, column, label, row
from ui.widgets.text import TONE_ICONS

EVERY_MS = 60_000
SHOWN = 4
WIDTH = 380
SOUND = "reminders.sound"
OFF = "off"


class NoticeCard(QFrame):
    """The notices at the bottom right; stays until closed, so that nobody misses one."""

    def __init__(self, ui: Ui, names: Names, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._names = ui, names
        self.setProperty("role", "popup")
        self.setAccessibleName(ui.text("ui_reminders.title"))
        self._rows = column(gap=2)
        close = Button("", self.dismiss, variant="ghost", icon="x", accessible=ui.text("ui.close"))
        head = row(label(ui.text("ui_reminders.title"), "heading"), None, close)
        self._more = label("", "small")
        self._page = column(head, self._rows, self._more, gap=4, margins=(16, 8, 8, 12))
        self.setLayout(self._page)
        self.notices: list[Notice] = []
        parent.installEventFilter(self)
        self.hide()

    def add(self, notices: Sequence[Notice]) -> None:
        """Show further notices, the newest first."""
        fresh = {(n.stream, n.clock or n.kind) for n in notices}
        kept = [n for n in self.notices if (n.stream, n.clock or n.kind) not in fresh]
        self.notices = [*notices, *kept]
        self._fill()
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        """Close the card: everything on it was seen."""
        self.notices = []
        self.hide()

    def _fill(self) -> None:
        clear(self._rows)
        for notice in self.notices[:SHOWN]:
            self._rows.addLayout(self._line(notice))
        rest = len(self.notices) - SHOWN
        self._more.setText(self._ui.text("ui_reminders.more", n=rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        self._place()

    def _line(self, notice: Notice) -> QLayout:
        tone = tone_of(notice)
        line = row(gap=8)
        line.addWidget(Glyph(TONE_ICONS[tone] or "clock", tone, 18))
        words = column(gap=0)
        go = partial(self._open, notice)
        words.addWidget(Button(notice.number, go, variant="link"))
        words.addWidget(label(words_of(notice, self._ui, self._names), "smallink", wrap=True))
        line.addLayout(words, 1)
        return line

    def _open(self, notice: Notice) -> None:
        self.notices = [n for n in self.notices if n is not notice]
        if self.notices:
            self._fill()
        else:
            self.hide()
        self._ui.navigate.emit("ticket", notice.stream)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the corner when the window is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, px = self.parentWidget(), theme().px
        if parent is None:
            return
        width = min(px(WIDTH), parent.width() - px(32))
        self._page.activate()
        height = self._page.totalHeightForWidth(width)
        self.setGeometry(
            parent.width() - width - px(24), parent.height() - height - px(24), width, height
        )


class ReminderAgent(QObject):
    """Asks every minute off the GUI thread; after sleep or a restart the missed ones come then."""

    def __init__(
        self, ui: Ui, window: QWidget, beep: Callable[[], None] = QApplication.beep
    ) -> None:
        super().__init__(window)
        self._ui, self._window, self._beep = ui, window, beep
        self._names = Names(ui.texts, ui.desk.policy)
        self.card = NoticeCard(ui, self._names, window)
        self.sound = True
        self._job: Job | None = None
        self._last = ""
        self.tray = self._make_tray()
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
        self._mute.setChecked(True)
        self._mute.toggled.connect(self.set_sound)
        menu.addAction(self._mute)
        tray.setContextMenu(menu)
        tray.messageClicked.connect(self.open_last)
        tray.activated.connect(lambda _why: self.open_last())
        tray.show()
        return tray

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
        urgent = max(notices, key=lambda n: (n.kind == "overdue", n.percent))
        self._last = urgent.stream
        self.card.add(notices)
        self._ui.changed.emit()
        if self.sound:
            self._beep()
        if self.tray is not None:
            words = words_of(urgent, self._ui, self._names)
            more = self._ui.text("ui_reminders.more", n=len(notices) - 1)
            text = f"{words}\n{more}" if len(notices) > 1 else words
            self.tray.showMessage(urgent.number, text, icon("clock", "accent"))

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
        if self.tray is not None:
            self.tray.hide()


def tone_of(notice: Notice) -> Tone:
    """Grade a notice: half is news, 80 % a warning, the end is bad."""
    if notice.kind == "overdue" or notice.percent >= 100:
        return "bad"
    return "warn" if notice.percent >= 80 else "info"


def words_of(notice: Notice, ui: Ui, names: Names) -> str:
    """Say what is due, until when, and to whom it went."""
    clock = names.clock(notice.clock) if notice.clock else ""
    due = ui.formats.moment(notice.due) if notice.due else ""
    if notice.kind == "overdue":
        role = names.role(notice.to_role)
        return ui.text("ui_reminders.overdue", clock=clock, due=due, role=role)
    if notice.kind == "unhandled":
        return ui.text("ui_reminders.unhandled", since=due)
    if notice.percent >= 100:
        return ui.text("ui_reminders.ended", clock=clock, due=due)
    return ui.text("ui_reminders.passed", clock=clock, percent=notice.percent, due=due)
