"""Who works here: choose a name and enter the password; on a first run, name store and owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.domain.outcomes import Refusal
from desktop.services.ports import Person
from desktop.texts import Texts
from ui.background import Background
from ui.context import fault_text, refusal_text
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import Card, Scroll, box, column, label, row
from ui.widgets.password import PasswordLine

if TYPE_CHECKING:
    from desktop.services.desk import Desk

CHIPS_UP_TO = 8


class _Page(QWidget):
    """A card in the middle of an empty window."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setProperty("role", "page")
        px = theme().px
        mark = label(texts.get("ui.logo"), "mark")
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark.setFixedSize(px(48), px(48))
        names = box(
            column(
                label(texts.get("ui.app"), "title"),
                label(texts.get("ui.app_tagline"), "small"),
                gap=0,
            )
        )
        self.card = Card(margins=(28, 24, 28, 28))
        self.card.body.setSpacing(px(14))
        self.card.setFixedWidth(px(440))
        content = column(
            None, row(mark, names, None, gap=12), 16, self.card, None, margins=(16, 16, 16, 16)
        )
        middle = box(content)
        middle.setFixedWidth(px(440) + px(32))
        self.setLayout(column(Scroll(box(row(None, middle, None)))))


class OpeningPage(_Page):
    """Shown at once, while the store's data is opened; keeps a fault and the ways out of it."""

    retry = Signal()
    restore_wanted = Signal(str)
    """Put a backup back, under this recovery passphrase if it is not empty."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self._texts = texts
        self.banner = Banner()
        self.again = Button(texts.get("ui.retry"), self.retry.emit, variant="primary")
        self._note = label(texts.get("ui.opening"), "muted", wrap=True)
        self.passphrase = PasswordLine(texts)
        phrase = texts.get("ui_settings.backup.passphrase")
        hint = texts.get("ui.opening_passphrase")
        self.restore = Button(texts.get("ui.opening_restore"), self._ask, icon="folder-open")
        self._restore_box = box(
            column(Field(phrase, self.passphrase, hint=hint), self.restore, gap=12)
        )
        self.card.add(self._note, self.banner, self.again, self._restore_box)
        self.again.hide()
        self._restore_box.hide()

    def failed(self, message: str, *, restorable: bool = False) -> None:
        """Say why the data cannot be opened; `restorable` data may be taken from a backup."""
        self.card.set_title(self._texts.get("ui.opening_failed"))
        self._note.hide()
        self.banner.say(message, "bad")
        self.again.show()
        self._restore_box.setVisible(restorable)
        self.again.setFocus()

    def restoring(self) -> None:
        """Say that a backup is being put back."""
        self.card.set_title("")
        self._note.setText(self._texts.get("ui_settings.restore.running"))
        self._note.show()
        self.banner.say("")
        self.again.hide()
        self._restore_box.hide()

    def _ask(self) -> None:
        self.restore_wanted.emit(self.passphrase.text())


class LoginPage(_Page):
    """Emits `entered` when the desk knows who works; `desk` is asked for on the worker."""

    entered = Signal()

    def __init__(
        self,
        desk: Callable[[], Desk],
        texts: Texts,
        background: Background,
        people: Sequence[Person],
        example_password: str = "",
        on_back: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(texts)
        self._back = on_back
        self._desk, self._texts, self._background = desk, texts, background
        active = [person for person in people if person.active]
        self.card.set_title(texts.get("ui_shell.switch" if on_back else "ui.login.title"))
        self.people = Choice(
            [Option(p.login, p.name, texts.get(f"ui.role.{p.role}")) for p in active[:CHIPS_UP_TO]]
        )
        self._subtitle = label(texts.get("ui.login.subtitle"), "muted", wrap=True)
        self.login = LineEdit()
        self.password = PasswordLine(texts)
        self.banner = Banner()
        self.enter = Button(texts.get("ui.login.enter"), self.submit, variant="primary")
        self.card.add(
            self._subtitle,
            self.people,
            Field(texts.get("ui.login.login"), self.login),
            Field(texts.get("ui.login.password"), self.password),
            self.banner,
            self.enter,
            label(texts.get("ui.login.offline_note"), "small", wrap=True),
        )
        if on_back is not None:
            self.card.add(Button(texts.get("ui_shell.back"), on_back, variant="link"))
        self.people.changed.connect(self._chosen)
        self.people.clicked.connect(self.password.setFocus)  # the name shown already
        self.password.returnPressed.connect(self.submit)
        self.login.returnPressed.connect(self.password.setFocus)
        if example_password:
            self.banner.say(texts.get("ui.login.example", password=example_password), "info")
        self._logins = [person.login for person in active]
        if self._logins:
            self._choose(self._logins[0])

    def _choose(self, login: str) -> None:
        self.people.set_value(login)
        self.login.setText(login)  # by hand too: beyond the chips there is no chip to choose

    def welcome(self, last: str, locked: Person | None) -> None:
        """Choose who was here last; `locked` is the person whose place waits behind this page."""
        if locked is not None:
            self.card.set_title(self._texts.get("ui_shell.locked"))
            self._subtitle.setText(self._texts.get("ui_shell.locked_text", name=locked.name))
        wanted = locked.login if locked is not None else last
        if wanted in self._logins:
            self._choose(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the one who is still logged in."""
        if event.key() == Qt.Key.Key_Escape and self._back is not None:
            self._back()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> None:
        self.login.setText(self.people.value() or "")
        self.password.setFocus()

    def submit(self) -> None:
        """Check the password off the GUI thread; argon2id takes its time on purpose."""
        if not self.enter.isEnabled():
            return
        self.enter.setEnabled(False)
        self.enter.set_text(self._texts.get("ui.login.checking"))
        login, password = self.login.text(), self.password.text()
        self._background.run(
            lambda: self._desk().log_in(login, password), self._answered, self._failed
        )

    def _answered(self, outcome: Person | Refusal) -> None:
        if isinstance(outcome, Person):
            self.entered.emit()
            return
        self._again(refusal_text(self._texts, outcome))

    def _failed(self, fault: Exception) -> None:
        if isValid(self):  # a page that a failed opening took away has nobody to tell
            self._again(fault_text(self._texts, fault))

    def _again(self, message: str) -> None:
        self.enter.setEnabled(True)
        self.enter.set_text(self._texts.get("ui.login.enter"))
        self.banner.say(message, "bad")
        self.password.selectAll()
        self.password.setFocus()


