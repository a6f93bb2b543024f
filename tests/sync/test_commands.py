"""`amends enroll|sync|status` against a running HQ: shapes, one-line errors, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sync.hq import keys
from tests.sync.conftest import ServedHq
from tests.sync.hq_process import hq_command
from tests.sync.stores import complain, open_pc


def amends(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "desktop", *args],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store's folder with one complaint."""
    path = tmp_path / "store"
    data = open_pc(path)
    complain(data, 1)
    data.close()
    return path


def test_the_store_joins_exchanges_and_says_where_it_stands(folder: Path, served: ServedHq) -> None:
    where = ("--data", str(folder))
    joined = amends("enroll", *where, "--hq", served.url, "--code", served.code())
    assert (joined.returncode, joined.stderr) == (0, "")
    done = amends("sync", *where, "--once", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report) == {
        "sent", "received", "bytes_sent", "bytes_received", "acked_seq", "head", "pending",
        "quarantined", "seconds",
    }  # fmt: skip
    assert (report["sent"], report["acked_seq"], report["pending"]) == (1, 1, 0)
    status = json.loads(amends("status", *where, "--json").stdout)
    assert (status["tickets"], status["events"], status["pending"]) == (1, 1, 0)
    assert list(status["chains"].values()) == [{"seq": 1, "head": report["head"]}]


def test_what_goes_wrong_is_one_line_and_an_exit_code(folder: Path, served: ServedHq) -> None:
    where = ("--data", str(folder), "--lang", "en")
    wrong = amends("enroll", *where, "--hq", served.url, "--code", "0000-0000-0000")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (1, 1)
    assert "one-time" in wrong.stderr or "code" in wrong.stderr
    before = amends("sync", *where, "--once")
    assert (before.returncode, len(before.stderr.splitlines())) == (1, 1)
    nowhere = amends("status", "--data", str(folder / "no"), "--json")
    assert (nowhere.returncode, len(nowhere.stderr.splitlines())) == (3, 1)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("enroll", "bad scope!"), 2),
        (("enroll", "S1", "--database-url", "nonsense"), 3),
        (("enroll", "S1", "--database-url", "mysql://x/y"), 3),
        (("status", "--database-url", "postgresql://nobody@127.0.0.1:9/x"), 3),
        (("revoke", "D-unknown"), 1),
        (("serve", "--port", "99999"), 2),
        (("people", "add", "li", "--name", "李", "--role", "legal"), 2),
    ],
)
def test_hq_says_in_one_line_what_is_wrong(
    tmp_path: Path, database_url: str, args: tuple[str, ...], code: int
) -> None:
    keys.load_or_make(tmp_path)
    own = "--database-url" in args
    done = hq_command(*args, data=tmp_path, url=None if own else database_url, stdin="short\n")
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args", [("verify",), ("status",), ("revoke", "D1"), ("envelopes", "reconcile")]
)
@pytest.mark.parametrize("external", [False, True])
def test_a_mistyped_folder_is_not_taken_for_an_empty_hq(
    tmp_path: Path, database_url: str, args: tuple[str, ...], external: bool
) -> None:
    missing = tmp_path / "mistyped"
    done = hq_command(*args, data=missing, url=database_url if external else None)
    assert done.returncode == 3, done.stderr
    assert done.stderr.splitlines() == [
        f"Error: {missing} holds no data of HQ; name the right folder with --data"
    ]
    assert not missing.exists()
