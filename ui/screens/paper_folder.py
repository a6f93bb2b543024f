"""The scan folder under watch: finished files come in by themselves, read ones move aside."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.services.scan_folder import Fate, ScanFolder
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.feedback import Glyph
from ui.widgets.layout import label, row

LOOK_EVERY_MS = 3_000


class _HasPath(Protocol):
    path: Path


class WatchedFolder(QWidget):
    """One line: which folder is watched, and the way to choose or stop."""

    def __init__(self, ui: Ui, take: Callable[[Sequence[Path]], None]) -> None:
        super().__init__()
        self._ui, self._take = ui, take
        self._folder: ScanFolder | None = None
        self._looking = False
        self._name = label("", "small", wrap=True)
        self._choose = Button(ui.text("ui_paper.watch"), self.choose, variant="link")
        self._stop = Button(ui.text("ui_paper.watch_stop"), self.stop, variant="link")
        line = row(Glyph("folder-open", "muted"), gap=8)
        line.addWidget(self._name, 1)
        line.addWidget(self._stop)
        line.addWidget(self._choose)
        self.setLayout(line)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._show()

    def start(self) -> None:
        """Watch the folder of the settings, if there is one."""
        if self._folder is None:
            self._ui.run(self._ui.desk.scan_folder, self._watch)

    def choose(self) -> None:
        """Ask for a folder and watch it from now on."""
        name = QFileDialog.getExistingDirectory(self, self._ui.text("ui_paper.watch"))
        if name:
            self.set_folder(Path(name))

    def stop(self) -> None:
        """Watch no folder any more."""
        self.set_folder(None)

    def set_folder(self, folder: Path | None) -> None:
        """Watch a folder and remember it."""
        desk = self._ui.desk
        self._ui.run(lambda: desk.set_scan_folder(folder), lambda _none: self._watch(folder))

    def _watch(self, folder: Path | None) -> None:
        self._folder = ScanFolder(folder, time.time) if folder else None
        if self._folder is None:
            self._timer.stop()
        else:
            self._timer.start()
            self.look()
        self._show()

    def look(self) -> None:
        """Take in what is finished; a network folder may be slow, so not on the GUI thread."""
        folder = self._folder
        if folder is None or self._looking:
            return
        self._looking = True
        self._ui.run(folder.finished, self._found, lane="ocr", on_error=self._unreadable)

    def _found(self, paths: Sequence[Path]) -> None:
        self._looking = False
        self._show()
        if paths:
            self._take(paths)

    def _unreadable(self, message: str) -> None:
        self._looking = False
        self._name.setText(message)

    def put_away(self, path: Path, fate: Fate, scans: Sequence[_HasPath]) -> None:
        """Move a file that came from the folder; the pages that hold it follow it."""
        folder = self._folder
        if folder is None or path.parent != folder.folder:
            return

        def moved(target: Path | None) -> None:
            for scan in scans:
                scan.path = target or scan.path

        self._ui.run(partial(folder.put_away, path, fate), moved, lane="ocr")

    def _show(self) -> None:
        text, folder = self._ui.text, self._folder
        words = text("ui_paper.watching", path=str(folder.folder)) if folder else ""
        self._name.setText(words or text("ui_paper.watch_none"))
        self._stop.setVisible(folder is not None)
