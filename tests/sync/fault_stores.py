"""Store PCs as real processes that can be killed at any moment.

A process that has everything loaded forks one child a run, so that a kill costs no start-up. It
reads one JSON object a line: {"runs": [run, …]}, and answers with one line when all have ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from desktop.services.exchange_ports import ExchangeFailure
from desktop.services.ports import Author, StorageFault, StorageFull
from sync.client import HqClient, LineOptions
from tests.sync.devices import opened, proposed
from tests.sync.stores import open_pc

HURRIED = LineOptions(
    connect_timeout=0.5, read_timeout=0.4, attempts=2, first_wait=0.01, longest_wait=0.05
)
#: Seconds until a run that nobody kills must have ended, also on a machine that does other things.
_LONGEST = 600
#: What a bad line may make of an exchange; with altered bytes anything but a fork.
PASSING = {"unreachable", "bad_answer"}


class Shifted:
    """A PC's clock that is wrong."""

    def __init__(self, days: float) -> None:
        self._off = timedelta(days=days)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._off


def live(run: dict[str, Any]) -> None:
    """Write complaints and exchange in between, until done or dead; log what was saved."""
    chance = Random(run["seed"])
    folder = Path(run["folder"])
    if run["disk_full"]:
        largest = max(path.stat().st_size for path in folder.glob("amends.db*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 40_000, largest + 40_000))
    clock = Shifted(run["days_off"])
    data = open_pc(folder)
    hq = HqClient(
        data.sync, data.attachments, clock, HURRIED, batch_events=chance.choice((2, 2000))
    )
    with (folder / "saved.log").open("a") as log:
        for number in range(run["first"], run["first"] + run["writes"]):
            stream = f"t-{run['name']}-{number:06d}"
            author = Author("p-clerk", clock.now(), "2026.1")
            drafts = [opened(f"{run['name']}-{number:06d}"), proposed(f"i-{number}", "5000.01")]
            with data.journal.write() as writer:
                writer.append(stream, drafts, author)
            log.write(f"{number}\n")
            log.flush()
            if chance.random() < 0.2:
                data.attachments.put(chance.randbytes(chance.randrange(1, 150_000)))
            if chance.random() < 0.4:
                _exchange(hq, run)
    _exchange(hq, run)


def _exchange(hq: HqClient, run: dict[str, Any]) -> None:
    outcome = hq.exchange()
    if not isinstance(outcome, ExchangeFailure):
        return
    allowed = outcome.code != "fork" if run["altered"] else outcome.code in PASSING
    if not allowed:
        raise AssertionError(f"{outcome.code}: {outcome.detail}")


def _child(run: dict[str, Any]) -> None:
    try:
        live(run)
    except (StorageFault, StorageFull, OSError):
        os._exit(0 if run["disk_full"] else 4)
    except BaseException:
        traceback.print_exc()
        os._exit(3)
    os._exit(0)


def _play(runs: list[dict[str, Any]]) -> list[int]:
    """Run children side by side, killing each at its time; return their wait statuses."""
    pids = {}
    for run in runs:
        pid = os.fork()
        if pid == 0:
            _child(run)
        pids[pid] = run
    began, ends = time.monotonic(), {}
    while len(ends) < len(pids):
        for pid, run in pids.items():
            if pid in ends:
                continue
            after = time.monotonic() - began
            if after > (run["kill_after"] or _LONGEST):
                os.kill(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                ends[pid] = 5 if code == -signal.SIGKILL and not run["kill_after"] else code
        time.sleep(0.002)
    return list(ends.values())


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_play(json.loads(line)["runs"])) + "\n")
        sys.stdout.flush()
