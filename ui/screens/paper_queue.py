"""The list of scans on the Paper screen: how far each page is, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QWidget

from desktop.domain.forms import FormReading
from desktop.services.form_checks import Snapped
from desktop.services.ticket_ports import TicketRow
from ui.background import Job
from ui.context import Ui
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.layout import Card, column, label, row
from ui.widgets.text import ElidedLabel, Pill


@dataclass(slots=True)
class Scan:
    """One page on its way: being read, to be checked, failed or accepted."""

    path: Path
    reading: FormReading | None = None
    images: Sequence[QImage] = (QImage(),)
    error: str = ""
    accepted: TicketRow | None = None
    draft: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    snapped: Mapping[str, Snapped] = field(default_factory=dict)
    known: TicketRow | None = None
    pages_done: int = 0
    job: Job | None = None

    @property
    def ready(self) -> bool:
        """Tell whether the page waits for its review."""
        return self.reading is not None and not self.error and self.accepted is None

    @property
    def name(self) -> str:
        """The file's name, and the page where it is not the first."""
        page = self.reading.page if self.reading else 1
        return self.path.name if page == 1 else f"{self.path.name} · {page}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a line says; a line that says the same stays as it is."""

    name: str
    error: str
    words: str
    tone: Tone
    act: str


class ScanList(Card):
    """Emits `wanted` and `removed` with a Scan, `stopped` when reading is to end."""

    wanted = Signal(object)
    removed = Signal(object)
    stopped = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_paper.queue"))
        self._ui = ui
        self._lines: dict[int, tuple[_Shown, QWidget]] = {}
        self._progress = label("", "small")
        self._cancel = Button(
            ui.text("ui_paper.cancel"), self.stopped.emit, variant="ghost", icon="x"
        )
        self._empty = label(ui.text("ui_paper.queue_empty"), "muted")
        self._rows = column(self._empty, gap=0)
        self.add(row(self._progress, None, self._cancel), self._rows, None)

    def show_scans(self, scans: Sequence[Scan]) -> None:
        """Show every scan in order; only lines that changed are drawn anew."""
        self._empty.setVisible(not scans)
        kept: dict[int, tuple[_Shown, QWidget]] = {}
        for place, scan in enumerate(scans, start=1):
            shown = self._shown(scan)
            before = self._lines.pop(id(scan), None)
            if before is not None and before[0] == shown:
                kept[id(scan)] = before
            else:
                if before is not None:
                    _drop(before[1])
                kept[id(scan)] = (shown, self._line(scan, shown))
            widget = kept[id(scan)][1]
            if self._rows.indexOf(widget) != place:
                self._rows.insertWidget(place, widget)
        for _, widget in self._lines.values():
            _drop(widget)
        self._lines = kept
        waiting = sum(scan.reading is None and not scan.error for scan in scans)
        words = self._ui.text("ui_paper.progress", done=len(scans) - waiting, of=len(scans))
        self._progress.setText(words if waiting else "")
        self._progress.setVisible(bool(waiting))
        self._cancel.setVisible(bool(waiting))

    def _shown(self, scan: Scan) -> _Shown:
        words, tone = self._state(scan)
        act = (
            "review" if scan.ready else "open" if scan.accepted else "remove" if scan.error else ""
        )
        return _Shown(scan.name, scan.error, words, tone, act)

    def _line(self, scan: Scan, shown: _Shown) -> QWidget:
        text = self._ui.text
        words = column(None, ElidedLabel(shown.name, "strong"), gap=2)
        if shown.error:
            words.addWidget(label(shown.error, "small", wrap=True))
        words.addStretch(1)
        line = row(Glyph("file-text", "muted"), gap=12, margins=(0, 8, 0, 8))
        line.addLayout(words, 1)
        line.addWidget(Pill(shown.words, shown.tone))
        if shown.act == "review":
            line.addWidget(Button(text("ui_paper.review"), partial(self.wanted.emit, scan)))
        elif scan.accepted is not None:
            go = partial(self._ui.navigate.emit, "ticket", scan.accepted.stream)
            line.addWidget(Button(text("ui.open"), go))
        elif shown.act == "remove":
            remove, name_of = partial(self.removed.emit, scan), text("ui_paper.remove")
            line.addWidget(Button("", remove, variant="ghost", icon="x", accessible=name_of))
        frame = QFrame()
        frame.setProperty("role", "queueitem")
        frame.setLayout(line)
        frame.setMinimumHeight(theme().px(52))
        frame.setAccessibleName(f"{shown.name} {shown.words}")
        return frame

    def _state(self, scan: Scan) -> tuple[str, Tone]:
        text = self._ui.text
        if scan.error:
            return text("ui_paper.failed"), "bad"
        if scan.accepted is not None:
            return text("ui_paper.done", number=scan.accepted.number), "good"
        if scan.reading is None:
            if scan.pages_done:
                return text("ui_paper.reading_page", n=scan.pages_done + 1), "info"
            return text("ui_paper.reading"), "info"
        if scan.known is not None:
            return text("ui_paper.known_short", number=scan.known.number), "warn"
        unsure = sum(bool(f.value) and not f.certain for f in scan.reading.fields.values())
        if unsure:
            return text("ui_paper.check", n=unsure), "warn"
        return text("ui_paper.ready"), "good"


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
