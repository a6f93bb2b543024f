"""The card of reminders: small, one row per complaint, never over anything that is clicked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QFrame,
    QWidget,
)

from desktop.services.reminding import Notice
from ui.announcing import announce
from ui.context import Ui
from ui.icons import icon
from ui.names import Names
from ui.theme import theme
from ui.tokens import TOPBAR_HEIGHT, Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.inputs import LineEdit, Select, TextArea
from ui.widgets.layout import box, clear, column, label, order_tabs, row
from ui.widgets.progress import StatTile
from ui.widgets.signature import SignaturePad
from ui.widgets.text import TONE_ICONS

SHOWN = 2
WIDTH = 320
SHOWN_MS = 10_000
_BEAT_MS = 500
#: What the card must not lie over, whatever screen has it: all that is pressed or typed into.
_IN_USE = (QAbstractButton, QAbstractItemView, LineEdit, Select, TextArea, SignaturePad, StatTile)


class NoticeCard(QFrame):
    """Opens for ten seconds where a place is free, then folds into `pill` until closed.

    A screen full of rows has no free place: the pill alone tells there, and hangs the card below
    itself when it is pressed.
    """

    def __init__(self, ui: Ui, names: Names, parent: QWidget, pill: Button) -> None:
        super().__init__(parent)
        self._window = parent
        self._ui, self._names, self.pill = ui, names, pill
        self.setProperty("role", "popup")
        self.setAccessibleName(ui.text("ui_reminders.title"))
        self._rows = column(gap=2)
        close = Button("", self.dismiss, variant="ghost", icon="x", accessible=ui.text("ui.close"))
        head = row(label(ui.text("ui_reminders.title"), "strong"), None, close)
        self._more = label("", "small")
        self._page = column(head, self._rows, self._more, gap=2, margins=(14, 4, 6, 10))
        self.setLayout(self._page)
        self.notices: list[Notice] = []
        self._links: list[Button] = []
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        pill.clicked.connect(self.toggle)
        self.hide()

    def add(self, notices: Sequence[Notice]) -> None:
        """Show further notices, the newest first."""
        fresh = {(n.stream, n.clock or n.kind) for n in notices}
        kept = [n for n in self.notices if (n.stream, n.clock or n.kind) not in fresh]
        self.notices = [*notices, *kept]
        self._fill()
        self._left = SHOWN_MS
        self._timer.start()
        self.setVisible(self._place())
        self.raise_()
        announce(self.pill, f"{self.pill.accessibleName()} {self.pill.accessibleDescription()}")

    def keep(self, notices: Sequence[Notice]) -> None:
        """Show in the pill what nobody has seen yet in the card before this one."""
        if notices:
            self.notices = list(notices)
            self._fill()

    def toggle(self) -> None:
        """Open the card with the keyboard in it, or fold it."""
        if self.isVisible():
            self.fold()
        elif self.notices:
            if not self._place():
                self._hang()
            self._left = SHOWN_MS
            self._timer.start()
            self.show()
            self.raise_()
            self._links[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def fold(self) -> None:
        """Leave only the pill."""
        inside = self._has_focus()
        self._timer.stop()
        self.hide()
        if inside and self.pill.isVisible():
            self.pill.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close card and pill: everything on it was seen."""
        self.notices = []
        self._timer.stop()
        self.hide()
        self.pill.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold at Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.fold()
        else:
            super().keyPressEvent(event)

    def _beat(self) -> None:
        """Count down while nobody is at the card, and make way for what came under it."""
        if self.underMouse() or self._has_focus():
            self._left = SHOWN_MS
            return
        self._left -= _BEAT_MS
        if self._left <= 0 or not self._place():
            self.fold()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return self.isVisible() and focus is not None and self.isAncestorOf(focus)

    def _fill(self) -> None:
        clear(self._rows)
        self._links = []
        tickets = by_ticket(self.notices)
        for group in tickets[:SHOWN]:
            line = self._line(group)
            self._rows.addWidget(line)
            line.show()
        rest = len(tickets) - SHOWN
        self._more.setText(self._ui.text("ui_reminders.more", n=rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        order_tabs(self)
        worst = most_urgent(self.notices)
        tone = tone_of(worst)
        self.pill.set_text(self._ui.text("ui_reminders.pill", n=len(tickets)))
        self.pill.set_tone(tone)
        self.pill.set_icon(icon("clock", tone))
        said = f"{worst.number} {words_of(worst, self._ui, self._names)}"
        self.pill.setToolTip(said)
        self.pill.setAccessibleDescription(said)
        self.pill.show()

    def _line(self, group: Sequence[Notice]) -> QWidget:
        urgent = max(group, key=_urgency)
        tone = tone_of(urgent)
        link = Button(urgent.number, partial(self._open, urgent), variant="link")
        self._links.append(link)
        said = label(joined_words(group, self._ui, self._names), "smallink", wrap=True)
        words = column(link, said, gap=0)
        line = row(Glyph(TONE_ICONS[tone] or "clock", tone, 18), gap=8)
        line.addLayout(words, 1)
        page = box(line)
        # A layout counts no height for what was not shown yet, and the card is placed at once.
        for part in page.findChildren(QWidget):
            part.show()
        return page

    def _open(self, notice: Notice) -> None:
        self.notices = [n for n in self.notices if n.stream != notice.stream]
        if self.notices:
            self._fill()
            self._place()
        else:
            self.dismiss()
        self._ui.navigate.emit("ticket", notice.stream)

    def _place(self) -> bool:
        """Take the lowest place at the right over nothing in use; False when there is none."""
        window, px = self._window, theme().px
        width = min(px(WIDTH), window.width() - px(32))
        self._page.invalidate()
        height = self._page.totalHeightForWidth(width)
        spot = QRect(0, 0, width, height)
        spot.moveBottomRight(window.rect().bottomRight())
        spot.translate(-px(24), -px(16))
        top = px(TOPBAR_HEIGHT) + px(8)
        taken = sorted(self._taken(window), key=QRect.bottom, reverse=True)
        for part in taken:
            if part.intersects(spot):
                spot.moveBottom(part.top() - px(8))
        free = spot.top() >= top
        if free:
            self.setGeometry(spot)
        return free

    def _hang(self) -> None:
        """Hang below the pill, as a menu does: asked for, where no place is free."""
        window, px = self._window, theme().px
        width = min(px(WIDTH), window.width() - px(32))
        height = self._page.totalHeightForWidth(width)
        left = window.width() - width - px(24)
        self.setGeometry(left, px(TOPBAR_HEIGHT) + px(8), width, height)

    def _taken(self, window: QWidget) -> Iterable[QRect]:
        for part in (found for kind in _IN_USE for found in window.findChildren(kind)):
            if part.isVisible() and not self.isAncestorOf(part):
                seen = _in_sight(part, window)
                if not seen.isEmpty():
                    yield seen


def _in_sight(part: QWidget, window: QWidget) -> QRect:
    """Where a part stands in the window, without what is scrolled away.

    Not Qt's visible region: that leaves out what the card itself lies over.
    """
    seen = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
    around = part.parentWidget()
    while around is not None and around is not window:
        seen &= QRect(around.mapTo(window, QPoint(0, 0)), around.size())
        around = around.parentWidget()
    return seen


def by_ticket(notices: Sequence[Notice]) -> list[list[Notice]]:
    """Return the notices of each complaint together, in the order of their first."""
    groups: dict[str, list[Notice]] = {}
    for notice in notices:
        groups.setdefault(notice.stream, []).append(notice)
    return list(groups.values())


def _urgency(notice: Notice) -> tuple[bool, int]:
    return notice.kind == "overdue", notice.percent


def most_urgent(notices: Sequence[Notice]) -> Notice:
    """Return what was escalated, or else the clock with the largest part gone."""
    return max(notices, key=_urgency)


def joined_words(group: Sequence[Notice], ui: Ui, names: Names) -> str:
    """Say what is due of one complaint: the most urgent clocks together, the others counted."""
    worst = most_urgent(group)
    same = [n for n in group if _kind(n) == _kind(worst)]
    several = len(same) > 1 and worst.kind != "unhandled"
    said = _of_several(same, ui, names) if several else words_of(worst, ui, names)
    rest = len(group) - (len(same) if several else 1)
    more = (ui.text("ui_reminders.more", n=rest),) if rest else ()
    return ui.text("ui_reminders.join").join((said, *more))


def _kind(notice: Notice) -> tuple[str, int, str]:
    return notice.kind, notice.percent, notice.to_role


def _of_several(same: Sequence[Notice], ui: Ui, names: Names) -> str:
    worst = same[0]
    clocks = ui.text("ui_reminders.and").join(names.clock(n.clock) for n in same)
    if worst.kind == "overdue":
        return ui.text("ui_reminders.all_overdue", clocks=clocks, role=names.role(worst.to_role))
    if worst.percent >= 100:
        return ui.text("ui_reminders.all_ended", clocks=clocks)
    return ui.text("ui_reminders.all_passed", clocks=clocks, percent=worst.percent)


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
