"""One root cause on screen: 5 Whys, fishbone, actions, effect; the same sections as on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.domain.analytics.report import Drill, Report
from desktop.domain.improvement.blame import blames_a_person
from desktop.domain.improvement.root_cause import (
    RIBS,
    WHYS,
    AddBone,
    AnswerWhy,
    Command,
    Conclude,
    PlanAction,
    RootCause,
    shown,
)
from desktop.services.cause_words import title_of
from desktop.services.ports import Person
from ui.context import Ui
from ui.screens.quality_actions import ActionsCard
from ui.screens.report_blocks import block_widget, section_card
from ui.screens.report_preview import ReportPreview
from ui.widgets.buttons import Button
from ui.widgets.inputs import Field, LineEdit, Option, Select
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row


class CausePage(QWidget):
    """Works on one root cause; its editors stay while what it shows is read again."""

    def __init__(self, ui: Ui, on_back: Callable[[], object]) -> None:
        super().__init__()
        self.ui = ui
        self.waiting = False
        self.cause: RootCause | None = None
        self.report: Report | None = None
        self.preview: ReportPreview | None = None
        text = ui.text
        self._title = label("", "heading", wrap=True)
        self.whys = [LineEdit() for _ in range(WHYS)]
        self.root = LineEdit()
        self.root_field = Field(text("pack.root"), self.root, hint=text("cause.whys_hint"))
        self.rib = Select([Option(rib, text(f"cause.rib.{rib}")) for rib in RIBS])
        self.rib.setAccessibleName(text("pack.sec.fishbone"))
        self.bone = LineEdit(text("ui_quality.bone_hint"))
        self.actions_card = ActionsCard(ui)
        self._fishbone = column(gap=8)
        self._rest = column(gap=16)
        head = row(
            Button(text("ui_quality.back"), on_back, icon="arrow-left"),
            self._title,
            Button(text("ui_reports.preview"), self.open_preview, icon="printer"),
            gap=12,
        )
        head.setStretch(1, 1)
        parts = (self._whys_card(), self._fishbone_card(), self.actions_card, self._rest)
        self.setLayout(column(Scroll(box(column(head, *parts, None, gap=16)))))
        self._connect()

    def _connect(self) -> None:
        self.actions_card.wanted.connect(self._act)
        self.root.textChanged.connect(self._check_root)
        self.root.returnPressed.connect(self.conclude)
        self.bone.returnPressed.connect(self.add_bone)
        following: list[QLineEdit] = [*self.whys[1:], self.root]
        for number, (why, after) in enumerate(zip(self.whys, following, strict=True), start=1):
            why.editingFinished.connect(partial(self._save_why, number))
            why.textChanged.connect(lambda _text, at=number - 1: self._check_why(at))
            why.returnPressed.connect(after.setFocus)

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
        other = self.cause is None or self.cause.id != cause.id
        self.cause, self.report = cause, report
        self._title.setText(title_of(cause, self.ui.desk.policy, self.ui.texts))
        for number, why in enumerate(self.whys, start=1):
            self._fill(why, shown(cause.whys.get(number, "")), other)
        self._fill(self.root, shown(cause.root), other)
        today = self.ui.desk.now().astimezone(self.ui.formats.zone).date()
        self.actions_card.show_cause(cause, people, today)
        sections = {section.id: section for section in report.sections}
        clear(self._fishbone)
        for block in sections["fishbone"].blocks:
            self._fishbone.addWidget(block_widget(self.ui, block, self._drill))
        clear(self._rest)
        for name in ("effect", "cases"):
            if name in sections:
                self._rest.addWidget(section_card(self.ui, sections[name], self._drill))
        if other:
            unanswered = next((why for why in self.whys if not why.text()), self.root)
            unanswered.setFocus()

    def _fill(self, line: LineEdit, kept: str, other: bool) -> None:
        """Show what is saved; words being typed are not touched."""
        if line.text() == kept:
            line.setModified(False)
        elif other or not line.isModified():
            line.setText(kept)

    def _whys_card(self) -> Card:
        text = self.ui.text
        card = Card(text("pack.sec.whys"))
        self._why_fields = [
            Field(text("pack.whys_row", n=n), why) for n, why in enumerate(self.whys, start=1)
        ]
        conclude = Button(text("ui_quality.conclude"), self.conclude, variant="primary")
        card.add(*self._why_fields, self.root_field, row(None, conclude))
        return card

    def _fishbone_card(self) -> Card:
        text = self.ui.text
        card = Card(text("pack.sec.fishbone"))
        add = Button(text("ui_quality.add"), self.add_bone, icon="plus")
        card.add(self._fishbone, row(self.rib, self.bone, add, gap=8))
        return card

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
        self._act(AddBone(self.rib.value() or RIBS[0], self.bone.text()))

    def _act(self, command: Command) -> None:
        cause, desk = self.cause, self.ui.desk
        if cause is None:
            return

        def done(changed: RootCause) -> None:
            if isinstance(command, AddBone):
                self.bone.clear()
            elif isinstance(command, PlanAction):
                self.actions_card.planned()
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
