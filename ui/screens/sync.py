"""Sync (同步): the queue, HQ's last receipt, joining HQ, and what waits for or came from HQ."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QLayout, QWidget

from desktop.services.desk import News
from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport, SyncStatus
from desktop.services.ticket_ports import TicketFilter, TicketRow
from ui.context import Ui
from ui.names import Names
from ui.screens.base import NARROW, Screen
from ui.screens.sync_care import CareCard
from ui.screens.sync_certificate import CertificateCard
from ui.screens.sync_courier import CourierCard
from ui.screens.sync_stuck import StuckCard
from ui.shell.keys import KeyRow
from ui.shell.sync_agent import SyncAgent
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Field, LineEdit
from ui.widgets.layout import Card, Scroll, box, clear, column, label, order_tabs, row
from ui.widgets.progress import ProgressStrip, StatTile
from ui.widgets.text import ElidedLabel

WAITING_SHOWN = 20
SETTLED_MS = 50
"""After this the page is laid out around a new banner."""


class SyncScreen(Screen):
    """Says what HQ has and what it has not; offline is normal and said calmly."""

    def __init__(self, ui: Ui, agent: SyncAgent) -> None:
        super().__init__(ui)
        self.agent = agent
        self._names = Names(ui.texts, ui.desk.policy)
        text = ui.text
        self.now = Button(text("ui_sync.now"), agent.exchange, variant="primary", keys="F5")
        # F5 is the window's key on every screen; the hint alone stands on the button.
        self.now.setShortcut("")
        self.banner = Banner()
        self._strip = ProgressStrip()
        self.tiles = {
            key: StatTile(text(f"ui_sync.{key}"))
            for key in ("pending", "acked", "attachments", "quarantined")
        }
        self._receipt, self._last = Card(text("ui_sync.receipt")), Card(text("ui_sync.last"))
        self._hq = Card(text("ui_sync.enrol"))
        self._waiting = Card(text("ui_sync.waiting"))
        self._arrived = Card(text("ui_sync.arrived"))
        self._boxes: dict[Card, QLayout] = {}
        for card in (self._receipt, self._last, self._hq, self._waiting, self._arrived):
            self._boxes[card] = column(gap=6)
            card.add(self._boxes[card])
        self.care = CareCard(ui)
        self.stuck = StuckCard(ui)
        self.stuck.again_wanted.connect(agent.exchange)
        for card in (self.care, self.stuck):
            card.shown.connect(self._order)
        self.certificate = CertificateCard(ui)
        self.certificate.changed.connect(self._try_again)
        self.courier = CourierCard(ui)
        self.courier.carried.connect(self.refresh)
        self.url, self.code = LineEdit("https://"), LineEdit()
        self._code_field, self._join = Field("", self.code), Button("")
        self._shown_hq: tuple[Enrolment | str | None, bool] = "never", False
        self._rejoins = self._asked = False
        self._loaded = False
        self._columns = row(gap=16)
        self._scroll = Scroll(box(self._page()))
        self.setLayout(column(self._scroll))
        agent.state.connect(self._show)

    def _page(self) -> QLayout:
        head = row(label(self.ui.text("ui_sync.title"), "title"), None, self.now, gap=12)
        left = column(self._receipt, self._last, self.courier, None, gap=16)
        right = column(self._hq, self.certificate, self._waiting, self._arrived, None, gap=16)
        self._columns.addWidget(box(left), 1)
        self._columns.addWidget(box(right), 1)
        tiles = row(*self.tiles.values(), gap=16)
        # What waits for a person comes before what the machine has done.
        waits = (self.care, self.stuck)
        parts = (head, self.banner, self._strip, *waits, tiles, self._columns, None)
        return column(*parts, gap=16, margins=(24, 24, 24, 24))

    def open(self, what: object) -> None:
        """Come to the front and look again."""
        del what
        self._strip.hide()
        self.refresh()

    def refresh(self) -> None:
        """Read status, what awaits approval and what arrived."""
        self.agent.look()
        self.care.refresh()
        self.stuck.refresh()
        self.certificate.refresh()
        desk = self.ui.desk
        wanted = TicketFilter(pending_approval=True)
        self.ui.run(
            lambda: (desk.page(wanted, None, WAITING_SHOWN), desk.today().news), self._show_lists
        )

    def busy(self) -> bool:
        """Tell whether the status has not arrived yet."""
        return not self._loaded or self.agent.status is None

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        return (("F5", self.ui.text("ui_sync.key.sync")),)

    def set_width(self, logical: int) -> None:
        """Put the columns below each other when it is narrow."""
        direction = self._columns.Direction
        wide = logical >= NARROW
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _show(self) -> None:
        status = self.agent.status
        if status is None:
            return
        enrolled = self.agent.enrolment is not None
        self.now.setEnabled(enrolled and not self.agent.busy)
        self._show_state(status, enrolled=enrolled)
        self._show_figures(status)
        self._show_receipt(status)
        self._show_last()
        self._show_hq(self.agent.enrolment)

    def _show_state(self, status: SyncStatus, *, enrolled: bool) -> None:
        text, tone = self._state(status, enrolled=enrolled)
        self.banner.say(text, tone)
        files, events = self.agent.files, self.agent.progress
        done, total = files if files[1] else events
        self._strip.setVisible(self.agent.busy)
        self._strip.set(done / total if total else 0.05)

    def _state(self, status: SyncStatus, *, enrolled: bool) -> tuple[str, Tone]:
        text = self.ui.text
        if self.agent.busy:
            return self._running(), "info"
        if self.agent.fault:
            return self.agent.fault, "bad"
        if isinstance(self.agent.last, ExchangeFailure):
            failure = self.agent.last
            calm = failure.code == "unreachable" and enrolled
            words = text("ui_sync.state_offline") if calm else text(f"sync.{failure.code}")
            return words, "warn"
        if not enrolled:
            return text("ui_sync.state_none"), "info"
        if status.pending:
            return text("ui_sync.state_pending", n=status.pending), "info"
        if status.pending_attachments:
            return text("ui_sync.state_files", n=status.pending_attachments), "info"
        return text("ui_sync.state_sent"), "good"

    def _running(self) -> str:
        text, size = self.ui.text, self.ui.formats.size
        done, total = self.agent.files
        if total:
            speed = size(int(self.agent.file_speed()))
            return text("ui_sync.running_files", done=size(done), total=size(total), speed=speed)
        done, total = self.agent.progress
        if not total:
            return text("ui_sync.running")
        speed = f"{self.agent.speed():.0f}"
        return text("ui_sync.running_at", done=done, total=total, speed=speed)

    def _show_figures(self, status: SyncStatus) -> None:
        text, acked, wanted = self.ui.text, status.acked_seq, status.wanted_attachments
        files = text("ui_sync.attachments_wanted", n=wanted) if wanted else ""
        figures = {
            "pending": (status.pending, text("ui_sync.pending_note", seq=f"{status.seq:,}")),
            "acked": (status.acked_seq, text(f"ui_sync.acked_{'note' if acked else 'none'}")),
            "attachments": (status.pending_attachments, files or text("ui_sync.attachments_note")),
            "quarantined": (status.quarantined, text("ui_sync.quarantined_note")),
        }
        for key, (figure, note) in figures.items():
            tone = "warn" if key == "quarantined" and figure else ""
            self.tiles[key].set(f"{figure:,}", note, tone)

    def _show_receipt(self, status: SyncStatus) -> None:
        into = self._boxes[self._receipt]
        clear(into)
        receipt = status.last_receipt
        if receipt is None:
            into.addWidget(label(self.ui.text("ui_sync.receipt_none"), "muted", wrap=True))
            return
        facts = (
            ("receipt_seq", f"{receipt.seq:,}"),
            ("receipt_at", self.ui.formats.moment(receipt.signed_at)),
            ("receipt_chain", receipt.chain),
            ("receipt_head", receipt.head.hex()),
        )
        into.addWidget(self._facts(facts))

    def _show_last(self) -> None:
        into = self._boxes[self._last]
        clear(into)
        last, text, size = self.agent.last, self.ui.text, self.ui.formats.size
        if isinstance(last, ExchangeReport):
            words = text(
                "ui_sync.last_sent",
                sent=last.sent,
                sent_bytes=size(last.bytes_sent),
                received=last.received,
                received_bytes=size(last.bytes_received),
                seconds=f"{last.seconds:.1f}",
            )
        elif isinstance(last, ExchangeFailure):
            words = text(f"sync.{last.code}")
            if last.detail:
                words = f"{words}\n{text('ui_sync.last_detail', detail=last.detail)}"
        else:
            words = text("ui_sync.last_none")
        into.addWidget(label(words, "muted", wrap=True))

    def _show_hq(self, enrolment: Enrolment | None) -> None:
        last, form = self.agent.last, self._wants_form(enrolment)
        if (enrolment, form) == self._shown_hq:
            if form:
                self._join.setEnabled(not self.agent.busy)
                self._show_wrong(None if self.agent.busy else last)
            return
        self._shown_hq = enrolment, form
        # Without HQ there is nothing to exchange: joining is what this page is for then.
        self.now.setVisible(enrolment is not None)
        text, into = self.ui.text, self._boxes[self._hq]
        clear(into)
        self._hq.set_title(text("ui_sync.enrol" if enrolment is None else "ui_sync.enrolled"))
        self.url, self.code = LineEdit("https://"), LineEdit()
        self._join = Button(text("ui_sync.enrol_do"), self.join, variant="primary")
        if enrolment is not None:
            facts = (
                ("enrolled_store", f"{enrolment.store_name} ({enrolment.store})"),
                ("enrolled_url", enrolment.url),
                ("enrolled_device", enrolment.device),
                ("enrolled_key", enrolment.hq_key.hex()),
            )
            into.addWidget(self._facts(facts))
            self.url.setText(enrolment.url)
        if form:
            self._ask_to_join(into, again=enrolment is not None)
        else:
            into.addWidget(Button(text("ui_sync.rejoin"), self.rejoin, variant="link"))
        self._order()

    def _wants_form(self, enrolment: Enrolment | None) -> bool:
        """Tell whether a code is asked for: not joined, shut out by HQ, or because somebody asks.

        Nobody is interrupted while typing one.
        """
        last = self.agent.last
        if enrolment != self._shown_hq[0]:
            self._rejoins = self._asked = False
        if isinstance(last, ExchangeFailure) and last.code == "revoked":
            self._rejoins = True
        elif isinstance(last, ExchangeReport) and not (self._asked or self.code.text()):
            self._rejoins = False
        return enrolment is None or self._rejoins

    def _ask_to_join(self, into: QLayout, *, again: bool) -> None:
        text = self.ui.text
        words = text("ui_sync.rejoin_text" if again else "ui_sync.enrol_text")
        into.addWidget(label(words, "muted", wrap=True))
        into.addWidget(Field(text("ui_sync.enrol_url"), self.url))
        self._code_field = Field(text("ui_sync.enrol_code"), self.code)
        into.addWidget(self._code_field)
        into.addWidget(box(row(self._join, None, margins=(0, 6, 0, 0))))
        self.code.returnPressed.connect(self.join)

    def _show_wrong(self, last: object) -> None:
        """Say what is wrong where it was typed, for the banner may be out of sight."""
        failed = last if isinstance(last, ExchangeFailure) and last.code != "revoked" else None
        wrong = self.ui.text(f"sync.{failed.code}") if failed else ""
        self._code_field.set_error(wrong)
        if wrong and self._code_field.isAncestorOf(QApplication.focusWidget() or self):
            QTimer.singleShot(SETTLED_MS, self._code_field, self._show_code)

    def rejoin(self) -> None:
        """Ask for an address and a code although this PC has joined: HQ moved, or shut it out."""
        self._rejoins = self._asked = True
        self._show_hq(self.agent.enrolment)
        self.code.setFocus()

    def _show_code(self) -> None:
        self._scroll.ensureWidgetVisible(self._code_field)

    def join(self) -> None:
        """Join HQ with the address and the code typed."""
        url, code = self.url.text().strip(), self.code.text().strip()
        if url and code:
            self._join.setEnabled(False)
            self.agent.enrol(url, code)
        else:
            (self.code if url else self.url).setFocus()

    def _try_again(self) -> None:
        """Exchange where joined: another certificate may be what was missing."""
        if self.agent.enrolment is not None:
            self.agent.exchange()

    def _facts(self, facts: Sequence[tuple[str, str]]) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().px(16))
        grid.setVerticalSpacing(theme().px(8))
        grid.setColumnStretch(1, 1)
        for line, (key, value) in enumerate(facts):
            grid.addWidget(label(self.ui.text(f"ui_sync.{key}"), "small"), line, 0)
            grid.addWidget(ElidedLabel(value), line, 1)
        return box(grid)

    def _show_lists(self, found: tuple[Sequence[TicketRow], Sequence[News]]) -> None:
        self._loaded = True
        rows, news = found
        text = self.ui.text
        waiting, arrived = self._boxes[self._waiting], self._boxes[self._arrived]
        for into, found_any, key in ((waiting, rows, "waiting"), (arrived, news, "arrived")):
            clear(into)
            if not found_any:
                into.addWidget(label(text(f"ui_sync.{key}_none"), "small"))
        for found_row in rows:
            about = f"{self._names.customer(found_row)} · {found_row.number}"
            waiting.addWidget(
                self._line(found_row.summary or found_row.number, about, found_row.stream)
            )
        now = self.ui.desk.now()
        for item in news:
            when = self.ui.formats.smart(item.at, now)
            words = item.text or text("ui_today.news.approval")
            arrived.addWidget(
                self._line(words, f"{item.who} · {when} · {item.number}", item.stream)
            )
        self._order()

    def _order(self) -> None:
        """Let Tab go as the page is read: parts of it are made again while it is open."""
        order_tabs(self)

    def _line(self, title: str, about: str, stream: str) -> QWidget:
        words = column(ElidedLabel(title, "strong"), ElidedLabel(about, "small"), gap=2)
        go = partial(self.ui.navigate.emit, "ticket", stream)
        line = row(gap=8)
        line.addLayout(words, 1)
        line.addWidget(Button(self.ui.text("ui.open"), go, accessible=f"{title} {about}"))
        return box(line)
