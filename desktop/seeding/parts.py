"""Splits a large history over processes: each makes some of the stores, one database takes all."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final

from desktop.seeding.history import Progress

#: From so many complaints on it is worth starting another interpreter.
WORTH_IT: Final = 5_000
#: More would only wait for the database, which one of them writes at a time.
MOST: Final = 4
_POLL_SECONDS: Final = 1.0

MakePart = Callable[[tuple[int, int], Progress], int]
"""Makes one part (which, of how many), telling how many complaints of it are there."""


class PartFailed(Exception):
    """A process ended before its part was made; what it saved stays."""


def run(make: MakePart, parts: int, tickets: int, progress: Progress) -> int:
    """Make all parts at the same time; return how many complaints there are.

    `make` is sent to the processes, so it must be a function of a module or a partial of one.
    Raises PartFailed when a process ended early; stops the others then and on Ctrl+C.
    """
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    workers: list[BaseProcess] = []
    try:
        for part in range(parts):
            here, there = context.Pipe(duplex=False)
            workers.append(
                context.Process(target=_work, args=(make, (part, parts), there), daemon=True)
            )
            workers[-1].start()
            there.close()
            pipes.append(here)
        return _listen(pipes, tickets, progress)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _listen(pipes: list[Connection], tickets: int, progress: Progress) -> int:
    done = dict.fromkeys(range(len(pipes)), 0)
    finished: set[int] = set()
    while len(finished) < len(pipes):
        for ready in wait([p for n, p in enumerate(pipes) if n not in finished], _POLL_SECONDS):
            at = pipes.index(ready)  # type: ignore[arg-type]
            try:
                count, is_end = pipes[at].recv()
            except EOFError as error:
                raise PartFailed("a part of the history could not be made; see above") from error
            done[at] = count
            if is_end:
                finished.add(at)
            progress(sum(done.values()), tickets)
    return sum(done.values())


def _work(make: MakePart, part: tuple[int, int], told: Connection) -> None:
    try:
        count = make(part, lambda done, _total: told.send((done, False)))
        told.send((count, True))
    except (KeyboardInterrupt, BrokenPipeError):
        return  # the one who started us stops too, and says so, or is gone
