"""A real store and a real HQ over real HTTP: up, countersigned, down, and small when idle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select, text

from desktop.domain.events import Draft
from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync import protocol
from sync.client import HqClient
from sync.hq import ids
from sync.hq.models import attachment
from sync.protocol import verify_receipt
from tests.sync.conftest import ServedHq
from tests.sync.hq_process import hq_command
from tests.sync.stores import QUICK, append, client, complain, open_pc


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    yield data
    data.close()


@pytest.fixture
def joined(pc: StoreData, served: ServedHq) -> StoreData:
    assert isinstance(client(pc).enrol(served.url, served.code()), Enrolment)
    return pc


def exchange(pc: StoreData, **options: int) -> ExchangeReport:
    outcome = client(pc, **options).exchange()
    assert isinstance(outcome, ExchangeReport), outcome
    return outcome


def test_what_was_written_offline_goes_up_and_is_countersigned(
    pc: StoreData, served: ServedHq
) -> None:
    # Given complaints written before HQ was known
    for number in range(5):
        complain(pc, number, "5000.01")
    assert client(pc).exchange() == ExchangeFailure("not_enrolled", "")
    # When the PC joins and exchanges
    client(pc).enrol(served.url, served.code())
    report = exchange(pc)
    # Then HQ holds all and signed our head
    assert (report.sent, report.acked_seq, report.pending) == (10, 10, 0)
    assert report.head == pc.sync.status().head.hex()
    done = hq_command("status", "--json", data=served.data, url=served.database_url)
    status = json.loads(done.stdout)
    assert status["chains"][pc.sync.chain()] == {
        "seq": 10, "head": report.head, "store": "S0217"
    }  # fmt: skip
    assert (status["tickets"], status["events"]) == (5, 10)
    assert pc.verify(protocol.verify_receipt).faults == ()


def test_a_second_exchange_changes_nothing_and_is_one_small_trip(joined: StoreData) -> None:
    complain(joined, 1)
    exchange(joined)
    report = exchange(joined)
    assert (report.sent, report.received, report.pending) == (0, 0, 0)
    assert report.bytes_sent + report.bytes_received <= 700


def test_many_small_batches_arrive_whole(joined: StoreData) -> None:
    for number in range(20):
        complain(joined, number, "6000.00")
    seen: list[tuple[int, int]] = []
    outcome = client(joined, batch_events=7).exchange(
        lambda done, total: seen.append((done, total))
    )
    assert isinstance(outcome, ExchangeReport)
    assert (outcome.sent, outcome.acked_seq) == (40, 40)
    assert seen[-1] == (40, 40)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_two_pcs_of_a_store_converge(joined: StoreData, served: ServedHq, tmp_path: Path) -> None:
    # Given a second PC of the store
    second = open_pc(tmp_path / "second")
    try:
        client(second).enrol(served.url, served.code())
        stream = complain(joined, 1)
        exchange(joined)
        assert exchange(second).received == 1
        # When both set the owner without knowing of each other
        append(joined, stream, Draft("ticket.corrected", {"fields": {"emotion": 4}}))
        append(second, stream, Draft("ticket.corrected", {"fields": {"emotion": 5}}))
        exchange(joined)
        exchange(second)
        exchange(joined)
        # Then both hold the same events in the same order
        ours, theirs = (pc.journal.events(stream) for pc in (joined, second))
        assert [e.id for e in ours] == [e.id for e in theirs]
        assert theirs[0].text("verbatim") == "奶粉有异味"
        assert len(ours) == 3
    finally:
        second.close()


def test_an_attachment_goes_up_in_chunks(
    joined: StoreData, engine: Engine, served: ServedHq
) -> None:
    content = bytes(range(256)) * 3000
    sha256 = joined.attachments.put(content)
    exchange(joined)
    assert joined.sync.status().pending_attachments == 0
    with engine.connect() as connection:
        row = connection.execute(select(attachment)).one()
    assert (row.sha256, row.size, row.complete) == (sha256, len(content), True)
    assert (served.data / "attachments" / "blobs" / "S0217" / sha256).read_bytes() == content


@pytest.mark.parametrize("code", ["0000-0000-0000", "", "nonsense"])
def test_a_wrong_code_is_told(pc: StoreData, served: ServedHq, code: str) -> None:
    outcome = client(pc).enrol(served.url, code)
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "wrong_code"
    assert pc.sync.enrolment() is None


def test_a_code_works_once_and_in_lower_case(
    pc: StoreData, served: ServedHq, tmp_path: Path
) -> None:
    code = served.code()
    assert isinstance(client(pc).enrol(served.url, f" {code.lower()} "), Enrolment)
    other = open_pc(tmp_path / "other")
    outcome = client(other).enrol(served.url, code)
    other.close()
    assert outcome == ExchangeFailure("wrong_code", "used")


def test_a_code_typed_in_full_width_is_read(pc: StoreData, served: ServedHq) -> None:
    """A Chinese input method left on writes ＡＢ１２－…; codes of joining are read all the same."""
    code = served.code()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert isinstance(client(pc).enrol(served.url, wide), Enrolment)


def test_an_expired_code_is_told(pc: StoreData, served: ServedHq, engine: Engine) -> None:
    code = served.code()
    with engine.begin() as connection:
        connection.execute(text("UPDATE enrol_code SET expires_at = now() - interval '1 s'"))
    assert client(pc).enrol(served.url, code) == ExchangeFailure("wrong_code", "expired")


def test_a_revoked_pc_keeps_its_unsent_work(
    joined: StoreData, served: ServedHq, engine: Engine
) -> None:
    exchange(joined)
    device = joined.sync.enrolment().device
    done = hq_command("revoke", device, data=served.data, url=served.database_url)
    assert done.returncode == 0, done.stderr
    complain(joined, 1)
    outcome = client(joined).exchange()
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "revoked"
    assert joined.sync.status().pending == 1
    # And when it is let in again, it goes on where it was
    client(joined).enrol(served.url, served.code())
    assert exchange(joined).acked_seq == 1


def test_hq_restored_from_a_backup_gets_what_it_lost(
    joined: StoreData, engine: Engine, served: ServedHq
) -> None:
    # Given an HQ that lost the last three events
    for number in range(5):
        complain(joined, number)
    exchange(joined)
    with engine.begin() as connection:
        for statement in (
            "DELETE FROM event WHERE seq > 2",
            "UPDATE feed SET events = 2, position = 2", "DELETE FROM receipt",
            "UPDATE store SET feed_position = 2",
            "UPDATE chain SET seq = 2, receipts = 0,"
            " head = (SELECT hash FROM event WHERE seq = 2)",
        ):  # fmt: skip
            connection.execute(text(statement))
    # When the store exchanges with nothing new
    report = exchange(joined)
    # Then HQ holds all again and noted what happened
    assert report.acked_seq == 5
    done = hq_command("verify", data=served.data, url=served.database_url)
    assert done.returncode == 0, done.stderr
    with engine.connect() as connection:
        assert connection.execute(text("SELECT code FROM incident")).scalars().all() == ["rollback"]


def test_an_altered_byte_at_hq_is_named_by_verify(
    joined: StoreData, served: ServedHq, engine: Engine
) -> None:
    complain(joined, 1, "5000.01")
    exchange(joined)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE event SET core = set_byte(core, 30, get_byte(core, 30) # 1) WHERE seq = 2")
        )
    done = hq_command("verify", data=served.data, url=served.database_url)
    assert done.returncode == 1
    assert f"{joined.sync.chain()}:2" in done.stderr


def test_an_altered_byte_at_the_store_is_named_before_it_is_sent(joined: StoreData) -> None:
    complain(joined, 1, "5000.01")
    with joined.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE event SET core = CAST(replace(core, '5000.01', '5000.02') AS BLOB)"
            " WHERE seq = 2"
        )
    outcome = client(joined).exchange()
    assert isinstance(outcome, ExchangeFailure)
    assert (outcome.code, f"{joined.sync.chain()}:2" in outcome.detail) == ("fork", True)


def test_an_altered_byte_in_a_long_upload_is_named(joined: StoreData, served: ServedHq) -> None:
    # Given more events than one batch holds, the fifth of them altered
    for number in range(6):
        complain(joined, number, "6000.00")
    with joined.database.write() as connection:
        core = connection.exec_driver_sql("SELECT core FROM event WHERE seq = 5").scalar_one()
        altered = bytes(core).replace(b"counter", b"wechat_")
        assert altered != bytes(core)
        connection.exec_driver_sql("UPDATE event SET core = ? WHERE seq = 5", (altered,))
    # When they are sent in one request
    outcome = client(joined, batch_events=4).exchange()
    # Then the place is named, HQ holds nothing of the batch that it is in, and nothing is lost here
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "fork"
    assert f"{joined.sync.chain()}:5: its bytes" in outcome.detail
    assert served_seq(served, joined) <= 4
    assert joined.sync.status().pending == 12


def test_a_refusal_that_is_not_about_the_bytes_does_not_look_for_their_fault(
    joined: StoreData, engine: Engine
) -> None:
    for number in range(6):
        complain(joined, number, "6000.00")
    with joined.database.write() as connection:
        connection.exec_driver_sql("UPDATE event SET core = x'7b7d' WHERE seq = 5")
    with engine.begin() as connection:
        connection.execute(text("UPDATE device SET revoked_at = now()"))
    outcome = client(joined, batch_events=4).exchange()
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "revoked"


def served_seq(served: ServedHq, data: StoreData) -> int:
    """How far HQ holds a PC's chain."""
    done = hq_command("status", "--json", data=served.data, url=served.database_url)
    status = json.loads(done.stdout)
    return int(status["chains"][data.sync.chain()]["seq"])


