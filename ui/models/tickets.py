"""The table of complaints: pages are fetched by keyset as the view scrolls, never by offset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

from desktop.services.ports import PageCursor, TicketFilter, TicketRow
from ui.context import Ui
from ui.formats import clock_tone
from ui.names import LEVEL_TONES, Names
from ui.tokens import Tone

PAGE: Final = 100
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
PILL_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Tone of a cell that is drawn as a pill."""
STRONG_ROLE: Final = Qt.ItemDataRole.UserRole + 2
ICON_ROLE: Final = Qt.ItemDataRole.UserRole + 3
"""Icon of a pill, where it is not its tone's."""
Index = QModelIndex | QPersistentModelIndex


class TicketModel(QAbstractTableModel):
    """Rows loaded so far of one filter; `loaded` says that a page came."""

    loaded = Signal()

    def __init__(self, ui: Ui, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._names = Names(ui.texts, ui.desk.policy)
        self._rows: list[TicketRow] = []
        self._wanted = TicketFilter()
        self._complete, self._waiting = True, False
        self._generation = 0
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
            "opened": lambda r: ui.formats.moment(r.opened_at),
            "sent": lambda r: ui.text(f"ui_complaints.{'sent' if r.uploaded else 'unsent'}"),
        }

    @property
    def waiting(self) -> bool:
        """Tell whether a page is on its way."""
        return self._waiting

    def load(self, wanted: TicketFilter) -> None:
        """Begin again with a filter; late pages of the old one are dropped."""
        self._generation += 1
        self._wanted, self._waiting = wanted, True
        generation = self._generation
        desk = self._ui.desk
        self._ui.run(
            lambda: (desk.page(wanted, None, PAGE), desk.count(wanted)),
            lambda found: self._begin(generation, *found),
        )

    def _begin(self, generation: int, rows: Sequence[TicketRow], total: int) -> None:
        if generation != self._generation:
            return
        self.beginResetModel()
        self._rows, self.total = list(rows), total
        self._complete, self._waiting = len(rows) < PAGE, False
        self._now = self._ui.desk.now()
        self.endResetModel()
        self.loaded.emit()

    def canFetchMore(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008 - Qt's signature
        """Tell whether there are rows after the last one and no page is on its way."""
        return not parent.isValid() and not self._complete and not self._waiting

    def fetchMore(self, parent: Index = QModelIndex()) -> None:  # noqa: B008 - Qt's signature
        """Ask for the page after the last row."""
        if not self.canFetchMore(parent):
            return
        self._waiting = True
        last = self._rows[-1]
        cursor, generation = PageCursor(last.opened_at, last.stream), self._generation
        self._ui.run(
            lambda: self._ui.desk.page(self._wanted, cursor, PAGE),
            lambda rows: self._append(generation, rows),
        )

    def _append(self, generation: int, rows: Sequence[TicketRow]) -> None:
        if generation != self._generation:
            return
        self._waiting, self._complete = False, len(rows) < PAGE
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()
        self.loaded.emit()

    def set_now(self, now: datetime) -> None:
        """Let the clocks run: once a minute is enough for a table."""
        if (now - self._now).total_seconds() >= 60 and self._rows:
            self._now = now
            column = COLUMNS.index("due")
            last = self.index(len(self._rows) - 1, column)
            self.dataChanged.emit(self.index(0, column), last)

    def row_at(self, index: Index) -> TicketRow | None:
        """Return the complaint of a cell."""
        return self._rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._ui.text(f"ui_complaints.column.{COLUMNS[section]}")
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words, its tone, and what it explains on hover."""
        found, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text[column](found)
        if role == PILL_ROLE:
            return self._tone(found, column)
        if role == ICON_ROLE:
            running = column == "due" and found.due_at is not None and not found.closed
            return "clock" if running else ""
        if role == STRONG_ROLE:
            return column == "summary"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(found, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self._ui.text(f"ui_complaints.column.{column}")
            return f"{name}: {self._text[column](found)}"
        return None

    def _due(self, found: TicketRow) -> str:
        if found.closed:
            return self._ui.text("ui_complaints.closed")
        if found.pending_approvals:
            return self._ui.text("ui_complaints.pending")
        if found.due_at is None:
            return self._ui.text("ui.clock.none")
        return self._ui.formats.left(found.due_at, self._now)

    def _tone(self, found: TicketRow, column: str) -> Tone | None:
        if column == "level":
            return LEVEL_TONES.get(found.level, "neutral")
        if column == "sent":
            return "good" if found.uploaded else "neutral"
        if column != "due":
            return None
        if found.closed or found.due_at is None:
            return "neutral"
        return "info" if found.pending_approvals else clock_tone(found.due_at, self._now)

    def _tip(self, found: TicketRow, column: str) -> str:
        if column == "due" and found.due_at is not None:
            clock, rule = self._names.clock(found.due_clock), self._names.rule(found.due_rule)
            when = self._ui.text("ui.clock.due", when=self._ui.formats.moment(found.due_at))
            return f"{clock} · {rule}\n{when}"
        return self._text[column](found)
