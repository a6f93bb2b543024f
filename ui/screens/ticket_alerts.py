"""What a person must look at on a ticket: values that two PCs set apart, and broken rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.services.clock_check import time_doubt
from desktop.services.desk import TicketPage
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.names import Names
from ui.screens.conflict_sides import ConflictBox
from ui.widgets.feedback import Banner
from ui.widgets.layout import clear, column

#: A number is shared by as many complaints as a store had PCs before they joined.
SHARED_SHOWN = 5


class AlertsBox(QWidget):
    """Empty and hidden on an ordinary ticket."""

    wanted = Signal(object)
    form_wanted = Signal(str)
    """The name of the form that deals with it."""

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__()
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self._box = column(gap=8)
        self.setLayout(self._box)
        self.hide()

    def show_page(self, page: TicketPage) -> None:
        """Show a time in doubt, conflicts to settle and anomalies to check."""
        clear(self._box)
        state = page.state
        doubt = self._clock(page)
        if doubt:
            banner = Banner()
            self._box.addWidget(banner)
            banner.say(doubt, "warn")
        for anomaly in state.anomalies:
            # In the page first: a banner without a parent would open as a window of its own.
            banner = Banner()
            self._box.addWidget(banner)
            banner.say(self._ui.text(f"anomaly.{anomaly.code}", **anomaly.values), "bad")
        for field in state.conflicts:
            conflict = ConflictBox(self._ui, self._names, field, page)
            conflict.wanted.connect(self.wanted)
            self._box.addWidget(conflict)
        waits = self._waits(page)
        for words, form in waits:
            act = partial(self.form_wanted.emit, form)
            banner = Banner()
            self._box.addWidget(banner)
            banner.say(words, "warn", self._ui.text(f"ui_acts.{form}.title"), act)
        self._page = page
        shared = partial(self._ui.desk.same_number, page.row)
        self._ui.run(shared, partial(self._show_shared, page), owner=self)
        self.setVisible(bool(doubt or state.anomalies or state.conflicts or waits))

    def _show_shared(self, page: TicketPage, others: Sequence[TicketRow]) -> None:
        """Name the complaints with the same number: who holds a receipt may mean one of them."""
        if page is not self._page:
            return
        for other in others[:SHARED_SHOWN]:
            banner = Banner()
            self._box.addWidget(banner)
            about = f"{self._names.customer(other)} · {other.summary or other.number}"
            when = self._ui.formats.whole(other.opened_at)
            words = self._ui.text("ui_ticket.number_shared", about=about, when=when)
            go = partial(self._ui.navigate.emit, "ticket", other.stream)
            banner.say(words, "warn", self._ui.text("ui.open"), go)
            self.show()

    def _clock(self, page: TicketPage) -> str:
        """Return what to say of the clock by which the complaint was taken in, "" if right."""
        if not page.events:
            return ""
        doubt = time_doubt(page.events[0], self._ui.desk.now())
        if doubt is None:
            return ""
        moment = self._ui.formats.whole
        if doubt.likely is None:
            return self._ui.text("ui_clock.ahead", at=moment(doubt.at))
        return self._ui.text("ui_clock.off", at=moment(doubt.at), likely=moment(doubt.likely))

    def _waits(self, page: TicketPage) -> list[tuple[str, str]]:
        """Return who waits for an answer here, with the form that gives it."""
        state, text, found = page.state, self._ui.text, []
        if state.arrived_at is not None and not (state.served_at or state.left_at):
            since = self._ui.formats.clock(state.arrived_at)
            found.append((text("ui_acts.attend.since", since=since), "attend"))
        if state.handover is not None and state.closed is None:
            to = page.names.get(state.handover.to, state.handover.to)
            who = to or self._names.role(state.handover.role)
            found.append((text("ui_acts.accept.waits", who=who), "accept"))
        if state.rejected:
            found.append((text("ui_acts.reject.stands"), "release"))
        return found
