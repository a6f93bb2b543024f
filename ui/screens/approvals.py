"""Approvals (审批): what waits for the person logged in, the facts on one card, and phone codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.approving import ApprovalList, PendingApproval
from desktop.services.ports import SavedDraft
from ui.context import Ui
from ui.form_drafts import FormDrafts
from ui.names import LEVEL_TONES, Names
from ui.screens.approvals_phone import CodeCard
from ui.screens.base import NARROW, Screen
from ui.shell.keys import KeyRow
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.inputs import Field, LineEdit
from ui.widgets.layout import Card, Scroll, box, clear, column, label, order_tabs, row
from ui.widgets.text import ElidedLabel, Pill


class ApprovalCard(Card):
    """One proposal: its facts, and approve or refuse with a reason."""

    decided = Signal(str, object)
    """The ticket's stream and the command."""

    def __init__(self, ui: Ui, names: Names, found: PendingApproval) -> None:
        super().__init__()
        self.found = found
        self._ui, self._names = ui, names
        item, text, money = found.item, ui.text, ui.formats.money
        what = text(
            "ui_approvals.what",
            instrument=text(f"ui_ticket.instrument.{item.instrument}"),
            amount=money(item.amount),
            ledger=text(f"ui_ticket.ledger.{item.ledger}"),
        )
        self.set_title(what)
        level = found.row.level
        self.head.addWidget(Pill(names.level(level), LEVEL_TONES.get(level, "neutral")))
        self.reason = LineEdit()
        approve = partial(self._say, approved=True)
        self.approve = Button(text("ui_ticket.approve"), approve, variant="primary")
        self.approve.setAccessibleName(f"{text('ui_ticket.approve')} {what}")
        refuse = partial(self._say, approved=False)
        self.refuse = Button(text("ui_ticket.refuse"), refuse, variant="danger")
        self.refuse.setAccessibleName(f"{text('ui_ticket.refuse')} {what}")
        for line, role in self.lines():
            self.add(label(line, role, wrap=True))
        self._reason = Field(text("ui_approvals.reason"), self.reason)
        see = partial(ui.navigate.emit, "ticket", found.row.stream)
        open_ = Button(found.row.number, see, variant="link")
        open_.setAccessibleName(text("ui_approvals.open", number=found.row.number))
        self.add(self._reason, row(open_, None, self.refuse, self.approve, gap=8))
        self.reason.returnPressed.connect(self.approve.setFocus)

    def lines(self) -> Sequence[tuple[str, str]]:
        """Return the facts in plain words, each with its role in the style sheet."""
        found, ui, names = self.found, self._ui, self._names
        item, state, text = found.item, found.state, ui.text
        who = (names.customer(found.row), names.code(state.text("code")), found.row.product)
        by = text("ui_approvals.by", who=found.proposer, when=self._when(), span=self._waited())
        lines = [
            (" · ".join(part for part in who if part), "smallink"),
            (text("ui_approvals.words", words=names.value(state.value("verbatim"))), "quote"),
            (self._sum(), "smallstrong"),
            (by, "small"),
        ]
        reason = names.value(item.reason)
        if reason:
            lines.append((text("ui_approvals.why", reason=reason), "small"))
        lines.append((text("ui_approvals.evidence", n=len(state.evidence)), "small"))
        return lines

    def _when(self) -> str:
        return self._ui.formats.moment(self.found.item.proposed.at)

    def _waited(self) -> str:
        """Return how long it has waited, in whole minutes, hours or days."""
        span = self._ui.desk.now() - self.found.item.proposed.at
        if span < timedelta(hours=1):
            return self._ui.text("ui_approvals.minutes", n=max(span // timedelta(minutes=1), 0))
        return self._ui.formats.span(span)

    def _sum(self) -> str:
        found, text, money = self.found, self._ui.text, self._ui.formats.money
        role = self._names.role(found.needs)
        if found.item.ledger != "goodwill":
            return text("ui_approvals.needs", role=role)
        return text("ui_approvals.sum", amount=money(found.cumulative), role=role)

    def _say(self, *, approved: bool) -> None:
        reason = self.reason.text().strip()
        if not approved and not reason:
            self._reason.set_error(self._ui.text("refusal.refusal_needs_reason"))
            self.reason.setFocus()
            return
        self.decided.emit(
            self.found.row.stream, DecideApproval(self.found.item.id, approved, reason)
        )


class ApprovalsScreen(Screen):
    """The queue at the left, the phone at the right; nothing waiting is a good state."""

    counted = Signal(int)
    """How many proposals wait for the person logged in."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._loaded = False
        self.cards: dict[str, ApprovalCard] = {}
        self.typing = FormDrafts(ui, "approvals", self._inputs)
        text = ui.text
        self._note = ElidedLabel("", "small")
        self._list = column(gap=16)
        empty = EmptyState(text("ui_approvals.empty"), text("ui_approvals.empty_text"))
        self._stack = QStackedWidget()
        self._stack.addWidget(box(column(label(text("ui.loading"), "muted"), None)))
        self._stack.addWidget(box(column(empty, None)))
        self._stack.addWidget(box(column(box(self._list), None)))
        self.phone = CodeCard(ui)
        self._columns = row(gap=16)
        self._columns.addWidget(self._stack, 3)
        self._columns.addWidget(box(column(self.phone, None)), 2)
        head = row(label(text("ui_approvals.title"), "title"), gap=16)
        head.addWidget(self._note, 1)
        page = column(head, self._columns, None, gap=16, margins=(24, 24, 24, 24))
        self.setLayout(column(Scroll(box(page))))

    def open(self, what: object) -> None:
        """Come to the front and look again."""
        del what
        self.refresh()

    def refresh(self) -> None:
        """Read what waits."""
        desk, typing = self.ui.desk, self.typing
        self.ui.run(lambda: (desk.approvals(), typing.find("")), lambda found: self._show(*found))
        self.phone.refresh()

    def leave(self) -> None:
        """Keep what was typed."""
        self.typing.flush()

    def _inputs(self) -> dict[str, QWidget]:
        return {f"{item}.reason": card.reason for item, card in self.cards.items()}

    def busy(self) -> bool:
        """Tell whether the list has not arrived yet."""
        return not self._loaded

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        return (
            ("Tab", self.ui.text("ui_approvals.key.next")),
            ("Enter", self.ui.text("ui_approvals.key.enter")),
        )

    def set_width(self, logical: int) -> None:
        """Put the phone below the queue when it is narrow."""
        direction = self._columns.Direction
        wide = logical >= NARROW
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _show(self, found: ApprovalList, draft: SavedDraft | None) -> None:
        if not self._loaded:
            self.typing.begin("", "", draft)
        with self.typing.quiet():
            self._show_cards(found)
        self.typing.fill()
        self.typing.flush()
        order_tabs(self)
        self._stack.setCurrentIndex(2 if found.mine else 1)
        self.phone.lead(first=not found.mine)
        parts = []
        if found.own:
            parts.append(self.ui.text("ui_approvals.own", n=found.own))
        if found.above:
            parts.append(self.ui.text("ui_approvals.above", n=found.above))
        self._note.set_text(" · ".join(parts))
        self.counted.emit(len(found.mine))
        first = not self._loaded
        self._loaded = True
        if first and self.cards:
            next(iter(self.cards.values())).reason.setFocus()

    def _show_cards(self, found: ApprovalList) -> None:
        if [card.found for card in self.cards.values()] == list(found.mine):
            return  # whoever types a reason is not interrupted by an exchange with HQ
        typed = {name: card.reason.text() for name, card in self.cards.items()}
        held = self._held()
        clear(self._list)
        self.cards = {}
        for waiting in found.mine:
            card = ApprovalCard(self.ui, self._names, waiting)
            card.reason.setText(typed.get(waiting.item.id, ""))
            card.decided.connect(self._decide)
            self.cards[waiting.item.id] = card
            self._list.addWidget(card)
        if held is not None:
            QTimer.singleShot(0, self, partial(self._take_keyboard, *held))

    def _held(self) -> tuple[str, int] | None:
        """Return the card that has the keyboard and where in its reason."""
        focus = QApplication.focusWidget()
        for name, card in self.cards.items():
            if focus is not None and card.isAncestorOf(focus):
                return name, card.reason.cursorPosition()
        return None

    def _take_keyboard(self, name: str, cursor: int) -> None:
        """Go on in the same card, in the first one when it is answered."""
        card = self.cards.get(name)
        if card is not None:
            card.reason.setFocus()
            card.reason.setCursorPosition(cursor)
        elif self.cards:
            next(iter(self.cards.values())).reason.setFocus()
        else:
            self.setFocus()

    def _decide(self, stream: str, command: DecideApproval) -> None:
        desk = self.ui.desk

        def answered(outcome: TicketState | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                self.ui.changed.emit()
                key = "ui_approvals.approved" if command.approved else "ui_approvals.refused"
                self.ui.say(self.ui.text(key))
            self.refresh()

        self.ui.run(lambda: desk.act(stream, command), answered)
