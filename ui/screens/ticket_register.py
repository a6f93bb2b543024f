"""What is under way around a ticket: handover, help, promises, checks, cases, links, own fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from desktop.domain import custom_fields
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.screens.ticket_forms_customer import promise_words
from ui.screens.ticket_forms_team import department
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, clear, column, label, row
from ui.widgets.text import Pill


@dataclass(frozen=True, slots=True)
class Line:
    """One thing under way: its heading, its words, how it stands, and the form that goes on."""

    title: str
    words: str
    state: str = ""
    tone: Tone = "neutral"
    form: str = ""
    ticket: str = ""


class RegisterCard(Card):
    """Hidden while nothing is under way."""

    form_wanted = Signal(str)

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_acts.register"))
        self._ui, self._names = ui, names
        self._rows = column(gap=0)
        self.add(self._rows)

    def show_page(self, page: TicketPage) -> None:
        """Show what is open first, then what is done."""
        lines = list(self.lines(page))
        clear(self._rows)
        for line in lines:
            self._rows.addWidget(self._row(line, last=line is lines[-1]))
        self.setVisible(bool(lines))

    def lines(self, page: TicketPage) -> Iterator[Line]:
        """Yield what the ticket's registers say, in plain words."""
        yield from self._handover(page)
        yield from self._help(page)
        yield from self._promises(page.state)
        yield from self._tasks(page.state)
        yield from self._cases(page.state)
        yield from self._links(page.state)
        yield from self._own_fields(page)

    def _text(self, key: str, **values: object) -> str:
        return self._ui.text(f"ui_acts.{key}", **values)

    def _done(self, done: bool) -> tuple[str, Tone]:
        return (self._text("state.done"), "good") if done else (self._text("state.open"), "warn")

    def _handover(self, page: TicketPage) -> Iterator[Line]:
        waiting = page.state.handover
        if waiting is not None:
            role = self._names.role(waiting.role)
            to = page.names.get(waiting.to, waiting.to) if waiting.to else role
            title = self._text("under.transfer")
            yield Line(title, self._text("said.to", who=to), *self._done(False), form="accept")

    def _help(self, page: TicketPage) -> Iterator[Line]:
        for asked in page.state.help_requests.values():
            words = f"{department(page, asked.department, self._ui)} · {_plain(asked.text)}"
            form = "help_answer" if asked.open else ""
            yield Line(self._text("under.help"), words, *self._done(not asked.open), form=form)

    def _promises(self, state: TicketState) -> Iterator[Line]:
        for promise in state.promises.values():
            done = not promise.open
            status, tone = self._done(done)
            if promise.over_authority and not done:
                status, tone = self._text("said.over_authority"), "bad"
            form = "" if done else "kept"
            words = promise_words(promise, self._ui)
            yield Line(self._text("under.promise"), words, status, tone, form)

    def _tasks(self, state: TicketState) -> Iterator[Line]:
        for task in state.tasks.values():
            done = task.answered is not None
            words = f"{self._names.code(task.cause)} {_plain(task.text)}".strip()
            title = self._named("task_kind", task.kind)
            yield Line(title, words, *self._done(done), form="" if done else "task")

    def _cases(self, state: TicketState) -> Iterator[Line]:
        for case in state.external_cases.values():
            title = self._named("case_authority", case.authority)
            dates = [case.number]
            dates += [self._text("said.reply_by", day=case.reply_by)] if case.reply_by else []
            when = self._ui.formats.moment(case.hearing) if case.hearing else ""
            dates += [self._text("said.hearing", when=when)] if when else []
            dates += [case.outcome] if case.outcome else []
            form = "" if case.outcome else "case_reply"
            yield Line(title, " · ".join(dates), *self._done(case.replied is not None), form=form)

    def _links(self, state: TicketState) -> Iterator[Line]:
        for link in state.live_links:
            yield Line(self._named("link_kind", link.kind), link.number, ticket=link.other)

    def _own_fields(self, page: TicketPage) -> Iterator[Line]:
        for field, value in custom_fields.shown_in(page.state, page.policy, "ticket"):
            title = self._names.local(field.label)
            yield Line(title, own_value(field.choices, value, self._names, self._ui))

    def _named(self, prefix: str, value: str) -> str:
        key = f"ui_acts.{prefix}.{value}"
        return self._ui.text(key) if self._ui.texts.has(key) else value

    def _row(self, line: Line, *, last: bool) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "row")
        frame.setProperty("last", "true" if last else "false")
        head = row(label(line.title, "smallstrong"), None, gap=8)
        if line.state:
            head.addWidget(Pill(line.state, line.tone))
        body = column(head, gap=2, margins=(0, 6, 0, 6))
        if line.ticket:
            go = partial(self._ui.navigate.emit, "ticket", line.ticket)
            body.addWidget(Button(line.words, go, variant="link"))
        elif line.words:
            body.addWidget(label(line.words, "smallink", wrap=True))
        if line.form:
            act = partial(self.form_wanted.emit, line.form)
            words = self._ui.text(f"ui_acts.{line.form}.title")
            body.addLayout(row(Button(words, act, variant="link"), None))
        frame.setLayout(body)
        return frame


def own_value(choices: Mapping[str, Mapping[str, str]], value: object, names: Names, ui: Ui) -> str:
    """Write the value of a field that the company added: its words, or yes and no."""
    if isinstance(value, bool):
        return ui.text("ui_acts.yes" if value else "ui_acts.no")
    known = choices.get(str(value))
    return names.local(known) if known else names.value(value)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else ""
