"""Settings of the store, of printing and scanning, and of the look of this PC's window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.outcomes import Refusal
from desktop.services.desk_paper import SCAN_FOLDER
from desktop.services.exchange_ports import Enrolment
from desktop.texts import LANGS
from ui.context import Ui
from ui.reminders import OFF, SOUND
from ui.shell.idle import DEFAULT_MINUTES, LOCK_MINUTES
from ui.theme import SCALES, theme
from ui.widgets.buttons import Button
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, Select
from ui.widgets.layout import Card, box, column, label, row

if TYPE_CHECKING:
    from ui.screens.settings import Wishes

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DOCUMENTS: Final = (
    *("receipt", "slip", "settlement", "apology", "ticket"),
    *("list", "handover", "report", "forms", "training"),
)
IDLE_MINUTES: Final = (0, 5, 10, 15, 30)


class StorePage(QWidget):
    """Name and phone, device and enrolment, opening hours."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        store, text = ui.desk.store, ui.text
        self.name, self.phone = LineEdit(), LineEdit()
        self.name.setText(store.name)
        self.phone.setText(store.phone)
        names = Card(text("ui_settings.store"))
        fields = row(
            Field(text("ui_settings.store.name"), self.name),
            Field(text("ui_settings.store.phone"), self.phone),
            gap=12,
        )
        save = Button(text("ui_settings.save"), self.save_store)
        self._device = label("", "small", wrap=True)
        code = label(text("ui_settings.store.code", code=store.store, letter=store.device), "small")
        join = Button(
            text("ui_settings.store.join"), lambda: ui.navigate.emit("sync", None), variant="link"
        )
        names.add(box(fields), code, self._device, row(join, None, save))
        self.setLayout(column(names, self._hours_card(), gap=16))

    def _hours_card(self) -> QWidget:
        text, hours = self.ui.text, self.ui.desk.store.hours
        card = Card(text("ui_settings.hours"))
        card.add(label(text("ui_settings.hours.note"), "small", wrap=True))
        self.hours: dict[str, tuple[CheckBox, LineEdit, LineEdit]] = {}
        for place, day in enumerate(DAYS):
            words = text(f"ui.weekday.{place}")
            is_open = CheckBox(words)
            opens, shuts = LineEdit("09:00"), LineEdit("21:00")
            span = hours.get(day)
            is_open.setChecked(span is not None)
            for field, which, at in ((opens, "opens", 0), (shuts, "shuts", 1)):
                field.setAccessibleName(f"{words} {text(f'ui_settings.hours.{which}')}")
                field.setMaximumWidth(theme().px(110))
                field.setText(span[at] if span else "")
                field.setEnabled(span is not None)
                is_open.toggled.connect(field.setEnabled)
            is_open.setMinimumWidth(theme().px(110))
            card.add(row(is_open, opens, label("–"), shuts, None, gap=8))
            self.hours[day] = (is_open, opens, shuts)
        card.add(row(None, Button(text("ui_settings.save"), self.save_hours)))
        return card

    def load(self) -> None:
        """Read how the PC stands to headquarters."""
        self.ui.run(self.ui.desk.enrolment, self._show)

    def _show(self, joined: Enrolment | None) -> None:
        text = self.ui.text
        place = text(f"ui_settings.store.key_{self.ui.desk.use_cases.key_place}")
        where = (
            text("ui_settings.store.joined", url=joined.url)
            if joined
            else text("ui_settings.store.alone")
        )
        self._device.setText(text("ui_settings.store.where", where=where, place=place))

    def save_store(self) -> None:
        """Keep name and phone."""
        name, phone, desk = self.name.text(), self.phone.text(), self.ui.desk
        self.ui.run(lambda: desk.set_store(name, phone), self._saved)

    def save_hours(self) -> None:
        """Keep the opening hours."""
        desk = self.ui.desk
        hours = {
            day: (opens.text().strip() or "09:00", shuts.text().strip() or "21:00")
            for day, (is_open, opens, shuts) in self.hours.items()
            if is_open.isChecked()
        }
        self.ui.run(lambda: desk.set_hours(hours), self._saved)

    def _saved(self, refused: Refusal | None) -> None:
        if refused is not None:
            self.ui.say(self.ui.refusal(refused), "warn")
        else:
            self.ui.say(self.ui.text("ui_settings.saved"))


