"""The step in hand: what to say by emotion, what to do, what still blocks it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.domain.operations.complete_step import Missing
from desktop.domain.policy import CheckItem, Step
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, box, clear, column, label, row

OVERDUE = "overdue_reason"
SIDE_BY_SIDE_FROM = 620


class _CheckWords(QLabel):
    """The words beside a check box; pressed, they tick it as words inside a box would."""

    def __init__(self, words: str, mark: CheckBox) -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMinimumWidth(1)
        self.setBuddy(mark)
        self._mark = mark

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick the box, if it may be ticked."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self._mark.click()


class StepCard(Card):
    """Shows the step in hand, or an earlier or later one to be read."""

    ticked = Signal(str, str, bool)
    completed = Signal(str, str)
    emotion_set = Signal(int)
    help_wanted = Signal(str)
    """The id of a gate that the person wants to open."""

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(" ")
        self._ui, self._names = ui, names
        self._page: TicketPage | None = None
        self._step: Step | None = None
        self.setProperty("emphasis", "true")
        self._limit = label("", "small")
        self.head.addWidget(self._limit)
        self._say_title, self._do_title = label("", "small"), label("", "small")
        self._do_title.setText(ui.text("ui_ticket.do"))
        self._quote = label("", "quote", wrap=True)
        self._quote.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.emotion = Choice([Option(str(n), str(n)) for n in range(1, 6)], digits=True)
        self._record = Button(ui.text("ui_ticket.emotion_set"), self._set_emotion, variant="link")
        self.checks: dict[str, CheckBox] = {}
        self._checks_box = column(gap=8)
        self._missing_box = column(gap=4)
        self.overdue = LineEdit()
        self._overdue_field = Field(ui.text("ui_ticket.overdue_reason"), self.overdue)
        self.complete = Button(
            ui.text("ui_ticket.complete"), self._complete, variant="primary", keys="Ctrl+Return"
        )
        self._state = label("", "small", wrap=True)
        self._arrange()
        self.emotion.changed.connect(self._show_script)

    def _arrange(self) -> None:
        say_head = row(self._say_title, None, self._record, gap=8)
        say = column(say_head, self._quote, self.emotion, None, gap=8)
        do = column(self._do_title, self._checks_box, None, gap=2)
        self._say_box, self._do_box = box(say), box(do)
        self._columns_row = row(gap=20)
        self._columns_row.addWidget(self._say_box, 3)
        self._columns_row.addWidget(self._do_box, 2)
        foot = row(gap=12)
        foot.addWidget(self._state, 1)
        foot.addWidget(self.complete)
        self.add(self._columns_row, self._missing_box, self._overdue_field, foot)

    def set_width(self, logical: int) -> None:
        """Put doing below saying when the card is narrow."""
        direction = self._columns_row.Direction
        wide = logical >= SIDE_BY_SIDE_FROM
        self._columns_row.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def show_step(self, page: TicketPage, step: Step) -> None:
        """Show `step` of the ticket; only the one in hand can be worked on."""
        changed = self._step is None or self._step.id != step.id
        other = self._page is None or self._page.state.id != page.state.id
        self._page, self._step = page, step
        number = 1 + [s.id for s in page.steps].index(step.id)
        title = self._ui.text("ui_ticket.step", n=number, title=self._names.local(step.title))
        self.set_title(title)
        parts = [self._names.local(step.limit_text), self._names.role(step.role)]
        self._limit.setText(" · ".join(part for part in parts if part))
        if other:
            self._name_emotions(page)
        if changed or other:
            self.emotion.set_value(str(self._emotion()))
            self.overdue.clear()
        self._show_script()
        self._show_checks(step, page)
        self._show_missing(page, step)

    def _name_emotions(self, page: TicketPage) -> None:
        """Say by what each grade is known, as the ticket's own pack has it."""
        for grade in range(1, 6):
            words = self._names.local(page.policy.emotions.get(grade))
            chip = self.emotion.chip(str(grade))
            chip.setToolTip(words)
            chip.setAccessibleDescription(words)

    def _emotion(self) -> int:
        value = self._page.state.value("emotion") if self._page else None
        return value if isinstance(value, int) else 3

    def _show_script(self) -> None:
        step, chosen = self._step, int(self.emotion.value() or 3)
        if step is None:
            return
        script = self._names.local(step.say.get(chosen))
        self._say_title.setText(self._ui.text("ui_ticket.say", n=chosen))
        key = "ui_ticket.say_words" if script else "ui_ticket.say_none"
        self._quote.setText(self._ui.text(key, words=script))
        self._record.setVisible(chosen != self._emotion())

    def _set_emotion(self) -> None:
        self.emotion_set.emit(int(self.emotion.value() or 3))

    def _show_checks(self, step: Step, page: TicketPage) -> None:
        done = page.state.checks_done(step.id)
        current = page.current is not None and page.current.id == step.id
        if list(self.checks) != [f"{step.id}.{item.id}" for item in step.do]:
            clear(self._checks_box)
            self.checks = {f"{step.id}.{item.id}": self._check(step, item) for item in step.do}
        for item in step.do:
            mark = self.checks[f"{step.id}.{item.id}"]
            mark.blockSignals(True)
            mark.setChecked(item.id in done)
            mark.blockSignals(False)
            mark.setEnabled(current)

    def _check(self, step: Step, item: CheckItem) -> CheckBox:
        words = self._names.local(item.text)
        mark = CheckBox("")
        mark.setAccessibleName(words)
        text = _CheckWords(words, mark)
        if item.required:
            mark.setToolTip(self._ui.text("ui_ticket.do_required"))
            text.setToolTip(self._ui.text("ui_ticket.do_required"))
            words = f"{words} *"
            text.setText(words)
        mark.toggled.connect(
            lambda on, step=step.id, check=item.id: self.ticked.emit(step, check, on)
        )
        line = row(gap=4)
        line.addWidget(mark)
        line.addWidget(text, 1)
        self._checks_box.addLayout(line)
        return mark

    def _show_missing(self, page: TicketPage, step: Step) -> None:
        current = page.current is not None and page.current.id == step.id
        missing = page.missing if current else ()
        gates = [
            m for m in missing if f"{step.id}.{m.id}" not in self.checks or self._gate(step, m)
        ]
        clear(self._missing_box)
        for gate in gates:
            if gate.id != OVERDUE:
                self._missing_box.addWidget(self._gate_line(gate))
        late = any(gate.id == OVERDUE for gate in gates)
        self._overdue_field.setVisible(late)
        blocking = [m for m in missing if m.id != OVERDUE]
        self.complete.setVisible(current)
        self.complete.setEnabled(not blocking)
        self._say_state(page, step, blocking, current=current)

    def _gate(self, step: Step, missing: Missing) -> bool:
        """Tell a gate from a check of the same id by its words."""
        gate = next((g for g in step.needs if g.id == missing.id), None)
        return gate is not None and dict(gate.text) == missing.text

    def _gate_line(self, gate: Missing) -> QWidget:
        words = self._names.local(gate.text)
        go = Button(words, lambda: self.help_wanted.emit(gate.id), variant="link")
        line = row(Glyph("triangle-alert", "warn", 16), go, None, gap=4)
        return box(line)

    def _say_state(
        self, page: TicketPage, step: Step, blocking: Sequence[Missing], *, current: bool
    ) -> None:
        text = self._ui.text
        if blocking:
            self._state.setText(text("ui_ticket.blocked", n=len(blocking)))
        elif current:
            self._state.setText(text("ui_ticket.ready"))
        else:
            mark = page.state.steps_done.get(step.id)
            who = page.names.get(mark.actor, mark.actor) if mark else ""
            when = self._ui.formats.moment(mark.at) if mark else ""
            done = text("ui_ticket.step_done", who=who, when=when) if mark else ""
            self._state.setText(done)

    def take_keyboard(self) -> bool:
        """Put the keyboard on what is to be done next; False where nothing is."""
        marks = self.checks.values()
        wanted: list[QWidget] = [m for m in marks if m.isEnabled() and not m.isChecked()]
        wanted += [gate for gate in self._gates() if gate.isVisibleTo(self)]
        if self.overdue.isVisibleTo(self) and not self.overdue.text():
            wanted.append(self.overdue)
        if self.complete.isVisibleTo(self) and self.complete.isEnabled():
            # What is not required must not stand before a step that is ready.
            wanted = [self.complete, *wanted]
        if wanted:
            wanted[0].setFocus()
        return bool(wanted)

    def _gates(self) -> list[Button]:
        lines = (self._missing_box.itemAt(at) for at in range(self._missing_box.count()))
        boxes = [line.widget() for line in lines if line is not None]
        return [b for line in boxes if line is not None for b in line.findChildren(Button)]

    def _complete(self) -> None:
        if self._step is not None:
            self.completed.emit(self._step.id, self.overdue.text().strip())
