"""Seeded schedules of faults against real processes: stores, headquarters, database, line.

python -m tests.sync.faults --schedules 1000 --seed 1

A run may be taken in slices, several at once: --first 250 --schedules 250 plays the second quarter.
Each schedule is told in a line on standard error when it has been checked. A killed process loses
nothing that the system holds, so that a disk in memory (TMPDIR=/dev/shm) proves the same, sooner.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from desktop.benches.sync_line import Relay, relay
from desktop.services.exchange_ports import Enrolment, ExchangeReport
from desktop.storage.store import StoreData
from desktop.storage.tables import ticket_row
from sync.hq import bootstrap, database, enrolment, keys, projection, verification
from sync.hq.attachments import AttachmentStore, local_objects
from sync.hq.keys import SigningKey
from sync.protocol import verify_receipt
from tests.sync.fault_hq import ForkedHq
from tests.sync.hq_process import HqProcess
from tests.sync.stores import client, open_pc

NAMES = ("one", "two")
#: What may go wrong in a schedule; each is drawn by itself, so that they meet.
LINE = {
    "corrupt": {"corrupt": 0.05},
    "cut": {"drop": 0.1},
    "truncate": {"truncate": 0.1},
    "delay": {"delay": 0.03},
    "slow": {"rate": 200_000.0},
    "replay": {"replay": 0.5},
    "double": {"double": 0.1},
    "reorder": {"reorder": 0.1},
}
#: Those after which HQ or a store reads other bytes than were sent.
_ALTERING = frozenset({"corrupt", "double", "reorder"})
#: No file at HQ grows beyond so many bytes while its disk is full; for so many seconds.
_FULL_AT = 150_000
_FULL_FOR = (0.1, 0.6)
#: Seconds to wait for HQ, also on a machine that does other things.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Schedule:
    """One seeded run: what each PC does, what the line does, who is killed when (seconds)."""

    number: int
    line: dict[str, float]
    kinds: tuple[str, ...]
    runs: tuple[dict[str, Any], ...]
    hq_kill: float | None
    database_kill: float | None
    hq_full: float | None


def draw(seed: int, number: int, counts: dict[str, int]) -> Schedule:
    """Return schedule `number` of a seed."""
    chance = Random(f"{seed}/{number}")
    kinds = [kind for kind in LINE if chance.random() < 0.25]
    line: dict[str, float] = {}
    for kind in kinds:
        line |= LINE[kind]
    runs = []
    for name in NAMES:
        kill = chance.uniform(0.02, 0.5) if chance.random() < 0.4 else None
        full = chance.random() < 0.1
        days = chance.choice((0, 0, 0, 365, -365))
        kinds += ["store killed"] * (kill is not None) + ["disk full"] * full
        kinds += ["clock"] * (days != 0)
        runs.append(
            {
                "name": name, "seed": chance.randrange(10**9), "first": counts[name],
                "writes": chance.randrange(1, 6), "kill_after": kill, "disk_full": full,
                "days_off": days, "altered": not _ALTERING.isdisjoint(kinds),
            }
        )  # fmt: skip
    hq = chance.uniform(0.05, 0.4) if chance.random() < 0.06 else None
    base = chance.uniform(0.05, 0.4) if hq is None and chance.random() < 0.06 else None
    spared = hq is None and base is None
    full = chance.uniform(*_FULL_FOR) if spared and chance.random() < 0.05 else None
    kinds += ["hq killed"] * (hq is not None) + ["database killed"] * (base is not None)
    kinds += ["hq disk full"] * (full is not None)
    return Schedule(number, line, tuple(kinds), tuple(runs), hq, base, full)


@dataclass(slots=True)
class World:
    """Headquarters, two PCs of one store, and the line between; they stay from run to run."""

    hq: HqProcess
    folder: Path
    line: Relay
    stores: subprocess.Popen[str]
    engine: Engine
    key: SigningKey
    pcs: dict[str, StoreData]
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    chains: dict[str, str] = field(default_factory=dict)

    def play(self, schedule: Schedule) -> None:
        """Let everything happen, mend it, and check that nothing was lost or doubled."""
        self.line.become(**schedule.line)
        runs = [{**run, "folder": str(self.folder / run["name"])} for run in schedule.runs]
        assert self.stores.stdin is not None
        assert self.stores.stdout is not None
        self.stores.stdin.write(json.dumps({"runs": runs}) + "\n")
        self.stores.stdin.flush()
        self._harm_hq(schedule)
        ends = json.loads(self.stores.stdout.readline())
        assert set(ends) <= {0, -signal.SIGKILL}, (schedule, ends)
        for run in schedule.runs:
            self.counts[run["name"]] += run["writes"]
        self.line.become()
        self.check(schedule)

    def _harm_hq(self, schedule: Schedule) -> None:
        if schedule.hq_kill is not None:
            time.sleep(schedule.hq_kill)
            self.hq.kill()
            self.hq.start()
        elif schedule.database_kill is not None:
            time.sleep(schedule.database_kill)
            with contextlib.suppress(OSError):
                os.kill(self._postmaster(), signal.SIGKILL)
        elif schedule.hq_full is not None:
            self._limit_hq(_FULL_AT)
            time.sleep(schedule.hq_full)
            self._limit_hq(resource.RLIM_INFINITY)

    @property
    def base(self) -> Path:
        """Where HQ's PostgreSQL works."""
        return (self.hq.data / "pg").resolve()

    def _postmaster(self) -> int:
        pid_file = self.base / "postmaster.pid"
        return int(pid_file.read_text().splitlines()[0])

    def _limit_hq(self, size: int) -> None:
        """Let no file of HQ's or of its database's processes grow beyond `size` bytes."""
        hq = psutil.Process(self.hq.pid)
        # A PostgreSQL that is being started is a descendant, one that runs has no parent.
        found = {hq.pid, *(born.pid for born in hq.children(recursive=True))}
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.name().startswith("postgres") and Path(process.cwd()) == self.base:
                    found.add(process.pid)
        for pid in found:
            with contextlib.suppress(FileNotFoundError):
                _limit(pid, Path(f"/proc/{pid}").stat().st_uid, size)

    def check(self, schedule: Schedule) -> None:
        """Exchange over a good line, then compare both PCs and HQ with what was saved."""
        for name in (*NAMES, *NAMES):
            self._until_done(self.pcs[name], schedule)
        views = [_view(pc) for pc in self.pcs.values()]
        assert views[0] == views[1], schedule
        saved = {
            f"{name}-{int(number):06d}"
            for name in NAMES
            for number in (self.folder / name / "saved.log").read_text().split()
        }
        numbers = [row[0] for row in views[0]]
        assert len(numbers) == len(set(numbers)), schedule
        assert saved <= set(numbers), (schedule, saved - set(numbers))
        self._compare_with_hq(views[0], schedule)

    def _compare_with_hq(self, view: list[tuple[Any, ...]], schedule: Schedule) -> None:
        assert _at_hq(self.engine, partial(self._free_hq, schedule)) == view, schedule
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT id, seq, head FROM chain WHERE seq > 0"))
            at_hq = {row.id: (row.seq, row.head) for row in rows if row.id[:2] != "hq"}
        for name, pc in self.pcs.items():
            held = pc.journal.chains().items()
            own = {of: head for of, head in held if of[:2] != "hq" and head[0]}
            assert own == at_hq, schedule
            assert self.chains.setdefault(name, pc.sync.chain()) == pc.sync.chain(), schedule
            assert pc.sync.status().pending_attachments == 0, schedule

    def _until_done(self, pc: StoreData, schedule: Schedule) -> None:
        deadline = time.monotonic() + _LONGEST
        while True:
            outcome = client(pc).exchange()
            if isinstance(outcome, ExchangeReport):
                return
            # Only while HQ or its database comes back.
            told = (schedule, outcome, (self.hq.data / "serve.log").read_text()[-3000:])
            assert outcome.code in ("unreachable", "bad_answer"), told
            assert time.monotonic() < deadline, told
            self._free_hq(schedule)
            time.sleep(0.05)

    def _free_hq(self, schedule: Schedule) -> None:
        """Empty HQ's disk for good.

        A process that was born while others were set free has the full disk of its parent.
        """
        if schedule.hq_full is not None:
            self._limit_hq(resource.RLIM_INFINITY)

    def prove(self) -> None:
        """Check every byte at HQ and at both PCs."""
        for pc in self.pcs.values():
            assert pc.verify(verify_receipt).faults == ()
        files = AttachmentStore(self.engine, local_objects(self.hq.data / "attachments"))
        verdict = verification.verify(self.engine, self.key, files)
        assert verdict.ok, (verdict.faults, verdict.damaged)


