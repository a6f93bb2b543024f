"""A real `amends-hq serve` for measurements, with what it and its database take of the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

_STOP_SECONDS = 30


class HqFault(Exception):
    """Headquarters did not start or refused a command; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds and megabytes; shared pages are counted once, as the system divides them."""

    hq_cpu: float
    database_cpu: float
    hq_mb: float
    database_mb: float


@dataclass(frozen=True, slots=True)
class Running:
    """A served HQ and its folder."""

    data: Path
    url: str
    process: subprocess.Popen[str]

    def code(self, scope: str = "S0217") -> str:
        """Issue a one-time code."""
        return command(self.data, "enroll", scope).strip().splitlines()[-1]

    def status(self) -> dict[str, Any]:
        """Return what HQ holds."""
        found: dict[str, Any] = json.loads(command(self.data, "status", "--json"))
        return found

    def usage(self) -> Usage:
        """Return what HQ and its PostgreSQL used up to now."""
        pid_file = self.data / "pg" / "postmaster.pid"
        postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        own = psutil.Process(self.process.pid)
        times, memory = own.cpu_times(), own.memory_full_info()
        everyone = [postmaster, *postmaster.children()]
        database = [_of(process) for process in everyone]
        return Usage(
            times.user + times.system,
            sum(cpu for cpu, _ in database),
            round(memory.pss / 1e6, 1),
            round(sum(size for _, size in database), 1),
        )


def _of(process: Any) -> tuple[float, float]:
    try:
        times = process.cpu_times()
        return times.user + times.system, process.memory_full_info().pss / 1e6
    except psutil.Error:
        return 0.0, 0.0  # it ended meanwhile


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that PostgreSQL's own user can reach, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="amends-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def served(data: Path) -> Iterator[Running]:
    """Run an HQ on `data` until the block ends; raises HqFault."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "serve.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.hq", "serve", "--data", str(data), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    if process.stdout is None:
        raise HqFault("headquarters has no output")
    with process.stdout as said:
        try:
            line = next((text for text in said if "http" in text), "")
            if not line:
                raise HqFault((data / "serve.log").read_text() or "headquarters did not start")
            yield Running(data, line.strip().split()[-1].rstrip("/"), process)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def command(data: Path, *args: str) -> str:
    """Run `amends-hq` on the same data and return what it prints; raises HqFault."""
    done = subprocess.run(
        [sys.executable, "-m", "sync.hq", *args, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise HqFault(done.stderr.strip() or f"amends-hq {args[0]} ended with {done.returncode}")
    return done.stdout
