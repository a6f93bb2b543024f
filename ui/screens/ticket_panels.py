"""The acts on a ticket, each a small form below the step in hand; none is a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.contact_customer import PURPOSES, ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pause_clocks import REASONS, PauseClocks, ResumeClocks
from desktop.domain.operations.record_survey import OUTCOMES, RecordSurvey
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, TextArea
from ui.widgets.layout import box, column, label, row, stops

CONTACT_CHANNELS = ("counter", "phone", "online")


class Panel(QWidget):
    """One act; `wanted` carries the command."""

    wanted = Signal(object)
    keeps = True
    """Whether typing that is not recorded is kept as a draft."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui

    def words(self, key: str, **values: object) -> str:
        """Look a text of this screen up."""
        return self.ui.text(f"ui_ticket.{key}", **values)

    def show_page(self, page: TicketPage) -> None:
        """Show what the ticket already says; what is being typed stays."""

    def done(self) -> None:
        """Clear what was typed: it is saved."""

    def forget(self) -> None:
        """Forget what the ticket in sight said: another one comes."""

    def known(self) -> dict[str, str]:
        """Return what the ticket already says, by input as in `FormDrafts`."""
        return {}

    def focus_first(self) -> None:
        """Put the keyboard into the first input that can be seen."""
        for first in stops(self):
            wants_keys = first.focusPolicy() & Qt.FocusPolicy.TabFocus
            if wants_keys and first.isEnabled() and first.isVisibleTo(self):
                first.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def say(self, command: Command) -> None:
        """Ask for a command."""
        self.wanted.emit(command)

    def act_row(self, key: str, act: Callable[[], object], hint: str = "") -> QWidget:
        """Return a hint with the button of the act to its right."""
        line = row(gap=12)
        line.addWidget(label(self.words(hint) if hint else "", "small", wrap=True), 1)
        line.addWidget(Button(self.words(key), act))
        return box(line)


class RecordPanel(Panel):
    """Completes what a quick note left open (IN-02)."""

    LINES = ("expectation", "customer_name", "phone", "member_no", "product", "receipt_no")

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.lines = {name: LineEdit() for name in self.LINES}
        fields = [Field(self.words(f"record.{n}"), line) for n, line in self.lines.items()]
        pairs = [row(*fields[at : at + 2], gap=12) for at in range(0, len(fields), 2)]
        self.setLayout(column(*pairs, self.act_row("record.do", self.save, "record.hint"), gap=8))
        self._known: dict[str, str] = {}

    def show_page(self, page: TicketPage) -> None:
        """Show the facts; a line that was edited keeps what is typed."""
        for name, line in self.lines.items():
            value = page.state.text(name)
            if line.text() == self._known.get(name, ""):
                line.setText(value)
            self._known[name] = value

    def forget(self) -> None:
        """Show the next ticket's facts whatever is in the lines."""
        self._known = {}

    def known(self) -> dict[str, str]:
        """Return the facts shown."""
        return {f"record.lines.{name}": value for name, value in self._known.items()}

    def save(self) -> None:
        """Ask for what was changed."""
        changed: dict[str, str | int | bool] = {
            name: line.text().strip()
            for name, line in self.lines.items()
            if line.text().strip() and line.text().strip() != self._known.get(name)
        }
        if changed:
            self.say(CorrectTicket(changed))


class ContactPanel(Panel):
    """A word with the customer: stops the clock it answers."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.purpose = Choice([Option(p, self.words(f"contact.purpose.{p}")) for p in PURPOSES])
        self.purpose.set_value(PURPOSES[0])
        self.channel = Choice([Option(c, ui.text(f"ui.channel.{c}")) for c in CONTACT_CHANNELS])
        self.channel.set_value("phone")
        self.reached = CheckBox(self.words("contact.reached"))
        self.reached.setChecked(True)
        self.note = TextArea(2)
        line = row(gap=16)
        line.addWidget(Field(self.words("contact.purpose"), self.purpose), 3)
        line.addWidget(Field(self.words("contact.channel"), self.channel), 2)
        foot = row(self.reached, None, Button(self.words("contact.do"), self.save), gap=12)
        self.setLayout(column(line, Field(self.words("contact.note"), self.note), foot, gap=8))

    def save(self) -> None:
        """Ask for the contact."""
        self.say(
            ContactCustomer(
                self.purpose.value() or PURPOSES[0],
                self.channel.value() or "phone",
                self.reached.isChecked(),
                self.note.toPlainText(),
            )
        )

    def done(self) -> None:
        """Clear the note."""
        self.note.clear()


class TextPanel(Panel):
    """One text and one act: a comment, a solution, a written report."""

    def __init__(
        self, ui: Ui, name: str, make: Callable[[str], Command], *, rows: int = 2, hint: bool
    ) -> None:
        super().__init__(ui)
        self._make = make
        self.text = TextArea(rows)
        act = self.act_row(f"{name}.do", self.save, f"{name}.hint" if hint else "")
        self.setLayout(column(Field(self.words(f"{name}.text"), self.text), act, gap=8))

    def save(self) -> None:
        """Ask for the act; an empty text is the rule's to refuse."""
        self.say(self._make(self.text.toPlainText()))

    def done(self) -> None:
        """Clear the text."""
        self.text.clear()


