"""The acts on a ticket, each a small form below the step in hand; none is a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import PURPOSES, ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pause_clocks import REASONS, PauseClocks, ResumeClocks
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import OUTCOMES, RecordSurvey
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.services.desk import TicketPage
from desktop.services.suggesting import Suggestion
from ui.context import Ui
from ui.names import Names
from ui.widgets.buttons import Button
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, Select, TextArea
from ui.widgets.layout import box, column, label, row

CONTACT_CHANNELS = ("counter", "phone", "online")


class Panel(QWidget):
    """One act; `wanted` carries the command."""

    wanted = Signal(object)

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

    def save(self) -> None:
        """Ask for what was changed."""
        changed: dict[str, str | int | bool] = {
            name: line.text().strip()
            for name, line in self.lines.items()
            if line.text().strip() and line.text().strip() != self._known.get(name)
        }
        if changed:
            self.say(CorrectTicket(changed))


class ClassifyPanel(Panel):
    """Code and level, with what the rules suggest and why."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._suggestion = Suggestion(None, (), None, ())
        self._shown = ""
        policy = ui.desk.policy
        codes = [Option(code, self._names.code(code)) for code in sorted(policy.codes)]
        self.code = Select([Option("", "–"), *codes])
        self.level = Choice(
            [
                Option(str(r.level), self._names.level(r.level), self._names.local(r.meaning))
                for r in policy.levels
            ]
        )
        self.reason, self.unavailable = LineEdit(), LineEdit()
        self.sku, self.batch = LineEdit(), LineEdit()
        self._why = label("", "small", wrap=True)
        self._reason_field = Field(self.words("classify.reason"), self.reason)
        choose = row(gap=12)
        choose.addWidget(Field(self.words("classify.code"), self.code), 1)
        choose.addWidget(Field(self.words("classify.level"), self.level), 1)
        trace = row(
            Field(self.words("classify.sku"), self.sku),
            Field(self.words("classify.batch"), self.batch),
            Field(self.words("classify.unavailable"), self.unavailable),
            gap=12,
        )
        self._trace = box(trace)
        self.setLayout(
            column(
                self._why,
                choose,
                self._reason_field,
                self._trace,
                self.act_row("classify.do", self.save),
                gap=8,
            )
        )
        self.code.currentIndexChanged.connect(lambda _at: self._adapt())
        self.level.changed.connect(self._adapt)

    def show_page(self, page: TicketPage) -> None:
        """Show the code and level set, and ask for a suggestion from the customer's words."""
        if page.state.id == self._shown:
            return
        self._shown = page.state.id
        self.code.set_value(page.state.text("code") or None)
        level = page.state.value("level")
        self.level.set_value(str(level) if isinstance(level, int) else None)
        self.sku.setText(page.state.text("sku"))
        self.batch.setText(page.state.text("batch"))
        self.unavailable.setText(page.state.text("sku_unavailable_reason"))
        words = page.state.text("verbatim")
        self.ui.run(lambda: self.ui.desk.suggest(words), self._suggest)
        self._adapt()

    def _suggest(self, suggestion: Suggestion) -> None:
        self._suggestion = suggestion
        joint = "、" if self.ui.texts.lang == "zh_CN" else ", "
        parts = []
        if suggestion.code:
            parts.append((self._names.code(suggestion.code), suggestion.code_hits))
        if suggestion.level:
            parts.append((self._names.level(suggestion.level), suggestion.level_hits))
        self._why.setText(
            "  ".join(
                self.words("classify.suggest", what=what, hits=joint.join(hits))
                for what, hits in parts
            )
        )
        self._why.setVisible(bool(parts))
        if self.code.value() is None and suggestion.code:
            self.code.set_value(suggestion.code)
        if self.level.value() is None and suggestion.level:
            self.level.set_value(str(suggestion.level))
        self._adapt()

    def _adapt(self) -> None:
        code, level = self.code.value(), self.level.value()
        suggested = self._suggestion
        other = bool(suggested.code and code and code != suggested.code)
        other = other or bool(suggested.level and level and level != str(suggested.level))
        self._reason_field.setVisible(other)
        self._trace.setVisible(bool(code and code.startswith("PQ")))

    def save(self) -> None:
        """Ask for facts of the goods first, then for code and level."""
        facts: dict[str, str | int | bool] = {
            name: line.text().strip()
            for name, line in (
                ("sku", self.sku),
                ("batch", self.batch),
                ("sku_unavailable_reason", self.unavailable),
            )
            if line.text().strip()
        }
        if facts and self._trace.isVisible():
            self.say(CorrectTicket(facts))
        code, level = self.code.value(), self.level.value()
        if code is None or level is None:
            (self.code if code is None else self.level).setFocus()
            return
        self.say(
            ClassifyTicket(
                code,
                int(level),
                self._suggestion.code,
                self._suggestion.level,
                self.reason.text().strip(),
            )
        )


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


def text_panels(ui: Ui) -> dict[str, Panel]:
    """Return the panels that are one text and one act."""
    return {
        "comment": TextPanel(ui, "comment", AddComment, hint=False),
        "solution": TextPanel(ui, "solution", RecordSolution, hint=True),
        "report": TextPanel(ui, "report", FileWrittenReport, rows=4, hint=True),
    }
