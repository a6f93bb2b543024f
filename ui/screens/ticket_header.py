"""The head of a ticket: what it is, where it stands, and its clocks with their reasons."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.deadlines import Deadline
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import LEVEL_TONES, Names
from ui.widgets.buttons import Button
from ui.widgets.layout import box, clear, column, row
from ui.widgets.text import WHOLE, ClockPill, ElidedLabel, Pill

CLOCKS_SHOWN = 2
BESIDE_FROM = 1080
"""Content width in logical pixels from which the clocks stand beside the title."""
CODE_LEAST = 150
"""Logical pixels of the code that the title leaves it."""
DOCUMENTS = ("receipt", "slip", "settlement", "apology", "ticket")


class TicketHeader(QWidget):
    """Title, level and code, the tightest running clocks, and what can be printed."""

    more_wanted = Signal()

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__()
        self._ui, self._names = ui, names
        self._title = ElidedLabel("", "title", hug=True)
        self._level, self._code = Pill("", least=WHOLE), Pill("", least=CODE_LEAST)
        self._about = ElidedLabel("", "small")
        self._clock_row = row(gap=8)
        self._clock_box = box(self._clock_row)
        self.clocks: list[ClockPill] = []
        self._narrow = False
        self.more = Button(ui.text("ui_acts.more"), self.more_wanted.emit, keys="Alt+M")
        first = self._first = row(gap=10)
        for part in (self._title, self._level, self._code):
            first.addWidget(part)
        first.addStretch(1)
        words = column(first, self._about, gap=4)
        self._line = row(gap=16)
        self._line.addLayout(words, 1)
        self._line.addWidget(self._clock_box)
        self._line.addWidget(self.more)
        self._below = row(gap=8)
        self.setLayout(column(self._line, self._below, gap=8))

    def show_page(self, page: TicketPage, now: datetime) -> None:
        """Show the ticket's head."""
        state, found, text = page.state, page.row, self._ui.text
        self._title.set_text(found.summary or text("ui_today.no_summary"))
        self._level.set(self._names.level(state.level), LEVEL_TONES.get(state.level, "neutral"))
        code = state.text("code")
        self._code.set(self._names.code(code), "neutral")
        parts = [found.number, self._names.customer(found)]
        if state.text("receipt_no"):
            parts.append(text("ui_ticket.receipt", n=state.text("receipt_no")))
        if state.opened is not None:
            when = self._ui.formats.smart(state.opened.at, now)
            who = page.names.get(state.opened.actor, "")
            parts.append(text("ui_ticket.accepted", when=when, who=who))
        self._about.set_text(" · ".join(parts))
        self._show_clocks(page, now)

    def _show_clocks(self, page: TicketPage, now: datetime) -> None:
        clear(self._clock_row)
        running = [d for d in page.deadlines if d.done_at is None]
        self.clocks = [self._clock(d) for d in running[:CLOCKS_SHOWN]]
        for pill in self.clocks:
            pill.set_now(now)
            self._clock_row.addWidget(pill)
        self._adapt()
        if page.state.closed is not None:
            self._clock_row.addWidget(Pill(self._ui.text("ui_complaints.closed"), "good"))

    def _clock(self, deadline: Deadline) -> ClockPill:
        clock = deadline.clock
        pill = ClockPill(self._ui.formats, clock.due, name=self._names.local(clock.title))
        lost = tuple(
            f"{self._names.rule(r.rule)} ({self._ui.formats.moment(r.due)})" for r in clock.lost
        )
        rule = self._names.rule(clock.rule)
        if clock.provisional:
            rule = f"{rule}\n{self._ui.text('ui.clock.provisional')}"
        pill.set_reason(rule, lost)
        return pill

    def set_width(self, logical: int) -> None:
        """Put clocks and code on a line of their own when it is narrow."""
        narrow = logical < BESIDE_FROM
        if narrow != self._narrow:
            self._narrow = narrow
            self._place()
        self._adapt()

    def _place(self) -> None:
        for part in (self._clock_box, self._code):
            for line in (self._line, self._below, self._first):
                line.removeWidget(part)
        if self._narrow:
            self._below.addWidget(self._clock_box)
            self._below.addWidget(self._code)
            self._below.addStretch(1)
            return
        while self._below.takeAt(0) is not None:
            pass
        self._first.insertWidget(2, self._code)
        self._line.insertWidget(1, self._clock_box)

    def _adapt(self) -> None:
        self._code.setVisible(bool(self._code.text))

    def tick(self, now: datetime) -> None:
        """Let the clocks run."""
        for pill in self.clocks:
            pill.set_now(now)
