"""Compensate (补偿): what the law gives, then goodwill, who decides, the phone, the settlement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLayout, QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.approving import Basis
from desktop.services.desk import TicketPage
from desktop.services.ports import SavedDraft
from ui.context import Ui
from ui.form_drafts import FormDrafts, inputs_of
from ui.pictures import png
from ui.screens.base import NARROW
from ui.screens.compensate_form import ProposeCard
from ui.screens.compensate_items import ItemsBox
from ui.screens.compensate_law import LawCard
from ui.screens.compensate_paper import SettlementCard
from ui.screens.compensate_phone import PhoneCard
from ui.screens.ticket_place import TicketPlace
from ui.shell.keys import KeyRow
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, Scroll, box, column, row
from ui.widgets.text import ElidedLabel

SIGNATURE = "signature.png"


class CompensateScreen(TicketPlace[tuple[Basis, SavedDraft | None]]):
    """Opened from a ticket and left by Esc; every act is the ticket's own command."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui, "ui_ticket.money")
        self._part = ""
        self._proposed, self._calls = False, False
        text = ui.text
        self._title, self._about = ElidedLabel("", "title"), ElidedLabel("", "small")
        self.law = LawCard(ui, self._names)
        self.form = ProposeCard(ui, self._names)
        self.phone = PhoneCard(ui, self._names)
        self.items = ItemsBox(ui, self._names)
        self.paper = SettlementCard(ui)
        self.typing = FormDrafts(ui, "compensate", self._inputs)
        self._items_card = Card(text("ui_compensate.items"))
        self._items_card.add(self.items)
        self.hold(self._arrange())
        self._connect()

    def _arrange(self) -> QLayout:
        back = Button(self.ui.text("ui_compensate.back"), self.back, icon="arrow-left")
        self._back = back
        words = column(self._title, self._about, gap=4)
        head = row(gap=16, margins=(24, 20, 24, 0))
        head.addWidget(back)
        head.addLayout(words, 1)
        left = column(self.law, None, gap=16)
        right = column(self.form, self._items_card, self.phone, self.paper, None, gap=16)
        self._columns = row(gap=16, margins=(24, 0, 24, 24))
        self._columns.addWidget(box(left), 2)
        self._columns.addWidget(box(right), 3)
        self._scroll = Scroll(box(self._columns))
        page = column(gap=12)
        page.addLayout(head)
        page.addWidget(self._scroll, 1)
        return page

    def _connect(self) -> None:
        self.law.chosen.connect(self._claim)
        self.law.wanted.connect(self.act)
        self.form.wanted.connect(self.act)
        self.items.wanted.connect(self.act)
        self.phone.released.connect(self._released)
        self.phone.offered.connect(self._offered)
        self.phone.step_changed.connect(lambda: self._scroll.show_from_top(self.phone))
        self.paper.print_wanted.connect(self.print_settlement)
        self.paper.signed.connect(self.sign)
        self.paper.wanted.connect(self.act)

    def open(self, what: object) -> None:
        """Show the ticket of a stream, or of (stream, part)."""
        stream, part = what if isinstance(what, tuple) else (what, "")
        if isinstance(stream, str):
            self._part = str(part)
        self.typing.flush()
        self.show_stream(stream)

    def leave(self) -> None:
        """Keep what was typed."""
        self.typing.flush()

    def read(self, stream: str) -> tuple[TicketPage | None, tuple[Basis, SavedDraft | None]]:
        """Read the ticket, what compensation rests on, and what was typed here before."""
        basis = self.ui.desk.compensation_basis(stream)
        return self.ui.desk.ticket(stream), (basis, self.typing.find(stream))

    def _inputs(self) -> dict[str, QWidget]:
        pays = {f"pay.{item}": line for item, line in self.items.lines.items()}
        return {**inputs_of(self.law, "law"), **inputs_of(self.form, "propose"), **pays}

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("Enter", text("ui_compensate.key.enter")),
            ("Esc", text("ui_compensate.back")),
        )

    def commands(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """Return what can be done here, for Ctrl+K."""
        return ((self.ui.text("ui_ticket.sign.print"), self.print_settlement),)

    def back(self) -> bool:
        """Go back to the ticket."""
        self.ui.navigate.emit("ticket", self._stream)
        return True

    def set_width(self, logical: int) -> None:
        """Put the columns below each other when it is narrow."""
        direction = self._columns.Direction
        beside = logical >= NARROW
        self._columns.setDirection(direction.LeftToRight if beside else direction.TopToBottom)

    def show_found(
        self, page: TicketPage, found: tuple[Basis, SavedDraft | None], *, fresh: bool
    ) -> None:
        """Show law, money, phone and settlement; a complaint gets its own typing back."""
        basis, draft = found
        if fresh:
            self.typing.begin(page.state.id, page.row.number, draft)
        with self.typing.quiet():
            self._show_parts(page, basis)
        self.typing.fill()
        if fresh:
            self.law.work_out()
            self.form.ask()
        self.typing.flush()
        if fresh or self._part:
            QTimer.singleShot(0, self, self._start)
        elif self._proposed:
            QTimer.singleShot(0, self, self._show_proposed)

    def _show_parts(self, page: TicketPage, basis: Basis) -> None:
        self._title.set_text(self.ui.text("ui_compensate.title", summary=page.row.summary))
        code = self._names.code(page.state.text("code"))
        about = (page.row.number, self._names.customer(page.row), code)
        self._about.set_text(" · ".join(part for part in about if part))
        self.law.show_page(page)
        self.form.show_page(page, basis)
        self.items.show_page(page)
        self._items_card.setVisible(bool(page.state.compensation))
        self.phone.show_page(page)
        self.paper.show_page(page)

    def _start(self) -> None:
        """Put the keyboard where the work begins."""
        wanted: QWidget = self.form.amount
        if self._part == "phone" and self.phone.isVisibleTo(self):
            wanted = self.phone.start if self.phone.challenge is None else self.phone.code
        elif self._part == "pay":
            wanted = self.items.lines.get(self.phone.released_item) or self._back
        self._part = ""
        wanted.setFocus()
        QTimer.singleShot(0, wanted, lambda: self._scroll.ensureWidgetVisible(wanted))

    def _show_proposed(self) -> None:
        """Say what became of a proposal and put the keyboard where it goes on."""
        self._proposed = False
        if self.page is None or not self.page.state.compensation:
            return
        newest = list(self.page.state.compensation.values())[-1]
        self._calls = newest.status == "pending"
        self.ui.say(
            self.ui.text(
                f"ui_compensate.proposed.{'pending' if self._calls else 'granted'}",
                amount=self.ui.formats.money(newest.amount),
                role=self._names.role(newest.approver or ""),
            ),
            "neutral" if self._calls else "good",
        )
        self._scroll.ensureWidgetVisible(self._items_card)
        (self.items.lines.get(newest.id) or self._back).setFocus()

    def _offered(self) -> None:
        """Go on at the telephone once it is known that somebody can be called."""
        if self._calls and self.phone.start.isEnabled() and self._back.hasFocus():
            self.phone.start.setFocus()
        self._calls = False

    def _claim(self, ledger: str, amount: Decimal) -> None:
        self.form.fill(ledger, "refund", amount)
        self._scroll.ensureWidgetVisible(self.form)

    # acts
    def acted(self, command: Command, state: TicketState) -> None:
        """Empty the form of a proposal that was made."""
        del state
        if isinstance(command, ProposeCompensation):
            self._proposed = True
            self.form.done()
            self.typing.finished("propose")
        elif isinstance(command, CorrectTicket):
            self.typing.finished("law")

    def _released(self, _state: TicketState) -> None:
        self._part = "pay"
        self.ui.changed.emit()
        self.ui.say(self.ui.text("ui_compensate.phone_done"), "good")
        self.refresh()

    def sign(self, picture: QImage) -> None:
        """Keep the signature as evidence and note that it was signed (CO-10)."""
        stream, desk = self._stream, self.ui.desk
        content = png(picture)

        def work() -> TicketState | Refusal:
            kept = desk.attach(stream, SIGNATURE, content, "settlement")
            return kept if isinstance(kept, Refusal) else desk.act(stream, SignSettlement("paper"))

        self.run(work)

    def print_settlement(self) -> None:
        """Show the settlement as it will be printed."""
        self.print_document("settlement")
