"""Actions of a root cause (改进措施): planned, done with evidence, verified by another (QA-06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.improvement.root_cause import (
    Action,
    FinishAction,
    PlanAction,
    RootCause,
    VerifyAction,
    shown,
)
from desktop.services.ports import Person
from ui.context import Ui
from ui.screens.quality_evidence import ProofButton, ProofLink
from ui.screens.ticket_form import DayLine, read_day
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.inputs import LineEdit, Option, Select
from ui.widgets.layout import Card, box, clear, column, label, row
from ui.widgets.text import Pill

#: Days that a new action has when nobody says otherwise.
USUAL_DAYS = 30
_TONES: dict[str, Tone] = {
    "open": "info",
    "overdue": "bad",
    "done": "warn",
    "verified": "good",
    "failed": "bad",
}


class ActionsCard(Card):
    """Lists the actions with what each still needs; what is being typed outlives a refresh."""

    wanted = Signal(object)
    """A command for the root cause."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("pack.sec.actions"))
        self.ui = ui
        self.text = LineEdit(ui.text("ui_quality.action_hint"))
        self.owner = Select()
        self.owner.setAccessibleName(ui.text("pack.col.responsible"))
        self.due = DayLine()
        self.due.setAccessibleName(ui.text("pack.col.due_day"))
        self.lines: dict[str, tuple[LineEdit, DayLine]] = {}
        """By action: evidence or finding, and the day from which it works."""
        self.proofs: dict[str, ProofButton] = {}
        self._rows = column(gap=10)
        self._cause = ""
        self._names: dict[str, str] = {}
        self.due.setFixedWidth(theme().px(130))
        plan = Button(ui.text("ui_quality.plan"), self.plan, icon="plus")
        self.add(self._rows, row(self.text, self.owner, self.due, plan, gap=8))
        self.text.returnPressed.connect(self.plan)
        self.due.returnPressed.connect(self.plan)

    def show_cause(self, cause: RootCause, people: Sequence[Person], today: date) -> None:
        """Show the actions of a root cause."""
        if cause.id != self._cause:
            self._cause = cause.id
            self.lines.clear()
            self.proofs.clear()
            self.text.clear()
        self._names = {person.id: person.name for person in people}
        chosen = self.owner.value()
        self.owner.set_options([Option(p.id, p.name) for p in people])
        if chosen in self._names:
            self.owner.set_value(chosen)
        if not self.due.text().strip():
            self.due.setText((today + timedelta(days=USUAL_DAYS)).isoformat())
        lines = (line for pair in self.lines.values() for line in pair)
        for kept in (*lines, *self.proofs.values()):
            kept.setParent(self)
        clear(self._rows)
        for action in cause.actions.values():
            self._rows.addWidget(self._row(action, today))
        if not cause.actions:
            self._rows.addWidget(label(self.ui.text("pack.no_actions"), "small"))

    def planned(self) -> None:
        """Clear what was planned: it is saved."""
        self.text.clear()

    def plan(self) -> None:
        """Ask for a new action."""
        due = read_day(self.due.text())
        if due is None:
            self.ui.say(self.ui.text("ui_quality.day_unreadable"), "warn")
            return
        name = self.ui.desk.new_action()
        self.wanted.emit(PlanAction(name, self.text.text(), self.owner.value() or "", due))

    def finish(self, action: str) -> None:
        """Note that an action is done, from when it works and what proves it."""
        evidence, day_line = self.lines[action]
        proof = self.proofs[action].proof
        day = read_day(day_line.text())
        if day is None:
            self.ui.say(self.ui.text("ui_quality.day_unreadable"), "warn")
            return
        done = FinishAction(action, day, evidence.text(), attachment=proof.sha256, file=proof.name)
        self.wanted.emit(done)

    def verify(self, action: str, outcome: Literal["effective", "not_effective"]) -> None:
        """Note whether an action worked."""
        self.wanted.emit(VerifyAction(action, outcome, self.lines[action][0].text()))

    def _row(self, action: Action, today: date) -> QWidget:
        state = action.state(today)
        pill = Pill(self.ui.text(f"pack.state.{state}"), _TONES[state])
        line = row(self._pill_box(pill), gap=12)
        words: list[QWidget] = [label(shown(action.text), "strong", wrap=True)]
        words += [label(fact, "small", wrap=True) for fact in self._facts(action)]
        if action.attachment:
            words.append(box(row(ProofLink(self.ui, action), None)))
        line.addLayout(column(*words, gap=2), 1)
        if action.verified is not None:
            self.lines.pop(action.id, None)
            self.proofs.pop(action.id, None)
        else:
            for part in self._editors(action, today):
                line.addWidget(part)
        return box(line)

    def _pill_box(self, pill: Pill) -> QWidget:
        """Return the pill in a column of its own, so that the words beside begin alike."""
        held = box(row(pill, None))
        held.setFixedWidth(theme().px(108))
        return held

    def _facts(self, action: Action) -> list[str]:
        text = self.ui.text
        owner = self._names.get(action.owner, action.owner)
        facts = [f"{owner} · {text('pack.col.due_day')} {action.due.isoformat()}"]
        if action.effective is not None:
            since = text("pack.effective_from", day=action.effective)
            facts.append(f"{text('pack.col.evidence')} {action.evidence} · {since}".strip())
        if action.verified is not None:
            who = self._names.get(action.verified.actor, action.verified.actor)
            facts.append(f"{text('ui_quality.verified_by', who=who)} {shown(action.finding)}")
        return facts

    def _editors(self, action: Action, today: date) -> list[QWidget]:
        """Return what an action still needs: evidence while open, a finding once done."""
        text, is_open = self.ui.text, action.done is None
        hint = text("ui_quality.evidence_hint" if is_open else "ui_quality.finding_hint")
        words, day = self.lines.setdefault(action.id, (LineEdit(), DayLine()))
        # Shown before it has its place, each would flash up as a window and take the keyboard.
        words.setParent(self)
        day.setParent(self)
        if words.placeholderText() != hint:
            words.clear()
            words.setPlaceholderText(hint)
            words.setAccessibleName(f"{hint} {shown(action.text)}")
        words.setMinimumWidth(theme().px(160))
        words.show()
        if not is_open:
            self.proofs.pop(action.id, None)
            day.hide()
            return [
                words,
                self._button("effective", lambda: self.verify(action.id, "effective")),
                self._button("not_effective", lambda: self.verify(action.id, "not_effective")),
            ]
        if not day.text().strip():
            day.setText(today.isoformat())
        day.setFixedWidth(theme().px(130))
        day.setAccessibleName(text("ui_quality.effective_day"))
        day.setToolTip(text("ui_quality.effective_day"))
        day.show()
        proof = self.proofs.setdefault(action.id, ProofButton(self.ui, shown(action.text)))
        proof.setParent(self)
        proof.show()
        return [words, proof, day, self._button("finish", partial(self.finish, action.id))]

    def _button(self, key: str, act: Callable[[], object]) -> Button:
        return Button(self.ui.text(f"ui_quality.{key}"), act)
