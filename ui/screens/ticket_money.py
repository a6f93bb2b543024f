"""Compensation on a ticket: three ledgers, the authority meter, proposing, approving, paying."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLayout

from desktop.domain.operations.decide_approval import COVERS, DecideApproval
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.propose_compensation import Ruling
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.domain.ticket import CompensationItem
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, box, clear, column, label, row
from ui.widgets.progress import AuthorityMeter, Band
from ui.widgets.text import Pill

ASK_AFTER_MS = 200
_TONES: dict[str, Tone] = {
    "granted": "good",
    "pending": "warn",
    "approved": "good",
    "refused": "bad",
    "paid": "neutral",
}


def read_amount(written: str) -> Decimal | None:
    """Return an amount above 0 with at most two decimals, else None."""
    try:
        value = Decimal(written.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent >= -2 and value > 0 else None


class MoneyCard(Card):
    """Says before every act who decides and under which rule."""

    wanted = Signal(object)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_ticket.money"))
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self._ruling: Ruling | None = None
        self._ledgers = column(gap=4)
        self.meter = AuthorityMeter()
        self._items = column(gap=0)
        self._open = Button(ui.text("ui_ticket.compensate"), self.toggle, icon="wallet")
        self._open.setCheckable(True)
        self._make_form()
        self.add(self._ledgers, self.meter, self._items, self._open, self.form)
        self.form.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    def _make_form(self) -> None:
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
        self.propose = Button(text("ui_ticket.compensate"), self.submit)
        self.form = box(
            column(
                Field(text("ui_ticket.ledger"), self.ledger),
                Field(text("ui_ticket.instrument"), self.instrument),
                self._amount_field,
                Field(text("ui_ticket.reason"), self.reason),
                self.preview,
                self.propose,
                gap=8,
            )
        )
        self.amount.textEdited.connect(lambda _text: self._timer.start(ASK_AFTER_MS))
        self.amount.returnPressed.connect(self.submit)
        for choice in (self.instrument, self.ledger):
            choice.changed.connect(lambda: self._timer.start(ASK_AFTER_MS))

    def toggle(self) -> None:
        """Open or close the form."""
        self.form.setVisible(self._open.isChecked())
        if self._open.isChecked():
            self._ask()
            self.amount.setFocus()

    def open_form(self) -> None:
        """Open the form."""
        self._open.setChecked(True)
        self.toggle()

    def done(self) -> None:
        """Clear and close the form: the proposal is saved."""
        self.amount.clear()
        self.reason.clear()
        self._open.setChecked(False)
        self.toggle()

    def show_page(self, page: TicketPage) -> None:
        """Show ledgers, meter and items of the ticket."""
        self._page = page
        self._open.setVisible(page.state.closed is None)
        self._show_ledgers(page)
        self._show_meter(page)
        clear(self._items)
        for item in page.state.compensation.values():
            self._items.addWidget(self._item(item, page))
        if self.form.isVisible():
            self._ask()

    def _show_ledgers(self, page: TicketPage) -> None:
        clear(self._ledgers)
        for ledger in ("statutory", "refund", "goodwill"):
            items = [i for i in page.state.open_items if i.ledger == ledger]
            total = sum((i.amount for i in items), Decimal("0.00"))
            words = self._ui.formats.money(total)
            if not items and ledger != "goodwill":
                words = self._ui.text("ui_ticket.ledger.none")
            name = label(self._ui.text(f"ui_ticket.ledger.{ledger}"), "smallink")
            self._ledgers.addLayout(row(name, None, label(words, "smallstrong")))

    def _show_meter(self, page: TicketPage) -> None:
        person, text = self._ui.desk.person, self._ui.text
        mine = {page_band.role for page_band in page.bands[: self._rank(page, person)]}
        bands = [
            Band(text(f"ui.band.{band.role}"), band.up_to, band.role in mine) for band in page.bands
        ]
        words = [
            text("ui_ticket.meter_unlimited", role=self._names.role(band.role))
            if band.up_to is None
            else text(
                "ui_ticket.meter_band",
                role=self._names.role(band.role),
                limit=self._ui.formats.money(band.up_to),
            )
            for band in page.bands
        ]
        joint = "；" if self._ui.texts.lang == "zh_CN" else "; "
        used = self._ui.formats.money(page.goodwill_used)
        about = text("ui_ticket.meter", used=used, bands=joint.join(words))
        self.meter.set(bands, page.goodwill_used, about)

    def _rank(self, page: TicketPage, person: object) -> int:
        """Return how many bands, from the lowest, the person logged in may decide alone."""
        role = getattr(person, "role", "")
        role = "supervisor" if role == "regional_manager" else role
        roles = [band.role for band in page.bands]
        return roles.index(role) + 1 if role in roles else 0

    def _item(self, item: CompensationItem, page: TicketPage) -> QFrame:
        text, money = self._ui.text, self._ui.formats.money
        frame = QFrame()
        frame.setProperty("role", "row")
        status = "paid" if item.paid else item.status
        what = text(
            "ui_ticket.item",
            instrument=text(f"ui_ticket.instrument.{item.instrument}"),
            amount=money(item.amount),
        )
        who = page.names.get(item.proposed.actor, item.proposed.actor)
        about = text("ui_ticket.item_by", who=who, cumulative=money(item.cumulative))
        pill = Pill(text(f"ui_ticket.status.{status}"), _TONES[status])
        body = column(
            row(label(what, "smallstrong"), None, pill),
            label(about, "small", wrap=True),
            gap=4,
            margins=(0, 8, 0, 8),
        )
        for note in self._notes(item, page):
            body.addWidget(label(note, "small", wrap=True))
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
            reference = LineEdit(text("ui_ticket.pay_reference"))
            reference.setAccessibleName(text("ui_ticket.pay_reference"))
            pay = partial(self._pay, item.id, reference)
            line.addWidget(reference, 1)
            line.addWidget(Button(text("ui_ticket.pay"), pay))
            return line
        covers = COVERS.get(item.approver or "", frozenset())
        may = person is not None and person.role in covers and person.id != item.proposed.actor
        if item.status == "pending" and may:
            reason = LineEdit(text("ui_ticket.refuse_reason"))
            reason.setAccessibleName(text("ui_ticket.refuse_reason"))
            answer = partial(self._answer, item.id, reason)
            line.addWidget(Button(text("ui_ticket.approve"), partial(answer, approved=True)))
            line.addWidget(
                Button(text("ui_ticket.refuse"), partial(answer, approved=False), variant="danger")
            )
            return column(reason, line, gap=6)
        line.addStretch(1)
        return line

    def _answer(self, item: str, reason: LineEdit, *, approved: bool) -> None:
        self.wanted.emit(DecideApproval(item, approved, reason.text().strip()))

    def _pay(self, item: str, reference: LineEdit) -> None:
        self.wanted.emit(PayCompensation(item, reference.text().strip()))

    def _ask(self) -> None:
        """Ask what would be decided, without writing anything."""
        page, amount = self._page, read_amount(self.amount.text())
        self._ruling = None
        if page is None or amount is None:
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
        self._ruling = ruling
        tones: dict[str, Tone] = {"granted": "good", "needs_approval": "warn", "refused": "bad"}
        self.preview.say(self._names.local(ruling.why), tones[ruling.decision])
        self.propose.setEnabled(ruling.decision != "refused")
        money = self._ui.formats.money(amount)
        if ruling.decision == "needs_approval":
            role = self._names.role(ruling.approver or "")
            self.propose.set_text(self._ui.text("ui_ticket.ask", role=role, amount=money))
        else:
            self.propose.set_text(self._ui.text("ui_ticket.grant", amount=money))

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