class SetupPage(_Page):
    """First run: which store this is and who answers for it; nothing is assumed."""

    entered = Signal()

    def __init__(self, desk: Desk, texts: Texts, background: Background) -> None:
        super().__init__(texts)
        self._desk, self._texts, self._background = desk, texts, background
        self.card.set_title(texts.get("ui.login.first_title"))
        self.store, self.store_name, self.phone = LineEdit("S0217"), LineEdit(), LineEdit()
        self.login, self.name = LineEdit(), LineEdit()
        self.password, self.repeat = (
            PasswordLine(texts, texts.get("ui.login.password_hint")) for _ in range(2)
        )
        self.banner = Banner()
        self.create_button = Button(texts.get("ui.login.create"), self.submit, variant="primary")
        self.card.add(label(texts.get("ui.login.first_text"), "muted", wrap=True))
        for pair in (
            (("setup.store", self.store), ("setup.store_name", self.store_name)),
            (("login.name", self.name), ("login.login", self.login)),
            (("login.password", self.password), ("login.repeat", self.repeat)),
        ):
            fields = [Field(texts.get(f"ui.{key}"), line, required=True) for key, line in pair]
            self.card.add(row(*fields, gap=12))
        self.card.add(
            Field(texts.get("ui.setup.phone"), self.phone, hint=texts.get("ui.setup.phone_hint")),
            self.banner,
            self.create_button,
            label(texts.get("ui.login.offline_note"), "small", wrap=True),
        )
        self.repeat.returnPressed.connect(self.submit)
        self.phone.returnPressed.connect(self.submit)

    def submit(self) -> None:
        """Set up the store and log the owner in."""
        if self.password.text() != self.repeat.text():
            self.banner.say(self._texts.get("ui.login.mismatch"), "bad")
            self.repeat.setFocus()
            return
        if not self.create_button.isEnabled():
            return
        self.create_button.setEnabled(False)
        asked = [line.text() for line in (self.store, self.store_name, self.phone)]
        owner = (self.login.text(), self.name.text(), self.password.text())

        def work() -> Person | Refusal:
            made = self._desk.set_up(asked[0], asked[1], asked[2], *owner)
            return made if isinstance(made, Refusal) else self._desk.log_in(owner[0], owner[2])

        self._background.run(work, self._answered, self._failed)

    def _answered(self, outcome: Person | Refusal) -> None:
        self.create_button.setEnabled(True)
        if isinstance(outcome, Person):
            self.entered.emit()
        else:
            self.banner.say(refusal_text(self._texts, outcome), "bad")

    def _failed(self, fault: Exception) -> None:
        self.create_button.setEnabled(True)
        self.banner.say(fault_text(self._texts, fault), "bad")