class ReportPanel(TextPanel):
    """The written report (CO-02), drafted from what is recorded where nothing is typed yet."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui, "report", FileWrittenReport, rows=4, hint=True)
        self._stream = ""
        self.draft = Button(ui.text("ui_acts.report.draft"), self.ask, variant="link")
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, box(row(self.draft, None)))

    def show_page(self, page: TicketPage) -> None:
        """Know of which ticket to report."""
        self._stream = page.state.id

    def ask(self) -> None:
        """Ask for a draft; what is typed is never replaced."""
        desk, stream, lang = self.ui.desk, self._stream, self.ui.texts.lang
        self.ui.run(lambda: desk.draft_report(stream, lang), self._fill)

    def _fill(self, words: str) -> None:
        if not self.text.toPlainText().strip():
            self.text.setPlainText(words)
        self.text.setFocus()


class SignPanel(Panel):
    """Print the settlement, then say how it was signed."""

    print_wanted = Signal(str)

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        buttons = row(
            Button(
                self.words("sign.print"),
                lambda: self.print_wanted.emit("settlement"),
                icon="printer",
            ),
            None,
            Button(self.words("sign.declined"), lambda: self.say(SignSettlement("declined"))),
            Button(self.words("sign.paper"), lambda: self.say(SignSettlement("paper"))),
            gap=8,
        )
        self.setLayout(column(label(self.words("sign.hint"), "small", wrap=True), buttons, gap=8))


class SurveyPanel(Panel):
    """The satisfaction call: answered with stars, refused, or nobody reached."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.outcome = Choice([Option(o, self.words(f"survey.outcome.{o}")) for o in OUTCOMES])
        self.outcome.set_value("answered")
        self.score = Choice([Option(str(n), f"★ {n}") for n in range(1, 6)], digits=True)
        self.comment = LineEdit()
        self._score_field = Field(self.words("survey.score"), self.score)
        line = row(gap=16)
        line.addWidget(Field(self.words("survey.outcome"), self.outcome), 1)
        line.addWidget(self._score_field, 1)
        self.setLayout(
            column(
                line,
                Field(self.words("survey.comment"), self.comment),
                self.act_row("survey.do", self.save, "survey.hint"),
                gap=8,
            )
        )
        self.outcome.changed.connect(
            lambda: self._score_field.setVisible(self.outcome.value() == "answered")
        )

    def save(self) -> None:
        """Ask for the survey."""
        outcome, score = self.outcome.value() or "answered", self.score.value()
        stars = int(score) if score and outcome == "answered" else None
        self.say(RecordSurvey(outcome, stars, "phone", self.comment.text()))

    def done(self) -> None:
        """Clear the answer."""
        self.score.set_values([])
        self.comment.clear()


class PausePanel(Panel):
    """Pause and resume the clocks that may pause (R3)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.reason = Choice([Option(r, self.words(f"pause.{r}")) for r in REASONS])
        self.reason.set_value(REASONS[0])
        self._state = label("", "small", wrap=True)
        self._pause = Button(self.words("pause.do"), self.save)
        self._resume = Button(self.words("pause.resume"), lambda: self.say(ResumeClocks()))
        self.setLayout(column(self._state, box(row(self.reason, self._pause, self._resume)), gap=8))

    def show_page(self, page: TicketPage) -> None:
        """Say whether clocks stand still."""
        running = next((p for p in page.state.pauses if p.until is None), None)
        if running is None:
            self._state.setText(self.words("pause.hint"))
        else:
            reason = self.words(f"pause.{running.reason}")
            self._state.setText(self.words("pause.running", reason=reason))
        self._pause.setVisible(running is None)
        self.reason.setVisible(running is None)
        self._resume.setVisible(running is not None)

    def save(self) -> None:
        """Ask for the pause."""
        self.say(PauseClocks(self.reason.value() or REASONS[0]))
