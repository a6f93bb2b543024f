"""Knowledge (知识): found while typing, read beside the list, put into a reply with one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QLayout

from desktop.services.knowledge import KINDS, Freshness, Hit, KnowledgeItem
from ui.context import Ui
from ui.screens.base import NARROW, Screen
from ui.screens.knowledge_history import HistoryBox
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.found_list import ROW_HEIGHT, FoundList
from ui.widgets.inputs import Choice, Option, SearchBox, Select
from ui.widgets.layout import Card, Flow, Scroll, box, clear, column, label, order_tabs, row, rule
from ui.widgets.text import Pill

LIST_WIDTH = 420
READING_HEIGHT = 300
"""Least logical height of an article under the list."""
STACKED = 640
"""Logical content width below which the article stands under the list."""
KIND_TONES: dict[str, Tone] = {"law": "info", "pitfall": "warn", "phrase": "accent"}
CONFIDENCE_TONES: dict[str, Tone] = {"A": "good", "B": "neutral", "C": "warn"}


class KnowledgeScreen(Screen):
    """A search box, what it finds, and the one in hand; `insert` puts text into a reply.

    `insert` returns where the text went, empty when no field was open for it.
    """

    def __init__(self, ui: Ui, insert: Callable[[str], str]) -> None:
        super().__init__(ui)
        self._insert = insert
        self._asked, self._looking = "", False
        self._hits: dict[str, Hit] = {}
        self._wanted, self._listed = "", ""
        self._list_width = 0
        text = ui.text
        self.banner = Banner()
        self.search = SearchBox(text("ui_knowledge.search"), delay_ms=80)
        self.search.installEventFilter(self)
        self.search.searched.connect(lambda _text: self.refresh())
        kinds = [Option(kind, text(f"ui_knowledge.kind.{kind}")) for kind in KINDS]
        self._kind = ""
        every = [Option("", text("ui_knowledge.kind.all")), *kinds]
        self.kinds, self.kind_box = Choice(every), Select(every)
        self.kinds.set_value("")
        self.kind_box.setAccessibleName(text("ui_knowledge.kinds"))
        self.kinds.changed.connect(lambda: self.choose_kind(self.kinds.value() or ""))
        self.kind_box.currentIndexChanged.connect(
            lambda _at: self.choose_kind(self.kind_box.value() or "")
        )
        self.list = FoundList(text("ui_knowledge.list"))
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_current())
        self.list.itemActivated.connect(lambda _item: self.put_in())
        self.nothing = EmptyState(
            text("ui_knowledge.none_title"), text("ui_knowledge.none_text"), icon="search"
        )
        self.history = HistoryBox(ui)
        self._count = label("", "small")
        self._reading = column(gap=10)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.setLayout(self._arrange())

    def _arrange(self) -> QBoxLayout:
        text, px = self.ui.text, theme().px
        found = Card(margins=(12, 12, 8, 12))
        found.add(self._count, self.list, self.nothing)
        found.body.setStretchFactor(self.list, 1)
        self.nothing.hide()
        self._found = found
        self.reading = Card()
        self._reading_page = Scroll(box(column(self._reading, self.history, None, gap=16)))
        self.history.shown.connect(lambda: self._reading_page.show_from_top(self.history))
        self.reading.add(self._reading_page)
        self._columns.setSpacing(px(16))
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.addWidget(found)
        self._columns.addWidget(self.reading, 1)
        head = column(
            row(label(text("ui_knowledge.title"), "title"), None, gap=16),
            self.banner,
            row(self.search, self.kind_box, gap=12),
            self.kinds,
            gap=12,
            margins=(24, 20, 24, 0),
        )
        page = column(gap=16, margins=(0, 0, 0, 16))
        page.addLayout(head)
        page.addLayout(row(box(self._columns), margins=(24, 0, 24, 0)), 1)
        # Where list and article have to stand one above the other, the page scrolls.
        return column(Scroll(box(page)))

    def open(self, what: object) -> None:
        """Show the box ready for typing; an item's id shows that item."""
        if isinstance(what, str) and what:
            self._wanted = what
            self.choose_kind("")
            self.search.clear()
        self.search.setFocus()
        self.search.selectAll()
        self.refresh()
        self.ui.run(self.ui.desk.knowledge_freshness, self._show_freshness)

    def choose_kind(self, kind: str) -> None:
        """List one kind alone, or every kind for an empty one."""
        if kind == self._kind:
            return
        self._kind = kind
        self.kinds.set_value(kind)
        self.kind_box.set_value(kind)
        self.refresh()

    def refresh(self) -> None:
        """Search again."""
        asked, kind = self.search.text().strip(), self._kind
        self._asked, self._looking = f"{kind}:{asked}", True
        kinds = [known for known in KINDS if known == kind]
        lang = self.ui.texts.lang
        self.ui.run(
            lambda: (f"{kind}:{asked}", self.ui.desk.find_knowledge(asked, lang, kinds)),
            self._found_hits,
            on_error=self._failed,
        )

    def busy(self) -> bool:
        """Tell whether an answer is on its way."""
        return self._looking

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("↑ ↓", text("ui_knowledge.key.walk")),
            ("Enter", text("ui_knowledge.insert")),
            ("Ctrl Shift C", text("ui_knowledge.copy")),
        )

    def back(self) -> bool:
        """Empty the search, then go back to Today."""
        if self.search.text():
            self.search.clear()
            self.search.setFocus()
        else:
            self.ui.navigate.emit("today", None)
        return True

    def set_width(self, logical: int) -> None:
        """Give up chips, then the place beside the list, as the window narrows."""
        px, wide = theme().px, logical >= NARROW
        self.kinds.setVisible(wide)
        self.kind_box.setVisible(not wide)
        side = logical >= STACKED
        direction = QBoxLayout.Direction.LeftToRight if side else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        self.reading.setMinimumHeight(0 if side else px(READING_HEIGHT))
        self.list.setMinimumHeight(px(ROW_HEIGHT) * (2 if side else 3))
        width = LIST_WIDTH if logical >= 1100 else (340 if wide else 280)
        self._list_width = px(width) if side else 0
        self._fit_list()

    def _fit_list(self) -> None:
        """Keep the list beside the article; with nothing to read it takes the whole width."""
        width = self._list_width if self._hits else 0
        self._found.setMinimumWidth(width)
        self._found.setMaximumWidth(width or 16_777_215)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list and insert from within the box."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.list.count():
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                at = max(0, min(self.list.count() - 1, self.list.currentRow() + step))
                self.list.setCurrentRow(at)
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not self.search.composing:
                self.put_in()
                return True
        return super().eventFilter(watched, event)

    @property
    def item(self) -> KnowledgeItem | None:
        """The one in hand."""
        hit = self._hits.get(str(self.list.current()))
        return hit.item if hit else None

    def results(self) -> list[str]:
        """Return the titles found, the best first."""
        return [self.ui.texts.choose(dict(hit.item.title)) for hit in self._hits.values()]

    def put_in(self) -> None:
        """Put the one in hand into the reply that was open, and on the clipboard."""
        words = self._words()
        if not words:
            return
        QGuiApplication.clipboard().setText(words)
        where = self._insert(words)
        key = "ui_knowledge.inserted" if where else "ui_knowledge.copied"
        self.ui.say(self.ui.text(key, where=where) if where else self.ui.text(key))

    def copy(self) -> None:
        """Copy the one in hand."""
        words = self._words()
        if words:
            QGuiApplication.clipboard().setText(words)
            self.ui.say(self.ui.text("ui_knowledge.copied"))

    def _words(self) -> str:
        item = self.item
        if item is None:
            return ""
        return self.ui.texts.choose(dict(item.insert or item.text)).strip()

    def _failed(self, message: str) -> None:
        self._looking = False
        self.banner.say(message, "bad", self.ui.text("ui.retry"), self.refresh)

    def _found_hits(self, answer: tuple[str, Sequence[Hit]]) -> None:
        asked, hits = answer
        if asked != self._asked:
            return
        self._looking = False
        same = asked == self._listed and self.item is not None
        kept = self._wanted or (self.item.id if same and self.item else "")
        self._wanted, self._listed = "", asked
        self._hits = {hit.item.id: hit for hit in hits}
        self.list.blockSignals(True)
        self.list.clear()
        for hit in hits:
            title = self.ui.texts.choose(dict(hit.item.title))
            self.list.add(title, hit.snippet, hit.item.id)
        ids = list(self._hits)
        self.list.setCurrentRow(ids.index(kept) if kept in ids else 0)
        self.list.blockSignals(False)
        self.list.setVisible(bool(hits))
        self.nothing.setVisible(not hits)
        searched = bool(asked.partition(":")[2])
        key = "ui_knowledge.count" if searched else "ui_knowledge.count_all"
        self._count.setText(self.ui.text(key, n=len(hits)))
        self._count.setVisible(bool(hits))
        self._fit_list()
        self._show_current()

    def _show_current(self) -> None:
        clear(self._reading)
        item = self.item
        self.reading.setVisible(item is not None)
        self.history.show_item(item)
        if item is None:
            return
        text, choose = self.ui.text, self.ui.texts.choose
        kind = Pill(text(f"ui_knowledge.kind.{item.kind}"), KIND_TONES.get(item.kind, "neutral"))
        pills = Flow(8)
        for pill in (kind, *self._facts(item)):
            pills.addWidget(pill)
        title = label(choose(dict(item.title)), "title", wrap=True)
        self._reading.addWidget(title)
        self._reading.addWidget(box(pills))
        if item.changed:
            note = text("ui_knowledge.changed", text=choose(dict(item.changed)))
            self._reading.addWidget(label(note, "small", wrap=True))
        # What to say comes first: somebody is waiting for it while this is read.
        if item.insert is not None and item.insert != item.text:
            self._reading.addWidget(label(text("ui_knowledge.reply"), "smallstrong"))
            words = choose(dict(item.insert))
            self._reading.addWidget(_selectable(label(words, "quote", wrap=True)))
        self._reading.addLayout(self._acts())
        self._reading.addWidget(rule())
        for line in choose(dict(item.text)).strip().splitlines():
            self._reading.addWidget(_selectable(label(line, wrap=True)))
        order_tabs(self)

    def _acts(self) -> QLayout:
        text = self.ui.text
        put = Button(
            text("ui_knowledge.insert"), self.put_in, variant="primary", keys="Ctrl+Return"
        )
        copy = Button(text("ui_knowledge.copy"), self.copy, keys="Ctrl+Shift+C")
        acts = Flow(12)
        acts.addWidget(put)
        acts.addWidget(copy)
        return acts

    def _facts(self, item: KnowledgeItem) -> list[Pill]:
        text, pills = self.ui.text, []
        if item.source:
            pills.append(Pill(item.source, "neutral", icon="scale" if item.kind == "law" else ""))
        if item.since is not None:
            when = self.ui.formats.short_date(item.since)
            words = text("ui_knowledge.edition", n=item.version, since=when)
            pills.append(Pill(words, "neutral", icon="calendar-clock"))
        if item.confidence:
            words = text(f"ui_knowledge.confidence.{item.confidence}")
            pills.append(Pill(words, CONFIDENCE_TONES[item.confidence]))
        if item.readers != "clerk":
            role = text(f"ui.role.{item.readers}")
            pills.append(Pill(text("ui_knowledge.readers", role=role), "neutral", icon="lock"))
        return pills

    def _show_freshness(self, pack: Freshness) -> None:
        date = self.ui.formats.short_date
        if pack.state == "expired" and pack.expires is not None:
            day = date(pack.expires)
            words = self.ui.text("ui_knowledge.expired", version=pack.version, day=day)
            self.banner.say(words, "warn")
        elif pack.state == "old":
            words = self.ui.text("ui_knowledge.old", version=pack.version, days=pack.days)
            self.banner.say(words, "info")
        else:
            self.banner.say("")
        day = date(pack.effective)
        tip = self.ui.text("ui_knowledge.pack", version=pack.version, day=day)
        self._count.setToolTip(tip)


def _selectable(words: QLabel) -> QLabel:
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return words
