"""Takes pictures of screens in a given language, theme and scale, with no display needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from desktop.texts import Lang
from ui.theme import theme
from ui.tokens import ThemeName

DEFAULT_SIZE = QSize(1440, 900)


def settle(ready: Callable[[], bool] = lambda: True, *, timeout_ms: int = 60_000) -> bool:
    """Let events run until `ready` holds and layouts rest; False when time ran out first.

    What is ready may, by the last events, set off something more: that is waited for as well.
    """
    loop = QEventLoop()
    watch, deadline = QTimer(), QTimer()
    watch.timeout.connect(lambda: loop.quit() if ready() else None)
    deadline.setSingleShot(True)
    deadline.timeout.connect(loop.quit)
    watch.start(10)
    deadline.start(timeout_ms)
    while True:
        loop.exec()
        for _ in range(3):
            QApplication.processEvents()
        rests = ready()
        if rests or not deadline.isActive():
            return rests


def picture(widget: QWidget, ratio: float = 1.0) -> QPixmap:
    """Render a widget at `ratio` device pixels per logical pixel."""
    shot = QPixmap(widget.size() * ratio)
    shot.setDevicePixelRatio(ratio)
    shot.fill(Qt.GlobalColor.transparent)
    widget.render(shot)
    return shot


def grab(
    build: Callable[[Lang], QWidget],
    path: Path,
    scale: float = 1.0,
    theme_name: ThemeName = "light",
    lang: Lang = "zh_CN",
    size: QSize = DEFAULT_SIZE,
) -> Path:
    """Build a widget under an appearance, show it at `size`, save it as PNG and close it.

    Raises OSError when the file cannot be written.
    """
    theme().apply(theme_name, scale)
    widget = build(lang)
    widget.resize(size)
    widget.show()
    settle()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not picture(widget).save(str(path), "PNG"):
        raise OSError(f"cannot write {path}")
    widget.close()
    widget.deleteLater()
    return path
