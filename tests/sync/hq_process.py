"""Runs a real `amends-hq serve` for tests and ends it, gently or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import httpx


class HqProcess:
    """One served HQ on loopback; restartable on the same data and port."""

    def __init__(self, data: Path, database_url: str | None = None, *options: str) -> None:
        self.options = options
        self.scheme = "https" if "--tls" in options else "http"
        self.data = data
        self.database_url = database_url
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        args = ["serve", "--data", str(self.data), "--port", str(self.port), *self.options]
        if self.database_url:
            args += ["--database-url", self.database_url]
        self._log = (self.data / "serve.log").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sync.hq", *args],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(f"amends-hq: {self.scheme}://"):
            self.kill()
            raise AssertionError((self.data / "serve.log").read_text())
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
        self._wait_healthy()

    def _wait_healthy(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                found = httpx.get(f"{self.url}/health", timeout=2, trust_env=False, verify=False)
                if found.status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.02)
        raise AssertionError((self.data / "serve.log").read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        code = self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert self._log is not None
        self._log.close()
        self._process = None
        return code

    def close(self) -> None:
        if self._process is not None:
            self.stop()


def hq_command(
    *args: str, data: Path, url: str | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `amends-hq` with these arguments on the same data."""
    where = ["--data", str(data)] + (["--database-url", url] if url else [])
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "sync.hq", *args, *where],
        capture_output=True, text=True, input=stdin, timeout=300, check=False,
    )  # fmt: skip
