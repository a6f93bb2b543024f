"""Intake (新建): one page to take a complaint in while the customer speaks; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLayout

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.outcomes import Refusal
from desktop.domain.scans import read_scan
from desktop.services.customer_card import KEYS, CustomerCard
from desktop.services.ports import SavedDraft
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.screens.base import NARROW, Screen
from ui.screens.intake_customer import CustomerPanel
from ui.screens.intake_drafts import DraftBar
from ui.screens.intake_form import IntakeForm
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Scroll, box, column, label, row
from ui.widgets.progress import ProgressStrip
from ui.widgets.wedge import ScanWatch

SAVE_AFTER_MS = 700
#: Whoever types on without a rest is saved this often.
SAVE_EVERY_MS = 2000
SIDE_WIDTH = 320
SHORT = 700
"""Logical content width below which the buttons say less."""
STARTED = "started"
"""Where a draft keeps when its customer came, for the calm timer."""


class IntakeScreen(Screen):
    """Keeps typing as a draft, suggests code and level, shows the customer's other complaints."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._draft: str | None = None
        self._started: datetime | None = None
        self._dirty, self._saving = False, False
        self._asked: tuple[str, ...] = ()
        self._discarded: dict[str, str] = {}
        self._before_scan: tuple[str | None, str | None] = (None, None)
        self.form = IntakeForm(ui)
        self.banner = Banner()
        self._time, self._strip = label("", "small"), ProgressStrip()
        self._saved = label("", "small")
        text = ui.text
        self.quick = Button(text("ui_intake.quick"), lambda: self.submit(quick=True), keys="Ctrl+S")
        self.quick.setToolTip(text("ui_intake.quick_tip"))
        self.send = Button(
            text("ui_intake.submit"), self.submit, variant="primary", keys="Ctrl+Return"
        )
        self.red = Button(text("ui_intake.red"), self.submit_red, variant="danger", keys="F8")
        self.red.setToolTip(text("ui_intake.red_tip"))
        self.discard = Button(text("ui_intake.discard"), self.discard_draft, variant="link")
        self.found = CustomerPanel(ui)
        self.found.fill.connect(self.form.fill)
        self.drafts = DraftBar(ui)
        self.drafts.chosen.connect(self.open)
        self.drafts.new.connect(self.begin_another)
        self.scans = ScanWatch(self, lambda code: bool(read_scan(code)))
        self.scans.begun.connect(self._scan_begun)
        self.scans.scanned.connect(self._scanned)
        # The customer's card stays in sight beside the form, however far down somebody types.
        self._beside, self._below = column(margins=(0, 0, 24, 8)), column()
        self._wide: bool | None = None
        self._low: bool | None = None
        self.setLayout(self._arrange())
        self._shortcut("Ctrl+N", self.begin_another)
        self._shortcut("Ctrl+PgDown", partial(self._step_draft, 1))
        self._shortcut("Ctrl+PgUp", partial(self._step_draft, -1))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._rested)
        self._at_latest = QTimer(self)
        self._at_latest.setSingleShot(True)
        self._at_latest.timeout.connect(self._save)
        self.form.edited.connect(self._edited)
        ui.tick.connect(self._tick)
        self._reset()

    def _arrange(self) -> QLayout:
        text = self.ui.text
        self._strip.setFixedWidth(theme().px(120))
        self._time.setToolTip(text("ui_intake.timer_tip"))
        clock = column(None, self._time, self._strip, None, gap=4)
        self._title = label(text("ui_intake.title"), "title")
        self._head = row(self._title, None, clock, self.drafts.add, gap=16)
        self._top = row(self._head)
        self._drafts_line = row(self.drafts, margins=(24, 0, 24, 0))
        self._aside = Scroll(box(column(self._beside, None)))
        self._aside.setFixedWidth(theme().px(SIDE_WIDTH + 24))
        foot = row(self._saved, self.discard, None, self.red, self.quick, self.send, gap=12)
        content = column(self.form, self._below, None, gap=16, margins=(24, 0, 12, 8))
        self._page = Scroll(box(content))
        page = column(gap=12, margins=(0, 0, 0, 12))
        page.addLayout(self._top)
        page.addLayout(self._drafts_line)
        page.addLayout(row(self.banner, margins=(24, 0, 24, 0)))
        page.addLayout(row(self._page, self._aside, gap=12), 1)
        page.addLayout(row(foot, margins=(24, 0, 24, 0)))
        return page

    def open(self, what: object) -> None:
        """Begin, go on with what is typed, or take up a draft."""
        if isinstance(what, SavedDraft) and what.id != self._draft:
            self._keep()
            self._reset()
            self._draft = what.id
            self.form.load(what.body)
            self._started = _moment(what.body.get(STARTED))
            self._rested()
        self._load_drafts()
        self._page.verticalScrollBar().setValue(0)
        self.form.verbatim.setFocus()

    def begin_another(self) -> None:
        """Put what is typed aside and begin with the next customer."""
        self._keep()
        self._reset()
        self._load_drafts()
        self._page.verticalScrollBar().setValue(0)
        self.form.verbatim.setFocus()

    def _load_drafts(self) -> None:
        self.ui.run(self.ui.desk.drafts, lambda found: self.drafts.show_drafts(found, self._draft))

    def showEvent(self, event: QShowEvent) -> None:
        """Listen to the scanner while this screen is in front."""
        super().showEvent(event)
        self.scans.watch(self.window().windowHandle())

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the scanner to other screens."""
        super().hideEvent(event)
        self.scans.watch(None)

    def _scan_begun(self) -> None:
        self._before_scan = (self.form.emotion.value(), self.form.level.value())

    def _scanned(self, code: str) -> None:
        # Digits of the code may have chosen an emotion where the focus was on the chips.
        emotion, level = self._before_scan
        self.form.emotion.set_value(emotion)
        self.form.level.set_value(level)
        names = self.form.put_scan(read_scan(code))
        self.ui.say(self.ui.text("ui_intake.scanned", names=names))

    def leave(self) -> None:
        """Keep what was typed."""
        self._keep()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("1 – 5", text("ui_intake.key.digits")),
            ("Ctrl Enter", text("ui_intake.submit")),
            ("Ctrl S", text("ui_intake.quick")),
            ("F8", text("ui_intake.red")),
            ("Ctrl N", text("ui_intake.draft_new")),
            ("Ctrl PgUp / PgDn", text("ui_intake.key.drafts")),
        )

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def _step_draft(self, by: int) -> None:
        self.drafts.step(by, self._draft)

    def back(self) -> bool:
        """Go back to Today; what is typed stays as a draft."""
        self.ui.navigate.emit("today", None)
        return True

    def set_width(self, logical: int) -> None:
        """Put the customer's card below the form when it is narrow."""
        if self.low != self._low:
            self._fold(low=self.low)
        wide = logical >= NARROW
        short = "" if logical >= SHORT else "_short"
        self.red.set_text(self.ui.text(f"ui_intake.red{short}"))
        self.quick.set_text(self.ui.text(f"ui_intake.quick{short}"))
        self._saved.setVisible(logical >= SHORT)
        self._strip.setVisible(logical >= SHORT)
        if wide != self._wide:
            self._wide = wide
            (self._beside if wide else self._below).addWidget(self.found)
            self._aside.setVisible(wide)

    def _fold(self, *, low: bool) -> None:
        """Let the drafts stand in the place of the title where there is little height."""
        self._low = low
        self._title.setVisible(not low)
        px = theme().px
        self._top.setContentsMargins(px(24), px(8 if low else 20), px(24), 0)
        if low:
            self._head.insertWidget(0, self.drafts, 100)
        else:
            self._drafts_line.addWidget(self.drafts)

    def _reset(self) -> None:
        self._draft, self._started, self._dirty = None, None, False
        self.form.blockSignals(True)
        self.form.load({})
        self.form.blockSignals(False)
        self._saved.setText("")
        self.discard.hide()
        self.banner.say("")
        self._asked = ()
        self.found.show_card(None, asked=False)
        self._tick(self.ui.desk.now())

    def _edited(self) -> None:
        if self._started is None:
            self._started = self.ui.desk.now()
        self._dirty = True
        self._timer.start(SAVE_AFTER_MS)
        if not self._at_latest.isActive():
            self._at_latest.start(SAVE_EVERY_MS)

    def _rested(self) -> None:
        """Save, suggest and look the customer up once the typing rests."""
        self._save()
        words = self.form.verbatim.toPlainText()
        self.ui.run(
            lambda: self.ui.desk.suggest(words),
            lambda found: self.form.show_suggestion(found, words),
        )
        typed = self.form.values()
        asked = tuple(typed.get(name, "") for name in (*KEYS, "sku", "product", "verbatim"))
        if asked == self._asked or not any((*asked[: len(KEYS)], *self._asked[: len(KEYS)])):
            return
        self._asked = asked
        self.ui.run(
            lambda: (asked, self.ui.desk.customer_card(typed)),
            lambda found: self._show_found(*found),
        )

    def _keep(self) -> None:
        self._timer.stop()
        self._save()

    def _save(self) -> None:
        self._at_latest.stop()
        body = self.form.values()
        if not self._dirty or self._saving or not set(body) - {"channel"}:
            return
        self._dirty = False
        if self._started is not None:
            body[STARTED] = self._started.isoformat()
        desk = self.ui.desk
        draft = self._draft or desk.new_draft_id()
        self._draft = draft
        saved = SavedDraft(draft, "intake", body, desk.now())
        self.ui.keep(lambda: desk.save_draft(saved), lambda: self._kept(saved))

    def _kept(self, saved: SavedDraft) -> None:
        if saved.id == self._draft:  # by now another customer's may be in hand
            at = self.ui.formats.clock(saved.updated_at)
            self._saved.setText(self.ui.text("ui_intake.saved", time=at))
            self.discard.show()
        self._load_drafts()

    def discard_draft(self) -> None:
        """Forget what was typed; it can be taken back until something else is begun."""
        draft = self._draft
        self._discarded = self.form.values()
        self._reset()
        if set(self._discarded) - {"channel"}:
            words, back = self.ui.text("ui_intake.discarded"), self.ui.text("ui_intake.undo")
            self.banner.say(words, "info", back, self.undo_discard)
        self.form.verbatim.setFocus()
        if draft is not None:
            self.ui.run(lambda: self.ui.desk.delete_draft(draft), lambda _none: self._load_drafts())

    def undo_discard(self) -> None:
        """Bring back what was just discarded."""
        self.banner.say("")
        self.form.load(self._discarded)
        self._edited()
        self.form.verbatim.setFocus()

    def submit_red(self) -> None:
        """Open it in the red channel by one key; nothing needs to be filled in (CL-01)."""
        if self._saving:
            return
        self._timer.stop()
        self._set_saving(on=True)
        desk, fields = self.ui.desk, self.form.red_fields()
        channel, draft = self.form.values().get("channel", "counter"), self._draft

        def work() -> tuple[TicketRow, Refusal | None] | Refusal:
            opened = desk.open_red(fields, channel)
            if isinstance(opened, Refusal):
                return opened
            if draft is not None:
                desk.delete_draft(draft)
            return opened, None

        self.ui.run(work, self._submitted, on_error=self._not_submitted)

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
        self.red.setEnabled(not on)
        self.send.set_text(self.ui.text("ui_intake.submitting" if on else "ui_intake.submit"))

    def _show_found(self, asked: tuple[str, ...], card: CustomerCard | None) -> None:
        if asked == self._asked:
            self.found.show_card(card, asked=any(asked[: len(KEYS)]))

    def _tick(self, now: datetime) -> None:
        gone = now - self._started if self._started else timedelta(0)
        limit = self.ui.desk.policy.thresholds.entry_time
        over = gone > limit
        span = f"{int(gone.total_seconds()) // 60}:{int(gone.total_seconds()) % 60:02d}"
        key = "ui_intake.timer_over" if over else "ui_intake.timer"
        self._time.setText(self.ui.text(key, span=span))
        self._strip.set(gone / limit, "warn" if over else "accent")


def _moment(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
