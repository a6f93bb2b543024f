"""The fields that the company adds (CF-01), as they are filled in at intake."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.choosing import CustomField
from ui.context import Ui
from ui.widgets.inputs import CheckBox, Field, LineEdit, Option, Select
from ui.widgets.layout import Card

PREFIX = "custom:"


class CustomFields(Card):
    """One editor a field of the pack that is shown at intake; hidden where the pack has none."""

    edited = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_intake.custom"))
        self._ui = ui
        self._editors: dict[str, QWidget] = {}
        self.fields: dict[str, Field] = {}
        self._declared = [f for f in ui.desk.policy.custom_fields if "intake" in f.shown]
        for field in self._declared:
            self._add(field)
        if not self._declared:
            self.hide()

    def _add(self, field: CustomField) -> None:
        choose, text = self._ui.texts.choose, self._ui.text
        title = choose(dict(field.label))
        editor: QWidget
        if field.kind == "yes_no":
            editor = CheckBox(title)
            editor.toggled.connect(lambda _on: self.edited.emit())
            self.add(editor)
        elif field.kind == "choice":
            offered = [Option(key, choose(dict(words))) for key, words in field.choices.items()]
            editor = Select([Option("", text("ui_intake.custom_none")), *offered])
            editor.currentIndexChanged.connect(lambda _at: self.edited.emit())
        else:
            editor = LineEdit(text("ui_intake.custom_date") if field.kind == "date" else "")
            editor.textEdited.connect(lambda _text: self.edited.emit())
        if field.kind != "yes_no":
            self.fields[field.id] = Field(title, editor, required=field.required)
            self.add(self.fields[field.id])
        self._editors[field.id] = editor

    def values(self) -> dict[str, str]:
        """Return what was entered, by `custom:` and the field's id; empty ones are left out."""
        found = {}
        for name, editor in self._editors.items():
            if isinstance(editor, CheckBox):
                value = "1" if editor.isChecked() else ""
            elif isinstance(editor, Select):
                value = editor.value() or ""
            else:
                value = editor.text().strip() if isinstance(editor, LineEdit) else ""
            if value:
                found[PREFIX + name] = value
        return found

    def load(self, values: Mapping[str, str]) -> None:
        """Put a draft's values in; an empty one clears them."""
        for name, editor in self._editors.items():
            value = values.get(PREFIX + name, "")
            if isinstance(editor, CheckBox):
                editor.setChecked(bool(value))
            elif isinstance(editor, Select):
                editor.set_value(value)
            elif isinstance(editor, LineEdit):
                editor.setText(value)

    def ticket_fields(self) -> dict[str, str | int | bool]:
        """Return what OpenTicket takes: each value under its field's id."""
        kinds = {field.id: field.kind for field in self._declared}
        return {
            name.removeprefix(PREFIX): True
            if kinds[name.removeprefix(PREFIX)] == "yes_no"
            else value
            for name, value in self.values().items()
        }

    def missing(self) -> list[str]:
        """Return the ids of required fields that nobody has filled in."""
        entered = self.values()
        return [f.id for f in self._declared if f.required and PREFIX + f.id not in entered]
