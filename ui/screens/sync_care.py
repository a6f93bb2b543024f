"""What waits for a person after an exchange: a wrong clock, conflicts, complaints set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.commands import Command
from desktop.services.desk import Desk, TicketPage
from desktop.services.sync_ports import SetAside, WentOn
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.names import Names
from ui.screens.conflict_sides import ConflictBox
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, box, clear, column, label, row
from ui.widgets.text import ElidedLabel

#: A clock that is off by less is not worth a word, in milliseconds.
CLOCK_TOLERANCE_MS = 120_000
#: Complaints whose conflicts are shown side by side; the next ones follow when these are settled.
SIDE_BY_SIDE = 3
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Found:
    offset_ms: int | None
    conflicting: int
    """How many complaints have conflicts; the first of them are in `pages`."""
    pages: Sequence[TicketPage]
    set_aside: Sequence[SetAside]
    went_on: WentOn | None
    ahead: Sequence[TicketRow]
    """Open complaints that a PC with a wrong clock dated to come: no reminder is on time."""


def _look(desk: Desk) -> _Found:
    waiting = desk.conflicting()
    pages = [desk.ticket(item.stream) for item in waiting[:SIDE_BY_SIDE]]
    found = [page for page in pages if page is not None]
    return _Found(
        desk.clock_offset_ms(),
        len(waiting),
        found,
        desk.set_aside(),
        desk.went_on(),
        desk.dated_ahead(),
    )


class CareCard(Card):
    """Names each thing, opens it or tries it again."""

    shown = Signal()
    """The lines were made again."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_sync.care"))
        self._ui, self._names = ui, Names(ui.texts, ui.desk.policy)
        self.lines = column(gap=10)
        self.add(self.lines)
        self.said = label("", "small", wrap=True)
        self.said.hide()
        self.again = Button(ui.text("ui_sync.care_again"), self.try_again)
        self.again.hide()
        self.add(column(self.said, row(self.again, None), gap=6))
        self.hide()

    def refresh(self) -> None:
        """Read again."""
        desk = self._ui.desk
        self._ui.run(lambda: _look(desk), self._show)

    def _show(self, found: _Found) -> None:
        clear(self.lines)
        text = self._ui.text
        clock = self._clock(found.offset_ms)
        if clock:
            self.lines.addWidget(label(clock, "strong", wrap=True))
        if found.went_on is not None:
            self._show_went_on(found.went_on)
        for page in found.pages:
            self._show_conflicts(page)
        if found.conflicting > len(found.pages):
            more = text("ui_sync.care_more", n=found.conflicting - len(found.pages))
            self.lines.addWidget(label(more, "small", wrap=True))
        for aside in found.set_aside:
            self.lines.addWidget(self._aside(aside))
        for ahead in found.ahead:
            at = self._ui.formats.whole(ahead.opened_at)
            about = text("ui_clock.listed", number=ahead.number, at=at)
            self.lines.addWidget(self._line(ahead.summary or ahead.number, about, ahead.stream))
        waits = bool(clock or found.went_on or found.conflicting or found.set_aside or found.ahead)
        self.setVisible(waits or not self.said.isHidden())
        self.again.setVisible(bool(found.set_aside))
        self.shown.emit()

    def _show_went_on(self, told: WentOn) -> None:
        """Say that this PC's data were a backup or a copy, until somebody has read it."""
        text = self._ui.text
        title = label(text("ui_sync.went_on", letter=told.letter), "strong", wrap=True)
        about = label(text("ui_sync.went_on_why", old=told.old, new=told.new), "small", wrap=True)
        line = row(gap=8)
        line.addLayout(column(title, about, gap=2), 1)
        line.addWidget(Button(text("ui_sync.went_on_read"), self._went_on_read))
        self.lines.addWidget(box(line))

    def _went_on_read(self) -> None:
        self._ui.run(self._ui.desk.went_on_read, lambda _: self.refresh())

    def _show_conflicts(self, page: TicketPage) -> None:
        """Show which complaint it is and each of its conflicts, to be settled here."""
        row_of = page.row
        about = f"{self._names.customer(row_of)} · {row_of.number}"
        self.lines.addWidget(self._line(row_of.summary or row_of.number, about, row_of.stream))
        for field in page.state.conflicts:
            conflict = ConflictBox(self._ui, self._names, field, page)
            conflict.wanted.connect(partial(self._settle, row_of.stream))
            self.lines.addWidget(conflict)

    def _settle(self, stream: str, command: Command) -> None:
        desk = self._ui.desk
        self._ui.act(lambda: desk.act(stream, command), self._settled)

    def _settled(self, _page: object) -> None:
        self._ui.say(self._ui.text("ui_sync.care_settled"))
        self.refresh()

    def _clock(self, offset_ms: int | None) -> str:
        """Return what to say of this PC's clock, "" when it is right."""
        if offset_ms is None or abs(offset_ms) < CLOCK_TOLERANCE_MS:
            return ""
        key = "clock_slow" if offset_ms > 0 else "clock_fast"
        off = timedelta(milliseconds=abs(offset_ms))
        minutes = self._ui.text("ui_clock.minutes", n=off // _MINUTE)
        span = minutes if off < _HOUR else self._ui.formats.span(off)
        return self._ui.text(f"ui_sync.{key}", span=span)

    def try_again(self) -> None:
        """Make the rows of what was set aside again."""
        self.again.setEnabled(False)
        self._ui.run(self._ui.desk.try_set_aside_again, self._tried)

    def _tried(self, left: int) -> None:
        self.again.setEnabled(True)
        key = "care_left" if left else "care_done"
        self.said.setText(self._ui.text(f"ui_sync.{key}", **({"n": left} if left else {})))
        self.said.show()
        self._ui.changed.emit()
        self.refresh()

    def _aside(self, aside: SetAside) -> QWidget:
        """Say in words why a complaint is set aside; the fault itself is for the technical view."""
        torn = aside.reason.startswith("TornRecord")
        about = self._ui.text("sync.aside_torn" if torn else "sync.aside_unexplained")
        line = self._line(aside.number or aside.stream, about, aside.stream)
        line.setToolTip(self._ui.text("ui_sync.last_detail", detail=aside.reason))
        return line

    def _line(self, title: str, about: str, stream: str) -> QWidget:
        words = column(ElidedLabel(title, "strong"), label(about, "small", wrap=True), gap=2)
        line = row(gap=8)
        line.addLayout(words, 1)
        go = partial(self._ui.navigate.emit, "ticket", stream)
        line.addWidget(Button(self._ui.text("ui.open"), go, accessible=f"{title} {about}"))
        return box(line)
