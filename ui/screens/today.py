"""Today (今日): what to do now by the tightest clock, who waits, what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QWidget

from desktop.domain.operations import decide_approval
from desktop.services.desk import News, TodayBoard
from desktop.services.kept_typing import NUMBER, PLACE, SUBJECT, own
from desktop.services.ports import SavedDraft
from desktop.services.promises import PromiseDue
from desktop.services.ticket_ports import Counts, TicketRow, Waiting
from ui.context import Ui
from ui.names import LEVEL_TONES, Names
from ui.screens.base import NARROW, Screen
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button, ElidedLink
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row, rule
from ui.widgets.progress import ProgressStrip, StatTile
from ui.widgets.text import ClockPill, ElidedLabel, Pill

SHOWN = 40
WAITING_SHOWN = 5
PROMISES_SHOWN = 6
SIDE_WIDTH = 312
SLIM = 700
"""Logical content width below which a clock stands under the words it belongs to."""


class TodayScreen(Screen):
    """One list ordered by the tightest clock, with the figures above and arrivals beside it."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._clocks: list[ClockPill] = []
        self._waits: list[tuple[Waiting, QLabel, ProgressStrip, ClockPill]] = []
        self._board: TodayBoard | None = None
        self._acts: dict[str, Button] = {}
        self._focus_first = False
        self._wide, self._slim = True, False
        self.banner = Banner()
        self.tiles = {
            key: StatTile(ui.text(f"ui_today.{key}"))
            for key in ("open", "due_soon", "overdue", "satisfaction")
        }
        self._list = Card(margins=(16, 8, 16, 8))
        self._list.body.setSpacing(0)
        self._rows = column(gap=0)
        self._list.add(self._rows)
        self._side = column(gap=16)
        self._side_box = box(self._side)
        self._columns = row(gap=24, margins=(24, 24, 24, 24))
        self._columns.addWidget(box(self._main()), 1)
        self._columns.addWidget(self._side_box)
        content = box(self._columns)
        self.setLayout(column(Scroll(content)))
        ui.tick.connect(self._tick)
        ui.changed.connect(self.refresh)

    def _main(self) -> QLayout:
        text = self.ui.text
        new = Button(text("ui_today.new"), lambda: self._go("intake"), variant="primary", keys="N")
        scan = Button(text("ui_today.scan"), lambda: self._go("paper"), icon="file-text")
        self._new = new
        head = row(label(text("ui_today.title"), "title"), None, scan, new, gap=12)
        tiles = row(*self.tiles.values(), gap=16)
        main = column(head, self.banner, tiles, gap=16)
        main.addWidget(self._list, 1)
        return main

    def _go(self, name: str, what: object = None) -> None:
        self.ui.navigate.emit(name, what)

    def open(self, what: object) -> None:
        """Come to the front and look again, the keyboard on what is to be done first."""
        del what
        self._focus_first = True
        self.refresh()

    def refresh(self) -> None:
        """Read the board again."""
        if self.isVisible() or self._board is None:
            self.ui.run(self.ui.desk.today, self._arrived, on_error=self._failed)

    def busy(self) -> bool:
        """Tell whether the board has not arrived yet."""
        return self._board is None

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        return (("Tab", self.ui.text("ui_today.key_list")), ("Enter", self.ui.text("ui.open")))

    def set_width(self, logical: int) -> None:
        """Move the side column below the list when it is narrow."""
        wide = logical >= NARROW + SIDE_WIDTH - 100
        direction = self._columns.Direction
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        if wide:
            self._side_box.setFixedWidth(theme().px(SIDE_WIDTH))
        else:
            self._side_box.setMinimumWidth(0)
            self._side_box.setMaximumWidth(16_777_215)
        slim = logical < SLIM
        if (wide, slim) != (self._wide, self._slim):
            self._wide, self._slim = wide, slim
            if self._board is not None:
                self._show(self._board)

    def _failed(self, message: str) -> None:
        self.banner.say(message, "bad", self.ui.text("ui.retry"), self.refresh)

    def _arrived(self, board: TodayBoard) -> None:
        if board == self._board:
            self._tick(self.ui.desk.now())
        else:
            self._show(board)
        if self._focus_first and self.isVisible():
            self._focus_first = False
            self._take_keyboard("")

    def _show(self, board: TodayBoard) -> None:
        self._board = board
        self.banner.say("")
        self._show_counts(board.counts)
        self._show_rows(board.rows)
        clear(self._side)
        self._waits = []
        self._side.addWidget(self._waiting(board.waiting))
        if board.promises:
            self._side.addWidget(self._promises(board.promises))
        me = self.ui.desk.person
        drafts = own(board.drafts, me.id if me is not None else "")
        if drafts:
            self._side.addWidget(self._drafts(drafts))
        self._side.addWidget(self._news(board.news))
        self._side.addStretch(1)
        self._tick(self.ui.desk.now())

    def _show_counts(self, counts: Counts) -> None:
        text = self.ui.text
        self.tiles["open"].set(
            str(counts.open),
            text("ui_today.open_note", n=counts.opened_today),
            tip=text("ui_today.open_tip"),
        )
        self.tiles["due_soon"].set(
            str(counts.due_soon),
            text("ui_today.due_soon_note"),
            "warn" if counts.due_soon else "",
            text("ui_today.due_soon_tip"),
        )
        note = "ui_today.overdue_note" if counts.overdue else "ui_today.overdue_none"
        self.tiles["overdue"].set(
            str(counts.overdue),
            text(note),
            "bad" if counts.overdue else "",
            text("ui_today.overdue_tip"),
        )
        self._show_satisfaction(counts)

    def _show_satisfaction(self, counts: Counts) -> None:
        text = self.ui.text
        tile = self.tiles["satisfaction"]
        if not counts.surveyed:
            tile.set("–", text("ui_today.satisfaction_none"))
            return
        tile.set(
            f"{counts.satisfied / counts.surveyed:.1%}",
            text("ui_today.satisfaction_note", n=counts.surveyed),
            tip=text(
                "ui_today.satisfaction_tip",
                satisfied=counts.satisfied,
                surveyed=counts.surveyed,
            ),
        )

    def _take_keyboard(self, stream: str) -> None:
        """Put the keyboard on a complaint's row, on the first one, or on a new complaint."""
        act = self._acts.get(stream) or next(iter(self._acts.values()), self._new)
        act.setFocus()

    def _show_rows(self, rows: Sequence[TicketRow]) -> None:
        held = next((stream for stream, act in self._acts.items() if act.hasFocus()), None)
        self._acts = {}
        clear(self._rows)
        self._fill_rows(rows)
        if held is not None:
            self._take_keyboard(held)

    def _fill_rows(self, rows: Sequence[TicketRow]) -> None:
        self._clocks = []
        if not rows:
            self._rows.addWidget(
                EmptyState(
                    self.ui.text("ui_today.empty_title"), self.ui.text("ui_today.empty_text")
                )
            )
            return
        shown = rows[:SHOWN]
        for index, found in enumerate(shown):
            last = index == len(shown) - 1
            self._rows.addWidget(self._row(found, last=last))
        if self._board is not None and self._board.counts.open > len(shown):
            words = self.ui.text("ui_today.all", n=self._board.counts.open)
            link = Button(words, lambda: self._go("complaints"), variant="link")
            self._rows.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self._rows.addStretch(1)

    def _row(self, found: TicketRow, *, last: bool) -> QFrame:
        px = theme().px
        frame = QFrame()
        frame.setProperty("role", "row")
        frame.setProperty("last", "true" if last else "false")
        level = Pill(self._names.level(found.level), LEVEL_TONES.get(found.level, "neutral"))
        clock = ClockPill(self.ui.formats, found.due_at)
        clock.set_reason(self._names.rule(found.due_rule))
        self._clocks.append(clock)
        summary = found.summary or self.ui.text("ui_today.no_summary")
        title = ElidedLabel(self._headline(found, summary), "strong")
        pending = self.ui.text("ui_today.pending") if found.pending_approvals else ""
        parts = (pending, self._names.customer(found), found.number)
        about = ElidedLabel(" · ".join(part for part in parts if part), "small")
        line = row(gap=12, margins=(8, 10, 8, 10))
        line.addWidget(self._cell(level, 76))
        if self._slim:
            line.addLayout(column(title, row(clock, about), gap=2), 5)
        else:
            line.addLayout(column(title, about, gap=2), 5)
            if self._wide:
                line.addWidget(self._why(found), 3)
            line.addWidget(self._cell(clock, 112))
        act = Button(self._verb(found), lambda: self._go("ticket", found.stream))
        act.setAccessibleName(f"{act.text()} {found.number} {summary}")
        act.setMinimumWidth(px(96))
        self._acts[found.stream] = act
        line.addWidget(act)
        frame.setLayout(line)
        frame.setAccessibleName(f"{summary} {found.number}")
        return frame

    def _cell(self, part: QWidget, width: int) -> QWidget:
        cell = box(row(part, None))
        cell.setFixedWidth(theme().px(width))
        return cell

    def _headline(self, found: TicketRow, summary: str) -> str:
        if found.due_clock:
            clock = self._names.clock(found.due_clock)
        elif found.pending_approvals:
            clock = self.ui.text("ui_today.pending")
        else:
            return summary
        return self.ui.text("ui_today.headline", clock=clock, summary=summary)

    def _why(self, found: TicketRow) -> QLabel:
        words = self._names.rule(found.due_rule) if found.due_rule else ""
        why = label(words, "small", wrap=True)
        why.setMaximumHeight(theme().px(38))
        return why

    def _verb(self, found: TicketRow) -> str:
        key = f"ui_today.act.{found.due_clock}"
        known = self.ui.texts.has(key)
        return self.ui.text(key if known else "ui_today.act.default")

    def _waiting(self, waiting: Sequence[Waiting]) -> Card:
        card = Card(self.ui.text("ui_today.waiting"))
        card.setToolTip(self.ui.text("ui_today.waiting_tip"))
        if not waiting:
            card.add(label(self.ui.text("ui_today.waiting_none"), "small"))
        for person in waiting[:WAITING_SHOWN]:
            name = person.name or self.ui.text("ui.unnamed")
            link = ElidedLink(name, partial(self._go, "ticket", person.stream))
            clock = ClockPill(self.ui.formats, person.due_at)
            strip = ProgressStrip()
            waited = label("", "small")
            waited.setToolTip(self.ui.formats.moment(person.arrived_at))
            card.add(column(row(link, None, clock), waited, gap=2), strip)
            self._waits.append((person, waited, strip, clock))
        if len(waiting) > WAITING_SHOWN:
            more = len(waiting) - WAITING_SHOWN
            card.add(label(self.ui.text("ui_today.waiting_more", n=more), "small"))
        return card

    def _waited(self, person: Waiting, now: datetime) -> str:
        """Say how long somebody has been standing there, and how they feel."""
        emotion = self.ui.text("ui_today.emotion", n=person.emotion)
        minutes = max(int((now - person.arrived_at).total_seconds()) // 60, 0)
        if minutes < 60:
            return self.ui.text("ui_today.waited", n=minutes, emotion=emotion)
        return self.ui.text("ui_today.waited_hours", n=minutes // 60, emotion=emotion)

    def _promises(self, promises: Sequence[PromiseDue]) -> Card:
        text, now = self.ui.text, self.ui.desk.now()
        card = Card(text("ui_today.promises"))
        card.setToolTip(text("ui_today.promises_tip"))
        for promise in promises[:PROMISES_SHOWN]:
            name = promise.name or text("ui.unnamed")
            link = ElidedLink(name, partial(self._go, "ticket", promise.stream))
            words = promise.text or text("ui.erased")
            when = self.ui.formats.smart(promise.due, now)
            late = promise.due <= now
            mark = Pill(text("ui_today.promise_late", when=when), "bad") if late else None
            head = row(link, None, mark or label(when, "small"))
            card.add(column(head, ElidedLabel(words, "small"), gap=0))
        if len(promises) > PROMISES_SHOWN:
            more = len(promises) - PROMISES_SHOWN
            card.add(label(text("ui_today.promises_more", n=more), "small"))
        return card

    def _drafts(self, drafts: Sequence[SavedDraft]) -> Card:
        card = Card(self.ui.text("ui_today.drafts", n=len(drafts)))
        now = self.ui.desk.now()
        for draft in drafts[:5]:
            when = self.ui.formats.smart(draft.updated_at, now)
            link = self._draft_link(draft)
            card.add(link, label(self.ui.text("ui_today.draft_saved", when=when), "small"))
        return card

    def _draft_link(self, draft: SavedDraft) -> Button:
        body = draft.body
        if draft.kind == "form":
            place = body[PLACE]
            go = partial(self._go, place, body[SUBJECT] or None)
            link = Button("", go, variant="link")
            number = body[NUMBER]
            link.set_text(self.ui.text(f"ui_today.draft_in.{place}", number=number))
            return link
        words = body.get("verbatim") or body.get("customer_name") or ""
        link = Button("", partial(self._go, draft.kind, draft), variant="link")
        link.set_text(_short(words) or self.ui.text("ui_today.draft_empty"))
        return link

    def _news(self, news: Sequence[News]) -> Card:
        title = self.ui.text("ui_today.news", n=len(news)) if news else ""
        card = Card(title or self.ui.text("ui_today.news_title"))
        if not news:
            card.add(label(self.ui.text("ui_today.news_none"), "small"))
        now = self.ui.desk.now()
        for index, item in enumerate(news):
            when = self.ui.formats.smart(item.at, now)
            words = item.text
            if not words and item.kind == decide_approval.KIND:
                words = self.ui.text("ui_today.news.approval")
            if index:
                card.add(rule())
            link = Button(item.number, partial(self._go, "ticket", item.stream), variant="link")
            card.add(
                row(label(item.who, "smallstrong"), label(when, "small"), None),
                label(words, "smallink", wrap=True),
                row(link, None),
            )
        return card

    def _tick(self, now: datetime) -> None:
        if not self.isVisible():
            return
        for clock in self._clocks:
            clock.set_now(now)
        for person, waited, strip, clock in self._waits:
            clock.set_now(now)
            waited.setText(self._waited(person, now))
            whole = (person.due_at - person.arrived_at).total_seconds()
            gone = (now - person.arrived_at).total_seconds()
            share = gone / whole if whole > 0 else 1.0
            strip.set(share, "bad" if share >= 1 else "warn")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 18 else f"{line[:18]}…"
