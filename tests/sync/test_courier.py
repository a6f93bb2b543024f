"""SY-02: a stick carries what no line does; twice, late, altered or lost files do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from desktop.domain.events import Draft
from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync.client.courier import Courier
from sync.courier import BadBundle
from sync.hq import bootstrap, courier
from sync.hq.exchange import Exchange
from sync.protocol import verify_receipt
from tests.sync.conftest import ServedHq
from tests.sync.hq_process import hq_command
from tests.sync.stores import append, client, complain, open_pc


def of(pc: StoreData) -> Courier:
    return Courier(pc.sync, pc.attachments, SystemClock())


def exported(pc: StoreData, path: Path) -> Exported:
    found = of(pc).export_to_hq(path)
    assert isinstance(found, Exported), found
    return found


def answered(served: ServedHq, file: Exported, path: Path) -> Path:
    """HQ takes a file and writes its answer."""
    exchange = Exchange(served.engine, served.key, bootstrap.utc_now)
    taken = courier.take(exchange, served.files, file.path.read_bytes(), file.code)
    path.write_bytes(taken.answer)
    return path


def taken(pc: StoreData, path: Path, code: str) -> Carried:
    found = of(pc).take(path, code, "S0217")
    assert isinstance(found, Carried), found
    return found


@pytest.fixture
def pcs(served: ServedHq, tmp_path: Path) -> Iterator[tuple[StoreData, StoreData]]:
    found = (open_pc(tmp_path / "one"), open_pc(tmp_path / "two"))
    for pc in found:
        client(pc).enrol(served.url, served.code())
    yield found
    for pc in found:
        pc.close()


def test_files_both_ways_replace_the_line(
    pcs: tuple[StoreData, StoreData], served: ServedHq, tmp_path: Path
) -> None:
    # Given a PC with a queue and an attachment, and news of the other PC at HQ
    one, two = pcs
    stream = complain(one, 1)
    picture = {"content": one.attachments.put(bytes(range(256)) * 1000)}
    append(one, stream, Draft("evidence.attached", {"evidence": "e-1"}, picture))
    complain(two, 2)
    assert isinstance(client(two).exchange(), ExchangeReport)
    # When a file goes to HQ and its answer comes back
    file = exported(one, tmp_path / "up.amends")
    answer = answered(served, file, tmp_path / "down.amends")
    found = taken(one, answer, file.code)
    # Then all is where it belongs, under HQ's receipt
    assert (file.events, file.attachments, found.received, found.acked_seq) == (2, 1, 1, 2)
    status = one.sync.status()
    assert (status.pending, status.pending_attachments) == (0, 0)
    assert one.verify(verify_receipt).faults == ()
    # And both files again change nothing
    answered(served, file, tmp_path / "again.amends")
    assert taken(one, answer, file.code).received == 0
    done = hq_command("verify", data=served.data, url=served.database_url)
    assert done.returncode == 0, done.stderr


def test_files_out_of_order_or_lost_do_no_harm(
    pcs: tuple[StoreData, StoreData], served: ServedHq, tmp_path: Path, engine: Engine
) -> None:
    one, two = pcs
    complain(one, 1)
    first = exported(one, tmp_path / "1.amends")
    complain(one, 2)
    second = exported(one, tmp_path / "2.amends")
    # When the later file comes first, its answer too, and the earlier one never or late
    late = answered(served, second, tmp_path / "2-down.amends")
    complain(two, 3)
    client(two).exchange()
    early = answered(served, first, tmp_path / "1-down.amends")
    assert taken(one, late, second.code).acked_seq == 2
    assert taken(one, early, first.code).acked_seq == 2
    # Then nothing is lost or doubled, and the line goes on where the stick was
    complain(one, 4)
    report = client(one).exchange()
    assert isinstance(report, ExchangeReport)
    assert report.pending == 0
    with engine.connect() as connection:
        numbers = connection.execute(text("SELECT chain, seq FROM event WHERE home = 'S0217'"))
        assert len(list(numbers)) == 4


def test_a_file_that_was_altered_or_opened_with_another_code_changes_nothing(
    pcs: tuple[StoreData, StoreData], served: ServedHq, tmp_path: Path
) -> None:
    one, two = pcs
    complain(one, 1)
    file = exported(one, tmp_path / "up.amends")
    assert "奶粉".encode() not in file.path.read_bytes()
    exchange = Exchange(served.engine, served.key, bootstrap.utc_now)
    content = file.path.read_bytes()
    for wrong, code in (
        (content, "0000-0000-0000-0000"),
        (content[:-1], file.code),
        (content[:40] + bytes([content[40] ^ 1]) + content[41:], file.code),
        (b"hello", file.code),
    ):
        with pytest.raises(BadBundle):
            courier.take(exchange, served.files, wrong, code)
    # And an answer for one PC is none for the other, nor is a store's file
    answer = answered(served, file, tmp_path / "down.amends")
    for path, reason in ((answer, "for_another"), (file.path, "for_hq")):
        refused = of(two).take(path, file.code, "S0217")
        assert isinstance(refused, CourierRefusal)
        assert refused.code == reason
    assert next(iter(two.journal.chains().values()))[0] == 0


def test_two_pcs_of_a_store_exchange_with_no_hq(tmp_path: Path) -> None:
    # Given two PCs that never joined anything
    one, two = open_pc(tmp_path / "one"), open_pc(tmp_path / "two")
    try:
        stream = complain(one, 1, "5000.01")
        complain(two, 2)
        # When each takes the other's file, twice
        for _ in range(2):
            for sender, receiver in ((one, two), (two, one)):
                path = tmp_path / "peer.amends"
                file = of(sender).export_to_peer(path, "S0217")
                assert isinstance(file, Exported)
                assert isinstance(of(receiver).take(path, file.code, "S0217"), Carried)
            append(two, stream, Draft("comment.added", {}, {"text": "已转达"}))
        # Then both hold the same of each other, and a file of another store is not taken
        assert len(two.journal.events(stream)) == 4
        assert len(one.journal.events(stream)) == 3
        refused = of(one).take(path, file.code, "S0300")
        assert isinstance(refused, CourierRefusal)
        assert one.verify(verify_receipt).faults == two.verify(verify_receipt).faults == ()
    finally:
        one.close()
        two.close()
