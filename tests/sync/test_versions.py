"""An older app and a newer HQ, and the other way round, understand each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync import protocol
from sync.client import HqClient
from tests.sync.conftest import ServedHq
from tests.sync.stores import QUICK, client, complain, open_pc


@pytest.fixture
def joined(served: ServedHq, tmp_path: Path) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    client(data).enrol(served.url, served.code())
    yield data
    data.close()


class OlderRun(msgspec.Struct, array_like=True, frozen=True):
    """A run as the first version knew it."""

    chain: str
    first_seq: int
    prev: bytes
    events: tuple[protocol.WireEvent, ...]


def test_an_older_app_skips_what_a_newer_hq_adds() -> None:
    receipt = protocol.WireReceipt(1, bytes(32), 0, bytes(64))
    sent = protocol.FeedRun("c-x", 1, bytes(32), (protocol.WireEvent(b"x"),), receipt, gaps=True)
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=OlderRun)
    assert (read.chain, read.events[0].core) == ("c-x", b"x")


def test_a_newer_hq_fills_in_what_an_older_app_does_not_send() -> None:
    older = [1, "c-x", 0, 0, 1, bytes(32), bytes(64), 5]
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(older), type=protocol.SyncRequest)
    assert (read.envelopes, read.want, read.events) == (-1, protocol.MAX_EVENTS, ())


def test_an_older_hq_that_takes_no_several_batches_gets_them_one_by_one(
    joined: StoreData,
) -> None:
    class Older(httpx.HTTPTransport):
        asked = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == protocol.PUSH_PATH:
                Older.asked += 1
                request.read()
                return httpx.Response(404, stream=httpx.ByteStream(b"{}"))
            return super().handle_request(request)

    for number in range(5):
        complain(joined, number)
    line = Older()
    sender = HqClient(joined.sync, joined.attachments, SystemClock(), QUICK, line, batch_events=2)
    report = sender.exchange()
    assert isinstance(report, ExchangeReport), report
    assert (report.acked_seq, report.pending, Older.asked) == (5, 0, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (protocol.frame(b"no frame of zstd"), 400),
        (b"\0\0\0\x09abc", 400),
        (b"\xff\xff\xff\xff", 400),
    ],
    ids=["nothing", "garbage", "broken off", "endless"],
)
def test_a_request_that_holds_no_whole_batches_changes_nothing(
    joined: StoreData, served: ServedHq, body: bytes, status: int
) -> None:
    enrolment = joined.sync.enrolment()
    assert enrolment is not None
    answer = httpx.post(
        served.url + protocol.PUSH_PATH,
        content=body,
        headers={"authorization": f"Bearer {enrolment.token}"},
        trust_env=False,
    )
    assert answer.status_code == status
    assert protocol.unpack(answer.content, protocol.Problem).code == "bad_request"