class PrintPage(QWidget):
    """A printer for each document, and the folder that the scanner writes to."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        text = ui.text
        card = Card(text("ui_settings.printers"))
        card.add(label(text("ui_settings.printers.note"), "small", wrap=True))
        self.printers: dict[str, Select] = {}
        for name in DOCUMENTS:
            choice = Select([])
            words = text(f"ui_settings.document.{name}")
            choice.setAccessibleName(words)
            choice.setMinimumWidth(theme().px(200))
            choice.activated.connect(lambda _at, n=name, c=choice: self._remember(n, c))
            caption = label(words)
            caption.setMinimumWidth(theme().px(160))
            line = row(caption, gap=12)
            line.addWidget(choice, 1)
            line.addStretch(1)
            card.add(line)
            self.printers[name] = choice
        scan = Card(text("ui_settings.scan"))
        self.folder = LineEdit(text("ui_settings.scan.none"))
        browse = Button(text("ui_settings.choose"), self.choose_folder, icon="folder-open")
        stop = text("ui_settings.scan.stop")
        self._forget = Button(stop, lambda: self.set_folder(""), variant="link")
        self._forget.hide()
        field = Field(text("ui_settings.scan.folder"), self.folder,
                      hint=text("ui_settings.scan.note"))  # fmt: skip
        self.folder.editingFinished.connect(lambda: self.set_folder(self.folder.text().strip()))
        scan.add(field, row(self._forget, None, browse))
        self.setLayout(column(card, scan, gap=16))

    def load(self) -> None:
        """Ask the system for its printers and the settings for the choices."""
        from ui.widgets.print_preview import TO_FILE, printer_names, printer_setting

        names = printer_names()
        text, desk = self.ui.text, self.ui.desk
        options = [Option(name, name) for name in names]
        options.append(Option(TO_FILE, text("ui_print.to_file")))
        for choice in self.printers.values():
            choice.set_options(options)

        def kept() -> tuple[dict[str, str], str]:
            found = {name: desk.setting(printer_setting(name)) for name in DOCUMENTS}
            return found, desk.setting(SCAN_FOLDER)

        self.ui.run(kept, lambda found: self._show(*found))

    def _show(self, printers: dict[str, str], folder: str) -> None:
        for name, printer in printers.items():
            if printer:
                self.printers[name].set_value(printer)
        if not self.folder.hasFocus():
            self.folder.setText(folder)
        self._forget.setVisible(bool(folder))

    def _remember(self, document: str, choice: Select) -> None:
        from ui.widgets.print_preview import printer_setting

        self.ui.desk_setting(printer_setting(document), choice.value() or "")

    def choose_folder(self) -> None:
        """Ask for the scanner's folder."""
        name = QFileDialog.getExistingDirectory(self, self.ui.text("ui_settings.scan.folder"))
        if name:
            self.set_folder(name)

    def set_folder(self, folder: str) -> None:
        """Watch another folder from the next visit of the Paper screen on."""
        if folder and not Path(folder).is_dir():
            self.ui.say(self.ui.text("ui_settings.scan.missing", folder=folder), "warn")
            return
        self.folder.setText(folder)
        self._forget.setVisible(bool(folder))
        self.ui.desk_setting(SCAN_FOLDER, folder)


class LookPage(QWidget):
    """Language, appearance, size, sounds and the lock, of this PC alone."""

    def __init__(self, ui: Ui, wishes: Wishes) -> None:
        super().__init__()
        self.ui = ui
        text = ui.text
        language = Choice([Option(lang, text(f"ui.lang.{lang}")) for lang in LANGS])
        language.set_value(ui.texts.lang)
        language.changed.connect(lambda: wishes.language_wanted.emit(language.value()))
        looks = ("system", "light", "dark")
        look = Choice([Option(name, text(f"ui.menu.appearance.{name}")) for name in looks])
        look.set_value(theme().appearance)
        look.changed.connect(lambda: wishes.appearance_wanted.emit(look.value()))
        scale = Choice([Option(str(size), f"{size:.0%}") for size in SCALES])
        scale.set_value(str(theme().scale))
        scale.changed.connect(lambda: wishes.scale_wanted.emit(float(scale.value() or "1.0")))
        self.sounds = CheckBox(text("ui_settings.look.sounds"))
        self.sounds.toggled.connect(lambda on: ui.desk_setting(SOUND, "" if on else OFF))
        self.idle = Choice([Option(str(n), self._minutes(n)) for n in IDLE_MINUTES])
        self.idle.changed.connect(self._set_idle)
        card = Card(text("ui_settings.look"))
        card.add(
            Field(text("ui.menu.language"), language),
            Field(text("ui.menu.appearance"), look),
            Field(text("ui.menu.size"), scale),
        )
        quiet = Card(text("ui_settings.look.quiet"))
        quiet.add(
            self.sounds,
            Field(
                text("ui_settings.look.idle"), self.idle, hint=text("ui_settings.look.idle_note")
            ),
        )
        self.setLayout(column(card, quiet, gap=16))

    def _minutes(self, count: int) -> str:
        if count == 0:
            return self.ui.text("ui_settings.look.never")
        return self.ui.text("ui_settings.look.minutes", n=count)

    def load(self) -> None:
        """Read the settings of this PC."""
        desk = self.ui.desk
        self.ui.run(lambda: (desk.setting(SOUND), desk.setting(LOCK_MINUTES)), self._show)

    def _show(self, kept: tuple[str, str]) -> None:
        for part in (self.sounds, self.idle):
            part.blockSignals(True)
        self.sounds.setChecked(kept[0] != OFF)
        self.idle.set_value(kept[1] or str(DEFAULT_MINUTES))
        for part in (self.sounds, self.idle):
            part.blockSignals(False)

    def _set_idle(self) -> None:
        self.ui.desk_setting(LOCK_MINUTES, self.idle.value() or str(DEFAULT_MINUTES))
