"""Intake (新建): one page to take a complaint in while the customer speaks; nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLayout

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.outcomes import Refusal
from desktop.services.ports import SavedDraft, TicketRow
from ui.context import Ui
from ui.names import Names
from ui.screens.base import NARROW, Screen
from ui.screens.intake_form import IntakeForm
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Card, Scroll, box, clear, column, label, row
from ui.widgets.progress import ProgressStrip
from ui.widgets.text import ElidedLabel, Pill

SAVE_AFTER_MS = 700
SIDE_WIDTH = 320


class IntakeScreen(Screen):
    """Keeps typing as a draft, suggests code and level, shows the customer's other complaints."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._draft: str | None = None
        self._started: datetime | None = None
        self._dirty, self._saving = False, False
        self._asked_phone = ""
        self.form = IntakeForm(ui)
        self.banner = Banner()
        self._time, self._strip = label("", "small"), ProgressStrip()
        self._saved = label("", "small")
        text = ui.text
        self.quick = Button(text("ui_intake.quick"), lambda: self.submit(quick=True))
        self.quick.setToolTip(text("ui_intake.quick_tip"))
        self.send = Button(
            text("ui_intake.submit"), self.submit, variant="primary", keys="Ctrl+Return"
        )
        self.discard = Button(text("ui_intake.discard"), self.discard_draft, variant="link")
        self.found = Card(text("ui_intake.found"))
        self._found_box = column(gap=8)
        self.found.add(self._found_box)
        self._columns = row(gap=24)
        self.setLayout(self._arrange())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._rested)
        self.form.edited.connect(self._edited)
        ui.tick.connect(self._tick)
        self._reset()

    def _arrange(self) -> QLayout:
        text = self.ui.text
        self._strip.setFixedWidth(theme().px(120))
        self._time.setToolTip(text("ui_intake.timer_tip"))
        clock = column(self._time, self._strip, gap=4)
        head = row(label(text("ui_intake.title"), "title"), None, clock, gap=16)
        self._side = box(column(self.found, None, gap=16))
        self._side.setFixedWidth(theme().px(SIDE_WIDTH))
        self._columns.addWidget(self.form, 1)
        self._columns.addWidget(self._side)
        foot = row(self._saved, self.discard, None, self.quick, self.send, gap=12)
        content = column(self._columns, None, gap=16, margins=(24, 0, 24, 8))
        page = column(gap=12, margins=(0, 0, 0, 12))
        page.addLayout(row(head, margins=(24, 20, 24, 0)))
        page.addLayout(row(self.banner, margins=(24, 0, 24, 0)))
        page.addWidget(Scroll(box(content)), 1)
        page.addLayout(row(foot, margins=(24, 0, 24, 0)))
        return page

    def open(self, what: object) -> None:
        """Begin, go on with what is typed, or take up a draft."""
        if isinstance(what, SavedDraft) and what.id != self._draft:
            self._keep()
            self._reset()
            self._draft = what.id
            self.form.load(what.body)
            self._rested()
        self.form.verbatim.setFocus()

    def leave(self) -> None:
        """Keep what was typed."""
        self._keep()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("1 – 5", text("ui_intake.key.digits")),
            ("Ctrl Enter", text("ui_intake.submit")),
        )

    def back(self) -> bool:
        """Go back to Today; what is typed stays as a draft."""
        self.ui.navigate.emit("today", None)
        return True

    def set_width(self, logical: int) -> None:
        """Put the customer's card below the form when it is narrow."""
        wide = logical >= NARROW
        direction = self._columns.Direction
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._side.setMinimumWidth(theme().px(SIDE_WIDTH) if wide else 0)
        self._side.setMaximumWidth(theme().px(SIDE_WIDTH) if wide else 16_777_215)

    def _reset(self) -> None:
        self._draft, self._started, self._dirty = None, None, False
        self.form.blockSignals(True)
        self.form.load({})
        self.form.blockSignals(False)
        self._saved.setText("")
        self.discard.hide()
        self.banner.say("")
        self._show_found("", ())
        self._tick(self.ui.desk.now())

    def _edited(self) -> None:
        if self._started is None:
            self._started = self.ui.desk.now()
        self._dirty = True
        self._timer.start(SAVE_AFTER_MS)

    def _rested(self) -> None:
        """Save, suggest and look the customer up once the typing rests."""
        self._keep()
        words = self.form.verbatim.toPlainText()
        self.ui.run(lambda: self.ui.desk.suggest(words), self.form.show_suggestion)
        phone = self.form.lines["phone"].text().strip()
        if phone != self._asked_phone:
            self._asked_phone = phone
            self.ui.run(
                lambda: self.ui.desk.same_customer(phone),
                lambda rows: self._show_found(phone, rows),
            )

    def _keep(self) -> None:
        self._timer.stop()
        body = self.form.values()
        if not self._dirty or self._saving or not set(body) - {"channel"}:
            return
        self._dirty = False
        desk = self.ui.desk
        draft = self._draft or desk.new_draft_id()
        self._draft = draft
        saved = SavedDraft(draft, "intake", body, desk.now())
        self.ui.keep(lambda: desk.save_draft(saved), lambda: self._kept(saved.updated_at))

    def _kept(self, at: datetime) -> None:
        self._saved.setText(self.ui.text("ui_intake.saved", time=self.ui.formats.clock(at)))
        self.discard.show()

    def discard_draft(self) -> None:
        """Forget what was typed."""
        draft = self._draft
        self._reset()
        if draft is not None:
            self.ui.run(lambda: self.ui.desk.delete_draft(draft), lambda _none: None)

    def submit(self, *, quick: bool = False) -> None:
        """Open the complaint, and classify it when code and level were chosen."""
        if self._saving or not self.form.check(quick=quick):
            return
        self._timer.stop()
        self._set_saving(on=True)
        desk, typed = self.ui.desk, self.form.values()
        fields, classify = self.form.ticket_fields(), self._classification(typed)
        arrived = self._started or desk.now()
        draft = self._draft

        def work() -> tuple[TicketRow, Refusal | None] | Refusal:
            opened = desk.open_ticket(
                fields,
                channel=typed.get("channel", "counter"),
                quick=quick,
                arrived_at=arrived if typed.get("waiting") else None,
                draft=draft,
            )
            if isinstance(opened, Refusal):
                return opened
            answer = desk.act(opened.stream, classify) if classify is not None else None
            return opened, answer if isinstance(answer, Refusal) else None

        self.ui.run(work, self._submitted, on_error=self._not_submitted)

    def _classification(self, typed: dict[str, str]) -> ClassifyTicket | None:
        if "code" not in typed or "level" not in typed:
            return None
        suggestion = self.form.suggestion
        return ClassifyTicket(
            code=typed["code"],
            level=int(typed["level"]),
            suggested_code=suggestion.code,
            suggested_level=suggestion.level,
            reason=typed.get("override", ""),
        )

    def _submitted(self, outcome: tuple[TicketRow, Refusal | None] | Refusal) -> None:
        self._set_saving(on=False)
        if isinstance(outcome, Refusal):
            self.banner.say(self.ui.refusal(outcome), "warn")
            return
        opened, unclassified = outcome
        self._reset()
        self.ui.changed.emit()
        if unclassified is None:
            self.ui.say(self.ui.text("ui_intake.done", number=opened.number))
        else:
            self.ui.say(self.ui.refusal(unclassified), "warn")
        self.ui.navigate.emit("ticket", opened.stream)

    def _not_submitted(self, message: str) -> None:
        self._set_saving(on=False)
        self._dirty = True
        self.banner.say(message, "bad")

    def _set_saving(self, *, on: bool) -> None:
        self._saving = on
        self.send.setEnabled(not on)
        self.quick.setEnabled(not on)
        self.send.set_text(self.ui.text("ui_intake.submitting" if on else "ui_intake.submit"))

    def _show_found(self, phone: str, rows: Sequence[TicketRow]) -> None:
        clear(self._found_box)
        text = self.ui.text
        still_open = sum(not found.closed for found in rows)
        if still_open:
            notice = Banner()
            notice.say(text("ui_intake.duplicate", n=still_open), "warn")
            self._found_box.addWidget(notice)
        if not rows:
            key = "ui_intake.found_new" if phone else "ui_intake.found_none"
            self._found_box.addWidget(label(text(key), "small", wrap=True))
        for found in rows[:6]:
            state = "closed" if found.closed else "open"
            go = partial(self.ui.navigate.emit, "ticket", found.stream)
            head = row(
                Button(found.number, go, variant="link"),
                None,
                Pill(text(f"ui_intake.{state}"), "neutral" if found.closed else "info"),
            )
            self._found_box.addLayout(head)
            when = self.ui.formats.moment(found.opened_at)
            self._found_box.addWidget(ElidedLabel(found.summary or found.number, "smallink"))
            code = self._names.code(found.code)
            about = " · ".join(part for part in (when, code) if part)
            self._found_box.addWidget(ElidedLabel(about, "small"))

    def _tick(self, now: datetime) -> None:
        gone = now - self._started if self._started else timedelta(0)
        limit = self.ui.desk.policy.thresholds.entry_time
        over = gone > limit
        span = f"{int(gone.total_seconds()) // 60}:{int(gone.total_seconds()) % 60:02d}"
        key = "ui_intake.timer_over" if over else "ui_intake.timer"
        self._time.setText(self.ui.text(key, span=span))
        self._strip.set(gone / limit, "warn" if over else "accent")
