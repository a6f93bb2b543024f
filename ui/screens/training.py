"""Training (训练店): choose a scripted customer, see scores with their reasons, print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLayout

from desktop.domain.training import Scenario, Score
from desktop.services.training import TrainingDesk
from ui.context import Ui
from ui.screens.base import NARROW, Screen
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.found_list import FoundList
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row
from ui.widgets.print_preview import PrintPreview
from ui.widgets.progress import ProgressStrip
from ui.widgets.text import Pill

SIDE_WIDTH = 400


class TrainingScreen(Screen):
    """The first screen of the training store; `begin` lets a scenario's customer come in."""

    def __init__(self, ui: Ui, desk: TrainingDesk, begin: Callable[[str], object]) -> None:
        super().__init__(ui)
        self._desk, self._begin = desk, begin
        self._scores: list[Score] = []
        self._loading, self._wide = False, True
        text = ui.text
        self.starts: dict[str, Button] = {}
        self.list = FoundList(text("ui_training.scores"))
        self.list.currentRowChanged.connect(lambda _at: self._show_score())
        self._none = label(text("ui_training.scores_none"), "small", wrap=True)
        self._detail = column(gap=8)
        self.print_button = Button(text("ui_training.print"), self.print, icon="printer")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._arrange())

    def _arrange(self) -> QLayout:
        text = self.ui.text
        choices = Card(text("ui_training.choose"))
        for scenario in self._desk.scenarios:
            choices.add(self._line(scenario))
        scores = Card(text("ui_training.scores"))
        scores.add(self._none, self.list, self._detail, row(self.print_button, None))
        self._side = box(column(scores, None))
        self._columns.setSpacing(theme().px(24))
        self._columns.addWidget(box(column(choices, None)), 1)
        self._columns.addWidget(self._side)
        head = column(
            label(text("ui_shell.training"), "title"),
            label(text("ui_training.intro"), "muted", wrap=True),
            gap=4,
            margins=(24, 20, 24, 12),
        )
        page = column(gap=0)
        page.addLayout(head)
        body = column(box(self._columns), None, margins=(24, 0, 24, 16))
        page.addWidget(Scroll(box(body)), 1)
        return page

    def _line(self, scenario: Scenario) -> QLayout:
        choose, text = self.ui.texts.choose, self.ui.text
        title = choose(dict(scenario.title))
        start = Button(text("ui_training.start"), partial(self._start, scenario.id))
        start.setAccessibleName(f"{start.text()} {title}")
        self.starts[scenario.id] = start
        minutes = int(scenario.limit.total_seconds()) // 60
        limit = Pill(text("ui_training.minutes", n=minutes), "neutral", icon="clock")
        words = column(
            label(title, "strong", wrap=True),
            label(choose(dict(scenario.about)), "small", wrap=True),
            gap=2,
        )
        line = row(gap=12, margins=(0, 6, 0, 6))
        line.addLayout(words, 1)
        line.addWidget(limit)
        line.addWidget(start)
        return line

    def _start(self, scenario: str) -> None:
        self._begin(scenario)
        self.ui.navigate.emit("intake", None)

    def open(self, what: object) -> None:
        """Show the scores; one that was just made is in front."""
        del what
        self.refresh()
        first = next(iter(self.starts.values()), None)
        if first is not None:
            first.setFocus()

    def busy(self) -> bool:
        """Tell whether scores are being read."""
        return self._loading

    def refresh(self) -> None:
        """Read the scores again."""
        self._loading = True
        self.ui.run(self._desk.scores, self._show, on_error=self._failed)

    def set_width(self, logical: int) -> None:
        """Put the scores below when it is narrow."""
        wide = self._wide = logical >= NARROW
        self._turn()
        self._side.setMinimumWidth(theme().px(SIDE_WIDTH) if wide else 0)
        self._side.setMaximumWidth(theme().px(SIDE_WIDTH) if wide else 16_777_215)

    def _turn(self) -> None:
        """Where there is no room beside the choice, a score stands above it."""
        ways = QBoxLayout.Direction
        narrow = ways.BottomToTop if self._scores else ways.TopToBottom
        self._columns.setDirection(ways.LeftToRight if self._wide else narrow)

    def print(self) -> None:
        """Show the chosen score sheet as it prints."""
        result = self._chosen()
        if result is None:
            return
        lang = self.ui.texts.lang
        title = self.ui.text("training.paper_title")

        def show(pdf: bytes) -> None:
            PrintPreview(self.ui, self, title, pdf, "training").open()

        self.ui.run(lambda: self._desk.score_sheet(result, lang), show)

    def _chosen(self) -> Score | None:
        at = self.list.currentRow()
        return self._scores[at] if 0 <= at < len(self._scores) else None

    def _failed(self, message: str) -> None:
        self._loading = False
        self.ui.say(message, "bad")

    def _show(self, scores: Sequence[Score]) -> None:
        self._loading = False
        self._scores = list(scores)
        self._turn()
        titles = {s.id: self.ui.texts.choose(dict(s.title)) for s in self._desk.scenarios}
        self.list.blockSignals(True)
        self.list.clear()
        for result in scores:
            title = titles.get(result.scenario, result.scenario)
            when = self.ui.formats.moment(result.started)
            span = self.ui.formats.span(result.ended - result.started)
            points = self.ui.text("ui_training.points", n=result.points)
            took = self.ui.text("ui_training.took", span=span)
            self.list.add(f"{points} · {title}", f"{when} · {took}", result.scenario)
        self.list.show_rows(min(len(scores), 3))
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.list.setVisible(bool(scores))
        self._none.setVisible(not scores)
        self.print_button.setVisible(bool(scores))
        self._show_score()

    def _show_score(self) -> None:
        clear(self._detail)
        result = self._chosen()
        if result is None:
            return
        text = self.ui.text
        for mark in result.marks:
            share = mark.got / mark.most if mark.most else 0.0
            strip = ProgressStrip()
            strip.setFixedWidth(theme().px(64))
            strip.set(share, "good" if share == 1 else ("warn" if share else "bad"))
            head = row(label(text(f"training.mark.{mark.name}"), "smallstrong"), None, strip)
            points = label(f"{mark.got} / {mark.most}", "small")
            points.setFixedWidth(theme().px(52))
            points.setAlignment(Qt.AlignmentFlag.AlignRight)
            head.addWidget(points)
            why = label(text(f"training.why.{mark.reason}", **mark.values), "small", wrap=True)
            self._detail.addLayout(column(head, why, gap=2))
