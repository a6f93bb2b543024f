"""Loads screens and texts while a password is typed; who is quicker waits with the window awake."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial

from desktop.texts import Lang, load_catalogue
from ui.background import Background


def load_screens(lang: Lang) -> None:
    """Load screens and texts, so that nobody waits for them after a password was typed."""
    import ui.shell.workspace  # noqa: F401 - for its loading alone

    load_catalogue(lang)


class ScreenLoader:
    """Loads each language once; what needs the screens is done when they are there.

    Importing them on the window's thread meanwhile would wait for the loading one, unanswered.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._begun: set[Lang] = set()
        self._busy = 0
        self._waiting: Callable[[], object] | None = None

    def begin(self, lang: Lang) -> None:
        """Load on a worker what a language's screens need."""
        if lang in self._begun:
            return
        self._begun.add(lang)
        self._busy += 1
        load = partial(load_screens, lang)
        loaded, failed = lambda _none: self._loaded(), lambda _fault: self._done()
        self._background.run(load, loaded, failed, lane="files")

    def when_loaded(self, act: Callable[[], object]) -> None:
        """Do `act` now, or as soon as nothing is being loaded; the last one asked for counts."""
        if self._busy:
            self._waiting = act
        else:
            act()

    def _loaded(self) -> None:
        # What is loaded stays: looking through it for garbage again and again held up the window.
        gc.freeze()
        self._done()

    def _done(self) -> None:
        self._busy -= 1
        act, self._waiting = self._waiting, None
        if act is not None:
            self.when_loaded(act)
