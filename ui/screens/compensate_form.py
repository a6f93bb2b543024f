"""Goodwill on the Compensate screen: rungs, amount, who decides, and what counts already."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from desktop.domain.operations.propose_compensation import Ruling
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import INSTRUMENTS, LEDGERS, LadderRow
from desktop.services.approving import Basis
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.screens.ticket_money import (
    ASK_AFTER_MS,
    precedent_words,
    read_amount,
    show_ledgers,
    show_meter,
)
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, clear, column, label, row
from ui.widgets.progress import AuthorityMeter

_TONES: dict[str, Tone] = {"granted": "good", "needs_approval": "warn", "refused": "bad"}


class ProposeCard(Card):
    """Says before every act who decides and under which rule."""

    wanted = Signal(object)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_compensate.propose"))
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self.ruling: Ruling | None = None
        self._ladder, self._ledgers, self._counted = (column(gap=4) for _ in range(3))
        self.meter = AuthorityMeter()
        self._precedent = label("", "small", wrap=True)
        self._make_inputs()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask)

    def _make_inputs(self) -> None:
        text = self._ui.text
        self.instrument = Choice(
            [Option(i, text(f"ui_ticket.instrument.{i}")) for i in INSTRUMENTS]
        )
        self.ledger = Choice([Option(x, text(f"ui_ticket.ledger.{x}")) for x in reversed(LEDGERS)])
        self.instrument.set_value("voucher")
        self.ledger.set_value("goodwill")
        self.amount, self.reason = LineEdit("0.00"), LineEdit()
        self._amount_field = Field(text("ui_ticket.amount"), self.amount)
        self.preview = Banner()
        self.propose = Button(text("ui_compensate.submit"), self.submit, variant="primary")
        values = row(gap=12)
        values.addWidget(self._amount_field, 1)
        values.addWidget(Field(text("ui_ticket.reason"), self.reason), 2)
        self.add(self._ladder)
        self.add(Field(text("ui_ticket.ledger"), self.ledger))
        self.add(Field(text("ui_ticket.instrument"), self.instrument))
        self.add(values, self._precedent, self.preview, row(None, self.propose))
        self.add(self.meter, self._ledgers, self._counted)
        self.amount.textEdited.connect(lambda _text: self._timer.start(ASK_AFTER_MS))
        self.amount.returnPressed.connect(self.submit)
        self.reason.returnPressed.connect(self.submit)
        for choice in (self.instrument, self.ledger):
            choice.changed.connect(lambda: self._timer.start(ASK_AFTER_MS))

    @property
    def amount_error(self) -> str:
        """Return what is said beside the amount."""
        return self._amount_field.note.text()

    def show_page(self, page: TicketPage, basis: Basis) -> None:
        """Show what it rests on, and ask again who decides."""
        self._page = page
        self.setVisible(page.state.closed is None)
        self._show_ladder(basis)
        show_ledgers(self._ui, self._ledgers, page)
        show_meter(self._ui, self._names, self.meter, page)
        self._show_counted(page, basis)
        found = basis.precedent
        none = self._ui.text("ui_compensate.precedent_none")
        self._precedent.setText(precedent_words(self._ui, found) if found else none)
        self.ask()

    def _show_ladder(self, basis: Basis) -> None:
        clear(self._ladder)
        if not basis.ladder:
            words = self._ui.text("ui_compensate.ladder_none")
            self._ladder.addWidget(label(words, "small", wrap=True))
        for rung in basis.ladder:
            self._ladder.addWidget(self._rung(rung))

    def _rung(self, rung: LadderRow) -> QFrame:
        text, money = self._ui.text, self._ui.formats.money
        frame = QFrame()
        frame.setProperty("role", "sunken")
        words = text(
            "ui_compensate.rung",
            instrument=text(f"ui_ticket.instrument.{rung.instrument}"),
            low=money(rung.low),
            high=money(rung.high),
        )
        lines = column(
            label(self._names.local(rung.title), "smallstrong", wrap=True),
            label(words, "small", wrap=True),
            gap=2,
        )
        use = partial(self.fill, "goodwill", rung.instrument, rung.low)
        line = row(gap=12, margins=(12, 8, 12, 8))
        line.addLayout(lines, 1)
        line.addWidget(Button(text("ui_compensate.use"), use))
        frame.setLayout(line)
        return frame

    def _show_counted(self, page: TicketPage, basis: Basis) -> None:
        """Explain the sum that authority counts: this complaint's items and linked ones (D4)."""
        clear(self._counted)
        if not basis.counted:
            return
        text, money = self._ui.text, self._ui.formats.money
        used = text("ui_compensate.counted", amount=money(page.goodwill_used))
        self._counted.addWidget(label(used, "small", wrap=True))
        for counted in basis.counted:
            item, own = counted.item, counted.number == page.state.number
            words = text(
                "ui_compensate.counted_line",
                amount=money(item.amount),
                instrument=text(f"ui_ticket.instrument.{item.instrument}"),
                where=text("ui_compensate.here") if own else counted.number,
                status=text(f"ui_ticket.status.{item.status}"),
            )
            self._counted.addWidget(label(words, "small", wrap=True))

    def fill(self, ledger: str, instrument: str, amount: Decimal) -> None:
        """Put a suggestion into the form; nothing is proposed yet."""
        self.ledger.set_value(ledger)
        self.instrument.set_value(instrument)
        self.amount.setText(format(amount, ".2f"))
        self.ask()
        self.amount.setFocus()
        self.amount.selectAll()

    def done(self) -> None:
        """Clear the form: the proposal is saved."""
        self.amount.clear()
        self.reason.clear()

    def ask(self) -> None:
        """Ask what would be decided, without writing anything."""
        page, amount = self._page, read_amount(self.amount.text())
        self.ruling = None
        if page is None or amount is None:
            # What was proposed before says nothing of an empty form.
            self.propose.set_text(self._ui.text("ui_compensate.submit"))
            self.meter.plan(Decimal(0))
            self.preview.say(self._ui.text("ui_ticket.preview_none"), "info")
            self.propose.setEnabled(False)
            return
        desk, stream = self._ui.desk, page.state.id
        instrument, ledger = self.instrument.value() or "", self.ledger.value() or ""
        self._ui.run(
            lambda: desk.preview(stream, instrument, ledger, amount, "customer"),
            partial(self._preview, amount),
        )

    def _preview(self, amount: Decimal, ruling: Ruling | Refusal) -> None:
        if read_amount(self.amount.text()) != amount:
            return
        if isinstance(ruling, Refusal):
            self.preview.say(self._ui.refusal(ruling), "warn")
            self.propose.setEnabled(False)
            return
        self.ruling = ruling
        self._plan(amount)
        self.preview.say(self._names.local(ruling.why), _TONES[ruling.decision])
        self.propose.setEnabled(ruling.decision != "refused")
        money = self._ui.formats.money(amount)
        if ruling.decision == "needs_approval":
            role = self._names.role(ruling.approver or "")
            self.propose.set_text(self._ui.text("ui_ticket.ask", role=role, amount=money))
        else:
            self.propose.set_text(self._ui.text("ui_ticket.grant", amount=money))

    def _plan(self, amount: Decimal) -> None:
        """Show on the meter where goodwill would stand."""
        page, goodwill = self._page, self.ledger.value() == "goodwill"
        self.meter.plan(page.goodwill_used + amount if page and goodwill else Decimal(0))

    def submit(self) -> None:
        """Propose what the form says; the preview has said what will happen."""
        amount = read_amount(self.amount.text())
        if amount is None:
            self._amount_field.set_error(self._ui.text("ui_ticket.amount_bad"))
            self.amount.setFocus()
            return
        self._amount_field.set_error("")
        command = self._ui.desk.new_compensation(
            self.instrument.value() or "voucher",
            self.ledger.value() or "goodwill",
            amount,
            "customer",
            self.reason.text().strip(),
        )
        self.wanted.emit(command)
