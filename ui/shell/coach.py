"""The training store's own pieces of the window: the banner, and the coach beside the screens."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAccessible, QHideEvent, QPainter, QPaintEvent, QPolygonF, QShowEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from desktop.domain.outcomes import Refusal, Role
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.domain.training import Score
from desktop.services.phone_codes import GivenCode
from desktop.services.training import CoachView, TrainingDesk
from ui.context import Ui
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.inputs import CheckBox, Choice, Option
from ui.widgets.layout import Flow, Scroll, box, clear, column, label, order_tabs, row, rule
from ui.widgets.text import ElidedLabel

SHORT_BELOW = 760
"""Logical window width below which the banner says less."""
COACH_WIDTH = 300
LEFT_BESIDE = 440
"""Logical pixels that the coach leaves a screen beside it; with less, it stands above, folded."""
#: Fields of the customer that the trainee asks for, in the order shown.
_FACTS = ("customer_name", "phone", "member_no", "product", "receipt_no")


class TrainingBanner(QFrame):
    """A striped bar over the whole window that cannot be closed: nothing here is real."""

    accessible_role = QAccessible.Role.AlertMessage

    leave_wanted = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        words = ui.text("ui_training.banner")
        self.setAccessibleName(words)
        self.setProperty("role", "trainingbar")
        text = self._text = label(words, "strong", wrap=True)
        self.leave = Button(ui.text("ui_training.leave"), self.leave_wanted.emit, icon="log-out")
        glyph = Glyph("graduation-cap", "ink", 20)
        self.setLayout(row(glyph, text, self.leave, gap=10, margins=(24, 4, 16, 10)))

    def set_width(self, logical: int) -> None:
        """Say it in one line where the screens below need the room."""
        short = "" if logical >= SHORT_BELOW else "_short"
        self._text.setText(self._ui.text(f"ui_training.banner{short}"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the stripes at its lower edge."""
        px, colour = theme().px, theme().colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("warn_soft"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("warn_strong"))
        high, step = px(5), px(18)
        top = self.height() - high
        for left in range(-step, self.width() + step, step):
            right = left + step / 2
            slant = QPolygonF(
                [
                    QPointF(left, top + high),
                    QPointF(right, top + high),
                    QPointF(right + high, top),
                    QPointF(left + high, top),
                ]
            )
            painter.drawPolygon(slant)
        painter.end()


