"""Opening the store's data: what is loaded behind the first page, and ways out when it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.services.clock_check import ClockDoubt
from desktop.services.glimpse import Glimpse
from desktop.texts import Texts
from ui.background import Background
from ui.context import fault_text
from ui.formats import Formats
from ui.shell.login import OpeningPage

Look: TypeAlias = Callable[[Sequence[str]], Glimpse | None]
"""Reads people and the named settings without opening the desk."""
Restore: TypeAlias = Callable[[Path, str | None], object]
"""Puts a backup in the place of the data, under a recovery passphrase if one is given."""
_CLOCK = {"behind": "ui.clock_behind", "ahead": "ui.clock_ahead"}
#: Faults of the data that a backup mends.
MENDED_BY_BACKUP = frozenset({"DatabaseDamaged", "WrongKey", "KeyMissing"})


class Rescue(QObject):
    """Makes opening pages and does what is asked for on them; `start` opens the data anew."""

    def __init__(
        self,
        window: QWidget,
        background: Background,
        restore: Restore | None,
        start: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._background = window, background
        self._restore, self._start = restore, start

    def page(self, texts: Texts) -> OpeningPage:
        """Return a page for the time until the data are open."""
        page = OpeningPage(texts)
        page.retry.connect(self._start)
        page.restore_wanted.connect(lambda phrase: self._ask(page, texts, phrase))
        return page

    def failed(self, page: OpeningPage, texts: Texts, fault: Exception) -> None:
        """Say on `page` what is wrong, with a backup as the way out where one would help."""
        mends = self._restore is not None and type(fault).__name__ in MENDED_BY_BACKUP
        page.failed(fault_text(texts, fault), restorable=mends)

    def _ask(self, page: OpeningPage, texts: Texts, phrase: str) -> None:
        title = texts.get("ui.opening_restore")
        name, _kind = QFileDialog.getOpenFileName(
            self._window, title, "", "Amends (*.amends-backup)"
        )
        if name:
            self.restore(page, texts, Path(name), phrase or None)

    def restore(
        self, page: OpeningPage, texts: Texts, archive: Path, passphrase: str | None
    ) -> None:
        """Put a backup in the place of data that do not open; those are kept beside it."""
        put_back = self._restore
        if put_back is None:
            return
        page.restoring()
        self._background.run(
            lambda: put_back(archive, passphrase),
            lambda _kept: self._start(),
            lambda fault: page.failed(fault_text(texts, fault), restorable=True),
        )


def doubt_words(texts: Texts, timezone: str, doubt: ClockDoubt) -> str:
    """Say why this PC's clock cannot be right."""
    formats = Formats(texts, ZoneInfo(timezone))
    now, last = formats.whole(doubt.now), formats.whole(doubt.last)
    return texts.get(_CLOCK[doubt.kind], now=now, last=last)