def _limit(pid: int, owner: int, size: int) -> None:
    """Set the limit as the process's owner, since PostgreSQL under root runs as another user."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with contextlib.suppress(OSError):
        if owner != os.geteuid():
            os.setuid(owner)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    os._exit(0)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[StoreData]:
    pc = open_pc(folder)
    try:
        yield pc
    finally:
        pc.close()


def _view(pc: StoreData) -> list[tuple[Any, ...]]:
    columns = (ticket_row.c.number, ticket_row.c.pending_approvals, ticket_row.c.conflicts)
    with pc.database.read() as connection:
        rows = connection.execute(select(*columns, ticket_row.c.closed).order_by("number"))
        return [tuple(row) for row in rows]


def _engine(hq: HqProcess) -> Engine:
    return database.connect(f"postgresql://postgres@/postgres?host={hq.data / 'pg'}")


def _at_hq(engine: Engine, mend: Callable[[], None]) -> list[tuple[Any, ...]]:
    """HQ's rows in the same form, once its worker has made them.

    The database may be recovering still from what was done to it: this reader waits, as HQ does.
    """
    deadline = time.monotonic() + _LONGEST
    while True:
        found = None
        with contextlib.suppress(OperationalError), engine.connect() as connection:
            waiting = projection.waiting(connection)
            rows = connection.execute(
                text(
                    "SELECT number, pending, jsonb_array_length(conflicts), closed"
                    ' FROM ticket_row ORDER BY number COLLATE "C"'
                )
            ).all()
            found = None if waiting else [tuple(row) for row in rows]
        if found is not None:
            return found
        assert time.monotonic() < deadline
        mend()
        time.sleep(0.05)


@contextlib.contextmanager
def world(folder: Path) -> Iterator[World]:
    """Start everything and join two PCs."""
    hq = ForkedHq(folder / "hq")
    hq.start()
    command = [sys.executable, "-m", "tests.sync.fault_stores"]
    engine, key = _engine(hq), keys.load_or_make(hq.data)
    with (
        contextlib.ExitStack() as stack,
        relay(hq.port, seed=7) as line,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as stores,
    ):
        try:
            pcs = {name: stack.enter_context(_opened(folder / name)) for name in NAMES}
            for name, pc in pcs.items():
                with engine.begin() as connection:
                    code = enrolment.issue_code(connection, key, "S0217", bootstrap.utc_now())
                joined = client(pc).enrol(f"http://127.0.0.1:{line.port}", code)
                assert isinstance(joined, Enrolment), joined
                (folder / name / "saved.log").touch()
            yield World(hq, folder, line, stores, engine, key, pcs)
        finally:
            stores.kill()
            engine.dispose()
            hq.close()


def play(
    folder: Path,
    schedules: int,
    seed: int,
    first: int = 0,
    tell: Callable[[Schedule, float], object] = lambda *_: None,
) -> Counter[str]:
    """Play so many schedules of a seed from `first` on; return how often each fault was in one.

    `tell` gets each schedule that was checked, with its seconds.
    """
    met: Counter[str] = Counter()
    with world(folder) as found:
        for number in range(first, first + schedules):
            schedule = draw(seed, number, found.counts)
            met.update(set(schedule.kinds) or {"none"})
            began = time.monotonic()
            found.play(schedule)
            tell(schedule, time.monotonic() - began)
        found.prove()
        met["complaints"] = sum(found.counts.values())
    return met


def _tell(schedule: Schedule, seconds: float) -> None:
    kinds = ", ".join(schedule.kinds) or "none"
    sys.stderr.write(f"{schedule.number}: held after {seconds:.1f} s: {kinds}\n")


def main() -> None:
    """Play schedules from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="amends-faults-") as folder:
        Path(folder).chmod(0o755)
        began = time.monotonic()
        met = play(Path(folder), told.schedules, told.seed, told.first, _tell)
        took = time.monotonic() - began
    slice_of = f"seed {told.seed}, {told.first} to {told.first + told.schedules - 1}"
    sys.stdout.write(f"{told.schedules} schedules ({slice_of}) in {took:.0f} s: ")
    sys.stdout.write("0 lost, 0 doubled, heads and views equal\n")
    sys.stdout.writelines(f"{count:>7}  {kind}\n" for kind, count in sorted(met.items()))


if __name__ == "__main__":
    main()
