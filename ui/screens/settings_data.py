"""Care of the data (数据): backups made and restored, and a person erased on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.outcomes import Refusal
from desktop.services.backup_ports import Backup
from desktop.services.erasing import Erased
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.screens.settings_customers import CustomersCard
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, Flow, box, clear, column, label, row, rule
from ui.widgets.password import PasswordLine
from ui.widgets.text import ElidedLabel, Pill

SHOWN = 12


class DataPage(QWidget):
    """Backups above, erasing below."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        person = ui.desk.person
        parts: list[QWidget] = [self._backup_card()]
        self.restore_form = _RestoreForm(ui)
        parts.append(self.restore_form)
        self.customers: CustomersCard | None = None
        if person is not None and person.role != "clerk":
            self.customers = CustomersCard(ui)
            parts += [self._passphrase_card(), self.customers, _EraseCard(ui)]
        self.setLayout(column(*parts, gap=16))

    def _backup_card(self) -> QWidget:
        text = self.ui.text
        self._last = label("", "small", wrap=True)
        self.make = Button(text("ui_settings.backup.now"), self.back_up, icon="save")
        elsewhere = Button(text("ui_settings.backup.folder"), self.choose_folder, variant="link")
        other = Button(text("ui_settings.backup.other"), self.choose_archive, variant="link")
        self._list = column(gap=4)
        card = Card(text("ui_settings.backup"))
        acts = Flow(12)
        for act in (self.make, elsewhere, other):
            acts.addWidget(act)
        card.add(self._last, box(acts), self._list)
        return card

    def _passphrase_card(self) -> QWidget:
        text = self.ui.text
        self.passphrase = PasswordLine(self.ui.texts)
        field = Field(text("ui_settings.backup.passphrase"), self.passphrase,
                      hint=text("ui_settings.backup.passphrase_note"))  # fmt: skip
        keep = Button(text("ui_settings.backup.passphrase_set"), self.set_passphrase)
        card = Card(text("ui_settings.backup.passphrase_title"))
        card.add(field, row(None, keep))
        return card

    def load(self) -> None:
        """Read which backups there are; done beside the saving of complaints."""
        if self.customers is not None:
            self.customers.load()
        backups = self.ui.desk.use_cases.backups
        self.ui.run(
            lambda: (backups.last, str(backups.folder), backups.all()),
            lambda found: self._show(*found),
            lane="files",
        )

    def _show(self, last: datetime | None, folder: str, found: Sequence[Backup]) -> None:
        text = self.ui.text
        when = self.ui.formats.moment(last) if last else text("ui_settings.backup.never")
        self._last.setText(text("ui_settings.backup.last", when=when, folder=folder))
        clear(self._list)
        for backup in found[:SHOWN]:
            self._list.addWidget(rule())
            self._list.addWidget(self._line(backup))

    def _line(self, backup: Backup) -> QWidget:
        text, formats = self.ui.text, self.ui.formats
        said = text(
            "ui_settings.backup.line",
            when=formats.moment(backup.made_at),
            events=f"{backup.events:,}",
            files=backup.attachments,
            size=formats.size(backup.size),
        )
        line = row(gap=12)
        line.addWidget(ElidedLabel(said), 1)
        if backup.needs_this_pc:
            line.addWidget(Pill(text("ui_settings.backup.this_pc"), "warn"))
        words = text("ui_settings.backup.restore")
        line.addWidget(
            Button(words, lambda: self.restore_form.ask(backup), accessible=f"{words} {said}")
        )
        return box(line)

    def back_up(self) -> None:
        """Make a backup now, in the background."""
        ui = self.ui
        self.make.set_waiting(True)

        def ended() -> None:
            self.make.set_waiting(False)
            self.load()

        def made(backup: Backup) -> None:
            ui.say(ui.text("ui_settings.backup.made", name=backup.path.name))
            ended()

        def failed(message: str) -> None:
            ui.say(message, "bad")
            ended()

        ui.run(ui.desk.back_up, made, lane="files", on_error=failed)

    def choose_folder(self) -> None:
        """Put backups elsewhere from now on."""
        name = QFileDialog.getExistingDirectory(self, self.ui.text("ui_settings.backup.folder"))
        if name:
            backups = self.ui.desk.use_cases.backups
            self.ui.run(lambda: backups.set_folder(Path(name)), lambda _none: self.load())

    def choose_archive(self) -> None:
        """Restore a backup from anywhere."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.ui.text("ui_settings.backup.other"), "", "Amends (*.amends-backup)"
        )
        if name:
            backups = self.ui.desk.use_cases.backups
            self.ui.run(lambda: backups.describe(Path(name)), self.restore_form.ask, lane="files")

    def set_passphrase(self) -> None:
        """Let later backups open on any PC."""
        phrase, backups = self.passphrase.text(), self.ui.desk.use_cases.backups

        def done(refused: Refusal | None) -> None:
            if refused is not None:
                self.ui.say(self.ui.refusal(refused), "warn")
                return
            self.passphrase.clear()
            self.ui.say(self.ui.text("ui_settings.backup.passphrase_kept"))

        self.ui.run(lambda: backups.set_passphrase(phrase), done)


class _RestoreForm(Card):
    """Says exactly what a restore will do before it does it."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_settings.restore"))
        self._ui = ui
        self._backup: Backup | None = None
        self._what = Banner()
        self.passphrase = PasswordLine(ui.texts)
        self._field = Field(ui.text("ui_settings.backup.passphrase"), self.passphrase,
                            hint=ui.text("ui_settings.restore.passphrase_note"))  # fmt: skip
        act = Button(ui.text("ui_settings.restore.do"), self.restore, variant="danger")
        leave = self._leave = Button(ui.text("ui_settings.cancel"), self.hide, variant="ghost")
        self.add(self._what, self._field, row(None, leave, act))
        self.hide()

    def ask(self, backup: Backup) -> None:
        """Open for a backup."""
        self._backup = backup
        when = self._ui.formats.moment(backup.made_at)
        said = self._ui.text(
            "ui_settings.restore.what", when=when, store=backup.store, events=f"{backup.events:,}"
        )
        self._what.say(said, "warn")
        self._field.setVisible(not backup.needs_this_pc)
        self.show()
        (self._leave if backup.needs_this_pc else self.passphrase).setFocus()

    def restore(self) -> None:
        """Put the backup in place; the window then opens the data anew."""
        backup, ui = self._backup, self._ui
        if backup is None:
            return
        phrase = self.passphrase.text() or None
        self.hide()
        ui.say(ui.text("ui_settings.restore.running"), "info")

        def done(kept: Path | None) -> None:
            ui.restart.emit(ui.text("ui_settings.restore.done", kept=str(kept or "")), "good")

        def failed(message: str) -> None:
            ui.restart.emit(message, "bad")

        ui.run(lambda: ui.desk.restore(backup.path, phrase), done, on_error=failed)


