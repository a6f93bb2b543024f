"""Batches that wait for the database are written as one; whatever is odd is taken by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, text

from desktop.domain.events import Draft
from desktop.journal.chain import GENESIS
from sync import protocol
from sync.hq import arrivals, verification
from sync.hq.arrivals import Expected, Prepared
from sync.hq.attachments import AttachmentStore, local_objects
from sync.hq.exchange import Exchange
from sync.hq.pushes import Push
from tests.sync.devices import AT, WireDevice, opened, proposed


@pytest.fixture
def device(hq: Exchange) -> WireDevice:
    device = WireDevice(hq)
    device.enrol()
    for number in range(1, 4):
        device.write(f"t-{number}", opened(f"00{number}"))
        device.write(f"t-{number}", proposed(f"i-{number}"))
    return device


def prepared(device: WireDevice, first: int, last: int, home: str = "S0217") -> Prepared:
    """A batch worked out for what stands before it."""
    salts = dict(device.salts)
    request = device.request(first, last, salts=salts)
    return arrivals.prepare(request, Expected(device.hash_at(first - 1), home, AT))


def test_batches_that_follow_each_other_are_one(
    device: WireDevice, engine: Engine, tmp_path: Path
) -> None:
    # Given three batches worked out while the database was busy
    one, two, three = (prepared(device, n, n + 1) for n in (1, 3, 5))
    whole = arrivals.joined(one, two)
    assert whole is not None
    whole = arrivals.joined(whole, three)
    assert whole is not None
    # When they are taken as one
    taken = device.hq.take(device.token, whole)
    # Then HQ holds the chain, with its values, as if they had come apart
    assert not isinstance(taken, protocol.Problem)
    assert (taken.seq, taken.head, taken.streams) == (6, device.head, ("t-1", "t-2", "t-3"))
    files = AttachmentStore(engine, local_objects(tmp_path / "files"))
    assert verification.verify(engine, device.hq.key, files).faults == ()
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT position, first_seq, events FROM feed")).all()
    assert [tuple(run) for run in runs] == [(6, 1, 6)]
    # And what was known is compared when it comes again
    assert device.hq.take(device.token, whole) == replace(taken, refused=(), streams=())


def test_all_that_waits_is_written_at_once(device: WireDevice) -> None:
    """What was worked out while the database was busy is one transaction, the odd apart."""
    push = Push(device.hq, device.token)
    device.write_core("t-9", b"\xff", {})
    push._waiting.extend(prepared(device, n, n + 1) for n in (1, 3, 5))
    push._waiting.append(prepared(device, 7, 7))
    first, odd = push._next(), push._next()
    assert (first.request.first_seq, len(first.request.events)) == (1, 6)
    assert (odd.request.first_seq, len(odd.request.events)) == (7, 1)
    assert not push._waiting


def test_no_transaction_is_too_long(device: WireDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST_JOINED", 4)
    push = Push(device.hq, device.token)
    push._waiting.extend(prepared(device, n, n + 1) for n in (1, 3, 5))
    assert [len(push._next().request.events) for _ in range(2)] == [4, 2]


def test_what_was_made_for_another_place_is_made_again(device: WireDevice) -> None:
    # A block for a store or a hash that turn out to be others is not what goes to the database.
    for wrong in (prepared(device, 1, 6, "S0999"), arrivals.prepare(device.request(1, 6))):
        assert device.hq.take(device.token, wrong).seq == 6
    guessed = arrivals.prepare(device.request(1, 6), Expected(bytes(31) + b"x", "S0217", AT))
    assert guessed.linked(GENESIS)[-1] == device.head
    assert guessed.block == ()


@pytest.mark.parametrize("odd", ["gap", "order", "head", "salt", "unreadable", "home"])
def test_what_is_out_of_the_ordinary_is_not_joined(device: WireDevice, odd: str) -> None:
    one, two = prepared(device, 1, 2), prepared(device, 3, 4)
    if odd == "gap":
        two = prepared(device, 5, 6)
    elif odd == "order":
        one, two = two, one
    elif odd == "head":
        one.request = msgspec.structs.replace(one.request, head=bytes(32))
    elif odd == "salt":
        two.request = msgspec.structs.replace(two.request, salts={"t-1": bytes(16)})
    elif odd == "home":
        two = prepared(device, 3, 4, "S0999")
    else:
        device.write_core("t-9", b"\xff", {})
        one, two = prepared(device, 5, 6), prepared(device, 7, 7)
    assert arrivals.joined(one, two) is None


def test_part_of_a_batch_that_is_known_is_skipped(device: WireDevice) -> None:
    # Given HQ with the first three events
    assert device.hq.take(device.token, prepared(device, 1, 3)).seq == 3
    device.write("t-3", Draft("ticket.closed", {}))
    # When a batch overlaps them
    taken = device.hq.take(device.token, prepared(device, 1, 7))
    # Then only the rest is new
    assert (taken.seq, taken.head, taken.streams) == (7, device.head, ("t-2", "t-3"))
