"""One root cause on screen: 5 Whys, fishbone, actions, effect; the same sections as on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QLayout, QWidget

from desktop.domain.analytics.report import Drill, Report
from desktop.domain.improvement.root_cause import (
    RIBS,
    WHYS,
    Action,
    AddBone,
    AnswerWhy,
    Command,
    Conclude,
    FinishAction,
    PlanAction,
    RootCause,
    VerifyAction,
    blames_a_person,
    shown,
)
from desktop.services.cause_words import title_of
from desktop.services.ports import Person
from ui.context import Ui
from ui.screens.report_blocks import section_card
from ui.screens.report_preview import ReportPreview
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.inputs import Field, LineEdit, Option, Select
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row
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


class CausePage(QWidget):
    """Works on one root cause."""

    def __init__(self, ui: Ui, on_back: Callable[[], object]) -> None:
        super().__init__()
        self.ui = ui
        self._on_back = on_back
        self.waiting = False
        self.cause: RootCause | None = None
        self.report: Report | None = None
        self.preview: ReportPreview | None = None
        self.whys = [LineEdit() for _ in range(WHYS)]
        self.root = LineEdit()
        self.root_field = Field(ui.text("pack.root"), self.root, hint=ui.text("cause.whys_hint"))
        self.rib = Select([Option(rib, ui.text(f"cause.rib.{rib}")) for rib in RIBS])
        self.bone = LineEdit(ui.text("ui_quality.bone_hint"))
        self.action_text = LineEdit(ui.text("ui_quality.action_hint"))
        self.action_owner = Select()
        self.action_due = _day()
        self._body = column(gap=16)
        self.setLayout(column(Scroll(box(self._body))))
        self.root.textChanged.connect(self._check_root)
        for number, why in enumerate(self.whys, start=1):
            why.editingFinished.connect(partial(self._save_why, number))
            why.textChanged.connect(lambda _text, at=number - 1: self._check_why(at))
        self._why_fields = [
            Field(ui.text("pack.whys_row", n=n), why) for n, why in enumerate(self.whys, start=1)
        ]

    def load(self, stream: str) -> None:
        """Show a root cause."""
        self.waiting = True
        desk, lang = self.ui.desk, self.ui.texts.lang
        self.ui.run(
            lambda: (desk.root_cause(stream, lang), desk.people()),
            lambda found: self._show(*found[0], found[1]),
        )

    def keep_typing(self) -> None:
        """Save whys that were typed and not left yet."""
        for number in range(1, WHYS + 1):
            self._save_why(number)

    def _show(self, cause: RootCause, report: Report, people: Sequence[Person]) -> None:
        self.waiting = False
        self.cause, self.report = cause, report
        for number, why in enumerate(self.whys, start=1):
            if not why.hasFocus():
                why.blockSignals(True)
                why.setText(shown(cause.whys.get(number, "")))
                why.blockSignals(False)
        if not self.root.hasFocus():
            self.root.setText(shown(cause.root))
        self.action_owner.set_options([Option(p.id, p.name) for p in people])
        for kept in self._kept():
            kept.setParent(self)
        clear(self._body)
        for part in self._parts(cause, report):
            self._body.addWidget(part)
        self._body.addStretch(1)
        for kept in self._kept():
            kept.show()

    def _kept(self) -> list[QWidget]:
        """Return the editors, which outlive the cards that they stand in."""
        action: list[QWidget] = [self.action_text, self.action_owner, self.action_due]
        return [*self._why_fields, self.root_field, self.rib, self.bone, *action]

    def _parts(self, cause: RootCause, report: Report) -> list[QWidget]:
        text = self.ui.text
        head = row(
            Button(text("ui_quality.back"), self._on_back, icon="arrow-left"),
            label(title_of(cause, self.ui.desk.policy, self.ui.texts), "heading", wrap=True),
            Button(text("ui_reports.preview"), self.open_preview, icon="printer"),
            gap=12,
        )
        sections = {section.id: section for section in report.sections}
        fishbone = section_card(self.ui, sections["fishbone"], self._drill)
        add = Button(text("ui_quality.add"), self.add_bone, icon="plus")
        fishbone.add(row(self.rib, self.bone, add, gap=8))
        cards = [box(head), self._whys_card(), fishbone, self._actions_card(cause)]
        if "effect" in sections:
            cards.append(section_card(self.ui, sections["effect"], self._drill))
        cards.append(section_card(self.ui, sections["cases"], self._drill))
        return cards

    def _whys_card(self) -> Card:
        text = self.ui.text
        card = Card(text("pack.sec.whys"))
        for line in self._why_fields:
            card.add(line)
        conclude = Button(text("ui_quality.conclude"), self.conclude, variant="primary")
        card.add(self.root_field, row(None, conclude))
        return card

    def _actions_card(self, cause: RootCause) -> Card:
        text = self.ui.text
        card = Card(text("pack.sec.actions"))
        today = self.ui.desk.now().astimezone(self.ui.formats.zone).date()
        for action in cause.actions.values():
            card.add(self._action(action, today))
        if not cause.actions:
            card.add(label(text("pack.no_actions"), "small"))
        self.action_due.setDate(_q(today + timedelta(days=USUAL_DAYS)))
        plan = Button(text("ui_quality.plan"), self.plan, icon="plus")
        card.add(row(self.action_text, self.action_owner, self.action_due, plan, gap=8))
        return card

    def _action(self, action: Action, today: date) -> QLayout:
        text = self.ui.text
        state = action.state(today)
        facts = f"{text('pack.col.due_day')} {action.due.isoformat()}"
        if action.evidence:
            facts += f" · {text('pack.col.evidence')} {action.evidence}"
        words = column(label(shown(action.text), "strong", wrap=True), label(facts, "small"), gap=2)
        line = row(Pill(text(f"pack.state.{state}"), _TONES[state]), gap=12)
        line.addLayout(words, 1)
        if action.done is None:
            evidence = LineEdit(text("ui_quality.evidence_hint"))
            done = Button(
                text("ui_quality.finish"), lambda: self.finish(action.id, today, evidence.text())
            )
            line.addWidget(evidence)
            line.addWidget(done)
        elif action.verified is None:
            finding = LineEdit(text("ui_quality.finding_hint"))
            line.addWidget(finding)
            for outcome in ("effective", "not_effective"):
                line.addWidget(
                    Button(
                        text(f"ui_quality.{outcome}"),
                        partial(self._verify, action.id, outcome, finding),
                    )
                )
        return line

    def _check_why(self, at: int) -> None:
        blames = blames_a_person(self.whys[at].text())
        self._why_fields[at].set_error(self.ui.text("cause.whys_hint") if blames else "")

    def _check_root(self, words: str) -> None:
        blames = blames_a_person(words)
        self.root_field.set_error(self.ui.text("refusal.cause_blames") if blames else "")

    def _save_why(self, number: int) -> None:
        words = self.whys[number - 1].text().strip()
        cause = self.cause
        if cause is None or not words or shown(cause.whys.get(number, "")) == words:
            return
        self._act(AnswerWhy(number, words))

    def conclude(self) -> None:
        """Keep the root cause, once it names more than a careless person."""
        self._act(Conclude(self.root.text()))

    def add_bone(self) -> None:
        """Put a possible cause on the fishbone."""
        self._act(AddBone(self.rib.value() or RIBS[0], self.bone.text()), self.bone.clear)

    def plan(self) -> None:
        """Add an action."""
        due = self.action_due.date().toPython()
        owner = self.action_owner.value() or ""
        if isinstance(due, date):
            name = self.ui.desk.new_action()
            command = PlanAction(name, self.action_text.text(), owner, due)
            self._act(command, self.action_text.clear)

    def finish(self, action: str, day: date, evidence: str) -> None:
        """Note that an action works from `day` on."""
        self._act(FinishAction(action, day, evidence))

    def _verify(self, action: str, outcome: str, finding: LineEdit) -> None:
        chosen = "effective" if outcome == "effective" else "not_effective"
        self._act(VerifyAction(action, chosen, finding.text()))  # type: ignore[arg-type]

    def _act(self, command: Command, then: Callable[[], object] = lambda: None) -> None:
        cause, desk = self.cause, self.ui.desk
        if cause is None:
            return

        def done(changed: RootCause) -> None:
            then()
            self.load(changed.id)

        self.ui.act(lambda: desk.work_on_cause(cause.id, command), done)

    def _drill(self, drill: Drill) -> None:
        self.ui.navigate.emit("reports", drill)

    def open_preview(self) -> None:
        """Show the root cause as it is printed."""
        report = self.report
        if report is not None:
            self.ui.run(lambda: self.ui.desk.report_pdf(report), partial(self._preview, report))

    def _preview(self, report: Report, pdf: bytes) -> None:
        self.preview = ReportPreview(self.ui, report.title, pdf, None, self)
        self.preview.open()


def _day() -> QDateEdit:
    editor = QDateEdit()
    editor.setCalendarPopup(True)
    editor.setDisplayFormat("yyyy-MM-dd")
    return editor


def _q(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