def test_a_regional_pc_reads_its_stores_and_its_gaps_block_nobody(
    joined: StoreData, served: ServedHq, tmp_path: Path
) -> None:
    # Given a region with two stores and the regional manager's PC
    served.code("S0217", region="苏南")
    other, manager = open_pc(tmp_path / "other"), open_pc(tmp_path / "manager")
    try:
        client(other).enrol(served.url, served.code("S0300", region="苏南"))
        client(manager).enrol(served.url, served.code("region:苏南"))
        ours, theirs = complain(joined, 1), complain(other, 2)
        exchange(joined)
        exchange(other)
        assert exchange(manager).received == 2
        # When the manager writes to the one store and then to the other
        append(manager, ours, Draft("comment.added", {}, {"text": "请尽快"}))
        append(manager, theirs, Draft("comment.added", {}, {"text": "请尽快"}))
        exchange(manager)
        complain(joined, 3)
        # Then each store gets what is about it, also what comes after events for the other
        assert exchange(joined).received == 1
        assert exchange(other).received == 1
        append(manager, ours, Draft("comment.added", {}, {"text": "今天能答复吗"}))
        exchange(manager)
        assert exchange(joined).received == 1
        assert exchange(joined).received == 0
        assert len(joined.journal.events(ours)) == 3
        assert len(other.journal.events(theirs)) == 2
        for pc in (joined, other, manager):
            assert pc.verify(verify_receipt).faults == ()
        # And an altered link is found: HQ signed what the run makes
        with joined.database.write() as connection:
            connection.exec_driver_sql("UPDATE chain_link SET prev = zeroblob(32)")
        [fault] = joined.verify(verify_receipt).faults
        assert (fault.chain, fault.seq) == (manager.sync.chain(), 3)
    finally:
        other.close()
        manager.close()


