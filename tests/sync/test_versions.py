"""An older app and a newer HQ, and the other way round, understand each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from desktop.services.exchange_ports import ExchangeFailure, ExchangeReport
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from desktop.texts import Texts
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


class Later(msgspec.Struct, array_like=True, frozen=True):
    """A message of a version that does not exist yet; what follows has another shape."""

    version: int = protocol.VERSION + 1
    what: dict[str, list[int]] = msgspec.field(default_factory=lambda: {"all": [1]})


@pytest.mark.parametrize(
    "path",
    [
        protocol.SYNC_PATH,
        protocol.PUSH_PATH,
        protocol.ENROL_PATH,
        protocol.CHAIN_PATH,
        protocol.RECHAIN_PATH,
    ],
)
def test_a_later_version_is_told_so_and_not_that_its_message_is_broken(
    joined: StoreData, served: ServedHq, path: str
) -> None:
    enrolment = joined.sync.enrolment()
    assert enrolment is not None
    body = protocol.pack(Later())
    answer = httpx.post(
        served.url + path,
        content=protocol.frame(body) if path == protocol.PUSH_PATH else body,
        headers={"authorization": f"Bearer {enrolment.token}"},
        trust_env=False,
    )
    assert answer.status_code == 426
    assert protocol.unpack(answer.content, protocol.Problem).code == "version"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (426, protocol.pack(protocol.Problem("version", "HQ speaks up to 1")), "version"),
        (200, protocol.pack(Later()), "outdated"),
        (200, protocol.pack(protocol.Problem("odd", "")), "bad_answer"),
    ],
    ids=["HQ is older", "the PC is older", "neither"],
)
def test_who_must_be_upgraded_is_told_and_nothing_is_lost(
    joined: StoreData, served: ServedHq, status: int, body: bytes, code: str
) -> None:
    complain(joined, 1)

    class Another(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(status, stream=httpx.ByteStream(body))

    sender = HqClient(joined.sync, joined.attachments, SystemClock(), QUICK, Another())
    told = sender.exchange()
    assert isinstance(told, ExchangeFailure)
    assert told.code == code
    assert Texts("zh_CN").has(f"sync.{code}")
    # Once it is, all of it goes up
    report = client(joined).exchange()
    assert isinstance(report, ExchangeReport)
    assert (report.acked_seq, report.pending) == (1, 0)
