"""kill -9 of HQ, of its PostgreSQL and of the line: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport
from desktop.storage.store import StoreData
from sync.hq import acts, database, figures
from tests.sync.hq_process import HqProcess, hq_command
from tests.sync.stores import client, complain, open_pc

KILLS = 8


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    yield data
    data.close()


@pytest.fixture
def hq(hq_folder: Path) -> Iterator[HqProcess]:
    """HQ with the PostgreSQL that it starts by itself."""
    process = HqProcess(hq_folder)
    process.start()
    yield process
    process.close()


def join(pc: StoreData, hq: HqProcess) -> None:
    done = hq_command("enroll", "S0217", data=hq.data)
    code = done.stdout.strip().splitlines()[-1]
    assert isinstance(client(pc).enrol(hq.url, code), Enrolment)


def exchange_until_done(pc: StoreData) -> ExchangeReport:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        outcome = client(pc).exchange()
        if isinstance(outcome, ExchangeReport):
            return outcome
        assert outcome.code == "unreachable", outcome
    raise AssertionError("HQ did not come back")


def held(hq: HqProcess) -> dict[str, Any]:
    """What is in HQ's database, looked at beside the running HQ."""
    engine = database.connect(f"postgresql://postgres@/postgres?host={hq.data / 'pg'}")
    try:
        with engine.connect() as connection:
            return figures.status(connection)
    finally:
        engine.dispose()


def projected(hq: HqProcess) -> dict[str, Any]:
    """The same once rows have been made of all that came."""
    deadline = time.monotonic() + 60
    while (found := held(hq))["pending"] and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def of_stores(found: dict[str, Any]) -> int:
    """How many events came from stores; HQ's own acts stand in its own chain."""
    own = found["chains"].get(acts.CHAIN)
    return int(found["events"]) - (own["seq"] if own else 0)


def proved(hq: HqProcess) -> None:
    done = hq_command("verify", data=hq.data)
    assert done.returncode == 0, done.stderr


def test_killing_hq_while_it_receives_loses_and_doubles_nothing(
    pc: StoreData, hq: HqProcess
) -> None:
    # Given a store with a queue, and an HQ that dies again and again while receiving it
    join(pc, hq)
    chance = random.Random(7)
    written = 0
    for _ in range(KILLS):
        for _ in range(40):
            complain(pc, written, "5000.01")
            written += 1
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(client(pc, batch_events=5).exchange)
            target = pc.sync.status().acked_seq + 5 * chance.randint(0, 8)
            while pc.sync.status().acked_seq < target and not sending.done():
                time.sleep(0.002)
            hq.kill()
            outcome = sending.result()
        # When it comes back, it holds at least what it had acknowledged
        acked = pc.sync.status().acked_seq
        hq.start()
        assert isinstance(outcome, ExchangeReport) or outcome.code == "unreachable"
        chain = held(hq)["chains"][pc.sync.chain()]
        assert chain["seq"] >= acked
    # Then the rest goes up, once
    report = exchange_until_done(pc)
    found = projected(hq)
    assert report.acked_seq == 2 * written
    assert (of_stores(found), found["tickets"]) == (2 * written, written)
    assert found["chains"][pc.sync.chain()]["head"] == report.head
    proved(hq)


def test_killing_postgresql_loses_nothing_and_hq_brings_it_back(
    pc: StoreData, hq: HqProcess
) -> None:
    join(pc, hq)
    complain(pc, 1)
    before = exchange_until_done(pc)
    # When the database is killed under the running HQ
    postmaster = int((hq.data / "pg" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    complain(pc, 2)
    # Then HQ starts it again, holds what it acknowledged and takes what is new
    report = exchange_until_done(pc)
    assert (before.acked_seq, report.acked_seq) == (1, 2)
    assert of_stores(held(hq)) == 2
    proved(hq)


def test_hq_stops_in_order_and_leaves_no_database_running(hq: HqProcess) -> None:
    pid_file = hq.data / "pg" / "postmaster.pid"
    assert pid_file.exists()
    assert hq.stop() == 0
    assert not pid_file.exists()


def test_a_pid_file_that_names_somebody_else_does_not_stop_the_start(hq: HqProcess) -> None:
    hq.stop()
    names_us = f"{os.getpid()}\n{hq.data / 'pg'}\n1\n5432\n{hq.data / 'pg'}\n\n0 0\nready   \n"
    (hq.data / "pg" / "postmaster.pid").write_text(names_us)
    hq.start()
    assert held(hq)["events"] == 0


def test_a_first_start_that_was_cut_short_begins_anew(hq_folder: Path) -> None:
    hq = HqProcess(hq_folder)
    (hq.data / "pg").mkdir(parents=True)
    (hq.data / "pg" / "PG_VERSION").write_text("18\n")
    hq.start()
    try:
        assert held(hq)["events"] == 0
        assert (hq.data / "pg.unfinished-1").exists()
    finally:
        hq.close()


def test_hq_away_is_told_and_the_queue_waits(pc: StoreData, hq: HqProcess) -> None:
    join(pc, hq)
    complain(pc, 1)
    hq.stop()
    outcome = client(pc).exchange()
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "unreachable"
    assert pc.sync.status().pending == 1
    hq.start()
    assert exchange_until_done(pc).pending == 0
