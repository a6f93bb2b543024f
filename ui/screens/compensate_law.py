"""The law desk on the Compensate screen: what the law already gives, by article (D6, R9, R10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from desktop.domain.guarantees import GENERAL
from desktop.domain.law import CATEGORIES, CHANNELS, Entitlement, Purchase, entitlements
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.screens.ticket_form import DayLine, pairs, read_day
from ui.widgets.buttons import Button
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, Select
from ui.widgets.layout import Card, Flow, box, clear, column, label, row
from ui.widgets.text import Pill

FACTS = (
    *("nonconforming", "performance_fault", "repaired_twice", "fraud"),
    *("below_food_standard", "knew", "label_only", "intact"),
)
FOOD_FACTS = ("below_food_standard", "knew", "label_only")


class LawCard(Card):
    """Works on the purchase as typed; every line names its article and what must be proved."""

    chosen = Signal(str, object)
    """Ledger and amount in yuan of an entitlement that is to be proposed."""
    wanted = Signal(object)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_compensate.law"))
        self._ui, self._names = ui, names
        self._policy: Policy = ui.desk.policy
        self._shown, self._today = "", date.min
        self.found: tuple[Entitlement, ...] = ()
        text = ui.text
        self.bought, self.received = DayLine(), DayLine()
        self.price, self.quantity, self.loss = LineEdit("0.00"), LineEdit("1"), LineEdit("0.00")
        self.category = Choice([Option(c, text(f"ui_compensate.category.{c}")) for c in CATEGORIES])
        self.channel = Choice([Option(c, text(f"ui_compensate.sold.{c}")) for c in CHANNELS])
        self.category.set_value("general")
        self.channel.set_value("store")
        self.group = Select()
        self.facts = {f: CheckBox(text(f"ui_compensate.fact.{f}")) for f in FACTS}
        self._bought = Field(text("ui_compensate.bought"), self.bought)
        self._received = Field(text("ui_compensate.received"), self.received)
        self._price = Field(text("ui_compensate.price"), self.price)
        self._group = Field(text("ui_compensate.group"), self.group)
        self._list = column(gap=0)
        self._arrange()

    def _arrange(self) -> None:
        text = self._ui.text
        flow = Flow(16, between_lines=0)
        for mark in self.facts.values():
            flow.addWidget(mark)
        quantity = Field(text("ui_compensate.quantity"), self.quantity)
        loss = Field(text("ui_compensate.loss"), self.loss)
        self.add(
            pairs([self._bought, self._price]),
            Field(text("ui_compensate.sold"), self.channel),
            pairs([self._received, quantity]),
            Field(text("ui_compensate.category"), self.category),
            label(text("ui_compensate.facts"), "small"),
            box(flow),
            self._group,
            loss,
            self._list,
        )
        save = Button(text("ui_compensate.law_save"), self.save, variant="link")
        self.add(row(save, None), label(text("ui_compensate.law_note"), "small", wrap=True))
        for line in (self.bought, self.received, self.price, self.quantity, self.loss):
            line.textEdited.connect(lambda _text: self.work_out())
        for choice in (self.category, self.channel):
            choice.changed.connect(self.work_out)
        self.group.currentIndexChanged.connect(lambda _at: self.work_out())
        for mark in self.facts.values():
            mark.toggled.connect(lambda _on: self.work_out())

    def show_page(self, page: TicketPage) -> None:
        """Start from what the ticket knows of the purchase; typing stays."""
        now = self._ui.desk.now().astimezone(self._ui.formats.zone)
        self._policy, self._today = page.policy, now.date()
        self.group.set_options(
            [Option(row.id, self._names.local(row.title)) for row in page.policy.three_guarantees]
        )
        if page.state.id != self._shown:
            self._shown = page.state.id
            self._fill(page.state)
            code = page.policy.codes.get(page.state.text("code"))
            technical = code is not None and code.class_ == "technical"
            self.category.set_value("durable" if technical else "general")
        self.work_out()

    def _fill(self, state: TicketState) -> None:
        self.bought.setText(state.text("bought_at"))
        self.received.setText(state.text("received_at"))
        self.price.setText(state.text("amount"))
        self.quantity.setText("")
        self.loss.setText("")
        self.channel.set_value("store")
        self.group.set_value(GENERAL)
        for name, mark in self.facts.items():  # what another customer told says nothing here
            mark.setChecked(name == "nonconforming" and state.text("code").startswith("PQ"))

    def purchase(self) -> Purchase | None:
        """Return the purchase as typed, None while its day or price is missing or wrong."""
        bought, price = read_day(self.bought.text()), _yuan(self.price.text())
        received = read_day(self.received.text())
        if bought is None or price is None or bought > self._today:
            return None
        if received is not None and not bought <= received <= self._today:
            return None
        quantity = self.quantity.text().strip() or "1"
        count = int(quantity) if quantity.isdecimal() and int(quantity) > 0 else 1
        return Purchase(
            bought_at=bought,
            received_at=received,
            today=self._today,
            price=price,
            loss=_yuan(self.loss.text()) or Decimal(0),
            quantity=count,
            category=self.category.value() or "general",
            group=(self.group.value() or "") if self._guaranteed() else "",
            channel=self.channel.value() or "store",
            facts=frozenset(name for name, mark in self.facts.items() if mark.isChecked()),
        )

    def _guaranteed(self) -> bool:
        """Whether the three guarantees (三包) are asked for: durable goods that do not work."""
        fault = self.facts["performance_fault"].isChecked()
        return fault and self.category.value() == "durable"

    def work_out(self) -> None:
        """Say what the law gives for the purchase as typed."""
        self._group.setVisible(self._guaranteed())
        self.facts["repaired_twice"].setVisible(self._guaranteed())
        self._received.setVisible(self.channel.value() == "distance")
        for name in FOOD_FACTS:
            self.facts[name].setVisible(self.category.value() == "food")
        self.facts["intact"].setVisible(self.channel.value() == "distance")
        purchase = self.purchase()
        rights = self._policy.three_guarantees
        self.found = entitlements(purchase, self._policy.calendar, rights) if purchase else ()
        clear(self._list)
        if purchase is None or not self.found:
            key = "ui_compensate.law_asks" if purchase is None else "ui_compensate.law_none"
            self._list.addWidget(label(self._ui.text(key), "small", wrap=True))
        for item in self.found:
            self._list.addWidget(self._entitlement(item, last=item is self.found[-1]))

    def _entitlement(self, item: Entitlement, *, last: bool) -> QFrame:
        text = self._ui.text
        frame = QFrame()
        frame.setProperty("role", "row")
        frame.setProperty("last", "true" if last else "false")
        head = row(Pill(item.article, "accent"), None, gap=8)
        if item.amount is not None:
            head.addWidget(label(self._ui.formats.yuan(item.amount), "strong"))
        body = column(head, label(self._names.local(item.what), "smallink", wrap=True), gap=4)
        body.setContentsMargins(0, 8, 0, 8)
        joint = "、" if self._ui.texts.lang == "zh_CN" else ", "
        if item.needs:
            needs = joint.join(text(f"ui_compensate.fact.{need}") for need in item.needs)
            body.addWidget(label(text("ui_compensate.needs", needs=needs), "small", wrap=True))
        if item.assessed_by == "legal":
            body.addWidget(label(text("ui_compensate.by_legal"), "small", wrap=True))
        if item.amount is not None:
            ledger = "statutory" if item.assessed_by == "legal" else "refund"
            amount = item.amount
            use = Button(
                text("ui_compensate.use"),
                lambda: self.chosen.emit(ledger, amount),
                variant="link",
                accessible=f"{text('ui_compensate.use')} {item.article}",
            )
            body.addLayout(row(use, None))
        frame.setLayout(body)
        return frame

    def save(self) -> None:
        """Keep day and price with the ticket, so that nobody asks the customer again."""
        bought, received = read_day(self.bought.text()), read_day(self.received.text())
        self._bought.set_error("" if bought else self._ui.text("ui_acts.bad_day"))
        price = _yuan(self.price.text())
        self._price.set_error("" if price is not None else self._ui.text("ui_ticket.amount_bad"))
        if bought is None or price is None:
            return
        fields: dict[str, str | int | bool] = {
            "bought_at": bought.isoformat(),
            "amount": format(price, ".2f"),
        }
        if received is not None:
            fields["received_at"] = received.isoformat()
        self.wanted.emit(CorrectTicket(fields))


def _yuan(written: str) -> Decimal | None:
    try:
        value = Decimal(written.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    whole_cents = isinstance(exponent, int) and exponent >= -2
    return value if whole_cents and value >= 0 else None
