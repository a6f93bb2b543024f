"""Headquarters as a real process that can be killed at any moment and is back at once.

A process that has everything loaded forks `amends-hq serve`, so that a kill costs no start-up. It
reads one JSON object a line: {"args": [...], "log": path} starts one, {} waits for its end. It
answers a start with the process's id and first line, an end with the exit code.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.sync.hq_process import HqProcess


class ForkedHq(HqProcess):
    """One served HQ on loopback that starts without loading anything."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.fault_hq"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pid = 0

    @property
    def pid(self) -> int:
        """The process id of the served HQ."""
        assert self._pid
        return self._pid

    def start(self) -> None:
        """Start it, on the port that it had before."""
        self.data.mkdir(parents=True, exist_ok=True)
        log = self.data / "serve.log"
        args = ["serve", "--data", str(self.data), "--port", str(self.port)]
        self._pid, line = self._told({"args": args, "log": str(log)})
        if not line.startswith("amends-hq: http://"):
            self.kill()
            raise AssertionError(log.read_text())
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
        self._wait_healthy()

    def _end(self, how: signal.Signals) -> int:
        os.kill(self.pid, how)
        code, self._pid = self._told({})[0], 0
        return code

    def close(self) -> None:
        """Stop it and what starts it."""
        if self._pid:
            self.stop()
        self._launcher.kill()
        self._launcher.communicate()

    def _told(self, order: dict[str, object]) -> tuple[int, str]:
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        self._launcher.stdin.write(json.dumps(order) + "\n")
        self._launcher.stdin.flush()
        number, line = json.loads(self._launcher.stdout.readline())
        return number, line


def _serve(args: list[str], log: str, said: int) -> None:
    """Be `amends-hq` with these arguments, in a process of its own; never returns."""
    from sync.hq.__main__ import main

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with Path(log).open("a") as errors:
        os.dup2(errors.fileno(), 2)
    os.dup2(said, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 1
    try:
        main(args, standalone_mode=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def _launch() -> None:
    """Start and wait for one HQ after the other."""
    import uvicorn  # noqa: F401 - loaded once for all of them
    from uvicorn.protocols.http import auto  # noqa: F401

    from sync.hq import bootstrap, logs  # noqa: F401

    pid = 0
    for line in sys.stdin:
        order = json.loads(line)
        if not order:
            answer = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), ""]
        else:
            assert threading.active_count() == 1
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reading)
                _serve(order["args"], order["log"], writing)
            os.close(writing)
            with os.fdopen(reading) as said:
                answer = [pid, said.readline()]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _launch()
