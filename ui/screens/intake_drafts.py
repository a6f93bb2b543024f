"""Drafts side by side: one chip a complaint in hand, so that the next customer need not wait."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.services.ports import SavedDraft
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import row

SHOWN = 6
_WORDS = 10


class DraftBar(QWidget):
    """Chips of the drafts kept, hidden without any; `chosen` and the button `add` say what next."""

    chosen = Signal(object)
    """A SavedDraft."""
    new = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self._drafts: dict[str, SavedDraft] = {}
        self._quiet = False
        self.chips = Choice([])
        self.chips.setAccessibleName(ui.text("ui_intake.drafts"))
        self.chips.changed.connect(self._changed)
        self.add = Button(ui.text("ui_intake.draft_new"), self.new.emit, icon="plus")
        self.add.setToolTip("Ctrl N")
        self.setLayout(row(self.chips))

    @property
    def drafts(self) -> Sequence[SavedDraft]:
        """The drafts shown, in the order of the chips."""
        return tuple(self._drafts.values())

    def show_drafts(self, drafts: Sequence[SavedDraft], current: str | None) -> None:
        """Show the drafts of this screen, the one in hand marked; the order stays by age."""
        mine = sorted((d for d in drafts if d.kind == "intake"), key=lambda d: d.id)
        recent = sorted(mine, key=lambda d: d.updated_at)[-SHOWN:]
        self._drafts = {d.id: d for d in mine if d in recent}
        options = [Option(d.id, self._name(d)) for d in self._drafts.values()]
        if current is None:
            options.append(Option("", self._ui.text("ui_intake.draft_current")))
        self._quiet = True
        self.chips.set_options(options)
        self.chips.set_value(current or "")
        self._quiet = False
        self.setVisible(bool(self._drafts))

    def step(self, by: int, current: str | None) -> None:
        """Choose the draft `by` places further."""
        names = list(self._drafts)
        if not names:
            return
        at = names.index(current) if current in names else len(names)
        count = len(names) + (0 if current in names else 1)
        place = (at + by) % count
        if place < len(names):
            self.chosen.emit(self._drafts[names[place]])

    def _changed(self) -> None:
        draft = self._drafts.get(self.chips.value() or "")
        if draft is not None and not self._quiet:
            self.chosen.emit(draft)

    def _name(self, draft: SavedDraft) -> str:
        body = draft.body
        words = body.get("customer_name") or " ".join(body.get("verbatim", "").split())
        if not words:
            return self._ui.text("ui_intake.draft_unnamed")
        return words if len(words) <= _WORDS else f"{words[:_WORDS]}…"
