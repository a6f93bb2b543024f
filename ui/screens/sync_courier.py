"""The courier (U 盘交换) on the Sync screen: write a file, tell its code, take a file in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog

from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.inputs import Field, LineEdit
from ui.widgets.layout import Card, box, column, label, row, rule

_SUFFIX = ".amends"


class CourierCard(Card):
    """Works with no network; says what happened in one line."""

    carried = Signal()
    """A file was taken in, or something could not go with one: there is more to show."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("courier.title"))
        self._ui = ui
        text = ui.text
        self.to_hq = Button(text("courier.to_hq"), self._ask_for_hq)
        self.to_peer = Button(text("courier.to_peer"), self._ask_for_peer)
        self.take_in = Button(text("courier.import"), self._ask_for_file)
        self.code = LineEdit()
        hint = text("courier.code_hint")
        self._code_field = Field(text("courier.code"), self.code, hint=hint)
        self.code.textChanged.connect(lambda _text: self._code_field.set_error(""))
        self.said = label("", "strong", wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.hide()
        self.add(
            column(
                label(text("courier.note"), "muted", wrap=True),
                box(row(self.to_hq, self.to_peer, None, gap=8)),
                rule(),
                self._code_field,
                box(row(self.take_in, None)),
                self.said,
                gap=10,
            )
        )

    def _ask_for_hq(self) -> None:
        self._ask_where(peer=False)

    def _ask_for_peer(self) -> None:
        self._ask_where(peer=True)

    def _ask_where(self, *, peer: bool) -> None:
        name = f"amends-{self._ui.desk.now():%Y%m%d-%H%M}{_SUFFIX}"
        kind = f"{self._ui.text('courier.file_kind')} (*{_SUFFIX})"
        path, _kind = QFileDialog.getSaveFileName(self, self._ui.text("courier.title"), name, kind)
        if path:
            # Only files that are called so are offered where it is to be taken in.
            named = path if path.lower().endswith(_SUFFIX) else path + _SUFFIX
            self.write(Path(named), peer=peer)

    def _ask_for_file(self) -> None:
        if not self.code.text().strip():
            self._code_field.set_error(self._ui.text("courier.code_missing"))
            self.code.setFocus()
            return
        kind = f"{self._ui.text('courier.file_kind')} (*{_SUFFIX})"
        path, _kind = QFileDialog.getOpenFileName(self, self._ui.text("courier.title"), "", kind)
        if path:
            self.take(Path(path), self.code.text())

    def write(self, path: Path, *, peer: bool) -> None:
        """Write a file and tell its code."""
        self._busy(True)
        self._ui.run(lambda: self._ui.desk.courier_out(path, peer=peer), self._written)

    def take(self, path: Path, code: str) -> None:
        """Take a file in."""
        self._busy(True)
        self._ui.run(lambda: self._ui.desk.courier_in(path, code), self._taken)

    def _written(self, outcome: Exported | CourierRefusal) -> None:
        self._busy(False)
        if isinstance(outcome, CourierRefusal):
            self._refused(outcome)
        else:
            told = self._ui.text("courier.code_told", code=outcome.code)
            stuck = self._ui.text("courier.stuck", n=outcome.stuck) if outcome.stuck else ""
            self._say("\n".join(filter(None, (told, stuck))))
            if stuck:
                self.carried.emit()

    def _taken(self, outcome: Carried | CourierRefusal) -> None:
        self._busy(False)
        if isinstance(outcome, CourierRefusal):
            self._refused(outcome)
            return
        self.code.clear()
        numbers = {"received": outcome.received, "acked_seq": outcome.acked_seq}
        told = self._ui.text("courier.taken", **numbers)
        if outcome.lost_after is not None:
            told = f"{told}\n{self._ui.text('courier.lost', seq=outcome.lost_after)}"
        self._say(told)
        self._ui.changed.emit()
        self.carried.emit()

    def _refused(self, refusal: CourierRefusal) -> None:
        size = self._ui.formats.size
        sizes = {"needed": size(refusal.needed), "free": size(refusal.free)}
        self._say(self._ui.text(f"courier.{refusal.code}", **sizes))

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.show()

    def _busy(self, busy: bool) -> None:
        for button in (self.to_hq, self.to_peer, self.take_in):
            button.setEnabled(not busy)
