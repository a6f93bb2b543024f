"""Complaints (投诉): the table of all of them, with filters as chips and views by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLayout, QMenu, QStackedWidget, QWidget

from desktop.services.list_views import View
from desktop.services.ticket_ports import ListOrder, TicketRow
from ui.context import Ui
from ui.models.tickets import COLUMNS, TicketModel
from ui.names import Names
from ui.screens.base import Screen
from ui.screens.complaints_export import ListExport
from ui.screens.complaints_periods import family_options, period_name, period_options
from ui.screens.complaints_views import SavedViews
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.inputs import Choice, Option, SearchBox, Select
from ui.widgets.layout import Card, Flow, box, column, label, row
from ui.widgets.table import Table

WIDTHS = {
    "level": 88,
    "number": 148,
    "summary": 0,
    "customer": 148,
    "code": 148,
    "node": 88,
    "due": 132,
    "opened": 104,
    "sent": 92,
}
"""Column widths in logical pixels; 0 takes what is left."""
HIDDEN_BELOW = {
    "opened": 1240,
    "code": 1100,
    "sent": 980,
    "node": 960,
    "customer": 860,
    "number": 620,
}
SHORT = 480
"""Height in logical pixels below which the rows get what title and filters would take."""
CHIPS_FROM = 1000
"""Content width from which every chip is shown at once."""
SORTED_BY = {"opened": ("newest", "oldest"), "due": ("due", "newest")}
"""Columns that sort, with the orders that clicking them goes through."""

#: What a complaint's state can be asked for; the last is 客户满意度低于3分 (NC-12).
STATES = ("open", "pending", "low_stars")


class ComplaintsScreen(Screen):
    """Search box, chips, saved views and the table."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._order: ListOrder = "newest"
        self._narrow = self._short = False
        self.model = TicketModel(ui, self)
        self.table = Table(ui.text("ui_complaints.title"), many=True)
        self.table.setModel(self.model)
        self.export = ListExport(ui, self.model)
        self._make_filters()
        self.saved = SavedViews(ui, self.view, self.proposed_name, self.use_view)
        self._count = label("", "muted")
        self._chosen = label("", "small")
        self._stack = QStackedWidget()
        self._none, self._empty_page = self._empty("none"), self._empty("empty")
        for page in (self.table, self._none, self._empty_page):
            self._stack.addWidget(page)
        self.setLayout(self._arrange())
        self._connect()

    def _make_filters(self) -> None:
        text = self.ui.text
        self.search = SearchBox(text("ui_complaints.search"))
        self.states = Choice(
            [Option(key, text(f"ui_complaints.filter.{key}")) for key in STATES],
            many=True,
        )
        self.levels = Choice(
            [Option(str(n), self._names.level(n)) for n in (1, 2, 3, 4)], many=True
        )
        self.families = Choice(family_options(self.ui), many=True)
        self.more_filters = Button(text("ui_complaints.filter.more"), variant="chip", icon="filter")
        self.more_filters.setCheckable(True)
        self.period = Select(
            [Option("", text("ui_complaints.period.all")), *period_options(self.ui)]
        )
        self.period.setAccessibleName(text("ui_complaints.period"))
        self.period.setMinimumContentsLength(12)

    def _empty(self, which: str) -> EmptyState:
        text = self.ui.text
        return EmptyState(
            text(f"ui_complaints.{which}_title"), text(f"ui_complaints.{which}_text"), icon="inbox"
        )

    def _arrange(self) -> QLayout:
        text = self.ui.text
        self._new = Button(
            text("ui_today.new"),
            lambda: self.ui.navigate.emit("intake", None),
            variant="primary",
            keys="N",
        )
        self._files = Button(text("ui_complaints.export"), self.open_menu, icon="download")
        self._title = label(text("ui_complaints.title"), "title")
        self._head = row(self._title, self._count, None, self._files, self._new, gap=12)
        clear = text("ui_complaints.filter.clear")
        self._clear = Button(clear, self.clear_filters, variant="link")
        self.search.setMaximumWidth(theme().px(360))
        self.search.setMinimumWidth(theme().px(150))
        # Wraps where a large type leaves no room for one line.
        acts = Flow(12)
        for part in (self._clear, self.saved.save_button):
            acts.addWidget(part)
        self._first = row(gap=12)
        self._first.addWidget(self.search, 1)
        self._first.addWidget(self.period)
        self._first.addWidget(self.more_filters)
        self._first.addWidget(box(acts))
        self._first.addStretch(1)
        groups = Flow(24, between_lines=8)
        for group in (self.states, self.levels, self.families):
            groups.addWidget(group)
        self._chips = box(groups)
        card = Card(margins=(12, 8, 12, 8))
        card.add(self._stack, self._chosen, self.export.strip)
        self._filters = box(self._first)
        parts = (self._head, self.saved.line, self._filters, self.saved.naming, self._chips)
        self._page = column(*parts, gap=12, margins=(24, 24, 24, 24))
        self._page.addWidget(card, 1)
        return self._page

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.refresh())
        for choice in (self.states, self.levels, self.families):
            choice.changed.connect(self.refresh)
        self.period.currentIndexChanged.connect(lambda _at: self.refresh())
        self.more_filters.toggled.connect(lambda _on: self._show_filters())
        self.table.chosen.connect(self._open_row)
        self.table.resized.connect(self._share_width)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self.model.loaded.connect(self._loaded)
        self.ui.tick.connect(self._tick)

    def open(self, what: object) -> None:
        """Come to the front; the table keeps its place and looks again."""
        if isinstance(what, View):
            self._show_view(what)
        self.saved.load()
        self.refresh()
        self.table.setFocus()

    def refresh(self) -> None:
        """Look again at what the filter finds."""
        view = self.view()
        self._say_filters(view)
        self.model.load(view.filter(self.ui.desk.now(), self.ui.formats.zone))

    def busy(self) -> bool:
        """Tell whether a page is on its way."""
        return self.model.waiting

    def view(self) -> View:
        """Return what chips, search box and order say."""
        return View(
            text=self.search.text().strip(),
            period=self.period.value() or "",
            states=tuple(self.states.values()),
            levels=tuple(int(value) for value in self.levels.values()),
            families=tuple(self.families.values()),
            order=self._order,
        )

    def _show_view(self, view: View) -> None:
        parts: tuple[QWidget, ...] = (self.period, self.states, self.levels, self.families)
        for part in parts:
            part.blockSignals(True)
        # Its signals also show and hide the cross that clears it; asked again, nothing changes.
        self.search.setText(view.text)
        if view.period and self.period.findData(view.period) < 0:
            self.period.addItem(period_name(self.ui, view.period), view.period)
        self.period.set_value(view.period)
        self.states.set_values(view.states)
        self.levels.set_values([str(level) for level in view.levels])
        self.families.set_values(view.families)
        for part in parts:
            part.blockSignals(False)
        self._order = view.order

    def use_view(self, view: View) -> None:
        """Show what a saved view says."""
        self._show_view(view)
        self.refresh()

    def clear_filters(self) -> None:
        """Show everything again."""
        self.saved.leave()
        (self.table if self.table.isVisible() else self.search).setFocus()
        self._show_view(View())
        self.saved.forget_choice()
        self.refresh()

    def proposed_name(self) -> str:
        """Name the filter by what it says (2024年第三季度产品质量)."""
        view = self.view()
        joint = self.ui.text("ui_complaints.view.joint")
        parts = [
            period_name(self.ui, view.period) if view.period else "",
            joint.join(self._names.level(level) for level in view.levels),
            joint.join(self.ui.text(f"ui.family.{name}") for name in view.families),
            joint.join(self.ui.text(f"ui_complaints.filter.{name}") for name in view.states),
            view.text,
        ]
        return self.ui.text("ui_complaints.view.space").join(part for part in parts if part)

    # files and paper
    def open_menu(self) -> None:
        """Offer the files and the print that can be made of the list."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in ("xlsx", "csv"):
            words = self.ui.text(f"ui_complaints.export.{kind}")
            menu.addAction(words, partial(self.ask_file, kind))
        menu.addAction(self.ui.text("ui_complaints.export.print"), self.print_list)
        menu.popup(self._files.mapToGlobal(QPoint(0, self._files.height())))

    def ask_file(self, kind: str) -> None:
        """Ask where to, then write the list in the background."""
        name = self.proposed_name() or self.ui.text("ui_complaints.title")
        path, _ = QFileDialog.getSaveFileName(
            self, self.ui.text(f"ui_complaints.export.{kind}"), f"{name}.{kind}", f"*.{kind}"
        )
        if path:
            self.write_file(Path(path))

    def write_file(self, path: Path) -> None:
        """Write the rows chosen, or all of the filter when fewer than two are."""
        chosen = self.chosen_rows()
        self.export.write(path, chosen or self.view())

    def print_list(self) -> None:
        """Show the rows chosen, or all of the filter, as they would be printed."""
        title = self.proposed_name() or self.ui.text("ui_complaints.title")
        self.export.print(self.window(), title, self.chosen_rows() or self.view())

    def chosen_rows(self) -> list[TicketRow]:
        """Return the rows chosen when there are at least two and not simply all."""
        indexes = self.table.selectionModel().selectedRows()
        if not 1 < len(indexes) < self.model.total:
            return []
        rows = (self.model.row_at(index) for index in sorted(indexes, key=QModelIndex.row))
        return [found for found in rows if found is not None]

    def _show_chosen(self) -> None:
        selected = self.table.selectionModel().selection()
        count = sum(selected.at(part).height() for part in range(selected.count()))
        self._chosen.setText(self.ui.text("ui_complaints.chosen", n=f"{count:,}"))
        self._chosen.setVisible(count > 1)

    # the table
    def _sort(self, column_at: int) -> None:
        orders = SORTED_BY.get(COLUMNS[column_at])
        if orders is not None:
            turned = orders[(orders.index(self._order) + 1) % 2] if self._order in orders else ""
            self._order = cast(ListOrder, turned or orders[0])
            self.refresh()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("↑ ↓", text("ui_complaints.key.move")),
            ("Enter", text("ui_complaints.key.open")),
            ("Shift ↑ ↓ · Ctrl A", text("ui_complaints.key.choose")),
            ("Ctrl F", text("ui_complaints.key.search")),
            ("Ctrl E", text("ui_complaints.key.export")),
            ("Ctrl P", text("ui_complaints.key.print")),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the chords of this screen."""
        acts = {
            Qt.Key.Key_F: self._focus_search,
            Qt.Key.Key_E: self.open_menu,
            Qt.Key.Key_P: self.print_list,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is not None and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            act()
        else:
            super().keyPressEvent(event)

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def back(self) -> bool:
        """Leave the search box or the naming field for the table."""
        if not self.saved.leave() and not self.search.hasFocus():
            return False
        self.table.setFocus()
        return True

    def set_width(self, logical: int) -> None:
        """Hide the columns that a narrow window has no room for."""
        self._narrow = logical < CHIPS_FROM
        self._show_filters()
        for name, least in HIDDEN_BELOW.items():
            self.table.setColumnHidden(COLUMNS.index(name), logical < least)
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height, one line finds complaints and rows get the rest."""
        super().resizeEvent(event)
        short = self.height() < theme().px(SHORT)
        if short == self._short:
            return
        self._short = short
        for part in (self._title, self._new):
            part.setVisible(not short)
        line, at = (self._head, 1) if short else (self._first, 2)
        line.insertWidget(0, self.search, 1)
        line.insertWidget(at, self.more_filters)
        px = theme().px
        self._page.setSpacing(px(8 if short else 12))
        self._page.setContentsMargins(
            px(24), px(8 if short else 24), px(24), px(8 if short else 24)
        )
        self._show_filters()

    def _show_filters(self) -> None:
        folded = self._narrow or self._short
        self.more_filters.setVisible(folded)
        opened = not folded or self.more_filters.isChecked()
        self._chips.setVisible(opened)
        self._filters.setVisible(opened or not self._short)

    def _say_filters(self, view: View) -> None:
        """Say how many filters are in force, for they may be folded away."""
        chosen = [view.period, *view.states, *view.levels, *view.families]
        count = sum(bool(part) for part in chosen)
        words = self.ui.text("ui_complaints.filter.more")
        self.more_filters.set_text(f"{words} · {count}" if count else words)
        filtered = view != View(order=self._order)
        self._clear.setVisible(filtered)
        self.saved.save_button.setVisible(filtered)

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
        more = "+" if self.model.counting else ""
        self._count.setText(text("ui_complaints.count", n=f"{self.model.total:,}{more}"))
        if shown:
            self._stack.setCurrentWidget(self.table)
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, 0))
        else:
            bare = self.view() == View(order=self._order)
            self._stack.setCurrentWidget(self._none if bare else self._empty_page)
        self._show_chosen()
        self._share_width()

    def _open_row(self, index: QModelIndex) -> None:
        found = self.model.row_at(index)
        if found is not None:
            self.ui.navigate.emit("ticket", found.stream)

    def _tick(self, now: datetime) -> None:
        if self.isVisible():
            self.model.set_now(now)
