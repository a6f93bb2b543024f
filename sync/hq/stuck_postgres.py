"""Tells a PostgreSQL that is there, yet neither works nor recovers, from one that does.

After a full disk its server can miss that one of its processes ended: then it waits for ever.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import psutil  # type: ignore[import-untyped]
import psycopg

#: What its processes are called: at work, and while it recovers.
_WRITER: Final = "walwriter"
_RECOVERING: Final = ("startup", "checkpointer")
#: Looks in a row (one a second) at which none of them is there.
_NOBODY_LOOKS: Final = 10
#: Looks in a row at which those that recover have done nothing and did not wait for the disk. The
#: end of a recovery computes, reads or writes all the time, however long it takes.
_IDLE_LOOKS: Final = 20
#: It is asked who is connected at every so many looks; so many times in a row it names the dead.
_ASK_EVERY: Final = 5
_DEAD_LOOKS: Final = 3
#: But for the one that is asked, which ends with its answer.
_LISTED: Final = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
_CONNECT_SECONDS: Final = 5


@dataclass(slots=True)
class StuckLooks:
    """Counts the looks at one server that found nothing going on."""

    nobody: int = 0
    idle: int = 0
    dead: int = 0
    looks: int = 0
    _did: tuple[float, ...] = ()
    _gone: frozenset[int] = frozenset()

    def is_stuck(self, pid: int, listed: Callable[[], Iterable[int]]) -> bool:
        """Look at the server `pid`; `listed` asks it for the processes that it knows.

        A process that it lists and that is gone may hold what all the others wait for.
        """
        children = _children(pid)
        self.looks += 1
        if any(_WRITER in name for name in children):
            self.nobody = self.idle = 0
            if self.looks % _ASK_EVERY == 0:
                gone = frozenset(one for one in listed() if not psutil.pid_exists(one))
                # One that ended a moment ago is not on the next list.
                self._gone = gone & self._gone if self.dead else gone
                self.dead = self.dead + 1 if self._gone else 0
            return self.dead >= _DEAD_LOOKS
        recovering = [p for n, p in children.items() if any(part in n for part in _RECOVERING)]
        did = tuple(_done(process) for process in recovering)
        starting = any("startup" in name for name in children)
        self.nobody = 0 if starting else self.nobody + 1
        quiet = did == self._did and not any(_waits_for_the_disk(one) for one in recovering)
        self.idle = self.idle + 1 if starting and quiet else 0
        self._did = did
        return self.nobody >= _NOBODY_LOOKS or self.idle >= _IDLE_LOOKS


def listed(url: str) -> list[int]:
    """Return the processes that the server at `url` lists; none when it cannot be asked."""
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS) as connection:
            return [pid for (pid,) in connection.execute(_LISTED)]
    except psycopg.Error:
        return []


def _children(pid: int) -> dict[str, psutil.Process]:
    """Return the server's processes by what they call themselves."""
    found: dict[str, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children():
            with contextlib.suppress(psutil.Error):  # one that just ended does not count
                found[f"{' '.join(child.cmdline())} {child.pid}"] = child
    return found


def _done(process: psutil.Process) -> float:
    """Return what a process has done so far: seconds of processor and bytes, in one figure."""
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        done = float(times.user + times.system)
        with contextlib.suppress(psutil.Error, AttributeError):  # not on every system
            moved = process.io_counters()
            done += float(moved.read_chars + moved.write_chars)
        return done + float(process.pid)
    return 0.0


def _waits_for_the_disk(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.status() == psutil.STATUS_DISK_SLEEP)
    return False
