"""The form of the fields that the company adds to the pack (自定义字段, CF-01)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.domain import custom_fields
from desktop.domain.choosing import CustomField
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_form import DayLine, Form, pairs, read_day
from ui.widgets.inputs import Field, LineEdit, Option, Select
from ui.widgets.layout import box, clear, column

YES, NO = "yes", "no"


class OwnFieldsForm(Form):
    """One input a field, made from the ticket's own pack; each kind checks what is typed."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.inputs: dict[str, QWidget] = {}
        self._fields: dict[str, tuple[CustomField, Field]] = {}
        self._place = column(gap=8)
        self._made_for = ""
        self._known: dict[str, str] = {}
        self.put(self._place, self.foot("own_fields.do", self.save, "own_fields.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only where the pack has fields for the ticket."""
        return page.state.closed is None and any(_here(f) for f in page.policy.custom_fields)

    def show_page(self, page: TicketPage) -> None:
        """Make the inputs of the pack and fill them; what is being typed stays."""
        super().show_page(page)
        if self._made_for != page.policy.version:
            self._make(page)
        values = custom_fields.values_of(page.state, page.policy)
        for name, (field, _shown) in self._fields.items():
            value = _as_text(values.get(name, ""))
            if self._read(field) in ("", self._known.get(name, "")):
                self._write(field, value)
            self._known[name] = value

    def forget(self) -> None:
        """Show the next ticket's fields whatever is in the lines."""
        self._known = {}
        for field, _shown in self._fields.values():
            self._write(field, "")

    def known(self) -> dict[str, str]:
        """Return the fields as the ticket has them."""
        return {f"own_fields.inputs.{name}": value for name, value in self._known.items()}

    def _make(self, page: TicketPage) -> None:
        clear(self._place)
        self._made_for, self._known = page.policy.version, {}
        self.inputs, self._fields = {}, {}
        for field in page.policy.custom_fields:
            if _here(field):
                editor = self._editor(field)
                title = self.ui.texts.choose(dict(field.label))
                self.inputs[field.id] = editor
                self._fields[field.id] = (field, Field(title, editor, required=field.required))
        self._place.addWidget(box(pairs([shown for _field, shown in self._fields.values()])))

    def _editor(self, field: CustomField) -> QWidget:
        choose, none = self.ui.texts.choose, Option("", "–")
        if field.kind == "choice":
            return Select([none, *(Option(k, choose(dict(t))) for k, t in field.choices.items())])
        if field.kind == "yes_no":
            answers = [Option(YES, self.words("yes")), Option(NO, self.words("no"))]
            return Select([none, *answers])
        return DayLine() if field.kind == "date" else LineEdit()

    def _read(self, field: CustomField) -> str:
        editor = self.inputs[field.id]
        if isinstance(editor, Select):
            return editor.value() or ""
        return editor.text().strip() if isinstance(editor, LineEdit) else ""

    def _write(self, field: CustomField, value: str) -> None:
        editor = self.inputs[field.id]
        if isinstance(editor, Select):
            editor.set_value(value or None)
        elif isinstance(editor, LineEdit):
            editor.setText(value)

    def save(self) -> None:
        """Ask for what was changed; a day is taken as people write it."""
        changed: dict[str, str | int | bool] = {}
        wrong = False
        for name, (field, shown) in self._fields.items():
            text = self._read(field)
            shown.set_error("")
            if text == self._known.get(name, ""):
                continue
            if field.kind == "date" and text:
                day = read_day(text)
                shown.set_error("" if day else self.words("bad_day"))
                wrong, text = wrong or day is None, day.isoformat() if day else text
            changed[name] = text == YES if field.kind == "yes_no" and text else text
        if changed and not wrong:
            self.say(CorrectTicket(changed))


def _here(field: CustomField) -> bool:
    return "ticket" in field.shown


def _as_text(value: str | bool) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return value
