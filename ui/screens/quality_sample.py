"""The month's sample on screen: its commitment, the cases drawn, and the review form."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.domain.improvement.reviews import (
    CRITERIA,
    MOST,
    RecordReview,
    Review,
    total_of,
)
from desktop.services.quality import DrawnSample
from ui.context import Ui
from ui.names import Names
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row
from ui.widgets.text import ElidedLabel, Pill


class SamplePage(QWidget):
    """Lists the sample and takes the scores of one case after the other."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        self._names = Names(ui.texts, ui.desk.policy)
        self.waiting = False
        self.month = ""
        self.drawn: DrawnSample | None = None
        self.number = ""
        self._top = column(gap=6)
        self._rows = column(gap=4)
        self.form = Card(ui.text("pack.sec.reviews"))
        self.flags = column(gap=4)
        self.scores = {
            name: Choice([Option(str(n), str(n)) for n in range(MOST + 1)], digits=True)
            for name in CRITERIA
        }
        self.note = LineEdit()
        self.total = label("", "heading")
        self._make_form()
        left = box(column(self._top, self._rows, None, gap=12))
        body = row(gap=16)
        body.addWidget(Scroll(left), 1)
        self._beside = Scroll(box(column(self.form, None)))
        body.addWidget(self._beside, 1)
        self._beside.hide()
        self.setLayout(body)

    def _make_form(self) -> None:
        text = self.ui.text
        self.form.add(self.flags)
        for name, choice in self.scores.items():
            weight = text("ui_quality.weight", n=CRITERIA[name])
            self.form.add(Field(f"{text(f'cause.criterion.{name}')} · {weight}", choice))
            choice.changed.connect(self._sum)
        save = Button(text("ui_quality.save_review"), self.save, variant="primary")
        look = Button(text("ui_quality.look"), self.look)
        self.form.add(Field(text("pack.col.note"), self.note), row(self.total, None, look, save))
        self.form.hide()

    def show_month(self, month: str) -> None:
        """Show the sample of a month."""
        self.month, self.waiting = month, True
        self.ui.run(lambda: self.ui.desk.quality_sample(month), self._show)

    def _show(self, drawn: DrawnSample) -> None:
        self.waiting = False
        self.drawn = drawn
        text, sample = self.ui.text, drawn.sample
        clear(self._top)
        clear(self._rows)
        if not sample.committed:
            self._say_none("none", "")
            return
        words = "sample_sealed" if not sample.seed else "sample_lead"
        words = words if sample.in_time else "sample_late"
        lead = text(f"pack.{words}", commitment=sample.commitment[:16], seed=sample.seed[:16])
        if not sample.seed and not drawn.size:
            self._say_none("sealed", lead)
            return
        self._top.addWidget(label(lead, "small", wrap=True))
        if drawn.size:
            done = text("ui_quality.reviewed", done=drawn.reviewed, n=drawn.size)
            self._top.addWidget(label(done, "strong"))
        for numbers in drawn.drawn.values():
            for number in numbers:
                self._rows.addWidget(self._case(drawn, number))

    def _say_none(self, key: str, proof: str) -> None:
        """Say why there is nothing to review, with what proves a sealed sample."""
        text = self.ui.text
        empty = Card()
        empty.add(
            EmptyState(text(f"ui_quality.{key}"), text(f"ui_quality.{key}_note"), icon="lock")
        )
        if proof:
            empty.add(label(proof, "small", wrap=True))
        self._top.addWidget(empty)
        self.form.hide()
        self._fit_form()

    def _fit_form(self) -> None:
        """Leave the whole width to the list while there is no form beside it."""
        self._beside.setVisible(not self.form.isHidden())

    def _case(self, drawn: DrawnSample, number: str) -> QWidget:
        facts, review = drawn.cases[number], drawn.reviews.get(number)
        link = Button(number, partial(self.choose, number), variant="link")
        words = ElidedLabel(self._names.code(facts.code), "small")
        line = row(link, words, gap=12)
        line.setStretch(1, 1)
        if review is not None:
            line.addWidget(Pill(str(review.total), "good" if review.total >= 80 else "warn"))
        return box(line)

    def choose(self, number: str) -> None:
        """Put a case into the form."""
        if self.drawn is None:
            return
        self.number = number
        facts = self.drawn.cases[number]
        known = self.drawn.reviews.get(number)
        for name, choice in self.scores.items():
            choice.set_value(str(known.scores[name]) if known else None)
        self.note.clear()
        self.form.set_title(f"{self.ui.text('pack.sec.reviews')} {number}")
        self.form.show()
        self._fit_form()
        self.waiting = True
        self.ui.run(lambda: self.ui.desk.quality_checks(facts.stream), self._show_flags)
        self._sum()

    def _show_flags(self, flags: tuple[str, ...]) -> None:
        self.waiting = False
        clear(self.flags)
        for flag in flags or ("none",):
            words = self.ui.text(f"cause.flag.{flag}")
            self.flags.addWidget(Pill(words, "warn" if flags else "good"))

    def look(self) -> None:
        """Open the complaint itself."""
        if self.drawn is not None and self.number:
            self.ui.navigate.emit("ticket", self.drawn.cases[self.number].stream)

    def values(self) -> dict[str, int]:
        """Return the scores given so far."""
        found = {name: choice.value() for name, choice in self.scores.items()}
        return {name: int(value) for name, value in found.items() if value is not None}

    def _sum(self) -> None:
        self.total.setText(self.ui.text("ui_quality.total", n=total_of(self.values())))

    def save(self) -> None:
        """Keep the review and go back to the list."""
        if self.drawn is None or not self.number:
            return
        stream = self.drawn.cases[self.number].stream
        command = RecordReview(stream, self.month, self.values(), self.note.text())
        self.ui.act(lambda: self.ui.desk.review_case(command), self._saved)

    def _saved(self, review: Review) -> None:
        self.ui.say(self.ui.text("ui_quality.review_saved", n=review.total))
        self.show_month(self.month)
