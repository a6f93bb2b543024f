"""The compensations of a ticket: who proposed, who decides, paid or not, with the act that fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QWidget
from shiboken6 import isValid

from desktop.domain.operations.decide_approval import COVERS, DecideApproval
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.ticket import CompensationItem
from desktop.services.desk import TicketPage
from desktop.services.ports import Person
from desktop.services.training import TrainingDesk
from ui.context import Ui
from ui.names import Names
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.inputs import LineEdit
from ui.widgets.layout import clear, column, label, row
from ui.widgets.text import WHOLE, Pill

TONES: dict[str, Tone] = {
    "granted": "good",
    "pending": "warn",
    "approved": "good",
    "refused": "bad",
    "paid": "neutral",
}


class ItemsBox(QWidget):
    """One row an item; `wanted` carries the command of its act."""

    wanted = Signal(object)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__()
        self._ui, self._names = ui, names
        self._rows = column(gap=0)
        self.lines: dict[str, LineEdit] = {}
        self._nobody: dict[str, QLabel] = {}
        self.setLayout(self._rows)

    def show_page(self, page: TicketPage) -> None:
        """Show the items; what is typed beside one stays."""
        typed = {name: line.text() for name, line in self.lines.items()}
        self.lines, self._nobody = {}, {}
        clear(self._rows)
        items = list(page.state.compensation.values())
        for item in items:
            self._rows.addWidget(self._item(item, page, last=item is items[-1]))
        for name, line in self.lines.items():
            line.setText(typed.get(name, ""))
        self.setVisible(bool(page.state.compensation))
        self._ask_who(page)

    def _ask_who(self, page: TicketPage) -> None:
        """Look whether anybody on this PC could decide what waits; a sandbox has its coach."""
        desk = self._ui.desk
        waiting = [i for i in page.state.compensation.values() if i.status == "pending"]
        if waiting and page.state.closed is None and not isinstance(desk, TrainingDesk):
            self._ui.run(
                lambda: (desk.people(), desk.enrolment() is not None),
                lambda found: self._say_who(waiting, *found),
                owner=self,
            )

    def _say_who(
        self, waiting: Sequence[CompensationItem], people: Sequence[Person], joined: bool
    ) -> None:
        for item in waiting:
            covers = COVERS.get(item.approver or "", frozenset())
            here = [
                p for p in people if p.active and p.role in covers and p.id != item.proposed.actor
            ]
            line = self._nobody.get(item.id)
            if line is not None and isValid(line) and not here:
                key = "ui_ticket.nobody_here" if joined else "ui_ticket.nobody_here_alone"
                line.setText(self._ui.text(key, role=self._names.role(item.approver or "")))
                line.show()

    def _item(self, item: CompensationItem, page: TicketPage, *, last: bool) -> QFrame:
        text, money = self._ui.text, self._ui.formats.money
        frame = QFrame()
        frame.setProperty("role", "row")
        frame.setProperty("last", "true" if last else "false")
        status = "paid" if item.paid else item.status
        what = text(
            "ui_ticket.item",
            instrument=text(f"ui_ticket.instrument.{item.instrument}"),
            amount=money(item.amount),
        )
        who = page.names.get(item.proposed.actor, item.proposed.actor)
        about = text("ui_ticket.item_by", who=who, cumulative=money(item.cumulative))
        pill = Pill(text(f"ui_ticket.status.{status}"), TONES[status], least=WHOLE)
        head = row(gap=8)
        head.addWidget(label(what, "smallstrong", wrap=True), 1)
        head.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
        body = column(
            head,
            label(about, "small", wrap=True),
            gap=4,
            margins=(0, 8, 0, 8),
        )
        for note in self._notes(item, page):
            body.addWidget(label(note, "small", wrap=True))
        nobody = self._nobody[item.id] = label("", "smallink", wrap=True)
        nobody.hide()
        body.addWidget(nobody)
        if page.state.closed is None:
            body.addLayout(self._acts(item))
        frame.setLayout(body)
        return frame

    def _notes(self, item: CompensationItem, page: TicketPage) -> Sequence[str]:
        text = self._ui.text
        if item.status == "pending":
            return [text("ui_ticket.item_waits", role=self._names.role(item.approver or ""))]
        if item.decided is None:
            return []
        who = page.names.get(item.decided.actor, item.decided.actor)
        when = self._ui.formats.moment(item.decided.at)
        answer = text("ui_ticket.item_decided", who=who, when=when)
        reason = self._names.value(item.decision_reason)
        return [f"{answer}: {reason}" if reason else answer]

    def _acts(self, item: CompensationItem) -> QLayout:
        text, person = self._ui.text, self._ui.desk.person
        line = row(gap=8)
        if item.allowed and item.paid is None:
            reference = self._line(item, text("ui_ticket.pay_reference"))
            pay = partial(self._pay, item.id, reference)
            line.addWidget(reference, 1)
            line.addWidget(Button(text("ui_ticket.pay"), pay))
            return line
        covers = COVERS.get(item.approver or "", frozenset())
        may = person is not None and person.role in covers and person.id != item.proposed.actor
        if item.status == "pending" and may:
            reason = self._line(item, text("ui_ticket.refuse_reason"))
            answer = partial(self._answer, item.id, reason)
            line.addWidget(Button(text("ui_ticket.approve"), partial(answer, approved=True)))
            line.addWidget(
                Button(text("ui_ticket.refuse"), partial(answer, approved=False), variant="danger")
            )
            return column(reason, line, gap=6)
        line.addStretch(1)
        return line

    def _line(self, item: CompensationItem, name: str) -> LineEdit:
        line = LineEdit(name)
        line.setAccessibleName(name)
        self.lines[item.id] = line
        return line

    def _answer(self, item: str, reason: LineEdit, *, approved: bool) -> None:
        self.wanted.emit(DecideApproval(item, approved, reason.text().strip()))

    def _pay(self, item: str, reference: LineEdit) -> None:
        self.wanted.emit(PayCompensation(item, reference.text().strip()))
