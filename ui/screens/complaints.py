"""Complaints (投诉): the table of all of them, with filters as chips."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLayout, QStackedWidget

from desktop.services.ports import TicketFilter
from ui.context import Ui
from ui.models.tickets import COLUMNS, TicketModel
from ui.names import Names
from ui.screens.base import Screen
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.inputs import Choice, Option, SearchBox
from ui.widgets.layout import Card, column, label, row
from ui.widgets.table import Table

WIDTHS = {
    "level": 96,
    "number": 168,
    "summary": 0,
    "customer": 168,
    "code": 156,
    "node": 96,
    "due": 148,
    "opened": 124,
    "sent": 108,
}
"""Column widths in logical pixels; 0 takes what is left."""
HIDDEN_BELOW = {"opened": 1240, "code": 1100, "sent": 980, "node": 900, "customer": 860}


class ComplaintsScreen(Screen):
    """Search box, chips and the table."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self.model = TicketModel(ui, self)
        self.table = Table(ui.text("ui_complaints.title"))
        self.table.setModel(self.model)
        self.search = SearchBox(ui.text("ui_complaints.search"))
        self.states = Choice(
            [Option(key, ui.text(f"ui_complaints.filter.{key}")) for key in ("open", "pending")],
            many=True,
        )
        self.levels = Choice(
            [Option(str(n), self._names.level(n)) for n in (1, 2, 3, 4)], many=True
        )
        self.families = Choice(self._family_options(), many=True)
        self._count = label("", "muted")
        self._more = label("", "small")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._none = self._empty("none")
        self._empty_page = self._empty("empty")
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._empty_page)
        self.setLayout(self._arrange())
        self._connect()

    def _family_options(self) -> list[Option]:
        families = sorted({code.family for code in self.ui.desk.policy.codes.values()})
        return [Option(name, self.ui.text(f"ui.family.{name}")) for name in families]

    def _empty(self, which: str) -> EmptyState:
        text = self.ui.text
        return EmptyState(
            text(f"ui_complaints.{which}_title"), text(f"ui_complaints.{which}_text"), icon="inbox"
        )

    def _arrange(self) -> QLayout:
        text = self.ui.text
        new = Button(
            text("ui_today.new"),
            lambda: self.ui.navigate.emit("intake", None),
            variant="primary",
            keys="N",
        )
        head = row(label(text("ui_complaints.title"), "title"), self._count, None, new, gap=12)
        clear = Button(text("ui_complaints.filter.clear"), self.clear_filters, variant="link")
        self.search.setMaximumWidth(theme().px(360))
        first = row(gap=16)
        first.addWidget(self.search, 1)
        first.addWidget(self.states)
        first.addStretch(1)
        first.addWidget(clear)
        second = row(self.levels, self.families, None, gap=24)
        card = Card(margins=(12, 8, 12, 8))
        card.add(self._stack, self._more)
        page = column(head, first, second, gap=12, margins=(24, 24, 24, 24))
        page.addWidget(card, 1)
        return page

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.refresh())
        for choice in (self.states, self.levels, self.families):
            choice.changed.connect(self.refresh)
        self.table.chosen.connect(self._open_row)
        self.table.resized.connect(self._share_width)
        self.model.loaded.connect(self._loaded)
        self.ui.tick.connect(self._tick)

    def open(self, what: object) -> None:
        """Come to the front; the table keeps its place and looks again."""
        del what
        self.refresh()
        self.table.setFocus()

    def refresh(self) -> None:
        """Load the first page of the filter again."""
        self.model.load(self.wanted())

    def busy(self) -> bool:
        """Tell whether a page is on its way."""
        return self.model.waiting

    def wanted(self) -> TicketFilter:
        """Return the filter that chips and search box say."""
        states = self.states.values()
        return TicketFilter(
            text=self.search.text().strip(),
            open_only="open" in states,
            pending_approval="pending" in states,
            levels=frozenset(int(value) for value in self.levels.values()),
            families=frozenset(self.families.values()),
        )

    def clear_filters(self) -> None:
        """Show everything again."""
        for choice in (self.states, self.levels, self.families):
            choice.set_values([])
        self.search.clear()
        self.refresh()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("↑ ↓", text("ui_complaints.key.move")),
            ("Enter", text("ui_complaints.key.open")),
        )

    def back(self) -> bool:
        """Leave the search box for the table."""
        if self.search.hasFocus():
            self.table.setFocus()
            return True
        return False

    def set_width(self, logical: int) -> None:
        """Hide the columns that a narrow window has no room for."""
        for name, least in HIDDEN_BELOW.items():
            self.table.setColumnHidden(COLUMNS.index(name), logical < least)
        self._share_width()

    def _share_width(self) -> None:
        px = theme().px
        left = self.table.viewport().width()
        for name, width in WIDTHS.items():
            at = COLUMNS.index(name)
            if width and not self.table.isColumnHidden(at):
                self.table.setColumnWidth(at, px(width))
                left -= px(width)
        self.table.setColumnWidth(COLUMNS.index("summary"), max(left, px(160)))

    def _loaded(self) -> None:
        text, shown = self.ui.text, self.model.rowCount()
        self._count.setText(text("ui_complaints.count", n=f"{self.model.total:,}"))
        if shown:
            self._stack.setCurrentWidget(self.table)
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, 0))
        else:
            bare = self.wanted() == TicketFilter()
            self._stack.setCurrentWidget(self._none if bare else self._empty_page)
        more = text("ui_complaints.loaded", n=shown, total=f"{self.model.total:,}")
        self._more.setText(more if shown < self.model.total else "")
        self._more.setVisible(shown < self.model.total)
        self._share_width()

    def _open_row(self, index: QModelIndex) -> None:
        found = self.model.row_at(index)
        if found is not None:
            self.ui.navigate.emit("ticket", found.stream)

    def _tick(self, now: datetime) -> None:
        if self.isVisible():
            self.model.set_now(now)
