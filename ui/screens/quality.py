"""Quality (质量): signals, root causes, and the month's sample with its reviews."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QBoxLayout, QLayout, QStackedWidget, QWidget

from desktop.domain.analytics.periods import Period, parse_period, period_of
from desktop.domain.analytics.report import Drill
from desktop.domain.analytics.signals import Signal
from desktop.domain.improvement.root_cause import RootCause
from desktop.services.cause_words import title_of
from desktop.services.reporting_sources import priority_parts
from ui.context import Ui
from ui.names import Names
from ui.screens.base import NARROW, Screen
from ui.screens.quality_cause import CausePage
from ui.screens.quality_sample import SamplePage
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row
from ui.widgets.period_stepper import PeriodStepper
from ui.widgets.text import ElidedLabel, Pill

SIGNAL_TONES: dict[str, Tone] = {"repeat": "bad", "rise": "warn", "emerging": "warn"}
CAUSE_TONES: dict[str, Tone] = {"verified": "good", "done": "info", "open": "warn"}
#: Logical pixels for the longest pill in either language.
PILL_WIDTH = 124
TABS = ("signals", "causes", "sample")
Found = Sequence[tuple[Signal, str, str, Drill]]


class QualityScreen(Screen):
    """What stands out, why it happened, what is done about it, and how cases were handled."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        text = ui.text
        month = period_of("month", ui.desk.now().astimezone(ui.formats.zone).date())
        steps = (text("ui_reports.back"), text("ui_reports.on"))
        self.stepper = PeriodStepper(month, ui.texts.lang, *steps)
        self.tabs = Choice([Option(tab, text(f"ui_quality.tab.{tab}")) for tab in TABS])
        self._list = column(gap=10)
        self._lines: list[QBoxLayout] = []
        self._line_way = QBoxLayout.Direction.LeftToRight
        self.cause = CausePage(ui, self._back_to_list)
        self.sample = SamplePage(ui)
        self._stack = QStackedWidget()
        listing = box(column(self._list, None, gap=10))
        for page in (Scroll(listing), self.cause, self.sample):
            self._stack.addWidget(page)
        self.rows: list[Button] = []
        self.found: Found = ()
        self.causes: Sequence[RootCause] = ()
        self._waiting = False
        self.setLayout(self._page())
        self.tabs.set_value("signals")
        self.tabs.changed.connect(self.refresh)
        self.stepper.changed.connect(self.refresh)

    @property
    def period(self) -> Period:
        """The month in hand."""
        return self.stepper.period

    @period.setter
    def period(self, period: Period) -> None:
        self.stepper.period = period

    def _page(self) -> QLayout:
        text = self.ui.text
        reports = Button(
            text("ui_reports.title"),
            lambda: self.ui.navigate.emit("reports", None),
            icon="arrow-left",
        )
        head = row(label(text("ui_quality.title"), "title"), None, reports, gap=8)
        bar = row(self.tabs, self.stepper, gap=8)
        return column(head, bar, self._stack, gap=12, margins=(24, 24, 24, 16))

    def open(self, what: object) -> None:
        """Come to the front; `what` may be the stream of a root cause or a month."""
        if isinstance(what, str) and (month := parse_period(what)):
            self.period = month
        elif isinstance(what, str):
            self.show_cause(what)
            return
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        tab, month = self.tabs.value() or "signals", self.period.text
        self.stepper.setVisible(tab != "causes")
        desk, lang = self.ui.desk, self.ui.texts.lang
        if tab == "sample":
            self._stack.setCurrentWidget(self.sample)
            self.sample.show_month(month)
            return
        self._stack.setCurrentIndex(0)
        self._waiting = True
        if tab == "signals":
            self.ui.run(lambda: desk.signals(month, lang), self._show_signals)
        else:
            self.ui.run(desk.root_causes, self._show_causes)

    def busy(self) -> bool:
        """Tell whether something is on its way."""
        return self._waiting or self.cause.waiting or self.sample.waiting

    def step(self, count: int) -> None:
        """Go to the month before or after."""
        self.stepper.step(count)

    def back(self) -> bool:
        """Go back from a root cause to the list."""
        if self._stack.currentWidget() is not self.cause:
            return False
        self._back_to_list()
        return True

    def leave(self) -> None:
        """Keep what was typed into the root cause."""
        self.cause.keep_typing()

    def show_cause(self, stream: str) -> None:
        """Open one root cause."""
        self.tabs.blockSignals(True)
        self.tabs.set_value("causes")
        self.tabs.blockSignals(False)
        self.stepper.hide()
        self._stack.setCurrentWidget(self.cause)
        self.cause.load(stream)

    def _back_to_list(self) -> None:
        self.tabs.set_value("causes")
        self.refresh()

    def _show_signals(self, found: Found) -> None:
        self._waiting = False
        if self._stack.currentIndex() != 0:
            return  # rows drawn behind a root cause would take the keyboard from it
        self.found, self._lines = found, []
        text = self.ui.text
        nothing = (text("ui_quality.no_signals"), text("ui_quality.no_signals_note"))
        self._fill([self._signal(*each) for each in found], *nothing)
        if found:
            self._list.addWidget(label(self.ui.text("cause.priority_note"), "small", wrap=True))

    def _signal(self, signal: Signal, name: str, why: str, drill: Drill) -> QWidget:
        text = self.ui.text
        card = Card(margins=(16, 10, 16, 10))
        open_cause = Button(text("ui_quality.open_cause"), partial(self.open_cause, signal, name))
        cases = Button(text("ui_quality.cases", n=signal.n), partial(self._cases, drill))
        title = ElidedLabel(name.replace("\n", " · "), "strong")
        score = f"{text('pack.col.priority')} {signal.priority} = {priority_parts(signal)}"
        facts = label(f"{score} · {why}", "small", wrap=True)
        facts.setToolTip(text("cause.priority_note"))
        pill = Pill(text(f"cause.kind.{signal.kind}"), SIGNAL_TONES[signal.kind])
        card.add(self._line(pill, column(title, facts, gap=2), row(cases, open_cause, gap=12)))
        return card

    def _line(self, pill: Pill, words: QLayout, acts: QLayout) -> QLayout:
        """Put state, words and acts beside each other, the acts below where it is narrow."""
        left = row(_pill_column(pill), gap=12)
        left.addLayout(words, 1)
        line = QBoxLayout(self._line_way)
        line.setSpacing(theme().px(12))
        line.addLayout(left, 1)
        line.addLayout(row(None, acts))
        self._lines.append(line)
        return line

    def set_width(self, logical: int) -> None:
        """Arrange the rows for the width."""
        ways = QBoxLayout.Direction
        self._line_way = ways.LeftToRight if logical >= NARROW else ways.TopToBottom
        for line in self._lines:
            line.setDirection(self._line_way)

    def open_cause(self, signal: Signal, name: str) -> None:
        """Open a root cause for a signal, or the one that is open."""
        problem = self.ui.text(
            f"cause.{signal.kind}_problem",
            month=self.period.text,
            kind=name.replace("\n", " "),
            n=signal.n,
        )
        month, desk = self.period.text, self.ui.desk
        self.ui.act(lambda: desk.open_cause(signal, month, problem), self.show_cause)

    def _cases(self, drill: Drill) -> None:
        self.ui.navigate.emit("reports", drill)

    def _show_causes(self, causes: Sequence[RootCause]) -> None:
        self._waiting = False
        if self._stack.currentIndex() != 0:
            return
        self.causes, self._lines = causes, []
        text = self.ui.text
        nothing = (text("ui_quality.no_causes"), text("ui_quality.no_causes_note"))
        self._fill([self._cause(cause) for cause in causes], *nothing)

    def _cause(self, cause: RootCause) -> QWidget:
        text = self.ui.text
        card = Card(margins=(16, 10, 16, 10))
        state = "verified" if cause.ended else "done" if cause.concluded else "open"
        title = ElidedLabel(title_of(cause, self.ui.desk.policy, self.ui.texts), "strong")
        rule = f"cause.rule.{cause.rule}"
        parts = [cause.month, text(rule) if self.ui.texts.has(rule) else cause.rule]
        parts.append(text("ui_quality.actions", n=len(cause.actions)))
        parts.append(
            text("pack.and").join(cause.stores[:3]) + ("…" if len(cause.stores) > 3 else "")
        )
        pill = Pill(text(f"ui_quality.cause.{state}"), CAUSE_TONES[state])
        words = column(title, ElidedLabel(" · ".join(parts), "small"), gap=2)
        work = Button(text("ui_quality.work"), partial(self.show_cause, cause.id))
        card.add(self._line(pill, words, row(work)))
        return card

    def _fill(self, cards: list[QWidget], nothing: str, note: str) -> None:
        clear(self._list)
        for card in cards:
            self._list.addWidget(card)
        if not cards:
            empty = Card()
            empty.add(EmptyState(nothing, note))
            self._list.addWidget(empty)


def _pill_column(pill: Pill) -> QWidget:
    """Return a pill in a column of its own, so that the words beside begin alike."""
    held = box(row(pill, None))
    held.setFixedWidth(theme().px(PILL_WIDTH))
    return held
