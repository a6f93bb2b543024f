"""Starts processes that save into a folder and kills them with SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Savers:
    """Saving processes of one folder; `said` is what they called saved."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.said: list[str] = []

    def start(self, run: int) -> int:
        """Start a saver; return its process id."""
        return int(self._ask(f"start {run}", "pid ").split()[1])

    def kill(self, pid: int) -> None:
        """Kill a saver in whatever it does and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self._ask(f"wait {pid}", f"dead {pid}")

    def wait_for(self, start: str) -> None:
        """Wait until a line that begins so was said."""
        assert self._process.stdout is not None
        while not (line := self._process.stdout.readline()).startswith(start):
            assert line, "the savers have died"
            assert not line.startswith("failed"), f"a saver {line.strip()}"
            self.said.append(line.strip())
        self.said.append(line.strip())

    def _ask(self, question: str, answer: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        self.wait_for(answer)
        return self.said.pop()


@contextmanager
def savers(folder: Path) -> Iterator[Savers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.saving_process", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        yield Savers(process)
        assert process.stdin is not None
        process.stdin.close()
