"""The approver's side of the phone: type what is read out, see the same facts, give the code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from desktop.domain.outcomes import Refusal
from desktop.domain.phone_approval import PhoneFacts
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.services.phone_codes import GivenCode
from desktop.services.phone_ports import HeldSecret
from ui.context import Ui
from ui.screens.compensate_phone import facts_lines
from ui.screens.ticket_form import pairs
from ui.screens.ticket_money import read_amount
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, box, clear, column, label, restyle, row

CUSTOMER = "customer"


class CodeCard(Card):
    """Works with no network; the two check digits find a mistyped fact before a code is given."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_approvals.phone"))
        self._ui = ui
        text = ui.text
        self.envelope, self.ticket = LineEdit(), LineEdit()
        self.amount, self.payee = LineEdit("0.00"), LineEdit(text("ui_compensate.phone_customer"))
        self.check = LineEdit("00")
        self.check.setMaxLength(2)
        self.instrument = Choice(
            [Option(i, text(f"ui_ticket.instrument.{i}")) for i in INSTRUMENTS]
        )
        self.ledger = Choice([Option(x, text(f"ui_ticket.ledger.{x}")) for x in reversed(LEDGERS)])
        self.instrument.set_value("voucher")
        self.ledger.set_value("goodwill")
        self.look = Button(text("ui_approvals.phone_look"), self.compare)
        self.give = Button(text("ui_approvals.phone_give"), self.ask, variant="primary")
        self.banner = Banner()
        self._held = label("", "small", wrap=True)
        self._amount = Field(text("ui_compensate.phone_amount"), self.amount)
        self._envelope = Field(text("ui_compensate.phone_envelope"), self.envelope)
        self._ticket = Field(text("ui_compensate.phone_ticket"), self.ticket)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().px(16))
        self._grid.setVerticalSpacing(theme().px(4))
        self._grid.setColumnStretch(1, 1)
        self.code = label("", "display")
        self._arrange()
        self._step("type")

    def _arrange(self) -> None:
        text = self._ui.text
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        payee = Field(text("ui_compensate.phone_payee"), self.payee)
        check = Field(text("ui_compensate.phone_check"), self.check)
        self._typing = box(
            column(
                label(text("ui_approvals.phone_step1"), "small", wrap=True),
                pairs([self._envelope, self._ticket]),
                Field(text("ui_compensate.phone_ledger"), self.ledger),
                Field(text("ui_compensate.phone_instrument"), self.instrument),
                pairs([self._amount, payee]),
                check,
                row(None, self.look),
            )
        )
        again = Button(text("ui_approvals.phone_mend"), partial(self._step, "type"))
        self._comparing = box(
            column(
                label(text("ui_approvals.phone_step2"), "small", wrap=True),
                self._grid,
                row(again, None, self.give, gap=8),
            )
        )
        self._done = Button(text("ui_approvals.phone_next"), self.restart)
        self._giving = box(
            column(
                label(text("ui_approvals.phone_step3"), "small", wrap=True),
                self.code,
                row(self._done, None),
            )
        )
        self.add(self._held, self.banner, self._typing, self._comparing, self._giving)
        for line in (self.envelope, self.ticket, self.amount, self.payee, self.check):
            line.returnPressed.connect(self.compare)

    def _step(self, name: str) -> None:
        self.step = name
        self._typing.setVisible(name == "type")
        self._comparing.setVisible(name == "compare")
        self._giving.setVisible(name == "code")

    def lead(self, *, first: bool) -> None:
        """Be what the screen is for, while no proposal is there to be answered."""
        self.look.setProperty("variant", "primary" if first else "secondary")
        restyle(self.look)

    def refresh(self) -> None:
        """Read which envelopes the person may answer here."""
        self._ui.run(self._ui.desk.phone_held, self._show_held)

    def _show_held(self, found: Sequence[HeldSecret]) -> None:
        free = [held for held in found if held.given_at is None]
        if not found:
            self._held.setText(self._ui.text("ui_approvals.held_none"))
            return
        joint = "、" if self._ui.texts.lang == "zh_CN" else ", "
        numbers = joint.join(str(held.envelope.number) for held in free) or "–"
        self._held.setText(self._ui.text("ui_approvals.held", n=len(free), numbers=numbers))

    def _facts(self) -> PhoneFacts | None:
        """Return what was typed; what is missing is said beside its line."""
        amount, text = read_amount(self.amount.text()), self._ui.text
        number, ticket = self.envelope.text().strip(), self.ticket.text().strip().upper()
        self._amount.set_error("" if amount is not None else text("ui_ticket.amount_bad"))
        self._envelope.set_error("" if number.isdecimal() else text("ui_approvals.need_envelope"))
        self._ticket.set_error("" if ticket else text("ui_approvals.need_ticket"))
        if amount is None or not number.isdecimal() or not ticket:
            return None
        instrument, ledger = self.instrument.value() or "", self.ledger.value() or ""
        return PhoneFacts(ticket, instrument, ledger, amount, self.payee.text().strip() or CUSTOMER)

    def compare(self) -> None:
        """Show the facts as the store sees them, so that both read the same."""
        facts = self._facts()
        if facts is None:
            return
        clear(self._grid)
        lines = [("phone_envelope", self.envelope.text().strip()), *facts_lines(self._ui, facts)]
        for at, (key, value) in enumerate([*lines, ("phone_check", self.check.text().strip())]):
            self._grid.addWidget(label(self._ui.text(f"ui_compensate.{key}"), "small"), at, 0)
            self._grid.addWidget(label(value, "heading", wrap=True), at, 1)
        self.banner.say("")
        self._step("compare")
        self.give.setFocus()

    def ask(self) -> None:
        """Ask for the code; it is logged before it leaves this device."""
        facts, desk = self._facts(), self._ui.desk
        if facts is None:
            self._step("type")
            return
        number, check = int(self.envelope.text().strip()), self.check.text().strip()
        self._ui.run(lambda: desk.phone_code(number, facts, check), self._given)

    def _given(self, given: GivenCode | Refusal) -> None:
        if isinstance(given, Refusal):
            self.banner.say(self._ui.refusal(given), "warn")
            self._step("type")
            self.check.setFocus()
            return
        key = "ui_approvals.given_again" if given.again else "ui_approvals.given"
        self.banner.say(self._ui.text(key, store=given.envelope.store), "good")
        self.code.setText(given.code)
        self.code.setAccessibleName(" ".join(given.code))
        self._step("code")
        self._done.setFocus()
        self._ui.changed.emit()
        self.refresh()

    def restart(self) -> None:
        """Clear everything for the next call."""
        for line in (self.envelope, self.ticket, self.amount, self.payee, self.check):
            line.clear()
        self.code.setText("")
        self.banner.say("")
        self._step("type")
        self.envelope.setFocus()