class _EraseCard(Card):
    """Erases the person of closed complaints: found first, erased at a second press."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_settings.erase"))
        self._ui = ui
        text = ui.text
        self.asked = LineEdit(text("ui_settings.erase.asked"))
        self.basis = Choice(
            [Option(name, text(f"ui_settings.erase.{name}")) for name in ("request", "retention")]
        )
        self.basis.set_value("request")
        self._found = Banner()
        self.find_button = Button(text("ui_settings.erase.find"), self.look_up)
        self.erase_button = Button(text("ui_settings.erase.do"), self.erase, variant="danger")
        self.erase_button.hide()
        self.add(
            label(text("ui_settings.erase.note"), "small", wrap=True),
            Field(text("ui_settings.erase.whom"), self.asked),
            Field(text("ui_settings.erase.basis"), self.basis),
            self._found,
            row(None, self.find_button, self.erase_button),
        )
        self.asked.textChanged.connect(lambda _text: self.erase_button.hide())
        self.asked.returnPressed.connect(self.look_up)

    def look_up(self) -> None:
        """Show what would be erased."""
        asked, desk = self.asked.text().strip(), self._ui.desk
        if asked:
            self._ui.run(lambda: desk.to_erase(asked), self._show)

    def _show(self, rows: Sequence[TicketRow]) -> None:
        text = self._ui.text
        if not rows:
            self._found.say(text("ui_settings.erase.none"), "info")
            return
        numbers = text("ui_settings.erase.joint").join(row.number for row in rows)
        self._found.say(text("ui_settings.erase.found", n=len(rows), numbers=numbers), "warn")
        self.erase_button.show()

    def erase(self) -> None:
        """Erase; it cannot be undone."""
        asked, desk = self.asked.text().strip(), self._ui.desk
        basis = self.basis.value() or "request"
        self.erase_button.hide()
        self._ui.act(lambda: desk.erase_person(asked, basis), self._erased)

    def _erased(self, done: Erased) -> None:
        self.asked.clear()
        self._found.say(
            self._ui.text("ui_settings.erase.done", n=len(done.numbers), files=done.files), "good"
        )