class CoachPanel(QFrame):
    """What the customer says, a hint for now, the clock, a question on the law, and the end."""

    accessible_role = QAccessible.Role.Grouping

    finished = Signal(object)
    """A Score."""
    toggled = Signal()
    """It came or went: the screens have another width."""

    def __init__(self, ui: Ui, desk: TrainingDesk) -> None:
        super().__init__()
        self._ui, self._desk = ui, desk
        self._view: CoachView | None = None
        self._code = ""
        self.law = Choice([])
        self.setProperty("role", "card")
        self.setFixedWidth(theme().px(COACH_WIDTH))
        self.setAccessibleName(ui.text("ui_training.coach"))
        self._title = label("", "heading", wrap=True)
        self._time = label("", "smallstrong")
        self._talk = column(gap=8)
        self.hints = CheckBox(ui.text("ui_training.hints"))
        self.hints.setChecked(True)
        self.hints.toggled.connect(lambda _on: self._draw())
        self.end = Button(ui.text("ui_training.finish"), self.finish, variant="primary")
        self.give_up = Button(ui.text("ui_training.give_up"), self._give_up, variant="link")
        self._beside, self._folded = True, False
        self.fold = Button("", self.turn_over, keys="F7")
        self.fold.hide()
        self._latest = ElidedLabel("", "small")
        self._latest.hide()
        talk = Scroll(box(column(self._talk, None, margins=(0, 0, 8, 0))))
        head = row(self._title, self._time, self.fold, gap=8)
        foot = row(self.end, None, self.give_up, gap=8)
        self._open = box(column(self.hints, talk, foot))
        parts = column(head, self._latest, gap=8, margins=(16, 12, 12, 12))
        parts.addWidget(self._open, 1)
        self.setLayout(parts)
        ui.changed.connect(self.look)
        ui.tick.connect(self._tick)
        self.hide()

    @property
    def lines(self) -> list[str]:
        """What the customer has said so far, in the language of the window."""
        view = self._view
        choose = self._ui.texts.choose
        return [choose(dict(line.say)) for line in view.lines] if view else []

    @property
    def beside(self) -> bool:
        """Whether it stands beside the screen in front, and not in its place."""
        return self._beside

    @property
    def covers(self) -> bool:
        """Whether it is in the place of the screen in front."""
        return not (self.isHidden() or self._beside or self._folded)

    def set_beside(self, beside: bool) -> None:
        """Stand beside the screen, or above it where there is no room for both."""
        width = theme().px(COACH_WIDTH)
        self.setMinimumWidth(width if beside else 0)
        self.setMaximumWidth(width if beside else 16_777_215)
        self._beside = beside
        self._show_fold()

    def turn_over(self) -> None:
        """Fold to one line, or take the place of the screen."""
        self._folded = not self._folded
        self._show_fold()
        self.toggled.emit()
        self.fold.setFocus()

    def _show_fold(self) -> None:
        folded = self._folded and not self._beside
        self.fold.set_text(self._ui.text(f"ui_training.{'unfold' if folded else 'fold'}"))
        self.fold.setVisible(not self._beside)
        self._open.setVisible(not folded)
        self._latest.setVisible(folded)
        upright = QSizePolicy.Policy.Maximum if folded else QSizePolicy.Policy.Preferred
        self.setSizePolicy(QSizePolicy.Policy.Preferred, upright)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it takes its part of the width."""
        super().showEvent(event)
        self.toggled.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it gives its part of the width back."""
        super().hideEvent(event)
        self.toggled.emit()

    def begin(self, scenario: str) -> None:
        """Let the customer of `scenario` come in."""
        self._folded = False
        self._ui.run(lambda: self._desk.begin(scenario), self._show)

    def look(self) -> None:
        """See how far the complaint has come."""
        if self._desk.running is not None:
            self._ui.run(self._desk.coach, self._show)

    def finish(self) -> None:
        """End the run and show its score."""
        self._ui.run(self._desk.finish, self._finished)

    def _finished(self, outcome: Score | Refusal) -> None:
        if isinstance(outcome, Refusal):
            self._ui.say(self._ui.refusal(outcome), "warn")
            return
        self._view = None
        self.hide()
        self.finished.emit(outcome)

    def _give_up(self) -> None:
        self._desk.give_up()
        self._view = None
        self.hide()
        self._ui.navigate.emit("training", None)

    def _show(self, view: CoachView | None) -> None:
        if view is None:
            return
        if view.waiting is None:
            self._code = ""
        self._view = view
        self.show()
        self._title.setText(self._ui.texts.choose(dict(view.scenario.title)))
        self._latest.set_text(self.lines[-1] if self.lines else "")
        self._draw()
        self._tick(self._ui.desk.now())

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        clear(self._talk)
        choose, text = self._ui.texts.choose, self._ui.text
        self._talk.addWidget(label(choose(dict(view.scenario.about)), "small", wrap=True))
        facts = view.scenario.customer
        said = [f"{text(f'ui_intake.{name}')} {facts[name]}" for name in _FACTS if name in facts]
        self._talk.addWidget(label(text("ui_training.facts"), "smallstrong"))
        self._talk.addWidget(label("\n".join(said), "smallink", wrap=True))
        if view.waiting is not None:
            self._draw_approval(view.waiting, view.approver or "supervisor")
        self._draw_lines(view)
        self._talk.addWidget(rule())
        self._draw_law(view)
        order_tabs(self)

    def _draw_lines(self, view: CoachView) -> None:
        """Show what the customer says now on top, what was said before below it."""
        choose, text = self._ui.texts.choose, self._ui.text
        for at, line in enumerate(reversed(view.lines)):
            words = text("ui_ticket.say_words", words=choose(dict(line.say)))
            self._talk.addWidget(label(words, "small" if at else "quote", wrap=True))
            if not at and self.hints.isChecked():
                hint = text("ui_training.hint", text=choose(dict(line.hint)))
                self._talk.addWidget(label(hint, "small", wrap=True))

    def _draw_approval(self, item: CompensationItem, role: Role) -> None:
        """Offer the coach's answers: at the desk as in Approvals, or a code on the phone."""
        text = self._ui.text
        amount = self._ui.formats.yuan(item.amount)
        names = {"amount": amount, "role": text(f"ui.role.{role}")}
        self._talk.addWidget(rule())
        self._talk.addWidget(label(text("ui_training.approval", **names), "smallstrong", wrap=True))
        self._talk.addWidget(label(text("ui_training.approval_note"), "small", wrap=True))
        answers = Flow(8)
        for name, act in (
            ("approve", partial(self._decide, item.id, True)),
            ("refuse", partial(self._decide, item.id, False)),
            ("phone", partial(self._give_code, item.id)),
        ):
            answers.addWidget(Button(text(f"ui_training.{name}"), act))
        self._talk.addWidget(box(answers))
        if self._code:
            code = label(text("ui_training.code", code=self._code), "quote", wrap=True)
            code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._talk.addWidget(code)

    def _decide(self, item: str, approved: bool) -> None:
        reason = "" if approved else self._ui.text("ui_training.refuse_reason")
        self._ui.run(
            lambda: self._desk.coach_decides(item, approved, reason),
            self._answered_by_coach,
        )

    def _answered_by_coach(self, outcome: TicketState | Refusal) -> None:
        if isinstance(outcome, Refusal):
            self._ui.say(self._ui.refusal(outcome), "warn")
            return
        self._code = ""
        self._ui.changed.emit()

    def _give_code(self, item: str) -> None:
        self._ui.run(lambda: self._desk.coach_code(item), self._show_code)

    def _show_code(self, outcome: GivenCode | Refusal) -> None:
        if isinstance(outcome, Refusal):
            self._ui.say(self._ui.refusal(outcome), "warn")
            return
        self._code = outcome.code
        self._draw()

    def _draw_law(self, view: CoachView) -> None:
        choose, law = self._ui.texts.choose, view.scenario.law
        self._talk.addWidget(label(choose(dict(law.question)), "smallstrong", wrap=True))
        options = [
            Option(str(place), choose(dict(answer)))
            for place, answer in enumerate(law.answers, start=1)
        ]
        self.law = Choice(options)
        self.law.setAccessibleName(choose(dict(law.question)))
        if view.answered is not None:
            self.law.set_value(str(view.answered))
            self.law.setEnabled(False)
        self.law.changed.connect(partial(self._answered, self.law))
        self._talk.addWidget(self.law)

    def _answered(self, law: Choice) -> None:
        value = law.value()
        if value is not None and law.isEnabled():
            law.setEnabled(False)
            self._desk.answer_law(int(value))

    def _tick(self, now: datetime) -> None:
        view = self._view
        if view is None:
            return
        gone = int((now - view.started).total_seconds())
        limit = int(view.scenario.limit.total_seconds())
        key = "ui_training.over" if gone > limit else "ui_training.time"
        span = f"{gone // 60}:{gone % 60:02d}"
        self._time.setText(self._ui.text(key, span=span, minutes=limit // 60))
