"""Handover (交接班): what the next shift must take over; both sign, each with the own password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QWidget

from desktop.domain.handover import HandoverLine, HandoverSheet
from desktop.domain.outcomes import Refusal
from desktop.services.handover import HandoverDraft, Signature, SignedHandover
from desktop.services.ports import Person, SavedDraft
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.form_drafts import FormDrafts
from ui.names import Names
from ui.screens.base import NARROW, Screen
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.found_list import FoundList
from ui.widgets.inputs import Field, LineEdit, Option, Select, TextArea
from ui.widgets.layout import Card, Flow, Scroll, box, clear, column, label, order_tabs, row
from ui.widgets.password import PasswordLine
from ui.widgets.print_preview import PrintPreview
from ui.widgets.text import ElidedLabel, Pill

SIDE_WIDTH = 340
ONE_LINE = 1100
"""Logical content width from which number, customer and reasons share a line."""
HISTORY = 30
REASON_TONES: dict[str, Tone] = {
    "waiting": "warn",
    "overdue": "bad",
    "due": "info",
    "promised": "accent",
    "approval": "neutral",
}
Loaded = tuple[HandoverDraft, Sequence[SignedHandover], Sequence[Person], str, SavedDraft | None]


class HandoverScreen(Screen):
    """Gathers, takes notes, lets both sign and prints; signed ones are listed at the side."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._sheet: HandoverSheet | None = None
        self._said: dict[str, LineEdit] = {}
        self._heads: list[QBoxLayout] = []
        self._head_way = QBoxLayout.Direction.LeftToRight
        self._loading, self._signing = False, False
        self._loaded = False
        self.typing = FormDrafts(ui, "handover", self._inputs)
        text = ui.text
        self.banner = Banner()
        self.notes = TextArea(3, text("ui_handover.notes_hint"))
        self.taker = Select()
        self.giver_password, self.taker_password = PasswordLine(ui.texts), PasswordLine(ui.texts)
        self.sign_button = Button(
            text("ui_handover.sign"), self.sign, variant="primary", keys="Ctrl+Return"
        )
        self.shifts = LineEdit("09:00, 15:00")
        self.history = FoundList(text("ui_handover.history"))
        self.history.itemActivated.connect(lambda _item: self.print())
        self.print_button = Button(text("ui_handover.print"), self.print, icon="printer")
        self._facts = Flow(8)
        self._lines = column(gap=0)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._arrange())

    def _arrange(self) -> QLayout:
        text, px = self.ui.text, theme().px
        self.lines_card = Card(text("handover.lines"))
        self.lines_card.add(self._lines)
        self._side = box(column(self._sign_card(), self._history_card(), None, gap=16))
        self._side.setFixedWidth(px(SIDE_WIDTH))
        self._columns.setSpacing(px(24))
        left = box(column(self.lines_card, None, gap=16))
        self._columns.addWidget(left, 1)
        self._columns.addWidget(self._side)
        head = column(
            row(label(text("ui_shell.handover"), "title"), None),
            self.banner,
            box(self._facts),
            gap=12,
            margins=(24, 20, 24, 12),
        )
        body = Scroll(box(column(box(self._columns), None, margins=(24, 0, 24, 16))))
        page = column(gap=0)
        page.addLayout(head)
        page.addWidget(body, 1)
        return page

    def _sign_card(self) -> Card:
        text = self.ui.text
        card = Card(text("ui_handover.signing"))
        me = self.ui.desk.person
        own = text("ui_handover.own_password", name=me.name if me else "")
        card.add(
            Field(text("handover.notes"), self.notes),
            Field(own, self.giver_password),
            Field(text("handover.taker"), self.taker),
            Field(text("ui_handover.taker_password"), self.taker_password),
            self.sign_button,
            label(text("ui_handover.sign_note"), "small", wrap=True),
        )
        self.taker_password.returnPressed.connect(self.sign)
        return card

    def _history_card(self) -> Card:
        text = self.ui.text
        card = Card(text("ui_handover.history"))
        self._no_history = label(text("ui_handover.history_none"), "small", wrap=True)
        save = Button(text("ui_handover.shifts_save"), self.save_shifts)
        hint = text("ui_handover.shifts_hint")
        card.add(self._no_history, self.history, row(self.print_button, None))
        line = row(self.shifts, save, gap=8)
        card.add(Field(text("ui_handover.shifts"), box(line), hint=hint))
        self.shifts.setAccessibleName(text("ui_handover.shifts"))
        self.shifts.returnPressed.connect(self.save_shifts)
        return card

    def open(self, what: object) -> None:
        """Gather anew; what was noted stays."""
        del what
        self.refresh()
        self.notes.setFocus()

    def busy(self) -> bool:
        """Tell whether the sheet is being gathered or signed."""
        return self._loading or self._signing

    def refresh(self) -> None:
        """Gather what the next shift must know, unless somebody is signing."""
        if self._signing:
            return
        self._loading = True
        desk, typing = self.ui.desk, self.typing
        handovers = desk.use_cases.handovers

        def work() -> Loaded:
            return (
                handovers.draft(desk.actor()),
                handovers.history(HISTORY),
                desk.people(),
                handovers.shifts,
                typing.find(""),
            )

        self.ui.run(work, self._show, on_error=self._failed)

    def leave(self) -> None:
        """Keep what was typed."""
        self.typing.flush()

    def _inputs(self) -> dict[str, QWidget]:
        said = {f"sheet.said.{ticket}": line for ticket, line in self._said.items()}
        return {"sheet.notes": self.notes, **said}

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        return (("Ctrl Enter", self.ui.text("ui_handover.sign")),)

    def back(self) -> bool:
        """Go back to Today."""
        self.ui.navigate.emit("today", None)
        return True

    def set_width(self, logical: int) -> None:
        """Put signing below the lines when the window is narrow."""
        wide = logical >= NARROW
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        # Beside the number there is room for why it waits only in a wide window.
        ways = QBoxLayout.Direction
        self._head_way = ways.LeftToRight if logical >= ONE_LINE else ways.TopToBottom
        for head in self._heads:
            head.setDirection(self._head_way)
        self._side.setMinimumWidth(theme().px(SIDE_WIDTH) if wide else 0)
        self._side.setMaximumWidth(theme().px(SIDE_WIDTH) if wide else 16_777_215)

    def sign(self) -> None:
        """Let both sign; passwords leave the fields whatever comes of it."""
        me, sheet = self.ui.desk.person, self._sheet
        if me is None or sheet is None or self._signing:
            return
        taker = self.taker.value()
        if not taker:
            self.banner.say(self.ui.text("ui_handover.no_taker"), "warn")
            return
        signed = self._filled(sheet)
        giver = Signature(me.login, self.giver_password.text())
        other = Signature(taker, self.taker_password.text())
        self.giver_password.clear()
        self.taker_password.clear()
        self._signing = True
        self.sign_button.setEnabled(False)
        desk = self.ui.desk
        self.ui.run(
            lambda: desk.use_cases.handovers.sign(signed, desk.actor(), giver, other),
            self._signed,
            on_error=self._failed,
        )

    def _filled(self, sheet: HandoverSheet) -> HandoverSheet:
        lines = tuple(
            replace(line, said=self._said[line.ticket].text().strip())
            if line.ticket in self._said
            else line
            for line in sheet.lines
        )
        return replace(sheet, lines=lines, notes=self.notes.toPlainText().strip())

    def _signed(self, outcome: SignedHandover | Refusal) -> None:
        self._signing = False
        self.sign_button.setEnabled(True)
        if isinstance(outcome, Refusal):
            self.banner.say(self.ui.refusal(outcome), "warn")
            self.giver_password.setFocus()
            return
        self.banner.say("")
        self.notes.clear()
        self._said = {}
        self.typing.finished("sheet")
        self.ui.changed.emit()
        words = self.ui.text("ui_handover.signed", giver=outcome.giver, taker=outcome.taker)
        self.ui.say(words)
        self.refresh()

    def print(self) -> None:
        """Show the chosen handover as it prints, the last one unless another is chosen."""
        chosen = self.history.current()
        if not isinstance(chosen, str):
            return
        lang, handovers = self.ui.texts.lang, self.ui.desk.use_cases.handovers

        def show(outcome: bytes | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
                return
            title = self.ui.text("handover.paper_title")
            PrintPreview(self.ui, self, title, outcome, "handover").open()

        self.ui.run(lambda: handovers.print(chosen, lang), show)

    def save_shifts(self) -> None:
        """Keep when shifts begin."""
        written, handovers = self.shifts.text(), self.ui.desk.use_cases.handovers

        def saved(refused: Refusal | None) -> None:
            if refused is not None:
                self.banner.say(self.ui.refusal(refused), "warn")
                return
            self.banner.say("")
            self.refresh()

        self.ui.run(lambda: handovers.set_shifts(written), saved)

    def _failed(self, message: str) -> None:
        self._loading = self._signing = False
        self.sign_button.setEnabled(True)
        self.banner.say(message, "bad", self.ui.text("ui.retry"), self.refresh)

    def _show(self, loaded: Loaded) -> None:
        *_rest, kept = loaded
        if not self._loaded:
            self._loaded = True
            self.typing.begin("", "", kept)
        with self.typing.quiet():
            self._show_sheet(loaded)
        self.typing.fill()
        order_tabs(self)

    def _show_sheet(self, loaded: Loaded) -> None:
        draft, history, people, shifts, _kept = loaded
        self._loading = False
        typed = {ticket: line.text() for ticket, line in self._said.items()}
        self._sheet, self._said = draft.sheet, {}
        self._show_facts(draft.sheet)
        clear(self._lines)
        self._heads = []
        if not draft.sheet.lines:
            title, note = self.ui.text("handover.nothing"), self.ui.text("ui_handover.nothing_note")
            self._lines.addWidget(EmptyState(title, note))
        for line in draft.sheet.lines:
            last = line is draft.sheet.lines[-1]
            self._lines.addWidget(self._line(line, draft.rows, typed, last=last))
        me = self.ui.desk.person
        others = [Option(p.login, p.name) for p in people if p.active and p != me]
        self.taker.set_options([Option("", self.ui.text("ui_handover.choose")), *others])
        if not self.shifts.hasFocus():
            self.shifts.setText(shifts)
        self._show_history(history)

    def _show_facts(self, sheet: HandoverSheet) -> None:
        clear(self._facts)
        moment, text = self.ui.formats.moment, self.ui.text
        begins, ends = moment(sheet.shift.begins), self.ui.formats.clock(sheet.shift.ends)
        words = text("ui_handover.shift", begins=begins, ends=ends)
        self._facts.addWidget(Pill(words, "accent", icon="clock"))
        counts = (("open", sheet.open), ("waiting", sheet.waiting), ("unsent", sheet.unsent))
        for name, count in counts:
            tone: Tone = "warn" if name == "waiting" and count else "neutral"
            pill = Pill(f"{text(f'handover.{name}')} {count:,}", tone, icon="")
            self._facts.addWidget(pill)

    def _why(self, line: HandoverLine) -> QLayout:
        """Say until when and why it cannot wait; wraps where there is no room for one line."""
        marks = Flow(8)
        if line.due_at is not None:
            moment = self.ui.formats.moment(line.due_at)
            due = label(self.ui.text("ui_handover.due", when=moment), "small")
            due.setFixedHeight(theme().px(24))
            marks.addWidget(due)
        for reason in line.reasons:
            words = self.ui.text(f"handover.reason.{reason}")
            marks.addWidget(Pill(words, REASON_TONES[reason]))
        return marks

    def _line(
        self,
        line: HandoverLine,
        rows: Mapping[str, TicketRow],
        typed: Mapping[str, str],
        *,
        last: bool,
    ) -> QFrame:
        text, known = self.ui.text, rows.get(line.ticket)
        frame = QFrame()
        frame.setProperty("role", "row")
        frame.setProperty("last", "true" if last else "false")
        left = row(gap=8)
        go = partial(self.ui.navigate.emit, "ticket", line.ticket)
        number = Button(line.number, go, variant="link")
        number.ensurePolished()
        number.setMinimumWidth(number.sizeHint().width())
        left.addWidget(number)
        if known is not None:
            who = self._names.customer(known)
            left.addWidget(ElidedLabel(who, "small"), 1)
        else:
            left.addStretch(1)
        head = QBoxLayout(self._head_way)
        head.setContentsMargins(0, 0, 0, 0)
        head.addLayout(left, 1)
        head.addWidget(box(self._why(line)), 0)
        self._heads.append(head)
        said = LineEdit(text("ui_handover.said_hint"))
        said.setText(typed.get(line.ticket, line.said))
        said.setAccessibleName(f"{text('handover.column.said')} {line.number}")
        said.setCursorPosition(0)
        self._said[line.ticket] = said
        body = column(head, gap=2, margins=(0, 8, 0, 10))
        if known is not None and known.summary:
            body.insertWidget(0, ElidedLabel(known.summary, "strong"))
        body.addSpacing(theme().px(2))
        body.addWidget(said)
        frame.setLayout(body)
        frame.setAccessibleName(line.number)
        return frame

    def _show_history(self, history: Sequence[SignedHandover]) -> None:
        self.history.clear()
        for one in history:
            when = self.ui.formats.moment(one.sheet.signed_at or one.sheet.made_at)
            taker = one.taker or self.ui.text("ui_handover.unsigned")
            counts = self.ui.text("ui_handover.line_count", n=len(one.sheet.lines))
            self.history.add(f"{one.giver} → {taker}", f"{when} · {counts}", one.id)
        self.history.show_rows(min(len(history), 4))
        self.history.setCurrentRow(0)
        self.history.setVisible(bool(history))
        self._no_history.setVisible(not history)
        self.print_button.setEnabled(bool(history))
