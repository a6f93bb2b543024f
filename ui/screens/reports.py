"""Reports (报表): choose kind, period and scope; every mark opens the cases behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLayout, QWidget

from desktop.domain.analytics.periods import Kind, Period, parse_period, period_of
from desktop.domain.analytics.report import Drill, Report
from desktop.domain.outcomes import Refusal
from desktop.services.ticket_ports import TicketRow
from ui.background import Job
from ui.context import Ui
from ui.names import Names
from ui.screens.base import NARROW, Screen
from ui.screens.report_blocks import explained, section_card
from ui.screens.report_preview import ReportPreview
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Option, Select
from ui.widgets.layout import Card, Scroll, box, clear, column, label, order_tabs, row
from ui.widgets.period_stepper import PeriodStepper
from ui.widgets.text import ElidedLabel

#: Kinds in the order of use, with the kind of period that each opens on.
KINDS: dict[str, Kind] = {
    "overview": "month",
    "month": "month",
    "week": "week",
    "daily": "day",
    "quarter": "quarter",
    "stores": "month",
    "compensation": "month",
    "sla": "month",
    "satisfaction": "month",
    "management": "year",
    "audit": "month",
    "journey": "month",
    "chargeback": "month",
}
#: Sections that take the whole width; the others stand two in a row.
WIDE = frozenset(
    {
        "figures",
        "heat",
        "trend",
        "daily",
        "stores",
        "signals",
        "sla",
        "lines",
        "forecast",
        "chargeback",
    }
)
ALL = "*"
CASES_SHOWN = 200


class ReportsScreen(Screen):
    """One report at a time, and beside it the cases of the mark that was chosen."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        text = ui.text
        self.kind = Select([Option(kind, text(f"pack.kind.{kind}")) for kind in KINDS])
        self.kind.setAccessibleName(text("ui_reports.kind"))
        self.scope = Select([Option(ALL, text("ui_reports.all_stores"))])
        self.scope.setAccessibleName(text("ui_reports.scope"))
        month = period_of("month", _today(ui))
        steps = (text("ui_reports.back"), text("ui_reports.on"))
        self.stepper = PeriodStepper(month, ui.texts.lang, *steps)
        self.report: Report | None = None
        self._asked: dict[str, Job] = {}
        self.preview: ReportPreview | None = None
        self.banner = Banner()
        self._note = label("", "small")
        self._sections = column(gap=16)
        self.cards: dict[str, Card] = {}
        self.cases = Card(text("ui_reports.cases"))
        self.basis = label("", "small", wrap=True)
        self._case_rows = column(gap=0)
        self.cases.add(self.basis, self._case_rows)
        self.shown_cases: tuple[TicketRow, ...] = ()
        self._waiting, self._beside = False, True
        self.setLayout(self._page())
        self.kind.currentIndexChanged.connect(lambda _at: self._kind_changed())
        self.scope.currentIndexChanged.connect(lambda _at: self.refresh())
        self.stepper.changed.connect(self.refresh)

    @property
    def period(self) -> Period:
        """The period that the report is about."""
        return self.stepper.period

    @period.setter
    def period(self, period: Period) -> None:
        self.stepper.period = period

    def _page(self) -> QLayout:
        text = self.ui.text
        self.quality = Button(
            text("ui_reports.quality"),
            lambda: self.ui.navigate.emit("quality", None),
            icon="list-checks",
        )
        self.print_button = Button(
            text("ui_reports.preview"), self.open_preview, variant="primary", icon="printer"
        )
        head = row(
            label(text("ui_reports.title"), "title"), None, self.quality, self.print_button, gap=8
        )
        bar = row(self.kind, self.stepper, self.scope, None, gap=8)
        self.kind.setMinimumWidth(theme().px(312))
        self.scope.setMinimumWidth(theme().px(180))
        close = Button("", self.hide_cases, variant="ghost", icon="x", accessible=text("ui.close"))
        self.cases.head.addWidget(close)
        self.side = Scroll(box(column(self.cases, None, margins=(0, 0, 12, 0))))
        self.side.hide()
        self._main = Scroll(box(self._sections))
        body = row(self._main, self.side, gap=16)
        return column(head, bar, self.banner, body, gap=12, margins=(24, 24, 24, 8))

    def open(self, what: object) -> None:
        """Come to the front; `what` may be (kind, period), or a Drill whose cases to list."""
        if isinstance(what, tuple) and len(what) == 2:
            found = parse_period(str(what[1]))
            if found is not None:
                self.period = found
                self.kind.blockSignals(True)
                self.kind.set_value(str(what[0]))
                self.kind.blockSignals(False)
        if isinstance(what, Drill):
            self.drill(what)
            if self.report is not None:
                return
        self._ask(self.ui.run(self._prepare, self._scoped, on_error=self._failed))
        self.kind.setFocus()

    def _ask(self, job: Job, what: str = "report") -> None:
        """Wait for this alone: whoever chose something else needs what was before no more.

        Reports, lists of cases and prints each wait by themselves.
        """
        if what in self._asked:
            self._asked[what].cancel()
        self._asked[what] = job

    def _prepare(self) -> dict[str, str]:
        desk = self.ui.desk
        desk.keep_up_quality()
        return desk.report_stores()

    def _scoped(self, stores: dict[str, str]) -> None:
        options = [Option(code, f"{code} {name}".strip()) for code, name in stores.items()]
        everything = Option(ALL, self.ui.text("ui_reports.all_stores"))
        self.scope.set_options([everything, *options] if len(options) > 1 else options)
        self.scope.setVisible(len(options) > 1)
        self.refresh()

    def refresh(self) -> None:
        """Make the report again."""
        kind, chosen = self.kind.value() or "overview", self.scope.value()
        stores = None if chosen in (None, ALL) else frozenset({chosen})
        period, lang, desk = self.period.text, self.ui.texts.lang, self.ui.desk
        self._waiting = True
        self._ask(
            self.ui.run(
                lambda: desk.report(kind, period, lang, stores), self._show, on_error=self._failed
            )
        )

    def busy(self) -> bool:
        """Tell whether a report is being made."""
        return self._waiting

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (("← →", text("ui_reports.key.marks")), ("Enter", text("ui_reports.key.drill")))

    def commands(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """Return what can be done here, for Ctrl+K."""
        text = self.ui.text
        return (
            (text("ui_reports.preview"), self.open_preview),
            (text("ui_reports.quality"), lambda: self.ui.navigate.emit("quality", None)),
        )

    def back(self) -> bool:
        """Close the list of cases."""
        if self.side.isHidden():
            return False
        self.hide_cases()
        return True

    def set_width(self, logical: int) -> None:
        """Give the list of cases less room in a narrow window, in a small one the report's."""
        self._beside = logical >= NARROW
        width = theme().px(360 if logical >= 1180 else 300)
        self.side.setMinimumWidth(width)
        self.side.setMaximumWidth(width if self._beside else 16_777_215)
        self._main.setVisible(self._beside or self.side.isHidden())

    def step(self, count: int) -> None:
        """Go to the period before or after."""
        self.stepper.step(count)

    def _kind_changed(self) -> None:
        wanted = KINDS[self.kind.value() or "overview"]
        if wanted != self.period.kind:
            last = min(self.period.until - timedelta(days=1), _today(self.ui))
            self.period = period_of(wanted, last)
        self.refresh()

    def _failed(self, message: str) -> None:
        self._waiting = False
        self.banner.say(message, "bad")

    def _show(self, made: Report | Refusal) -> None:
        self._waiting = False
        self.print_button.setEnabled(isinstance(made, Report))
        if isinstance(made, Refusal):
            self.report = None
            clear(self._sections)
            self.cards = {}
            self.banner.say(self.ui.refusal(made), "warn")
            return
        self.banner.hide()
        before, self.report = self.report, made
        if before is not None and (before.period, before.scope) != (made.period, made.scope):
            self.hide_cases()  # they stand behind figures that are no longer shown
        if before is not None and _alike(before, made):
            self._show_changed(before, made)
        else:
            self._show_all(made)

    def _show_changed(self, before: Report, made: Report) -> None:
        """Draw again what says something else; all of it would hold the window up."""
        self._note.setText(made.note)
        for old, section in zip(before.sections, made.sections, strict=True):
            if section == old:
                continue
            gone = self.cards[section.id]
            card = self.cards[section.id] = section_card(self.ui, section, self.drill)
            self._sections.replaceWidget(gone, card)
            gone.hide()
            gone.deleteLater()
        order_tabs(self)

    def _show_all(self, made: Report) -> None:
        clear(self._sections)
        self.cards = {}
        self._note = label(made.note, "small", wrap=True)
        self._sections.addWidget(self._note)
        pending: list[QWidget] = []
        for section in made.sections:
            card = section_card(self.ui, section, self.drill)
            self.cards[section.id] = card
            if section.id in WIDE:
                self._pair(pending)
                self._sections.addWidget(card)
            else:
                pending.append(card)
                if len(pending) == 2:
                    self._pair(pending)
        self._pair(pending)
        self._sections.addStretch(1)

    def _pair(self, cards: list[QWidget]) -> None:
        if not cards:
            return
        line = row(gap=16)
        for card in cards:
            line.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
        self._sections.addLayout(line)
        cards.clear()

    def drill(self, drill: Drill) -> None:
        """List the cases behind a mark."""
        self._waiting = True
        job = self.ui.run(
            lambda: tuple(self.ui.desk.report_cases(drill)),
            lambda rows: self._show_cases(drill, rows),
            on_error=self._failed,
        )
        self._ask(job, "cases")

    def _show_cases(self, drill: Drill, rows: tuple[TicketRow, ...]) -> None:
        self._waiting = False
        self.shown_cases = rows
        clear(self._case_rows)
        self.basis.setText("\n".join(self._basis(drill)))
        self.basis.setVisible(bool(self.basis.text()))
        self.cases.set_title(f"{drill.label or self.ui.text('ui_reports.cases')} · {len(rows)}")
        for found in rows[:CASES_SHOWN]:
            self._case_rows.addWidget(self._case(found))
        if not rows:
            self._case_rows.addWidget(label(self.ui.text("pack.no_cases"), "small"))
        self.side.show()
        self._main.setVisible(self._beside)

    def _basis(self, drill: Drill) -> Sequence[str]:
        """Return what the figure of this drill stands on: definition, parts, exclusions, n."""
        figures = self.report.figures() if self.report is not None else ()
        found = next((f for f in figures if f.drill == drill), None)
        return explained(self.ui, found) if found is not None else ()

    def _case(self, found: TicketRow) -> QWidget:
        link = Button(
            found.number, lambda: self.ui.navigate.emit("ticket", found.stream), variant="link"
        )
        when = self.ui.formats.moment(found.opened_at)
        facts = (when, self._names.code(found.code))
        what = ElidedLabel(" · ".join(fact for fact in facts if fact), "small")
        return box(column(link, what, ElidedLabel(found.summary, "smallink"), 6, gap=0))

    def hide_cases(self) -> None:
        """Close the list of cases."""
        self.side.hide()
        self._main.show()

    def open_preview(self) -> None:
        """Show the report as it is printed."""
        report = self.report
        if report is None:
            return
        desk = self.ui.desk
        job = self.ui.run(lambda: desk.report_pdf(report), lambda pdf: self._preview(report, pdf))
        self._ask(job, "print")  # pressed again, it is still one print

    def _preview(self, report: Report, pdf: bytes) -> None:
        title = f"{report.title} {report.period}"
        self.preview = ReportPreview(
            self.ui, title, pdf, lambda kind: self._save(report, kind), self
        )
        self.preview.open()

    def _save(self, report: Report, kind: str) -> None:
        name = f"{report.title}-{self.period.text}.{kind}"
        path, _kind = QFileDialog.getSaveFileName(self, self.ui.text("ui_reports.save"), name)
        if path:
            self.save_to(report, Path(path))

    def save_to(self, report: Report, path: Path) -> None:
        """Write the report and say where it is."""
        self.ui.run(
            lambda: self.ui.desk.export_report(report, path),
            lambda out: self.ui.say(self.ui.text("ui_reports.saved", path=out.name)),
        )


def _alike(one: Report, other: Report) -> bool:
    """Tell whether two reports have the same sections in the same places."""
    places = ((report.kind, [section.id for section in report.sections]) for report in (one, other))
    return next(places) == next(places)


def _today(ui: Ui) -> date:
    return ui.desk.now().astimezone(ui.formats.zone).date()
