"""The sound of a reminder, played by what the desktop plays sounds with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.resources import as_file, files

from PySide6.QtCore import QObject, QProcess, QStandardPaths
from PySide6.QtWidgets import QApplication

#: Programs that play a file, the desktop's own sound servers first; each with what it is told.
PLAYERS = (
    ("afplay",),
    ("pw-play",),
    ("paplay", "--client-name=Amends"),
    ("aplay", "--quiet"),
)


class Chime(QObject):
    """Plays one sound at a time; where nothing can play it, the system's bell rings instead.

    The bell alone would do on Windows and macOS, but most Linux desktops leave it silent.
    """

    def __init__(
        self,
        parent: QObject,
        players: Sequence[Sequence[str]] | None = None,
        bell: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__(parent)
        self._players, self._bell = PLAYERS if players is None else players, bell
        self._kept = ExitStack()
        self._playing: QProcess | None = None

    def play(self) -> None:
        """Begin the sound and return at once; one that still plays is not begun again."""
        if self._playing is not None:
            return
        if sys.platform == "win32":
            self._bell()  # heard there, at the loudness that the person chose for it
            return
        self._try([tuple(player) for player in self._players])

    def stop(self) -> None:
        """End a sound that plays, and let go of its file."""
        if self._playing is not None:
            self._playing.kill()
            self._playing.waitForFinished(1000)
        self._kept.close()

    def _try(self, players: Sequence[tuple[str, ...]]) -> None:
        """Play with the first that is here and succeeds."""
        for at, (name, *told) in enumerate(players):
            program = QStandardPaths.findExecutable(name)
            if program:
                self._start(program, told, players[at + 1 :])
                return
        self._bell()

    def _start(self, program: str, told: list[str], others: Sequence[tuple[str, ...]]) -> None:
        process = self._playing = QProcess(self)
        # Through these it can block on nothing.
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())

        def ended(code: int, how: QProcess.ExitStatus) -> None:
            self._playing = None
            process.deleteLater()
            if how is QProcess.ExitStatus.NormalExit and code != 0:
                self._try(others)  # no sound server behind it, or no device

        def failed(error: QProcess.ProcessError) -> None:
            if error is QProcess.ProcessError.FailedToStart:
                ended(1, QProcess.ExitStatus.NormalExit)

        process.finished.connect(ended)
        process.errorOccurred.connect(failed)
        process.start(program, [*told, self._file()])

    def _file(self) -> str:
        self._kept.close()
        sound = files("resources") / "sounds" / "reminder.wav"
        return str(self._kept.enter_context(as_file(sound)))
