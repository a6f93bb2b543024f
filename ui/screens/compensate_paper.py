"""The settlement on the Compensate screen: print it, sign it on the pad or on paper (CO-10)."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Card, box, column, label, row
from ui.widgets.signature import SignaturePad


class SettlementCard(Card):
    """Possible once the solution is recorded; says so before."""

    wanted = Signal(object)
    print_wanted = Signal()
    signed = Signal(object)
    """The signature as a picture."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_ticket.document.settlement"))
        self._ui = ui
        text = ui.text
        self.banner = Banner()
        self.pad = SignaturePad(text("ui_compensate.pad"), text("ui_compensate.pad_hint"))
        self.keep = Button(text("ui_compensate.pad_keep"), self._keep)
        self._again = Button(text("ui_compensate.pad_clear"), self.pad.clear, variant="ghost")
        printing = Button(text("ui_ticket.sign.print"), self.print_wanted.emit, icon="printer")
        paper = Button(text("ui_ticket.sign.paper"), lambda: self._say("paper"))
        declined = Button(text("ui_ticket.sign.declined"), lambda: self._say("declined"))
        self._ways = box(
            column(
                label(text("ui_ticket.sign.hint"), "small", wrap=True),
                row(printing, None, declined, paper, gap=8),
                self.pad,
                row(None, self._again, self.keep, gap=8),
            )
        )
        self.add(self.banner, self._ways)
        self.pad.changed.connect(self._adapt)
        self._adapt()

    def show_page(self, page: TicketPage) -> None:
        """Say how it stands, and offer to sign while that is open."""
        text, state = self._ui.text, page.state
        how = state.text("signed_how")
        open_ = state.solved is not None and not how and state.closed is None
        if how:
            key = "ui_compensate.was_signed" if how == "paper" else "ui_compensate.was_declined"
            self.banner.say(text(key), "good" if how == "paper" else "info")
        else:
            self.banner.say("" if open_ else text("ui_compensate.solution_first"), "info")
        self._ways.setVisible(open_)

    def _adapt(self) -> None:
        self.keep.setEnabled(self.pad.signed)

    def _keep(self) -> None:
        if self.pad.signed:
            self.signed.emit(self.pad.picture())
            self.pad.clear()

    def _say(self, how: str) -> None:
        self.wanted.emit(SignSettlement(how))
