"""The fields of a new complaint: what the customer says, who they are, what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QWidget

from desktop.domain.policy import Policy
from desktop.domain.scans import Scan
from desktop.services.suggesting import Suggestion
from ui.context import Ui
from ui.names import Names
from ui.screens.intake_custom import CustomFields
from ui.widgets.buttons import Button
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, Select, TextArea
from ui.widgets.layout import Card, box, column, label, row

PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}")
LINES = ("customer_name", "phone", "member_no", "product", "sku", "batch", "receipt_no", "amount")
NO_SUGGESTION = Suggestion(None, (), None, ())
CHANNELS = ("counter", "phone", "online")


class IntakeForm(QWidget):
    """Values by field name; `edited` says that something was typed or chosen."""

    edited = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self._names = Names(ui.texts, ui.desk.policy)
        self._suggestion = NO_SUGGESTION
        self._marked: list[str] = []
        self.verbatim, self.expectation = TextArea(4), TextArea(2)
        self.emotion = Choice(self._emotions(ui.desk.policy), digits=True)
        self.code, self.level = (
            Select(self._codes(ui.desk.policy)),
            Choice(self._levels(), digits=True),
        )
        self.override = LineEdit()
        self.lines = {name: LineEdit() for name in LINES}
        self.custom = CustomFields(ui)
        self.vip = CheckBox(ui.text("ui_intake.vip"))
        self.channel = Choice([Option(c, ui.text(f"ui.channel.{c}")) for c in CHANNELS])
        self.channel.set_value("counter")
        self.waiting = CheckBox(ui.text("ui_intake.waiting"))
        self._why = label("", "small", wrap=True)
        self._use = Button(ui.text("ui_intake.suggest_use"), self.use_suggestion, variant="link")
        self._fields = self._make_fields()
        self.setLayout(
            column(self._words(), self._classify(), self._customer(), self.custom, gap=16)
        )
        self._connect()
        self.show_suggestion(self._suggestion)

    def _make_fields(self) -> dict[str, Field]:
        text = self._ui.text
        fields = {name: Field(text(f"ui_intake.{name}"), line) for name, line in self.lines.items()}
        for name, editor in (("verbatim", self.verbatim), ("expectation", self.expectation)):
            hint = text(f"ui_intake.{name}_hint")
            title = text(f"ui_intake.{name}")
            fields[name] = Field(title, editor, hint=hint, required=True)
        hint = text("ui_intake.emotion_hint")
        title = text("ui_intake.emotion")
        fields["emotion"] = Field(title, self.emotion, hint=hint, required=True)
        fields["code"] = Field(text("ui_intake.code"), self.code)
        fields["level"] = Field(text("ui_intake.level"), self.level)
        hint = text("ui_intake.override_hint")
        fields["override"] = Field(text("ui_intake.override"), self.override, hint=hint)
        fields["channel"] = Field(text("ui_intake.channel"), self.channel)
        return fields

    def _emotions(self, policy: Policy) -> list[Option]:
        return [
            Option(
                str(n),
                f"{n} {self._ui.text(f'ui.emotion.{n}')}",
                self._names.local(policy.emotions.get(n)),
            )
            for n in range(1, 6)
        ]

    def _codes(self, policy: Policy) -> list[Option]:
        codes = sorted(policy.codes)
        none = Option("", self._ui.text("ui_intake.code_none"))
        return [none, *(Option(code, self._names.code(code)) for code in codes)]

    def _levels(self) -> list[Option]:
        return [
            Option(str(row.level), self._names.level(row.level), self._names.local(row.meaning))
            for row in self._ui.desk.policy.levels
        ]

    def _words(self) -> QWidget:
        card = Card(self._ui.text("ui_intake.words"))
        fields = self._fields
        card.add(fields["verbatim"], fields["expectation"], fields["emotion"])
        return card

    def _classify(self) -> QWidget:
        card = Card(self._ui.text("ui_intake.classify"))
        line = row(gap=16)
        for name in ("code", "level"):
            line.addWidget(self._fields[name], 1, Qt.AlignmentFlag.AlignTop)
        hint = row(gap=8)
        hint.addWidget(self._why, 1)
        hint.addWidget(self._use)
        card.add(hint, line, self._fields["override"])
        return card

    def _customer(self) -> QWidget:
        fields, text = self._fields, self._ui.text
        card = Card(text("ui_intake.customer"))
        goods = Card(text("ui_intake.goods"))
        card.add(self._pair("customer_name", "phone"))
        card.add(self._pair("member_no", "channel"))
        card.add(row(self.vip, self.waiting, None, gap=16))
        goods.add(fields["product"], self._pair("sku", "batch"))
        goods.add(self._pair("receipt_no", "amount"))
        return box(column(card, goods, gap=16))

    def _pair(self, left: str, right: str) -> QLayout:
        line = row(gap=16)
        for name in (left, right):
            line.addWidget(self._fields[name], 1, Qt.AlignmentFlag.AlignTop)
        return line

    def _connect(self) -> None:
        for area in (self.verbatim, self.expectation):
            area.edited.connect(self.edited)
        for choice in (self.emotion, self.level, self.channel):
            choice.changed.connect(self.edited)
        for line in (*self.lines.values(), self.override):
            line.textEdited.connect(lambda _text: self.edited.emit())
        self.code.currentIndexChanged.connect(lambda _at: self.edited.emit())
        for mark in (self.vip, self.waiting):
            mark.toggled.connect(lambda _on: self.edited.emit())
        self.custom.edited.connect(self.edited)
        self.edited.connect(self._show_override)
        self.edited.connect(self._mend)
        self.emotion.changed.connect(self._show_anchor)

    def values(self) -> dict[str, str]:
        """Return everything typed as text, for drafts; empty values are left out."""
        found = {name: line.text().strip() for name, line in self.lines.items()}
        found |= {
            "verbatim": self.verbatim.toPlainText().strip(),
            "expectation": self.expectation.toPlainText().strip(),
            "emotion": self.emotion.value() or "",
            "code": self.code.value() or "",
            "level": self.level.value() or "",
            "override": self.override.text().strip(),
            "channel": self.channel.value() or "",
            "vip": "1" if self.vip.isChecked() else "",
            "waiting": "1" if self.waiting.isChecked() else "",
        }
        found |= self.custom.values()
        return {name: value for name, value in found.items() if value}

    def load(self, values: Mapping[str, str]) -> None:
        """Put a draft into the fields; an empty one clears them."""
        for name, line in self.lines.items():
            line.setText(values.get(name, ""))
        self.verbatim.setPlainText(values.get("verbatim", ""))
        self.expectation.setPlainText(values.get("expectation", ""))
        self.emotion.set_value(values.get("emotion"))
        self.code.set_value(values.get("code"))
        self.level.set_value(values.get("level"))
        self.override.setText(values.get("override", ""))
        self.channel.set_value(values.get("channel", "counter"))
        self.vip.setChecked(bool(values.get("vip")))
        self.waiting.setChecked(bool(values.get("waiting")))
        self.custom.load(values)
        for field in (*self._fields.values(), *self.custom.fields.values()):
            field.set_error("")
        self._show_anchor()
        self.show_suggestion(NO_SUGGESTION, self.verbatim.toPlainText())

    def fill(self, facts: Mapping[str, str]) -> None:
        """Put known facts into fields that are still empty."""
        for name, value in facts.items():
            line = self.lines.get(name)
            if line is not None and not line.text().strip():
                line.setText(value)
        if facts.get("tier") == "vip":
            self.vip.setChecked(True)
        self.edited.emit()

    def put_scan(self, scans: Sequence[Scan]) -> str:
        """Put what a scanner read into the fields it belongs to; return their names."""
        for scan in scans:
            self.lines[scan.field].setText(scan.value)
        self.edited.emit()
        names = [self._ui.text(f"ui_intake.{scan.field}") for scan in scans]
        return ("、" if self._ui.texts.lang == "zh_CN" else ", ").join(names)

    def _show_anchor(self) -> None:
        """Say by which behaviour the emotion chosen is told (IN-03)."""
        chosen = self.emotion.value()
        anchors = self._ui.desk.policy.emotions
        known = self._names.local(anchors.get(int(chosen))) if chosen else ""
        self._fields["emotion"].set_hint(known or self._ui.text("ui_intake.emotion_hint"))

    def ticket_fields(self) -> dict[str, str | int | bool]:
        """Return what OpenTicket takes."""
        typed = self.values()
        fields: dict[str, str | int | bool] = {
            name: typed[name] for name in (*LINES, "verbatim", "expectation") if name in typed
        }
        if "emotion" in typed:
            fields["emotion"] = int(typed["emotion"])
        if "vip" in typed:
            fields["tier"] = "vip"
        if "amount" in typed:
            fields["amount"] = f"{Decimal(typed['amount'].replace(',', '')):.2f}"
        return fields | self.custom.ticket_fields()

    def red_fields(self) -> dict[str, str | int | bool]:
        """Return what is there for the red channel; a malformed amount must not hold it up."""
        if not _is_amount(self.values().get("amount", "0")):
            self.lines["amount"].clear()
        return self.ticket_fields()

    def show_suggestion(self, suggestion: Suggestion, words: str = "") -> None:
        """Say what the rules suggest for these `words` and why (命中: 住院).

        What was asked about another customer's words, or before they went on, is not said.
        """
        if words != self.verbatim.toPlainText():
            return
        self._suggestion = suggestion
        text, parts = self._ui.text, []
        joint = "、" if self._ui.texts.lang == "zh_CN" else ", "
        if suggestion.code:
            name, hits = self._names.code(suggestion.code), joint.join(suggestion.code_hits)
            parts.append(text("ui_intake.suggest_code", name=name, hits=hits))
        if suggestion.level:
            name, hits = self._names.level(suggestion.level), joint.join(suggestion.level_hits)
            parts.append(text("ui_intake.suggest_level", name=name, hits=hits))
        self._why.setText("\n".join(parts) or text("ui_intake.suggest_none"))
        self._use.setVisible(bool(parts))
        self._show_override()

    @property
    def suggestion(self) -> Suggestion:
        """What was suggested last."""
        return self._suggestion

    def use_suggestion(self) -> None:
        """Choose what is suggested."""
        if self._suggestion.code:
            self.code.set_value(self._suggestion.code)
        if self._suggestion.level:
            self.level.set_value(str(self._suggestion.level))
        self.edited.emit()

    def differs(self) -> bool:
        """Tell whether code or level chosen are other than suggested (CL-06)."""
        code, level = self.code.value(), self.level.value()
        other_code = bool(code and self._suggestion.code and code != self._suggestion.code)
        suggested = self._suggestion.level
        return other_code or bool(level and suggested and level != str(suggested))

    def _show_override(self) -> None:
        self._fields["override"].setVisible(self.differs())

    def check(self, *, quick: bool) -> bool:
        """Mark what is missing or malformed and go to the first; True when all is well."""
        errors, fields = self._errors(quick=quick), self._all_fields()
        for name, field in fields.items():
            field.set_error(errors.get(name, ""))
        self._marked = list(errors)
        first = next(iter(errors), None)
        if first is not None:
            fields[first].editor.setFocus()
        return first is None

    def _all_fields(self) -> dict[str, Field]:
        return {**self._fields, **{f"custom:{n}": f for n, f in self.custom.fields.items()}}

    def _mend(self) -> None:
        """Take a mark away as soon as what it asked for is there."""
        if not self._marked:
            return
        left, fields = self._errors(quick=False), self._all_fields()
        for name in self._marked:
            if name not in left and name in fields:
                fields[name].set_error("")
        self._marked = [name for name in self._marked if name in left]

    def _errors(self, *, quick: bool) -> dict[str, str]:
        typed, text = self.values(), self._ui.text
        errors: dict[str, str] = {}
        if "verbatim" not in typed:
            errors["verbatim"] = text("ui_intake.required")
        if not quick:
            if "expectation" not in typed:
                errors["expectation"] = text("ui_intake.required")
            if "emotion" not in typed:
                errors["emotion"] = text("ui_intake.emotion_missing")
            missing = self.custom.missing()
            errors |= {f"custom:{name}": text("ui_intake.required") for name in missing}
        # A code and a level are recorded together; one alone would be lost.
        for one, other in (("code", "level"), ("level", "code")):
            if one in typed and other not in typed:
                errors[other] = text(f"ui_intake.{other}_missing")
        if self.differs() and "override" not in typed:
            errors["override"] = text("ui_intake.override_hint")
        if "phone" in typed and not PHONE.fullmatch(typed["phone"].replace(" ", "")):
            errors["phone"] = text("ui_intake.phone_bad")
        if "amount" in typed and not _is_amount(typed["amount"]):
            errors["amount"] = text("ui_intake.amount_bad")
        return errors


def _is_amount(written: str) -> bool:
    try:
        value = Decimal(written.replace(",", ""))
    except InvalidOperation:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2 and value >= 0