def test_every_pc_of_a_store_has_a_letter_of_its_own(
    served: ServedHq, tmp_path: Path, engine: Engine
) -> None:
    # Given two PCs of one store and one of another
    pcs = [open_pc(tmp_path / name) for name in ("first", "second", "other")]
    scopes = ("S0217", "S0217", "S0300")
    try:
        # When they join, and the first joins again after it was revoked
        joined = [
            client(pc).enrol(served.url, served.code(scope))
            for pc, scope in zip(pcs, scopes, strict=True)
        ]
        assert all(isinstance(answer, Enrolment) for answer in joined)
        with engine.begin() as connection:
            connection.execute(text("UPDATE device SET revoked_at = now() WHERE scope = 'S0217'"))
        again = client(pcs[0]).enrol(served.url, served.code())
        # Then each has a letter in its store, and keeps it
        kept = [pc.sync.enrolment() for pc in pcs]
        assert [known.letter for known in kept if known is not None] == ["A", "B", "A"]
        assert isinstance(again, Enrolment)
        assert again.letter == "A"
    finally:
        for pc in pcs:
            pc.close()


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (703, "AAA")]
)
def test_letters_go_on_after_z(count: int, expected: str) -> None:
    assert ids.letter(count) == expected


class Overtaken(httpx.HTTPTransport):
    """A line on which something else happens first, just before the first request leaves."""

    def __init__(self, first: Callable[[], object]) -> None:
        super().__init__()
        self._first: Callable[[], object] | None = first

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first, self._first = self._first, None
        if first is not None:
            first()
        return super().handle_request(request)


def incidents(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT code FROM incident")).scalars())


def test_two_processes_on_the_same_data_may_exchange_at_once(
    joined: StoreData, tmp_path: Path, engine: Engine
) -> None:
    # Given a second process on the store's data, as `amends sync` beside the app
    complain(joined, 1)
    exchange(joined)
    second = open_pc(tmp_path / "store")

    def overtake() -> None:
        complain(second, 2)
        exchange(second)

    try:
        # When it writes and sends after the first one has read where it stands
        line = Overtaken(overtake)
        first = HqClient(joined.sync, joined.attachments, SystemClock(), QUICK, line)
        outcome = first.exchange()
        # Then nobody takes the one for a fork of the other
        assert isinstance(outcome, ExchangeReport), outcome
        assert (outcome.acked_seq, outcome.pending) == (2, 0)
        assert incidents(engine) == []
    finally:
        second.close()


def test_an_attachment_that_cannot_be_read_is_logged_and_blocks_no_other(
    joined: StoreData, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, whole = joined.attachments.put(b"one"), joined.attachments.put(b"two")
    [path] = (tmp_path / "store").rglob(damaged)
    path.write_bytes(path.read_bytes()[:-1])
    exchange(joined)
    assert list(joined.sync.pending_attachments(10)) == [damaged]
    assert damaged[:12] in caplog.text
    assert whole[:12] not in caplog.text


@pytest.mark.parametrize("harm", ["flip", "remove"])
def test_a_harmed_attachment_at_hq_is_named_by_verify(
    joined: StoreData, served: ServedHq, harm: str
) -> None:
    # Given an attachment that HQ holds whole
    sha256 = joined.attachments.put(bytes(range(256)) * 9000)
    exchange(joined)
    where = {"data": served.data, "url": served.database_url}
    assert json.loads(hq_command("verify", "--json", **where).stdout)["attachments"] == 1
    # When one of its bytes is turned, or it is gone
    blob = served.data / "attachments" / "blobs" / "S0217" / sha256
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    if harm == "flip":
        blob.write_bytes(content)
    else:
        blob.unlink()
    # Then it is named
    done = hq_command("verify", **where)
    assert done.returncode == 1
    assert f"S0217: attachment {sha256}" in done.stderr
