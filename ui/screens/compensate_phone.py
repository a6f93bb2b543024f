"""Phone approval at the store, step by step: whom to call, what to read out, the code (CO-03)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout

from desktop.domain.outcomes import Refusal
from desktop.domain.phone_approval import Challenge, PhoneFacts
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from desktop.services.phone_approval import PhoneApprover
from ui.context import Ui
from ui.names import Names
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Field, LineEdit, Option, Select
from ui.widgets.layout import Card, box, clear, column, label, row


class PhoneCard(Card):
    """Works with no network; a wrong code counts, and after the last the envelope is dead."""

    offered = Signal()
    """It is known who can be called, or why nobody."""
    step_changed = Signal()
    """There is something else to read out or to mend; it begins at the top of the card."""
    released = Signal(object)
    """The ticket as it is once the code fitted."""

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_compensate.phone"))
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self._item = self.released_item = ""
        self.challenge: Challenge | None = None
        text = ui.text
        self.item, self.approver = Select(), Select()
        self.start = Button(text("ui_compensate.phone_start"), self.ask, variant="primary")
        self.code = LineEdit("XXXX-XXXX-XXXX-X")
        self.code.setMaxLength(40)
        self.release = Button(text("ui_compensate.phone_release"), self.try_code, variant="primary")
        self.banner = Banner()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().px(16))
        self._grid.setVerticalSpacing(theme().px(4))
        self._grid.setColumnStretch(1, 1)
        self._arrange()

    def _arrange(self) -> None:
        text = self._ui.text
        whom = row(gap=12)
        self._item_field = Field(text("ui_compensate.phone_item"), self.item)
        whom_field = Field(text("ui_compensate.phone_whom"), self.approver)
        whom.addWidget(self._item_field, 1)
        whom.addWidget(whom_field, 1)
        first = label(text("ui_compensate.phone_step1"), "smallstrong", wrap=True)
        self._whom = box(column(first, whom, row(None, self.start), gap=8))
        second = label(text("ui_compensate.phone_step2"), "smallstrong", wrap=True)
        third = label(text("ui_compensate.phone_step3"), "smallstrong", wrap=True)
        entry = row(gap=12)
        entry.addWidget(self.code, 1)
        entry.addWidget(self.release)
        self.code.setAccessibleName(text("ui_compensate.phone_code"))
        another = Button(text("ui_compensate.phone_other"), self.back, variant="link")
        self._read = box(column(second, self._grid, third, entry, row(another, None), gap=10))
        self.add(self.banner, self._whom, self._read)
        self.code.returnPressed.connect(self.try_code)
        self.item.currentIndexChanged.connect(lambda _at: self._look())

    def show_page(self, page: TicketPage) -> None:
        """Offer the items that wait; a challenge that is being read out stays."""
        other = self._page is None or self._page.state.id != page.state.id
        self._page = page
        waiting = [i for i in page.state.open_items if i.status == "pending"]
        self.setVisible(bool(waiting) and page.state.closed is None)
        if other or self._item not in {i.id for i in waiting}:
            self.challenge = None
            self.banner.say("")
        self.item.set_options(
            [
                Option(
                    i.id,
                    self._ui.text(
                        "ui_ticket.item",
                        instrument=self._instrument(i.instrument),
                        amount=self._ui.formats.money(i.amount),
                    ),
                )
                for i in waiting
            ]
        )
        self._item_field.setVisible(len(waiting) > 1)
        self._steps()
        if waiting and self.challenge is None:
            self._look()

    def _instrument(self, name: str) -> str:
        return self._ui.text(f"ui_ticket.instrument.{name}")

    def _steps(self) -> None:
        self._whom.setVisible(self.challenge is None)
        self._read.setVisible(self.challenge is not None)

    def _look(self) -> None:
        """Look who could be called for the item chosen."""
        page, item, desk = self._page, self.item.value(), self._ui.desk
        if page is None or item is None:
            return
        self._item, stream = item, page.state.id
        self._ui.run(lambda: desk.phone_approvers(stream, item), self._offer)

    def _offer(self, found: Sequence[PhoneApprover] | Refusal) -> None:
        self._show_offer(found)
        self.offered.emit()

    def _show_offer(self, found: Sequence[PhoneApprover] | Refusal) -> None:
        if isinstance(found, Refusal):
            self.banner.say(self._ui.refusal(found), "warn")
            self.start.setEnabled(False)
            self._whom.setVisible(self._item_field.isVisibleTo(self._whom))
            return
        text = self._ui.text
        self.approver.set_options(
            [
                Option(
                    p.person,
                    text(
                        "ui_compensate.phone_person",
                        name=p.name,
                        role=self._names.role(p.role),
                        n=p.envelopes,
                    ),
                )
                for p in found
            ]
        )
        self.start.setEnabled(True)
        self._steps()

    def ask(self) -> None:
        """Put an envelope aside and show what to read out."""
        page, item, desk = self._page, self._item, self._ui.desk
        if page is None or not item:
            return
        stream, approver = page.state.id, self.approver.value() or ""
        self._ui.run(lambda: desk.phone_challenge(stream, item, approver), self._asked)

    def _asked(self, challenge: Challenge | Refusal) -> None:
        if isinstance(challenge, Refusal):
            self.banner.say(self._ui.refusal(challenge), "warn")
            return
        self.challenge = challenge
        self.banner.say("")
        self.code.clear()
        self._show_challenge(challenge)
        self._steps()
        self.code.setFocus()
        self.step_changed.emit()

    def _show_challenge(self, challenge: Challenge) -> None:
        clear(self._grid)
        lines = [
            ("phone_approver", challenge.approver),
            ("phone_envelope", str(challenge.envelope)),
            *facts_lines(self._ui, challenge.facts),
            ("phone_check", challenge.check),
        ]
        for at, (key, value) in enumerate(lines):
            name = label(self._ui.text(f"ui_compensate.{key}"), "small")
            shown = label(value, "heading")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{self._ui.text(f'ui_compensate.{key}')} {value}")
            self._grid.addWidget(name, at, 0)
            self._grid.addWidget(shown, at, 1)

    def back(self) -> None:
        """Ask somebody else, or take another envelope."""
        self.challenge = None
        self.banner.say("")
        self._steps()
        self._look()

    def try_code(self) -> None:
        """Try the code that was given; the try is counted before it is made."""
        page, asked, desk = self._page, self.challenge, self._ui.desk
        code = self.code.text().strip()
        if page is None or asked is None or not code:
            self.code.setFocus()
            return
        stream, item = page.state.id, self._item
        self.release.setEnabled(False)
        self._ui.run(
            lambda: desk.phone_approve(stream, item, code, asked.envelope),
            self._tried,
            on_error=self._failed,
        )

    def _failed(self, words: str) -> None:
        self.release.setEnabled(True)
        self.banner.say(words, "bad")

    def _tried(self, outcome: TicketState | Refusal) -> None:
        self.release.setEnabled(True)
        if not isinstance(outcome, Refusal):
            self.challenge, self.released_item = None, self._item
            self.code.clear()
            self.released.emit(outcome)
            return
        self.banner.say(self._ui.refusal(outcome), "bad")
        self.code.selectAll()
        self.code.setFocus()
        if outcome.code == "phone_envelope_locked":
            self.challenge = None
            self._steps()
            self._look()
        self.step_changed.emit()


def facts_lines(ui: Ui, facts: PhoneFacts) -> list[tuple[str, str]]:
    """Return what both sides see of a release: name of the line and its words."""
    payee = ui.text("ui_compensate.phone_customer") if facts.payee == "customer" else facts.payee
    return [
        ("phone_ticket", facts.ticket),
        ("phone_ledger", ui.text(f"ui_ticket.ledger.{facts.ledger}")),
        ("phone_instrument", ui.text(f"ui_ticket.instrument.{facts.instrument}")),
        ("phone_amount", ui.formats.yuan(facts.amount)),
        ("phone_payee", payee),
    ]
