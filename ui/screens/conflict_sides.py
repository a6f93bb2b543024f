"""Values that two PCs set apart (冲突), side by side, with the command that keeps one of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

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
from ui.widgets.layout import column, label, row


def field_name(ui: Ui, field: str) -> str:
    """Return what people call a field of a complaint; the pack's own go by their ids."""
    key = f"field.{field.partition(':')[0]}"
    return ui.text(key) if ui.texts.has(key) else field


class ConflictBox(QFrame):
    """One field of a complaint: who wrote what and when, and a button that keeps each."""

    wanted = Signal(object)
    """The command that settles it."""

    def __init__(self, ui: Ui, names: Names, field: str, page: TicketPage) -> None:
        super().__init__()
        self._ui, self._names = ui, names
        self.setProperty("role", "warnbox")
        name = field_name(ui, field)
        body = column(
            label(ui.text("ui_ticket.conflict", field=name), "strong", wrap=True),
            gap=6,
            margins=(16, 12, 16, 12),
        )
        sides = row(gap=12)
        for candidate in page.state.fields[field].candidates:
            sides.addWidget(self._side(field, name, candidate, page), 1)
        body.addLayout(sides)
        self.setLayout(body)

    def _side(self, field: str, name: str, candidate: Candidate, page: TicketPage) -> QFrame:
        """Show what one person wrote, with the button that keeps it."""
        side = QFrame()
        side.setProperty("role", "sunken")
        value = self._names.value(candidate.value)
        if field == "code":
            value = self._names.code(value)
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
            lines.addLayout(row(Button(words, use, accessible=f"{name}: {value}"), None))
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
