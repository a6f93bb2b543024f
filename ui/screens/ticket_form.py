"""What the forms behind the ticket's more menu share: lines, options, typed days, when they fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLayout, QWidget

from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_panels import Panel
from ui.widgets.buttons import Button
from ui.widgets.inputs import Field, LineEdit
from ui.widgets.layout import box, column, label, row

END_OF_DAY = time(23, 59)


class Form(Panel):
    """One act of the more menu; `fits` says whether it can be done on the ticket now."""

    work = Signal(object)
    """A function that acts on more than this ticket's own stream and returns what became of it."""
    for_clerks = True
    """Whether it is offered to everybody."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.page: TicketPage | None = None
        self._lines = column(gap=8)
        self.setLayout(self._lines)

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Tell whether the act makes sense now; an open ticket is the rule.

        Asked before there is a form: the menu and Ctrl+K make none.
        """
        return page.state.closed is None

    def opened(self, page: TicketPage) -> None:
        """Get ready: the form has just been opened."""

    def show_page(self, page: TicketPage) -> None:
        """Keep the ticket in sight."""
        self.page = page

    def words(self, key: str, **values: object) -> str:
        """Look a text of the forms up."""
        return self.ui.text(f"ui_acts.{key}", **values)

    def put(self, *items: QWidget | QLayout) -> None:
        """Append lines to the form."""
        for item in items:
            if isinstance(item, QWidget):
                self._lines.addWidget(item)
            else:
                self._lines.addLayout(item)

    def field(self, key: str, editor: QWidget, hint: str = "") -> Field:
        """Return an input under its name."""
        return Field(self.words(key), editor, hint=self.words(hint) if hint else "")

    def note(self, key: str = "") -> QLabel:
        """Return a small wrapped line of text."""
        return label(self.words(key) if key else "", "small", wrap=True)

    def foot(self, key: str, act: Callable[[], object], hint: str = "") -> QWidget:
        """Return the hint with the button of the act to its right."""
        line = row(gap=12)
        line.addWidget(label(self.words(hint) if hint else "", "small", wrap=True), 1)
        line.addWidget(Button(self.words(key), act))
        return box(line)

    def who(self, person: str) -> str:
        """Return a person's name, the id where it is not known here."""
        return self.page.names.get(person, person) if self.page else person

    def zone(self) -> ZoneInfo:
        """Return the store's zone."""
        return self.ui.formats.zone


class DayLine(LineEdit):
    """A line for a day, or a day and a time; its hint is a pattern, no day to be taken for real."""

    def __init__(self, *, timed: bool = False) -> None:
        super().__init__("YYYY-MM-DD HH:MM" if timed else "YYYY-MM-DD")


def read_day(written: str) -> date | None:
    """Return the day of `2026-11-25`, `2026/11/25` or `2026年11月25日`, None for anything else."""
    text = unicodedata.normalize("NFKC", written).strip()
    for mark in "年月/.":
        text = text.replace(mark, "-")
    parts = text.replace("日", "").split("-")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def read_moment(written: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment of `2026-11-25 14:30` in `zone`; a day alone means its last minute."""
    text = unicodedata.normalize("NFKC", written).strip().replace("T", " ")
    day_text, _, time_text = text.partition(" ")
    day = read_day(day_text)
    if day is None:
        return None
    try:
        at = time.fromisoformat(time_text.strip()) if time_text.strip() else END_OF_DAY
    except ValueError:
        return None
    return datetime.combine(day, at.replace(tzinfo=None), zone)


def pairs(fields: Sequence[QWidget]) -> QLayout:
    """Put inputs side by side in lines of two, their names on one height."""
    lines = column(gap=8)
    for at in range(0, len(fields), 2):
        line = row(gap=12)
        for field in fields[at : at + 2]:
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(line)
    return lines
