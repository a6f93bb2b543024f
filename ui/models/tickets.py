"""The table of complaints: all rows of a filter, of which only the pages looked at are here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop.services.ticket_ports import PageCursor, TicketFilter, TicketRow
from ui.context import Ui
from ui.formats import clock_tone
from ui.names import LEVEL_TONES, Names
from ui.tokens import Tone

PAGE: Final = 100
#: Pages that are kept, those shown last; a screen shows one or two.
PAGES_KEPT: Final = 60
#: Pages that are asked for at once.
PAGES_ASKED: Final = 3
COLUMNS: Final = (
    "level",
    "number",
    "summary",
    "customer",
    "code",
    "node",
    "due",
    "opened",
    "sent",
)
CELL_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""All that a cell is painted by, a Cell: one question of the view instead of four."""
_ROLES: Final = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        CELL_ROLE,
    }
)
#: Rows whose cells are kept written.
_CELLS_KEPT: Final = 600
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Cell:
    """What is painted: `text`, as a pill where there is a `tone`, `icon` if not the tone's own."""

    text: str
    tone: Tone | None = None
    icon: str = ""
    strong: bool = False


class TicketModel(QAbstractTableModel):
    """As many rows as fit the filter; their pages are fetched when the view looks at them.

    Neighbouring pages follow by keyset; a jump to the middle walks over keys alone. `loaded` says
    that a page or the count came.
    """

    loaded = Signal()

    def __init__(self, ui: Ui, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._names = Names(ui.texts, ui.desk.policy)
        self._pages: OrderedDict[int, Sequence[TicketRow]] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: dict[int, None] = {}
        self._rows = 0
        self._wanted = TicketFilter()
        self._waiting = False
        self._generation = 0
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._now = ui.desk.now()
        self.total = 0
        self._text: dict[str, Callable[[TicketRow], str]] = {
            "level": lambda r: self._names.level(r.level),
            "number": lambda r: r.number,
            "summary": lambda r: r.summary,
            "customer": self._names.customer,
            "code": lambda r: self._names.code(r.code),
            "node": lambda r: self._names.node(r.node),
            "due": self._due,
            "opened": self._opened,
            "sent": lambda r: ui.text(f"ui_complaints.{'sent' if r.uploaded else 'unsent'}"),
        }

    @property
    def waiting(self) -> bool:
        """Tell whether rows are on their way."""
        return self._waiting or bool(self._asked)

    @property
    def counting(self) -> bool:
        """Tell whether the rows in all are still being counted."""
        return self._waiting

    def cell(self, found: TicketRow, column: str) -> str:
        """Write one cell of a row."""
        return self._text[column](found)

    def exported(self, found: TicketRow) -> list[str]:
        """Write a row for a file: times in full, so that they can be sorted."""
        return [
            found.opened_at.astimezone(self._ui.formats.zone).strftime("%Y-%m-%d %H:%M")
            if name == "opened"
            else self._text[name](found)
            for name in COLUMNS
        ]

    def load(self, wanted: TicketFilter) -> None:
        """Begin again with a filter, or look again with the same one and keep the place."""
        self._generation += 1
        again = wanted == self._wanted and bool(self._pages)
        self._wanted, self._waiting = wanted, True
        self._asked.clear()
        generation, desk = self._generation, self._ui.desk
        if again:
            self._stale = set(self._pages)
            self._count(generation)
            return
        self._ui.run(
            lambda: desk.page(wanted, None, PAGE), lambda rows: self._begin(generation, rows)
        )

    def _begin(self, generation: int, rows: Sequence[TicketRow]) -> None:
        if generation != self._generation:
            return
        self.beginResetModel()
        self._cells.clear()
        self._pages.clear()
        self._stale.clear()
        self._pages[0] = rows
        self._rows = self.total = len(rows)
        self._now = self._ui.desk.now()
        self.endResetModel()
        self._waiting = len(rows) == PAGE
        self.loaded.emit()
        if self._waiting:
            self._count(generation)

    def _count(self, generation: int) -> None:
        """Count what fits; the first page is shown before that."""

        def count() -> int | None:
            # Whoever types on has a newer question by now: this one is not worth its time.
            current = generation == self._generation
            return self._ui.desk.count(self._wanted) if current else None

        self._ui.run(count, lambda total: self._counted(generation, total))

    def _counted(self, generation: int, total: int | None) -> None:
        if generation != self._generation or total is None:
            return
        parent, known = QModelIndex(), self._rows
        if total > known:
            self.beginInsertRows(parent, known, total - 1)
            self._rows = self.total = total
            self.endInsertRows()
        elif total < known:
            self.beginRemoveRows(parent, total, known - 1)
            self._rows = self.total = total
            for page in [page for page in self._pages if page * PAGE >= total]:
                del self._pages[page]
            self.endRemoveRows()
        self._waiting = False
        self._repaint(0, self._rows - 1)
        self.loaded.emit()

    def _page_of(self, row: int) -> Sequence[TicketRow] | None:
        """Return the page of a row, asking for it when it is not here or out of date."""
        page = row // PAGE
        found = self._pages.get(page)
        if (found is None or page in self._stale) and page not in self._asked:
            self._ask(page)
        return found

    def _ask(self, page: int) -> None:
        self._asked[page] = None
        # A fast scroll asks for many pages; only those last looked at are worth fetching.
        for late in list(self._asked)[:-PAGES_ASKED]:
            del self._asked[late]
        generation, wanted, desk = self._generation, self._wanted, self._ui.desk
        before = self._pages.get(page - 1)

        def fetch() -> Sequence[TicketRow] | None:
            if generation != self._generation or page not in self._asked:
                return None
            if page == 0:
                return desk.page(wanted, None, PAGE)
            if before and len(before) == PAGE:
                last = before[-1]
                return desk.page(wanted, PageCursor(last.opened_at, last.stream), PAGE)
            return desk.page_at(wanted, page * PAGE, PAGE)

        self._ui.run(fetch, lambda rows: self._keep(generation, page, rows))

    def _keep(self, generation: int, page: int, rows: Sequence[TicketRow] | None) -> None:
        if generation != self._generation:
            return
        self._asked.pop(page, None)
        if rows is None:
            return
        self._pages[page] = rows
        self._pages.move_to_end(page)
        self._stale.discard(page)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        self._repaint(page * PAGE, min((page + 1) * PAGE, self._rows) - 1)
        self.loaded.emit()

    def _repaint(self, first: int, last: int) -> None:
        self._cells.clear()
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def set_now(self, now: datetime) -> None:
        """Let the clocks run: once a minute is enough for a table."""
        if (now - self._now).total_seconds() >= 60 and self._rows:
            self._now = now
            self._cells.clear()
            column = COLUMNS.index("due")
            last = self.index(self._rows - 1, column)
            self.dataChanged.emit(self.index(0, column), last)

    def row_at(self, index: Index) -> TicketRow | None:
        """Return the complaint of a cell, None while its page is on its way."""
        if not index.isValid():
            return None
        page = self._page_of(index.row())
        place = index.row() % PAGE
        return page[place] if page is not None and place < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows there are as far as is known."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._heading(COLUMNS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _heading(self, column: str) -> str:
        """Name a column, with an arrow on the one that the list is sorted by."""
        name = self._ui.text(f"ui_complaints.column.{column}")
        order = self._wanted.order
        if column != ("due" if order == "due" else "opened"):
            return name
        return f"{name} {'↓' if order == 'newest' else '↑'}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words, its tone, and what it explains on hover."""
        if role == CELL_ROLE:
            return self._cell(index)
        if role not in _ROLES:
            return None
        found, column = self.row_at(index), COLUMNS[index.column()]
        if found is None:
            shown = role == Qt.ItemDataRole.DisplayRole and column == "number"
            return self._ui.text("ui.loading") if shown else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text[column](found)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(found, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self._ui.text(f"ui_complaints.column.{column}")
            return f"{name}: {self._text[column](found)}"
        return None

    def _cell(self, index: Index) -> Cell | None:
        """Return what is painted of a cell; a row is written once while it is in sight."""
        row, column = index.row(), index.column()
        cells = self._cells.get(row)
        if cells is None:
            found = self.row_at(index)
            if found is None:
                waits = COLUMNS[column] == "number"
                return Cell(self._ui.text("ui.loading")) if waits else None
            if len(self._cells) >= _CELLS_KEPT:
                self._cells.clear()
            cells = tuple(self._drawn(found, name) for name in COLUMNS)
            if row // PAGE not in self._stale:
                self._cells[row] = cells
        return cells[column]

    def _drawn(self, found: TicketRow, column: str) -> Cell:
        running = column == "due" and found.due_at is not None and not found.closed
        return Cell(
            text=self._text[column](found),
            tone=self._tone(found, column),
            icon="clock" if running else "",
            strong=column == "summary",
        )

    def _opened(self, found: TicketRow) -> str:
        formats = self._ui.formats
        local, now = (at.astimezone(formats.zone) for at in (found.opened_at, self._now))
        # Among years of rows a day needs its year.
        return formats.moment(local) if local.year == now.year else local.date().isoformat()

    def _due(self, found: TicketRow) -> str:
        if found.closed:
            return self._ui.text("ui_complaints.closed")
        if self._waits(found):
            return self._ui.text("ui_complaints.pending")
        if found.due_at is None:
            return self._ui.text("ui.clock.none")
        return self._ui.formats.left(found.due_at, self._now)

    def _waits(self, found: TicketRow) -> bool:
        """Tell whether an approval is all to be said; a clock that ran out is said before it."""
        over = found.due_at is not None and found.due_at < self._now
        return bool(found.pending_approvals) and not over

    def _tone(self, found: TicketRow, column: str) -> Tone | None:
        if column == "level":
            return LEVEL_TONES.get(found.level, "neutral")
        if column == "sent":
            return "good" if found.uploaded else "neutral"
        if column != "due":
            return None
        if found.closed or found.due_at is None:
            return "neutral"
        return "info" if self._waits(found) else clock_tone(found.due_at, self._now)

    def _tip(self, found: TicketRow, column: str) -> str:
        if column == "due" and found.due_at is not None:
            clock, rule = self._names.clock(found.due_clock), self._names.rule(found.due_rule)
            when = self._ui.text("ui.clock.due", when=self._ui.formats.moment(found.due_at))
            return f"{clock} · {rule}\n{when}"
        return self._text[column](found)
