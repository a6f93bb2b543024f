"""Starts the program on a folder as `amends --data` does, and prints what its window shows.

One JSON line: the page (OpeningPage, LoginPage, SetupPage) with the words of its banner, once it
rests. `stay` then keeps the window open until the process is ended; `unprivileged` gives up
root's rights first, which no read-only folder stops.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

import desktop.bootstrap
import ui.shell.workspace  # noqa: F401 - loaded while everything may still be read
from desktop.commands.app import open_app
from ui.main_window import MainWindow
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.widgets.buttons import Button

LOOK_MS = 50
#: A page counts as what is shown once nothing is under way any more; this often in a row.
LOOKS = 4
NOBODY = 65534


class Watch:
    """Looks at the window until its page rests."""

    def __init__(self, *, stay: bool) -> None:
        self._stay, self._seen, self._same = stay, {}, 0
        self._timer = QTimer()
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)

    def look(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if not windows or not windows[0]._background.idle:
            return
        seen = said(windows[0].centralWidget())
        self._same = self._same + 1 if seen == self._seen else 0
        self._seen = seen
        if self._same < LOOKS:
            return
        self._timer.stop()
        os.write(1, (json.dumps(seen) + "\n").encode())
        if not self._stay:
            windows[0].close()


def said(page: QWidget) -> dict[str, object]:
    """Return what a page says and what can be pressed on it."""
    words = page.banner.text if isinstance(page, OpeningPage | LoginPage | SetupPage) else ""
    buttons = [b.text().strip() for b in page.findChildren(Button) if b.isVisible()]
    return {"page": type(page).__name__, "says": words, "buttons": buttons}


def main(folder: Path, wishes: set[str]) -> int:
    QApplication(["amends"])
    if "unprivileged" in wishes and os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if "full" in wishes:
        # No file may grow any more, which is how a full disk answers.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    watch = Watch(stay="stay" in wishes)
    code = open_app(folder, "en")
    del watch
    return code


if __name__ == "__main__":
    assert desktop.bootstrap is not None
    raise SystemExit(main(Path(sys.argv[1]), set(sys.argv[2:])))
