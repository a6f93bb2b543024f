"""Review of one page: the picture with its boxes, the crop in hand, and the fields beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QWidget

from desktop.domain.forms import LONG_KEYS, FormReading
from desktop.services.desk_paper import ReadPage
from desktop.services.form_checks import FieldCheck, Snapped, Verdict
from desktop.services.paper import ConfirmedForm
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.screens.paper_fields import FieldGrid
from ui.screens.paper_ticks import TickEditor
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.image_view import ZOOM_STEP, Box, CropView, ImageView
from ui.widgets.inputs import CheckBox, Choice, Option
from ui.widgets.layout import Card, Flow, Scroll, box, column, label, order_tabs, row
from ui.widgets.text import ElidedLabel

KEEP_AFTER_MS = 700
PANEL_WIDTH = 470
TWO_ACROSS = 380
"""Logical width of a panel from which two fields stand side by side."""
LOW = 560
"""Logical height below which the crop takes less room."""
LOWEST = 380
"""Logical height below which the heading goes, too."""
HIGH = 760
"""Logical height from which the crop of a long text may take more."""


_TONES: Final[Mapping[Verdict, Tone]] = {
    "match": "good",
    "differs": "warn",
    "unknown": "neutral",
}


class Review(QWidget):
    """Emits `accepted` with a ConfirmedForm, `kept` with values typed so far."""

    accepted = Signal(object)
    kept = Signal(object)
    left = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        text = ui.text
        self._path, self._reading = Path(), FormReading("", 1)
        self._image = QImage()
        self._asked_phone, self._same, self._entered_key = "", 0, ""
        self.picture = ImageView(text("ui_paper.picture"))
        self.crop = CropView(text("ui_paper.crop"))
        self.grid = FieldGrid(ui)
        self.banner = Banner()
        self._where, self._hint = ElidedLabel("", "small", hug=True), label("", "small", wrap=True)
        self.ticks = TickEditor()
        self._unchecked = label(text("ui_paper.check.no_snapshot"), "small", wrap=True)
        self._unchecked.hide()
        self._checked: dict[str, str] = {}
        self._untouched = True
        self._snapped: Mapping[str, Snapped] = {}
        self.emotion = Choice(
            [Option(str(n), f"{n} {text(f'ui.emotion.{n}')}") for n in range(1, 6)], digits=True
        )
        self.waiting = CheckBox(text("ui_paper.waiting"))
        self.certain = Button("", self.grid.confirm_certain, variant="primary", keys="F8")
        self.submit_button = Button(
            text("ui_paper.submit"), self.submit, variant="primary", keys="Ctrl+Return"
        )
        self._columns = row(gap=24, margins=(24, 24, 24, 24))
        self.setLayout(self._arrange())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self.kept.emit(self.typed()))
        self.grid.entered.connect(self._entered)
        self.grid.edited.connect(self._edited)
        self.emotion.changed.connect(self._edited)
        self.picture.box_clicked.connect(self.grid.focus_on)
        self.grid.walked.connect(self._walked)

    def _arrange(self) -> QLayout:
        canvas = QFrame()
        canvas.setProperty("role", "canvas")
        canvas.setLayout(column(self.picture, margins=(1, 1, 1, 1)))
        left = column(self._tools(), gap=8)
        left.addWidget(canvas, 1)
        self._panel = box(self._side())
        self._panel.setFixedWidth(theme().px(PANEL_WIDTH))
        self._columns.addWidget(box(left), 1)
        self._columns.addWidget(self._panel)
        return self._columns

    def _tools(self) -> QWidget:
        text = self._ui.text
        views = row(gap=4)
        for icon, key, act in (
            ("zoom-out", "zoom_out", lambda: self.picture.zoom(1 / ZOOM_STEP)),
            ("zoom-in", "zoom_in", lambda: self.picture.zoom(ZOOM_STEP)),
            ("maximize", "fit", self.picture.fit),
            ("rotate-cw", "rotate", self.picture.rotate),
        ):
            name = text(f"ui_paper.{key}")
            views.addWidget(Button("", act, variant="ghost", icon=icon, accessible=name))
        back = Button(text("ui_paper.back"), self.left.emit, variant="ghost", icon="arrow-left")
        tools = Flow(4)
        tools.addWidget(back)
        tools.addWidget(box(views))
        return box(tools)

    def _side(self) -> QLayout:
        text = self._ui.text
        self._head = box(row(label(text("ui_paper.review"), "title"), None, self._where, gap=8))
        crop = Card(margins=(14, 10, 14, 10))
        self._crop_title = label(text("ui_paper.crop"), "small")
        crop.add(self._crop_title, self.crop)
        fields = Card(margins=(10, 10, 10, 10))
        fields.add(row(self._unchecked, margins=(12, 4, 12, 0)), self.grid, self.ticks)
        emotion = column(
            label(text("ui_paper.emotion"), "small"), self.emotion, self.waiting, gap=4
        )
        fields.add(row(emotion, margins=(12, 4, 8, 4)))
        # These wrap where a large type leaves no room for one line.
        acts = Flow(12)
        acts.addWidget(self.certain)
        acts.addWidget(self.submit_button)
        buttons = row(self._hint, box(acts), gap=12)
        side = column(self._head, crop, self.banner, gap=12)
        self._scroll = Scroll(box(column(fields, None)))
        side.addWidget(self._scroll, 1)
        side.addLayout(buttons)
        return side

    def set_width(self, logical: int) -> None:
        """Share the width between picture and fields."""
        width = min(PANEL_WIDTH, max(300, logical // 2 - 40))
        self._panel.setFixedWidth(theme().px(width))
        self.grid.set_across(2 if width >= TWO_ACROSS else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the fields when the window is low."""
        super().resizeEvent(event)
        self._size_crop()

    def _size_crop(self) -> None:
        """Give the crop one line's height, more for a text of several, less in a low window."""
        low = self.height() < theme().px(LOW)
        long = self._entered_key in LONG_KEYS
        tall = long and self.height() >= theme().px(HIGH)
        self.crop.setFixedHeight(theme().px(152 if tall else 52 if low and not long else 96))
        self._crop_title.setVisible(not low)
        self._head.setVisible(self.height() >= theme().px(LOWEST))

    def show_page(
        self, path: Path, page: ReadPage, images: Sequence[QImage], at: int, of: int
    ) -> None:
        """Show a page that was read, the first doubtful field in hand; smaller copies follow."""
        text, reading = self._ui.text, page.reading
        self._path, self._reading, self._image = path, reading, images[0]
        parts = [text("ui_paper.page", at=at, of=of)]
        parts.append(text("ui_paper.seconds", n=f"{reading.seconds:.1f}"))
        if reading.serial:
            parts.append(text("ui_paper.form_serial", serial=reading.serial))
        self._where.set_text(" · ".join(parts))
        self.picture.set_image(images[0], images[1:])
        self.picture.set_boxes(self._boxes())
        self.grid.show_fields(reading.fields)
        self._snapped = page.snapped
        for key, snapped in page.snapped.items():
            self.grid.suggest(key, snapped.value)
        self.emotion.set_values([])
        self.waiting.setChecked(False)
        self.ticks.show_ticks(reading.options, reading.ticks)
        self._checked, self._asked_phone, self._same = {}, "", 0
        self._untouched = True
        self._remark(page)
        self._edited()
        self._timer.stop()
        order_tabs(self)
        self.grid.go_next()

    def _remark(self, page: ReadPage) -> None:
        """Say of the sheet itself that it was taken in before, or whose code it carries."""
        text, known = self._ui.text, page.known
        if known is not None:
            self.banner.say(
                text("ui_paper.known", number=known.number),
                "warn",
                text("ui.open"),
                lambda: self._ui.navigate.emit("ticket", known.stream),
            )
        elif page.reading.seal in ("forged", "unknown"):
            tone: Tone = "warn" if page.reading.seal == "forged" else "info"
            self.banner.say(text(f"ocr.seal_{page.reading.seal}"), tone)
        else:
            self.banner.say("")

    def load(self, typed: Mapping[str, str]) -> None:
        """Put kept corrections back."""
        self.grid.load(typed)
        self.emotion.set_value(typed.get("emotion"))
        self._edited()

    def typed(self) -> dict[str, str]:
        """Return what stands in the fields, for a draft."""
        emotion = self.emotion.value()
        return self.grid.values() | ({"emotion": emotion} if emotion else {})

    def keep(self) -> None:
        """Ask for a draft now if something is waiting to be kept."""
        if self._timer.isActive():
            self._timer.stop()
            self.kept.emit(self.typed())

    def _boxes(self) -> dict[str, Box]:
        fields = self._reading.fields
        return {
            key: (float(f.box.x), float(f.box.y), float(f.box.w), float(f.box.h))
            for key, f in fields.items()
            if f.box.w > 0 and f.box.h > 0
        }

    def _entered(self, key: str) -> None:
        self._entered_key = key
        self._size_crop()
        found = self._boxes().get(key)
        self.picture.set_current(key if found else None)
        self.crop.show_crop(self._image, found, several=key in LONG_KEYS)
        self._scroll.ensureWidgetVisible(self.grid.cells[key])

    def _edited(self) -> None:
        self._count()
        self._check()
        self._look_up(self.grid.cells["phone"].value)
        self._timer.start(KEEP_AFTER_MS)

    def _count(self) -> None:
        """Say how many fields are left, and offer what can be done with the others."""
        text, unsure = self._ui.text, self.grid.count("unsure")
        sure = self.grid.count("certain")
        done = "ui_paper.hint_certain" if sure else "ui_paper.hint_done"
        self._hint.setText(text("ui_paper.hint", n=unsure) if unsure else text(done))
        self.certain.set_text(text("ui_paper.confirm_certain", n=sure))
        self.certain.setVisible(sure > 0)
        self.submit_button.setVisible(sure == 0)

    def _walked(self) -> None:
        """Go from the last field to what no form carries."""
        if self.isVisible() and self.emotion.value() is None:
            self.emotion.chip("1").setFocus()
            self._scroll.ensureWidgetVisible(self.emotion)

    def _check(self) -> None:
        """Compare what stands in the fields with the customer snapshot, off the GUI thread."""
        values = self.grid.values()
        if values == self._checked:
            return
        self._checked = values
        desk = self._ui.desk

        def show(checks: Sequence[FieldCheck]) -> None:
            if values == self._checked:
                self._show_checks(values, checks)

        self._ui.run(lambda: desk.check_form(values), show)

    def _show_checks(self, values: Mapping[str, str], checks: Sequence[FieldCheck]) -> None:
        text = self._ui.text
        for cell in self.grid.cells.values():
            cell.set_note("")
        differing = {check.key for check in checks if check.verdict == "differs"}
        # Where there is no snapshot nothing can be checked: said once, not under each field.
        self._unchecked.setVisible(any(check.note == "no_snapshot" for check in checks))
        for check in checks:
            if check.note == "no_snapshot":
                continue
            verdict = text(f"ui_paper.verdict.{check.verdict}")
            note = text(f"ui_paper.check.{check.note}", **check.facts)
            tone = _TONES[check.verdict]
            self.grid.cells[check.key].set_note(f"{verdict} · {note}", tone)
        for key, snapped in self._snapped.items():
            if values.get(key) == snapped.value:
                self.grid.cells[key].set_note(text("ui_paper.snapped", read=snapped.read))
        written, name = values.get("store", ""), self._ui.desk.store.name
        if written and written != name:
            self.grid.cells["store"].set_note(text("ui_paper.store_differs", name=name))
            differing.add("store")
        self._doubt(differing)
        self._say_same()

    def _doubt(self, keys: Set[str]) -> None:
        """Have what disagrees checked by itself; an untouched page begins with the first of it."""
        doubted = [self.grid.cells[key].doubt() for key in keys]
        if any(doubted):
            self._count()
            if self._untouched:
                self.grid.go_next()
        self._untouched = False

    def _look_up(self, phone: str) -> None:
        if phone == self._asked_phone or len(phone) < 7:
            return
        self._asked_phone, self._same = phone, 0

        def show(rows: Sequence[TicketRow]) -> None:
            if phone == self._asked_phone:
                self._same = len(rows)
                self._say_same()

        self._ui.run(lambda: self._ui.desk.same_customer(phone), show)

    def _say_same(self) -> None:
        """Say under the name how many complaints this phone has."""
        name, n = self.grid.cells["customer_name"], self._same
        if n and not name.noted:
            name.set_note(self._ui.text("ui_paper.same_customer", n=n), "neutral")

    def submit(self) -> None:
        """Hand over what was confirmed, or go to what is missing."""
        problem = self._problem()
        if problem:
            self.banner.say(problem, "warn")
            # The banner takes height from the fields: what is asked for must stay in sight.
            QTimer.singleShot(0, self._show_held)
            return
        self.banner.say("")
        self.set_saving(on=True)
        emotion = self.emotion.value()
        now = self._ui.desk.now()
        self.accepted.emit(
            ConfirmedForm(
                path=self._path,
                reading=self._reading,
                values=self.grid.values(),
                emotion=int(emotion or 0),
                arrived_at=now if self.waiting.isChecked() else None,
                ticks=self.ticks.ticks(),
            )
        )

    def _show_held(self) -> None:
        held, content = QApplication.focusWidget(), self._scroll.widget()
        if held is not None and content is not None and content.isAncestorOf(held):
            self._scroll.ensureWidgetVisible(held)

    def set_saving(self, *, on: bool) -> None:
        """Show that the complaint is being saved."""
        self.submit_button.setEnabled(not on)
        key = "ui_paper.submitting" if on else "ui_paper.submit"
        self.submit_button.set_text(self._ui.text(key))

    def _problem(self) -> str:
        text, values = self._ui.text, self.grid.values()
        unsure = self.grid.count("unsure") + self.grid.count("certain")
        if unsure:
            self.grid.go_next()
            return text("ui_paper.left", n=unsure)
        for key, problem in (
            ("description", "verbatim_missing"),
            ("expected_resolution", "expectation_missing"),
        ):
            if key not in values:
                self.grid.focus_on(key)
                return text(f"ui_paper.{problem}")
        if self.emotion.value() is None:
            self.emotion.chip("1").setFocus()
            return text("ui_paper.emotion_missing")
        return ""
