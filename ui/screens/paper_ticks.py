"""The tick boxes read from a form, to be corrected by key or mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import clear, column, label


class TickEditor(QWidget):
    """One row of chips for each group on the form; several may be chosen in each."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._groups: dict[str, Choice] = {}
        self._rows = column(gap=6, margins=(12, 4, 8, 4))
        self.setLayout(self._rows)

    def show_ticks(
        self, options: Mapping[str, Sequence[str]], ticks: Mapping[str, Sequence[str]]
    ) -> None:
        """Offer every option of each group, the ticked ones chosen."""
        clear(self._rows)
        self._groups = {}
        for group in dict.fromkeys([*options, *ticks]):
            every = dict.fromkeys([*options.get(group, ()), *ticks.get(group, ())])
            if not every:
                continue
            choice = Choice([Option(text, text) for text in every], many=True)
            choice.setAccessibleName(group)
            choice.set_values([text for text in every if text in ticks.get(group, ())])
            choice.changed.connect(self.edited)
            self._groups[group] = choice
            self._rows.addLayout(column(label(group, "small"), choice, gap=4))
        self.setVisible(bool(self._groups))

    def ticks(self) -> dict[str, tuple[str, ...]]:
        """Return what is chosen, by group."""
        return {group: tuple(choice.values()) for group, choice in self._groups.items()}
