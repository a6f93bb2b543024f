"""Ctrl+K: the search box of the top bar; it finds complaints, knowledge and commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidgetItem, QWidget

from desktop.services.knowledge import Hit
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.theme import theme
from ui.widgets.found_list import ROW_HEIGHT, FoundList
from ui.widgets.inputs import SearchBox
from ui.widgets.layout import column, label

LIMIT = 12
KNOWLEDGE_LIMIT = 4
COMMAND_LIMIT = 5
ROWS_SHOWN = 7
LEAST_WIDTH = 460

CommandRow = tuple[str, Callable[[], object]]
"""The words of a command, and what it does."""


class Finder(QObject):
    """Joins a search box with a list below it; Enter opens the ticket chosen."""

    def __init__(
        self,
        ui: Ui,
        box: SearchBox,
        window: QWidget,
        commands: Callable[[], Sequence[CommandRow]] = lambda: (),
    ) -> None:
        super().__init__(box)
        self._commands = commands
        self._offered: list[CommandRow] = []
        self._ui, self._box, self._window = ui, box, window
        self._asked, self._wanted = "", False
        self.answered = ""
        """The words that the list shown answers."""
        self._popup = QFrame(window)
        self._popup.setProperty("role", "popup")
        self._list = FoundList(ui.text("ui.keys.search"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.itemClicked.connect(self._open)
        self._note = label("", "small", wrap=True)
        self._popup.setLayout(column(self._list, self._note, gap=4, margins=(8, 8, 8, 8)))
        self._popup.hide()
        box.installEventFilter(self)
        box.searched.connect(self._search)

    @property
    def shown(self) -> bool:
        """Tell whether the list is open."""
        return self._popup.isVisible()

    def results(self) -> list[str]:
        """Return the words of the results shown."""
        return [self._list.item(i).text() for i in range(self._list.count())]

    def focus(self) -> None:
        """Put the keyboard into the search box."""
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._box.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list from within the box; close it when the focus leaves."""
        if event.type() == QEvent.Type.FocusOut:
            self._dismiss()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self._dismiss()
            self._box.clear()
            self._box.clearFocus()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._box.composing:
            item = self._list.currentItem()
            if item is not None and self.shown:
                self._open(item)
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._list.count():
            step = 1 if key == Qt.Key.Key_Down else -1
            self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
            return True
        return False

    def _dismiss(self) -> None:
        """Close the list, and let an answer that is still on its way come to nothing."""
        self._wanted = False
        self._popup.hide()

    def _search(self, text: str) -> None:
        self._asked, self._wanted = text, bool(text)
        if not text:
            self._dismiss()
            return
        desk, lang = self._ui.desk, self._ui.texts.lang

        def look() -> tuple[Sequence[TicketRow], Sequence[Hit]]:
            known = desk.find_knowledge(text, lang, limit=KNOWLEDGE_LIMIT)
            return desk.find(text, LIMIT), known

        self._ui.run(look, lambda found: self._show(text, *found))

    def _show(self, text: str, rows: Sequence[TicketRow], known: Sequence[Hit]) -> None:
        if text != self._asked or not self._wanted:
            return
        self._list.clear()
        self.answered = text
        self._show_commands(text)
        for found in rows:
            who = " · ".join(p for p in (found.number, found.customer_name, found.product) if p)
            title = found.summary or found.number
            self._list.add(title, who, ("ticket", found.stream), "message-square")
        for hit in known:
            title = self._ui.texts.choose(dict(hit.item.title))
            note = f"{self._ui.text('ui.rail.knowledge')} · {hit.snippet.lstrip('· ')}"
            self._list.add(title, note, ("knowledge", hit.item.id), "book-open")
        self._list.setCurrentRow(0)
        count = self._list.count()
        self._list.setVisible(count > 0)
        self._note.setText(self._ui.text("ui.find.hint" if count else "ui.find.none"))
        self._place(count)

    def _show_commands(self, text: str) -> None:
        """Offer what the screen in front can do by these words, before what was found."""
        wanted = text.casefold()
        fitting = [row for row in self._commands() if wanted in row[0].casefold()]
        self._offered = fitting[:COMMAND_LIMIT]
        for at, (words, _act) in enumerate(self._offered):
            self._list.add(words, self._ui.text("ui.find.command"), ("command", at), "arrow-right")

    def _place(self, count: int) -> None:
        px = theme().px
        at = self._box.mapTo(self._window, QPoint(0, self._box.height() + px(4)))
        room = (self._window.height() - at.y() - px(60)) // px(ROW_HEIGHT)
        rows = min(count, ROWS_SHOWN, max(room, 1))
        self._list.show_rows(rows)
        height = px(52) + rows * px(ROW_HEIGHT)
        width = min(max(self._box.width(), px(LEAST_WIDTH)), self._window.width() - at.x() - px(8))
        self._popup.setGeometry(at.x(), at.y(), width, height)
        self._popup.show()
        self._popup.raise_()

    def _open(self, item: QListWidgetItem) -> None:
        name, what = item.data(Qt.ItemDataRole.UserRole)
        self._dismiss()
        self._box.clear()
        self._box.clearFocus()
        if name == "command":
            self._offered[what][1]()
        else:
            self._ui.navigate.emit(name, what)
