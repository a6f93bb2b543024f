"""What every screen holds: the desk, the language, work in the background, and ways to speak."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.domain.outcomes import Refusal
from desktop.services.ports import StorageFault, StorageFull
from desktop.texts import Texts
from ui.background import Background, Job, Lane
from ui.formats import Formats
from ui.tokens import Tone

if TYPE_CHECKING:
    from desktop.services.desk import Desk

T = TypeVar("T")
#: How the system says that a file cannot grow: disk, quota or file size at their limit.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
TICK_MS = 1000


class Ui(QObject):
    """Shared by the screens of one window; forgets its jobs when the window is rebuilt."""

    navigate = Signal(str, object)
    """Go to a screen by name, with what it should show."""
    said = Signal(str, str)
    """A passing note and its tone."""
    tick = Signal(object)
    """The aware UTC time, every second, for clocks on screen."""
    restart = Signal(str, str)
    """The data were replaced: open them anew and say this, in that tone."""
    changed = Signal()
    """Something was saved: counts and the sync pill look again."""

    def __init__(self, desk: Desk, texts: Texts, background: Background) -> None:
        super().__init__()
        self.desk = desk
        self.texts = texts
        self.background = background
        self.host: QWidget | None = None
        """Where screens are put."""
        self.formats = Formats(texts, ZoneInfo(desk.store.timezone))
        self._jobs: list[Job] = []
        self._closed = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self.tick.emit(self.desk.now()))
        self._timer.start(TICK_MS)

    def text(self, key: str, **values: object) -> str:
        """Look a text up in the catalogue."""
        return self.texts.get(key, **values)

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object],
        *,
        lane: Lane = "journal",
        on_error: Callable[[str], object] | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """Run `work` off the GUI thread; faults become one clear sentence for a person.

        What a dialog shows is dropped when the dialog, `owner` or the one that `on_done` is a
        method of, was closed meanwhile.
        """
        shown_in = getattr(on_done, "__self__", None) if owner is None else owner

        def done(result: T) -> None:
            if not isinstance(shown_in, QObject) or isValid(shown_in):
                on_done(result)

        def failed(fault: Exception) -> None:
            message = fault_text(self.texts, fault)
            if on_error is not None:
                on_error(message)
            else:
                self.say(message, "bad")

        return self._keep(self.background.run(work, done, failed, lane=lane))

    def run_with_progress(
        self,
        work: Callable[[Job], T],
        on_done: Callable[[T], object],
        on_progress: Callable[[Any], object],
        *,
        lane: Lane,
        on_error: Callable[[str], object],
    ) -> Job:
        """Run long work that reports how far it is and can be cancelled."""
        return self._keep(
            self.background.run(
                work,
                on_done,
                lambda fault: on_error(fault_text(self.texts, fault)),
                lane=lane,
                on_progress=on_progress,
                with_job=True,
            )
        )

    def act(self, work: Callable[[], T | Refusal], on_done: Callable[[T], object]) -> Job:
        """Run a command on the journal: a refusal is said, what was saved is announced."""

        def answered(outcome: T | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.say(self.refusal(outcome), "warn")
                return
            self.changed.emit()
            on_done(outcome)

        return self.run(work, answered)

    def keep(self, work: Callable[[], object], on_done: Callable[[], object]) -> None:
        """Save typing even while the window is being rebuilt; only the answer is then dropped."""

        def done(_result: object) -> None:
            if not self._closed:
                on_done()

        def failed(fault: Exception) -> None:
            if not self._closed:
                self.say(self.fault(fault), "bad")

        self.background.run(work, done, failed)

    def desk_setting(self, name: str, value: str) -> None:
        """Keep a small setting of this PC."""
        self.keep(lambda: self.desk.save_setting(name, value), lambda: None)

    def say(self, text: str, tone: Tone = "good") -> None:
        """Say something in passing."""
        self.said.emit(text, tone)

    def refusal(self, refusal: Refusal) -> str:
        """Write a refusal in the language in force."""
        return refusal_text(self.texts, refusal)

    def fault(self, fault: Exception) -> str:
        """Say a fault in the language in force."""
        return fault_text(self.texts, fault)

    def close(self) -> None:
        """Stop the clocks and drop results that would come too late."""
        self._closed = True
        self._timer.stop()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()

    def _keep(self, job: Job) -> Job:
        self._jobs = [*self._jobs[-63:], job]
        return job


def refusal_text(texts: Texts, refusal: Refusal) -> str:
    """Fill the text `refusal.<code>`; values given in every language are chosen from."""
    values = {name: _value(texts, value) for name, value in refusal.values.items()}
    return texts.get(f"refusal.{refusal.code}", **values)


def _value(texts: Texts, value: object) -> str:
    if isinstance(value, Mapping):
        return texts.choose(dict(value))
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Sequence) and not isinstance(value, str):
        joint = "、" if texts.lang == "zh_CN" else ", "
        return joint.join(_value(texts, part) for part in value)
    if isinstance(value, str) and texts.has(f"ui.role.{value}"):
        return texts.get(f"ui.role.{value}")
    return str(value)


def fault_text(texts: Texts, fault: Exception) -> str:
    """Say what went wrong and what to do, without a traceback."""
    # What follows the first clause is advice in English for the command line; ours is here.
    detail = str(fault).partition(";")[0] or type(fault).__name__
    if isinstance(fault, StorageFull) or getattr(fault, "errno", None) in _NO_SPACE:
        return texts.get("ui.fault.disk_full")
    known = f"fault.{type(fault).__name__}"
    if isinstance(fault, StorageFault) and texts.has(known):
        return texts.get(known, detail=detail)
    if isinstance(fault, StorageFault):
        return texts.get("ui.fault.storage", detail=detail)
    if isinstance(fault, PermissionError) or getattr(fault, "errno", None) == errno.EROFS:
        return texts.get("ui.fault.no_access", detail=getattr(fault, "filename", None) or detail)
    if isinstance(fault, OSError):
        return texts.get("ui.fault.file", detail=fault.strerror or detail)
    return texts.get("ui.fault.other", detail=detail)
