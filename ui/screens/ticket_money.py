"""Compensation on a ticket at a glance: three ledgers, the authority meter, items, ways on."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout

from desktop.services.desk import TicketPage
from desktop.services.precedents import Precedent
from ui.context import Ui
from ui.names import Names
from ui.screens.compensate_items import ItemsBox
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, clear, column, label, row
from ui.widgets.progress import AuthorityMeter, Band

ASK_AFTER_MS = 200


def read_amount(written: str) -> Decimal | None:
    """Return an amount above 0 with at most two decimals, else None."""
    try:
        value = Decimal(written.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent >= -2 and value > 0 else None


class MoneyCard(Card):
    """What was given and may be given; the Compensate screen proposes more."""

    wanted = Signal(object)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_ticket.money"))
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self._asked = ""
        self._ledgers = column(gap=4)
        self.meter = AuthorityMeter()
        self.items = ItemsBox(ui, names)
        self.items.wanted.connect(self.wanted)
        text = ui.text
        self.compensate = Button(
            text("ui_ticket.compensate"), partial(self.go, ""), icon="wallet", keys="Ctrl+B"
        )
        self.phone = Button(text("ui_compensate.phone"), partial(self.go, "phone"), icon="phone")
        self._precedent = label("", "small", wrap=True)
        self._precedent.hide()
        buttons = column(self.compensate, self.phone, gap=8)
        self.add(self._ledgers, self.meter, self.items, buttons, self._precedent)

    def go(self, part: str) -> None:
        """Open the Compensate screen, at one of its parts if `part` names it."""
        if self._page is not None:
            self._ui.navigate.emit("compensate", (self._page.state.id, part))

    def show_page(self, page: TicketPage) -> None:
        """Show ledgers, meter and items of the ticket."""
        self._page = page
        show_ledgers(self._ui, self._ledgers, page)
        show_meter(self._ui, self._names, self.meter, page)
        self.items.show_page(page)
        pending = any(item.status == "pending" for item in page.state.open_items)
        self.compensate.setVisible(page.state.closed is None)
        self.phone.setVisible(page.state.closed is None and pending)
        self._ask_precedent(page.state.text("code"), page.state.id)

    def _ask_precedent(self, code: str, stream: str) -> None:
        desk = self._ui.desk
        if code and f"{stream} {code}" != self._asked:
            self._asked = f"{stream} {code}"
            self._ui.run(lambda: desk.precedent(code, stream), self._show_precedent)

    def _show_precedent(self, found: Precedent) -> None:
        self._precedent.setText(precedent_words(self._ui, found))
        self._precedent.show()


def precedent_words(ui: Ui, found: Precedent) -> str:
    """Say what like cases were settled for, and on how many it rests (CO-05)."""
    if found.median is None:
        return ui.text("ui_compensate.precedent_none")
    money = ui.formats.money(found.median)
    return ui.text("ui_compensate.precedent", amount=money, n=found.cases)


def show_ledgers(ui: Ui, lines: QBoxLayout, page: TicketPage) -> None:
    """Fill a layout with the sums of the three ledgers (D6)."""
    clear(lines)
    for ledger in ("statutory", "refund", "goodwill"):
        items = [i for i in page.state.open_items if i.ledger == ledger]
        total = sum((i.amount for i in items), Decimal("0.00"))
        name = label(ui.text(f"ui_ticket.ledger.{ledger}"), "smallink")
        sum_ = label(ui.formats.yuan(total), "smallstrong")
        if not items:
            sum_ = label(ui.text("ui_ticket.ledger.none"), "small")
        lines.addLayout(row(name, None, sum_))


def show_meter(ui: Ui, names: Names, meter: AuthorityMeter, page: TicketPage) -> None:
    """Show who may give up to what, and where the complaint stands (D4, D5)."""
    text, mine = ui.text, _mine(page, ui)
    bands = [Band(text(f"ui.band.{b.role}"), b.up_to, b.role in mine) for b in page.bands]
    words = [
        text("ui_ticket.meter_unlimited", role=names.role(band.role))
        if band.up_to is None
        else text(
            "ui_ticket.meter_band",
            role=names.role(band.role),
            limit=ui.formats.money(band.up_to),
        )
        for band in page.bands
    ]
    joint = "；" if ui.texts.lang == "zh_CN" else "; "
    used = ui.formats.money(page.goodwill_used)
    meter.set(
        bands, page.goodwill_used, text("ui_ticket.meter", used=used, bands=joint.join(words))
    )


def _mine(page: TicketPage, ui: Ui) -> set[str]:
    """Return the roles of the bands, from the lowest, that the person may decide alone."""
    role = ui.desk.person.role if ui.desk.person else ""
    role = "supervisor" if role == "regional_manager" else role
    roles = [band.role for band in page.bands]
    return set(roles[: roles.index(role) + 1]) if role in roles else set()
