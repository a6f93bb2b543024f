"""Restored backups and cloned disks: found at the exchange, continued apart, nothing lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from desktop.services.exchange_ports import ExchangeReport
from desktop.services.sync_ports import WentOn
from desktop.storage.store import StoreData
from desktop.storage.sync_care import SqlSyncCare
from desktop.storage.tables import event, ticket_row
from sync.protocol import verify_receipt
from tests.sync.conftest import ServedHq
from tests.sync.stores import client, complain, open_pc


def exchange(pc: StoreData) -> ExchangeReport:
    outcome = client(pc).exchange()
    assert isinstance(outcome, ExchangeReport), outcome
    return outcome


def tickets(pc: StoreData) -> list[str]:
    with pc.database.read() as connection:
        return sorted(connection.execute(select(ticket_row.c.number)).scalars())


def held(engine: Engine) -> list[str]:
    """The numbers at HQ, one an opening that HQ acts on."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT core FROM event WHERE refused IS NULL AND chain LIKE 'c%'")
        )
        cores = [json.loads(row.core) for row in found]
    return sorted(core["d"]["number"] for core in cores if core["k"] == "ticket.opened")


def proved(pc: StoreData) -> None:
    report = pc.verify(verify_receipt)
    assert report.faults == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def started(folder: Path, served: ServedHq) -> Path:
    """A store that has joined and sent one complaint, closed again."""
    pc = open_pc(folder)
    client(pc).enrol(served.url, served.code())
    complain(pc, 1)
    exchange(pc)
    pc.close()
    return folder


def test_a_restored_backup_goes_on_and_gets_back_what_it_lost(
    started: Path, tmp_path: Path, engine: Engine
) -> None:
    # Given a backup with one complaint that had not been sent when it was made
    pc = open_pc(started)
    complain(pc, 2)
    pc.close()
    shutil.copytree(started, tmp_path / "backup")
    pc = open_pc(started)
    complain(pc, 3, "5000.01")
    exchange(pc)
    old = pc.sync.chain()
    pc.close()
    # When it is restored, one more complaint is written, and it exchanges
    restored = open_pc(tmp_path / "backup")
    try:
        stream = complain(restored, 4, "77.00")
        report = exchange(restored)
        # Then every complaint is at both ends once, under a new chain with its origin
        numbers = [f"S0217-A-1121-00{n}" for n in (1, 2, 3, 4)]
        assert tickets(restored) == numbers
        assert held(engine) == numbers
        assert restored.sync.chain() != old
        assert (report.pending, report.acked_seq) == (0, 2)
        with restored.database.read() as connection:
            core = connection.execute(
                select(event.c.core).where(event.c.stream == stream).order_by(event.c.lc)
            ).scalars()
            assert [json.loads(c)["g"] for c in core] == [f"{old}:3", f"{old}:4"]
        proved(restored)
        # And it goes on as any other PC
        complain(restored, 5)
        assert exchange(restored).pending == 0
        assert len(held(engine)) == 5
        letter = restored.sync.enrolment()
        assert letter is not None
        assert letter.letter == "B"
    finally:
        restored.close()


def test_a_backup_that_wrote_nothing_since_gets_back_what_it_lost(
    started: Path, tmp_path: Path, engine: Engine
) -> None:
    shutil.copytree(started, tmp_path / "backup")
    pc = open_pc(started)
    complain(pc, 2)
    exchange(pc)
    pc.close()
    restored = open_pc(tmp_path / "backup")
    try:
        exchange(restored)
        assert tickets(restored) == held(engine) == ["S0217-A-1121-001", "S0217-A-1121-002"]
        proved(restored)
    finally:
        restored.close()


def test_two_clones_of_one_disk_converge_and_people_are_told(
    started: Path, tmp_path: Path, engine: Engine
) -> None:
    # Given two PCs on copies of one disk, each of which goes on writing
    shutil.copytree(started, tmp_path / "clone")
    one, two = open_pc(started), open_pc(tmp_path / "clone")
    try:
        for pc, numbers in ((one, (2, 3)), (two, (4, 5))):
            for number in numbers:
                complain(pc, number)
        # When both exchange until nothing is left
        for pc in (one, two, one, two):
            exchange(pc)
        # Then the one keeps the chain, the other has one of its own, and both hold everything
        assert one.sync.chain() != two.sync.chain()
        wanted = [f"S0217-A-1121-00{n}" for n in range(1, 6)]
        assert tickets(one) == tickets(two) == held(engine) == wanted
        with engine.connect() as connection:
            codes = connection.execute(text("SELECT code FROM incident ORDER BY id")).scalars()
            assert list(codes)[-1] == "copy"
        proved(one)
        proved(two)
    finally:
        one.close()
        two.close()


def test_people_at_the_store_are_told_until_they_have_read_it(
    started: Path, tmp_path: Path
) -> None:
    shutil.copytree(started, tmp_path / "clone")
    one, two = open_pc(started), open_pc(tmp_path / "clone")
    try:
        for number, pc in ((2, one), (3, two)):
            complain(pc, number)
            exchange(pc)
        first, other = (SqlSyncCare(pc.database, pc.projector) for pc in (one, two))
        assert first.went_on() is None
        told = other.went_on()
        assert told == WentOn(one.sync.chain(), two.sync.chain(), "B", 1)
        exchange(two)
        assert other.went_on() == told
        other.went_on_read()
        assert other.went_on() is None
    finally:
        one.close()
        two.close()
