"""HQ's part of the day: a real server process, a code, a person who approves in a browser form."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from desktop.demo.steps import Day, fail
from desktop.seeding.people import DEMO_PASSWORD

STARTS_WITHIN: Final = 90.0
APPROVER: Final = "luo"


@contextmanager
def running(data: Path, log: Path) -> Iterator[str]:
    """Run `amends-hq serve` on a free port; yield its address; end it in order."""
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sync.hq", "serve", "--data", str(data), "--port", "0"]
    with log.open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        text = log.read_text(encoding="utf-8")
        found = re.search(r"http://\S+?:\d+", text)
        if found and _healthy(found.group()):
            return found.group()
        if process.poll() is not None:
            last = (text.strip().splitlines() or ["it said nothing"])[-1]
            fail(f"HQ did not start: {last}")
        if time.monotonic() > deadline:
            fail(f"HQ did not answer within {STARTS_WITHIN:.0f} s; see {log}")
        time.sleep(0.1)


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def prepare(data: Path, store: str, name: str) -> str:
    """Make the approver's account and return a one-time code for the store."""
    _run(["people", "add", APPROVER, "--name", "罗薇", "--role", "department_head"], data)
    return _run(["enroll", store, "--name", name], data).strip().splitlines()[-1]


def _run(arguments: list[str], data: Path) -> str:
    command = [sys.executable, "-m", "sync.hq", *arguments, "--data", str(data)]
    ended = subprocess.run(
        command,
        input=f"{DEMO_PASSWORD}\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if ended.returncode:
        fail(f"amends-hq {arguments[0]}: {(ended.stderr.strip().splitlines() or ['failed'])[-1]}")
    return ended.stdout


def verify(data: Path) -> None:
    """Check HQ's own chains; a fault ends the demo."""
    _run(["verify"], data)


def approve(url: str, day: Day) -> None:
    """Log in to HQ's pages as the department head and approve what waits, as a browser does."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as browser:
        origin = {"origin": url}
        form = {"login": APPROVER, "password": DEMO_PASSWORD}
        entered = browser.post("/login", data=form, headers=origin)
        if entered.status_code != 200:
            fail(f"HQ's login answered {entered.status_code}")
        page = browser.get("/approvals").text
        fields = dict(re.findall(r'name="(csrf|stream|item)" value="([^"]+)"', page))
        if set(fields) != {"csrf", "stream", "item"}:
            fail("HQ's approvals page shows nothing that waits")
        answer = {**fields, "answer": "approve", "reason": "同意，请附检测单照片"}
        answered = browser.post("/approvals", data=answer, headers=origin)
        if answered.status_code != 200:
            fail(f"HQ did not take the approval ({answered.status_code})")
        day.saw("approved_at_hq", {"item": fields["item"], "by": APPROVER})
