"""HQ takes events once, in order, recomputed; one bad item blocks only itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from desktop.domain.events import Draft
from desktop.services.exchange_ports import Receipt
from sync import protocol
from sync.hq import attachments, projection, streams, verification
from sync.hq.attachments import AttachmentStore
from sync.hq.exchange import Exchange
from sync.hq.models import event, incident, quarantine, salt, stream, ticket_row
from tests.sync.conftest import WallClock
from tests.sync.devices import WireDevice, opened, proposed, received


@pytest.fixture
def device(hq: Exchange) -> WireDevice:
    device = WireDevice(hq)
    device.enrol()
    return device


def checked(hq: Exchange, folder: Path) -> verification.Verdict:
    """What HQ finds when it checks itself."""
    files = AttachmentStore(hq.engine, attachments.local_objects(folder / "files"))
    return verification.verify(hq.engine, hq.key, files)


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(event)).scalar_one()


def test_a_batch_is_kept_and_countersigned(device: WireDevice, engine: Engine) -> None:
    # Given a complaint and a proposal written offline
    device.write("t-1", opened("S0217-A-1121-001"))
    device.write("t-1", proposed("i-1"))
    # When they are sent
    answer = device.sync()
    # Then HQ's receipt signs our very head
    assert answer.acked == 2
    signed_at = datetime.fromtimestamp(answer.receipt.signed_at / 1000, UTC)
    receipt = Receipt(device.chain, 2, answer.receipt.head, signed_at, answer.receipt.signature)
    assert answer.receipt.head == device.head
    assert protocol.verify_receipt(device.hq_key, receipt)
    with engine.connect() as connection:
        row = connection.execute(select(ticket_row)).one()
    assert (row.number, row.store, row.pending, row.level) == ("S0217-A-1121-001", "S0217", 1, 3)


def test_the_same_batch_twice_is_kept_once(device: WireDevice, engine: Engine) -> None:
    device.write("t-1", opened("001"))
    device.write("t-1", proposed("i-1"))
    request = device.request()
    first, second = device.sync(request), device.sync(request)
    assert first.acked == second.acked == 2
    assert count(engine) == 2


def test_an_overlapping_batch_adds_only_what_is_new(device: WireDevice, engine: Engine) -> None:
    device.write("t-1", opened("001"))
    device.sync()
    device.write("t-1", proposed("i-1"))
    assert device.sync(device.request(first=1)).acked == 2
    assert count(engine) == 2


def test_a_gap_takes_nothing_and_says_where_to_go_on(device: WireDevice, engine: Engine) -> None:
    for number in range(4):
        device.write(f"t-{number}", opened(f"00{number}"))
    device.sync(device.request(last=1))
    answer = device.sync(device.request(first=4, acked=3))
    assert answer.acked == 1
    assert count(engine) == 1
    with engine.connect() as connection:
        assert connection.execute(select(incident.c.code)).scalars().all() == ["rollback"]


def test_another_event_in_a_known_place_is_a_fork_and_overwrites_nothing(
    device: WireDevice, engine: Engine
) -> None:
    # Given a PC whose chain HQ holds, and its clone that wrote something else
    device.write("t-1", opened("001"))
    device.write("t-1", proposed("i-1"))
    clone = WireDevice(device.hq, device.chain)
    clone.key, clone.token, clone.salts = device.key, device.token, dict(device.salts)
    clone.write_core("t-1", device.records[0].core, device.values[0])
    clone.write("t-1", proposed("i-other", "1.00"))
    device.sync()
    # When the clone sends
    answer = clone.sync()
    # Then HQ names the place and keeps what it had
    assert isinstance(answer, protocol.Problem)
    assert (answer.code, "c-one:2" in answer.detail) == ("fork", True)
    with engine.connect() as connection:
        stored = connection.execute(select(event.c.core).where(event.c.seq == 2)).scalar_one()
        assert b"i-1" in stored
        assert connection.execute(select(incident.c.code)).scalars().all() == ["fork"]


def test_a_pc_restored_from_backup_is_told(device: WireDevice) -> None:
    device.write("t-1", opened("001"))
    device.write("t-1", proposed("i-1"))
    device.sync()
    del device.records[1:], device.values[1:]
    device.acked = 1
    answer = device.sync()
    assert isinstance(answer, protocol.Problem)
    assert answer.code == "fork"


def test_bytes_that_do_not_make_the_signed_head_are_not_kept(
    device: WireDevice, engine: Engine
) -> None:
    device.write("t-1", opened("001"))
    request = device.request()
    sent = request.events[0]
    altered = protocol.WireEvent(sent.core.replace(b"001", b"002"), sent.values)
    answer = device.sync(device.request(events=(altered,)))
    assert isinstance(answer, protocol.Problem)
    assert answer.code == "fork"
    assert count(engine) == 0


def test_a_head_without_the_devices_signature_is_not_kept(
    device: WireDevice, engine: Engine
) -> None:
    device.write("t-1", opened("001"))
    answer = device.sync(device.request(signature=bytes(64)))
    assert isinstance(answer, protocol.Problem)
    assert answer.code == "bad_request"
    assert count(engine) == 0


def test_an_unknown_kind_is_kept_and_skipped(device: WireDevice, engine: Engine) -> None:
    device.write("t-1", opened("001"))
    device.write("t-1", Draft("ticket.from_the_future", {"x": 1}, {"note": "以后"}))
    assert device.sync().acked == 2
    with engine.connect() as connection:
        assert connection.execute(select(ticket_row.c.events)).scalar_one() == 2


def test_bytes_that_are_no_event_are_kept_and_block_nothing(
    device: WireDevice, engine: Engine, tmp_path: Path
) -> None:
    device.write_core("", b"\xff not json", {})
    device.write("t-1", opened("001"))
    answer = device.sync()
    assert answer.acked == 2
    assert [(r.seq, r.code) for r in answer.refused] == [(1, "unreadable")]
    assert checked(device.hq, tmp_path).faults == ()
    with engine.connect() as connection:
        assert connection.execute(select(ticket_row.c.number)).scalars().all() == ["001"]


@pytest.mark.parametrize(
    "odd",
    [
        b"1e9999",
        b"-1e9999",
        b"NaN",
        b"9" * 400,
        b"[" * 20_000 + b"]" * 20_000,
        b'"\\ud800"',
        b'{"a":1',
    ],
    ids=["huge", "minus", "nan", "long", "deep", "half", "torn"],
)
def test_odd_data_of_an_event_block_only_its_complaint(
    device: WireDevice, engine: Engine, clock: WallClock, odd: bytes
) -> None:
    # Given an event whose bytes are chained as they should be, and whose data are no such thing
    device.write("t-bad", opened("001"))
    core = device.write("t-bad", Draft("ticket.from_the_future", {"x": "ODD"}, {})).core
    device.records.pop(), device.values.pop()
    device.write_core("t-bad", core.replace(b'"ODD"', odd), {})
    device.write("t-good", opened("002"))
    # When it is sent
    answer = device.sync()
    assert answer.acked == 3
    projection.drain(engine, clock.now())
    # Then the other complaint goes its way, and HQ goes on
    with engine.connect() as connection:
        assert "002" in connection.execute(select(ticket_row.c.number)).scalars().all()
        assert connection.execute(text("SELECT count(*) FROM dirty_stream")).scalar_one() == 0
    device.write("t-good", proposed("i-9"))
    assert device.sync().acked == 4


def test_a_complaint_that_cannot_be_folded_is_quarantined_alone(
    device: WireDevice, engine: Engine, clock: WallClock
) -> None:
    # Given two complaints, and bytes of the first that the disk has lost
    device.write("t-bad", opened("001"))
    device.write("t-good", opened("002"))
    device.sync()
    with engine.begin() as connection:
        connection.execute(text("UPDATE event SET core = '\\xff' WHERE stream = 't-bad'"))
        connection.execute(text("DELETE FROM ticket_row"))
        connection.execute(text("INSERT INTO dirty_stream VALUES ('t-bad'), ('t-good')"))
    # When the rows are made again
    projection.drain(engine, clock.now())
    # Then only the damaged complaint waits for a person
    with engine.connect() as connection:
        assert connection.execute(select(quarantine.c.stream)).scalars().all() == ["t-bad"]
        assert connection.execute(select(ticket_row.c.number)).scalars().all() == ["002"]


def test_an_event_for_another_stores_complaint_is_refused_alone(
    hq: Exchange, device: WireDevice, engine: Engine
) -> None:
    # Given a complaint of another store
    other = WireDevice(hq, "c-two")
    other.enrol("S0300")
    other.write("t-other", opened("other", "S0300"))
    other.sync()
    # When this store writes to it, and to its own
    device.write("t-other", proposed("i-9"))
    device.write("t-own", opened("own"))
    answer = device.sync()
    # Then the one is kept on the chain but not acted on, the other goes its way
    assert answer.acked == 2
    assert [(r.seq, r.code) for r in answer.refused] == [(1, "scope")]
    with engine.connect() as connection:
        pending = dict(connection.execute(select(ticket_row.c.number, ticket_row.c.pending)).all())
    assert pending == {"other": 0, "own": 0}
    assert received(other.sync()) == []


def test_two_pcs_of_a_store_and_its_region_see_each_other(hq: Exchange, device: WireDevice) -> None:
    # Given a second PC in the store, a regional manager's PC and a PC of another region
    second, manager, stranger = (WireDevice(hq, name) for name in ("c-b", "c-rm", "c-x"))
    second.enrol("S0217", region="苏南")
    manager.enrol("region:苏南")
    stranger.enrol("S0999")
    # (A PC that has received a complaint goes on under its salt)
    second.salts = manager.salts = device.salts
    # When each writes
    device.write("t-1", opened("001"))
    device.sync()
    assert received(second.sync()) == [("c-one", 1)]
    second.write("t-1", proposed("i-1"), {"c-one": 1})
    second.sync()
    manager.sync()
    manager.write("t-1", Draft("comment.added", {}, {"text": "请尽快"}), {"c-one": 1, "c-b": 1})
    manager.sync()
    # Then all of the store receive what they lack, once, and nobody else anything
    assert received(device.sync()) == [("c-b", 1), ("c-rm", 1)]
    assert received(second.sync()) == [("c-rm", 1)]
    assert received(device.sync()) == received(second.sync()) == received(stranger.sync()) == []


def test_the_feed_comes_in_parts_and_skips_nothing(hq: Exchange, device: WireDevice) -> None:
    for number in range(7):
        device.write(f"t-{number}", opened(f"00{number}"))
    device.sync()
    second = WireDevice(hq, "c-b")
    second.enrol()
    found, rounds = [], 0
    while True:
        answer = second.sync(second.request(want=3))
        found += received(answer)
        rounds += 1
        if not answer.more:
            break
    assert found == [("c-one", seq) for seq in range(1, 8)]
    assert rounds == 3


def test_an_erased_value_goes_on_as_its_digest(
    hq: Exchange, device: WireDevice, tmp_path: Path
) -> None:
    device.write("t-1", opened("001", customer_name="周慧"))
    names = ("customer_name", "expectation", "verbatim")
    run = device.records[0].digests[:32]
    del device.values[0]["customer_name"]
    assert device.sync().acked == 1
    second = WireDevice(hq, "c-b")
    second.enrol()
    sent = second.sync().feed[0].events[0]
    assert dict(zip(names, sent.values, strict=True))["customer_name"] is None
    assert sent.digests == run
    assert checked(hq, tmp_path).faults == ()


def test_values_that_come_after_the_erasure_are_dropped_at_once(
    hq: Exchange, device: WireDevice, engine: Engine, tmp_path: Path
) -> None:
    device.write("t-1", opened("001", customer_name="周慧"))
    device.sync()
    second = WireDevice(hq, "c-b")
    second.enrol()
    device.write("t-1", Draft("person.erased", {"reason": "request"}, {}))
    device.sync()
    # When a PC that has not heard of it sends what it wrote meanwhile
    second.write("t-1", Draft("solution.recorded", {}, {"text": "周慧同意换货"}))
    second.write("t-2", opened("002", customer_name="林静"))
    assert second.sync().acked == 2
    with engine.connect() as connection:
        kept = connection.execute(
            select(event.c.stream, event.c.personal).where(event.c.personal.is_not(None))
        ).all()
        salted = set(connection.execute(select(salt.c.stream)).scalars())
    assert {row.stream for row in kept if any(row.personal)} == {"t-2"}
    assert salted == {"t-2"}
    assert checked(hq, tmp_path).faults == ()


def test_large_batches_are_folded_behind_the_answer(
    device: WireDevice, engine: Engine, clock: WallClock
) -> None:
    for number in range(projection.AT_ONCE + 10):
        device.write(f"t-{number}", opened(f"{number:03d}"))
    assert device.sync().acked == projection.AT_ONCE + 10
    assert projection.drain(engine, clock.now()) == projection.AT_ONCE + 10
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(ticket_row)).scalar_one()
    assert rows == projection.AT_ONCE + 10


def test_a_large_batch_about_complaints_that_are_here_keeps_their_stores(
    hq: Exchange, device: WireDevice, engine: Engine, clock: WallClock
) -> None:
    # Given as many complaints of one PC as make a large batch, and one of another store
    many = projection.AT_ONCE + 5
    for number in range(many):
        device.write(f"t-{number}", opened(f"{number:03d}", customer_name="林静"))
    device.sync()
    elsewhere = WireDevice(hq, "c-else")
    elsewhere.enrol("S0300")
    elsewhere.write("t-else", opened("900", "S0300"))
    elsewhere.sync()
    # When a second PC of the store writes about all of them and one that is new
    second = WireDevice(hq, "c-b")
    second.enrol()
    for number in range(many):
        second.write(f"t-{number}", Draft("solution.recorded", {}, {"text": "同意换货"}))
    second.write("t-else", proposed("i-1"))
    second.write("t-new", opened("901", customer_name="周慧"))
    answer = second.sync()
    # Then all is kept, the other store's complaint is refused, and each has its own salts
    assert (answer.acked, [r.code for r in answer.refused]) == (many + 2, ["scope"])
    projection.drain(engine, clock.now())
    with engine.connect() as connection:
        owners = {row.id: row.store for row in connection.execute(select(stream))}
        salts = connection.execute(select(salt.c.chain, func.count()).group_by(salt.c.chain)).all()
        rows = connection.execute(select(ticket_row.c.events)).scalars().all()
    assert (owners.pop("t-else"), {*owners.values()}) == ("S0300", {"S0217"})
    assert sorted(map(tuple, salts)) == [("c-b", many + 2), ("c-else", 1), ("c-one", many)]
    assert sorted(rows) == [1, 1, *[2] * many]


def test_events_of_complaints_that_take_turns_are_found_by_their_runs(
    device: WireDevice, engine: Engine
) -> None:
    device.write("t-1", opened("001"))
    device.write("t-1", proposed("i-1"))
    device.write("t-2", opened("002"))
    device.write("t-1", proposed("i-2"))
    device.write("t-2", proposed("i-3"))
    device.write("t-2", proposed("i-4"))
    device.sync()
    device.write("t-2", proposed("i-5"))
    device.sync()
    with engine.connect() as connection:
        kept = connection.execute(select(event.c.run).order_by(event.c.seq)).scalars().all()
        found = streams.of_streams(connection, ["t-1", "t-2", "t-none"])
    assert kept == [2, 0, 1, 1, 2, 0, 1]
    places = {name: [stored.record.seq for stored in run] for name, run in found.items()}
    assert places == {"t-1": [1, 2, 4], "t-2": [3, 5, 6, 7], "t-none": []}


def test_a_second_exchange_without_news_is_small(device: WireDevice) -> None:
    device.write("t-1", opened("001"))
    device.sync()
    device.sync()
    request = device.request()
    answer = device.sync(request)
    assert (answer.receipt, answer.feed, answer.cursor) == (None, (), {})
    assert len(protocol.pack(request)) + len(protocol.pack(answer)) < 250


def test_a_receipt_that_is_given_again_is_counted_once(device: WireDevice, tmp_path: Path) -> None:
    device.write("t-1", opened("001"))
    request = device.request()
    for _ in range(3):
        device.hq.sync(device.token, request)
    verdict = checked(device.hq, tmp_path)
    assert (verdict.receipts, verdict.faults) == (1, ())


def flipped(column: str) -> str:
    """SQL for a column with one bit turned."""
    return f"set_byte({column}, 9, get_byte({column}, 9) # 1)"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"UPDATE event SET core = {flipped('core')} WHERE seq = 2", "hash"),
        (f"UPDATE event SET digests = {flipped('digests')} WHERE seq = 2", "hash"),
        ("UPDATE event SET stream = 't-2' WHERE seq = 2", "torn"),
        ("UPDATE event SET personal[1] = personal[1] || 'x'::bytea WHERE seq = 2", "value"),
        ("UPDATE event SET personal = personal || 'x'::bytea WHERE seq = 2", "value"),
        ("UPDATE event SET personal = NULL WHERE seq = 2", "missing_value"),
        ("UPDATE event SET personal[1] = NULL WHERE seq = 2", "missing_value"),
        ("DELETE FROM event WHERE seq = 2", "gap"),
        ("DELETE FROM event WHERE seq = 3", "head"),
        (f"UPDATE chain SET signature = {flipped('signature')}", "head"),
        (f"UPDATE receipt SET signature = {flipped('signature')}", "head"),
        ("DELETE FROM receipt", "head"),
    ],
)  # fmt: skip
def test_verify_names_the_first_altered_event(
    device: WireDevice, engine: Engine, tmp_path: Path, statement: str, what: str
) -> None:
    device.write("t-1", opened("001"))
    device.write("t-1", proposed("i-1"))
    device.write("t-2", opened("002"))
    device.sync()
    assert checked(device.hq, tmp_path).faults == ()
    with engine.begin() as connection:
        connection.execute(text(statement))
    fault = checked(device.hq, tmp_path).faults[0]
    assert fault.what == what
    assert (fault.chain, fault.seq in (2, 3)) == ("c-one", True)


@pytest.mark.parametrize("signed", [True, False])
def test_a_changed_salt_takes_nothing_of_its_batch(
    hq: Exchange, device: WireDevice, engine: Engine, tmp_path: Path, signed: bool
) -> None:
    device.write("t-1", opened("001", customer_name="周慧"))
    device.sync()
    right = device.salts["t-1"]
    # Given a batch whose second stream is new and whose first says another salt than before
    if signed:
        device.salts["t-1"] = bytes(16)
    device.write("t-1", Draft("solution.recorded", {}, {"text": "换货"}))
    device.write("t-2", opened("002", customer_name="林静"))
    device.salts["t-1"] = bytes(16)
    # When it comes
    answer = device.sync()
    # Then it is named, nobody is told of a fork, and nothing of it is kept
    assert isinstance(answer, protocol.Problem)
    assert (answer.code, answer.detail) == ("bad_request", "the salt of t-1 has changed")
    with engine.connect() as connection:
        assert connection.execute(select(incident)).all() == []
        assert connection.execute(select(event.c.seq)).scalars().all() == [1]
        assert connection.execute(select(stream.c.id)).scalars().all() == ["t-1"]
        assert connection.execute(select(salt.c.stream)).scalars().all() == ["t-1"]
    # And what is right comes in
    device.salts["t-1"] = right
    if not signed:
        assert device.sync().acked == 3
    assert checked(hq, tmp_path).faults == ()
