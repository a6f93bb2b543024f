"""What happened, newest first: who, when, what, and whether HQ has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QWidget

from ui.tokens import Tone
from ui.widgets.layout import clear, column, label, row
from ui.widgets.text import Pill


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline; `when` is already written in the store's zone."""

    when: str
    who: str
    text: str
    detail: str = ""
    pill: str = ""
    tone: Tone = "neutral"
    icon: str = ""


class Timeline(QWidget):
    """Entries in the order given."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(gap=0)
        self._shown: tuple[Entry, ...] = ()
        self.setLayout(self._box)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries instead; the same ones again stay as they are drawn."""
        if tuple(entries) == self._shown:
            return
        self._shown = tuple(entries)
        clear(self._box)
        for index, entry in enumerate(entries):
            self._box.addWidget(_entry(entry, last=index == len(entries) - 1))


def _entry(entry: Entry, *, last: bool) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "row")
    frame.setProperty("last", "true" if last else "false")
    head = row(label(f"{entry.when} {entry.who}", "smallstrong"), None, gap=8)
    if entry.pill:
        head.addWidget(Pill(entry.pill, entry.tone, icon=entry.icon or None))
    body = column(head, label(entry.text, "smallink", wrap=True), gap=2, margins=(0, 8, 0, 8))
    if entry.detail:
        body.addWidget(label(entry.detail, "small", wrap=True))
    frame.setLayout(body)
    frame.setAccessibleName(f"{entry.when} {entry.who} {entry.text}")
    return frame
