"""People and roles (人员与角色): who may log in here, cared for by who answers for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast, get_args

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLayout, QWidget

from desktop.domain.outcomes import Refusal, Role
from desktop.services.ports import Person
from ui.context import Ui
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Field, LineEdit, Option, Select
from ui.widgets.layout import Card, Flow, Item, box, clear, column, label, order_tabs, row, rule
from ui.widgets.password import PasswordLine
from ui.widgets.text import WHOLE, ElidedLabel, Pill

NAME_WIDTH, STATE_WIDTH, ACTS_WIDTH = 56, 110, 230
_ROLES: Final[tuple[Role, ...]] = get_args(Role)


class PeoplePage(QWidget):
    """The list of accounts, and the form for another."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        person = ui.desk.person
        self._may = person is not None and person.role != "clerk"
        self._me = person.id if person else ""
        self._note = Banner()
        self._list = column(gap=8, margins=(0, 6, 0, 0))
        card = Card(ui.text("ui_settings.people"))
        card.add(self._list)
        self._reset = _PasswordForm(ui, self._set_password)
        self._own = _OwnPassword(ui)
        more = self._add_card()
        self.setLayout(column(self._note, card, self._own, self._reset, more, gap=16))
        # Shown before it has its place, each would flash up as a window of its own.
        more.setVisible(self._may)
        if not self._may:
            self._note.say(ui.text("ui_settings.people.need_manager"), "info")

    def _add_card(self) -> QWidget:
        text = self.ui.text
        self.login, self.name = LineEdit(), LineEdit()
        self.password = PasswordLine(self.ui.texts, text("ui_settings.people.password_hint"))
        self.role = Select([Option(role, text(f"ui.role.{role}")) for role in _ROLES])
        fields = row(
            Field(text("ui_settings.people.login"), self.login, required=True),
            Field(text("ui_settings.people.name"), self.name, required=True),
            Field(text("ui_settings.people.role"), self.role),
            Field(text("ui_settings.people.password"), self.password, required=True),
            gap=12,
        )
        add = Button(text("ui_settings.people.add"), self.add, variant="primary", icon="user-plus")
        card = Card(text("ui_settings.people.add_title"))
        card.add(box(fields), row(None, add))
        for line in (self.login, self.name, self.password):
            line.returnPressed.connect(self.add)
        return card

    def load(self) -> None:
        """Read the accounts again."""
        self.ui.run(self.ui.desk.people, self._show)

    def _show(self, people: Sequence[Person]) -> None:
        clear(self._list)
        for place, person in enumerate(people):
            if place:
                self._list.addWidget(rule())
            self._list.addWidget(self._line(person))
        order_tabs(self)

    def _line(self, person: Person) -> QWidget:
        text = self.ui.text
        line = row(gap=12)
        names = column(
            ElidedLabel(person.name, "strong"), ElidedLabel(person.login, "small"), gap=0
        )
        held = box(names)
        held.setMinimumWidth(theme().px(NAME_WIDTH))
        line.addWidget(held, 1)
        state = "active" if person.active else "inactive"
        tone: Tone = "good" if person.active else "neutral"
        shown = Pill(text(f"ui_settings.people.{state}"), tone, least=WHOLE)
        line.addWidget(self._cell(shown, STATE_WIDTH))
        mine = person.id == self._me
        if not self._may or mine:
            line.addWidget(label(text(f"ui.role.{person.role}"), "small"), 1)
            line.addWidget(self._cell(self._own_acts() if mine else None, ACTS_WIDTH))
            return box(line)
        role = Select([Option(name, text(f"ui.role.{name}")) for name in _ROLES])
        role.setAccessibleName(text("ui_settings.people.role_of", name=person.name))
        role.set_value(person.role)
        role.activated.connect(lambda _at: self._set_role(person, role))
        line.addWidget(role, 1)
        reset = self._act("reset", person, lambda: self._reset.ask(person))
        switch = "disable" if person.active else "enable"
        change = self._act(switch, person, lambda: self._set_active(person))
        # Wraps where a large type leaves no room for one line.
        acts = Flow(8)
        acts.addWidget(reset)
        acts.addWidget(change)
        line.addWidget(self._cell(box(acts), ACTS_WIDTH))
        return box(line)

    def _own_acts(self) -> QLayout:
        text = self.ui.text
        change = Button(text("ui_settings.people.own"), self.change_own)
        return row(Pill(text("ui_settings.people.you"), "accent"), change, gap=8)

    def _cell(self, part: Item, width: int) -> QWidget:
        """Keep columns straight down the list."""
        return _Cell(row(None, part) if part is not None else row(), theme().px(width))

    def _act(self, name: str, person: Person, act: Callable[[], object]) -> Button:
        words = self.ui.text(f"ui_settings.people.{name}")
        return Button(words, act, variant="secondary", accessible=f"{words} {person.name}")

    def add(self) -> None:
        """Add the person of the form."""
        login, name, password = self.login.text(), self.name.text(), self.password.text()
        role, desk = cast(Role, self.role.value() or _ROLES[0]), self.ui.desk
        self.ui.act(lambda: desk.add_person(login, name, role, password), self._added)

    def _added(self, person: Person) -> None:
        for field in (self.login, self.name, self.password):
            field.clear()
        self.ui.say(self.ui.text("ui_settings.people.added", name=person.name))
        self.login.setFocus()
        self.load()

    def change_own(self) -> None:
        """Open the form for another password of one's own."""
        self._own.ask()

    def _set_role(self, person: Person, role: Select) -> None:
        wanted, desk = cast(Role, role.value()), self.ui.desk
        self._change(lambda: desk.set_role(person.id, wanted))

    def _set_active(self, person: Person) -> None:
        desk, active = self.ui.desk, not person.active
        self._change(lambda: desk.set_active(person.id, active))

    def _set_password(self, person: Person, password: str) -> None:
        desk = self.ui.desk
        self._change(lambda: desk.reset_password(person.id, password))

    def _change(self, work: Callable[[], Person | Refusal]) -> None:
        def done(outcome: Person | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                self.ui.say(self.ui.text("ui_settings.people.changed", name=outcome.name))
            self.load()

        self.ui.run(work, done)


class _Cell(QWidget):
    """As wide as the column while there is room, never narrower than its words."""

    def __init__(self, layout: QLayout, width: int) -> None:
        super().__init__()
        self._width = width
        self.setLayout(layout)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(self._width, 0))


