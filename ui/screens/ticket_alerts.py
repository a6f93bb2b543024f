"""What a person must look at on a ticket: values that two PCs set apart, and broken rules."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.registers import Candidate, FieldValue
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import clear, column, label, row

FIELD_NAMES = {
    "customer_name": "ui_ticket.record.customer_name",
    "phone": "ui_ticket.record.phone",
    "member_no": "ui_ticket.record.member_no",
    "product": "ui_ticket.record.product",
    "receipt_no": "ui_ticket.record.receipt_no",
    "expectation": "ui_ticket.record.expectation",
    "verbatim": "ui_ticket.verbatim",
    "emotion": "ui_intake.emotion",
    "code": "ui_ticket.classify.code",
    "level": "ui_ticket.classify.level",
    "sku": "ui_ticket.classify.sku",
    "batch": "ui_ticket.classify.batch",
    "amount": "ui_ticket.amount_involved",
}


class AlertsBox(QWidget):
    """Empty and hidden on an ordinary ticket."""

    wanted = Signal(object)
    form_wanted = Signal(str)
    """The name of the form that deals with it."""

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__()
        self._ui, self._names = ui, names
        self._box = column(gap=8)
        self.setLayout(self._box)
        self.hide()

    def show_page(self, page: TicketPage) -> None:
        """Show conflicts to settle and anomalies to check."""
        clear(self._box)
        state = page.state
        for anomaly in state.anomalies:
            # In the page first: a banner without a parent would open as a window of its own.
            banner = Banner()
            self._box.addWidget(banner)
            banner.say(self._ui.text(f"anomaly.{anomaly.code}", **anomaly.values), "bad")
        for field in state.conflicts:
            self._box.addWidget(self._conflict(field, page))
        waits = self._waits(page)
        for words, form in waits:
            act = partial(self.form_wanted.emit, form)
            banner = Banner()
            self._box.addWidget(banner)
            banner.say(words, "warn", self._ui.text(f"ui_acts.{form}.title"), act)
        self.setVisible(bool(state.anomalies or state.conflicts or waits))

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

    def _conflict(self, field: str, page: TicketPage) -> QFrame:
        text = self._ui.text
        frame = QFrame()
        frame.setProperty("role", "warnbox")
        name = text(FIELD_NAMES[field]) if field in FIELD_NAMES else field
        body = column(
            label(text("ui_ticket.conflict", field=name), "strong", wrap=True),
            gap=6,
            margins=(16, 12, 16, 12),
        )
        sides = row(gap=12)
        for candidate in page.state.fields[field].candidates:
            sides.addWidget(self._side(field, name, candidate, page), 1)
        body.addLayout(sides)
        frame.setLayout(body)
        return frame

    def _side(self, field: str, name: str, candidate: Candidate, page: TicketPage) -> QFrame:
        """Show what one person wrote, with the button that keeps it."""
        side = QFrame()
        side.setProperty("role", "sunken")
        value = self._names.value(candidate.value)
        who = page.names.get(candidate.actor, candidate.actor)
        when = self._ui.formats.moment(candidate.at)
        lines = column(
            label(value, "strong", wrap=True),
            label(f"{who} · {when}", "small", wrap=True),
            None,
            gap=4,
            margins=(12, 10, 12, 10),
        )
        command = settling(field, candidate.value, page.state)
        if command is not None:
            use = partial(self.wanted.emit, command)
            words = self._ui.text("ui_ticket.conflict_use")
            lines.addWidget(Button(words, use, accessible=f"{name}: {value}"))
        side.setLayout(lines)
        return side


def settling(field: str, value: FieldValue, state: TicketState) -> Command | None:
    """Return the command that settles a conflict for `value`; None where no person can."""
    if not isinstance(value, str | int | bool):
        return None
    if field in PLAIN_FIELDS | PERSONAL_FIELDS:
        return CorrectTicket({field: value})
    if field == "code" and isinstance(value, str):
        return ClassifyTicket(value, state.level)
    if field == "level" and isinstance(value, int):
        return ClassifyTicket(state.text("code"), value)
    if field.startswith("check:"):
        step, _, check = field.removeprefix("check:").partition(".")
        return TickCheck(step, check, bool(value))
    return None