class _PasswordForm(Card):
    """Another password for somebody who forgot theirs, given by a second person."""

    def __init__(self, ui: Ui, set_password: Callable[[Person, str], object]) -> None:
        super().__init__(ui.text("ui_settings.people.reset"))
        self._ui, self._set = ui, set_password
        self._person: Person | None = None
        self.password = PasswordLine(ui.texts)
        hint = ui.text("ui_settings.people.password_hint")
        field = Field(ui.text("ui_settings.people.new_password"), self.password, hint=hint)
        keep = Button(ui.text("ui_settings.save"), self._keep)
        leave = Button(ui.text("ui_settings.cancel"), self.hide, variant="ghost")
        self.add(field, row(None, leave, keep))
        self.password.returnPressed.connect(self._keep)
        self.hide()

    def ask(self, person: Person) -> None:
        """Open for a person."""
        self._person = person
        self.set_title(self._ui.text("ui_settings.people.reset_of", name=person.name))
        self.password.clear()
        self.show()
        self.password.setFocus()

    def _keep(self) -> None:
        if self._person is not None:
            self._set(self._person, self.password.text())
        self.hide()


class _OwnPassword(Card):
    """Another password for oneself; whoever was given a first one keeps none that others know."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_settings.people.own"))
        self._ui = ui
        text, hint = ui.text, ui.text("ui.login.password_hint")
        self.before = PasswordLine(ui.texts)
        self.after, self.again = (PasswordLine(ui.texts, hint) for _ in range(2))
        self.banner = Banner()
        leave = Button(text("ui_settings.cancel"), self.hide, variant="ghost")
        self.keep = Button(text("ui_settings.save"), self._keep)
        self.add(
            row(
                Field(text("ui_settings.people.own_before"), self.before),
                Field(text("ui_settings.people.new_password"), self.after),
                Field(text("ui_settings.people.own_again"), self.again),
                gap=12,
            ),
            self.banner,
            row(None, leave, self.keep),
        )
        for line in (self.before, self.after, self.again):
            line.returnPressed.connect(self._keep)
        self.hide()

    def ask(self) -> None:
        """Open with empty lines."""
        for line in (self.before, self.after, self.again):
            line.clear()
        self.banner.say("")
        self.show()
        self.before.setFocus()

    def _keep(self) -> None:
        before, after, desk = self.before.text(), self.after.text(), self._ui.desk
        if after != self.again.text():
            self.banner.say(self._ui.text("ui.login.mismatch"), "bad")
            self.again.setFocus()
            return
        self._ui.run(lambda: desk.change_password(before, after), self._kept)

    def _kept(self, outcome: Person | Refusal) -> None:
        if isinstance(outcome, Refusal):
            self.banner.say(self._ui.refusal(outcome), "bad")
            self.before.setFocus()
            return
        self.hide()
        self._ui.say(self._ui.text("ui_settings.people.own_done"))
