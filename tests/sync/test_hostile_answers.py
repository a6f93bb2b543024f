"""Whatever answers in HQ's place, the store keeps its work and says what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.services.exchange_ports import Enrolment, ExchangeFailure
from desktop.storage.store import StoreData
from sync import protocol
from tests.sync.stores import client, complain, open_pc

HQ_KEY = Ed25519PrivateKey.generate().private_bytes_raw()
Answer = Callable[[protocol.SyncRequest], tuple[int, bytes]]


class FalseHq:
    """Answers every POST with what a test says."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _: (200, b"")
        self.cut_after: int | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, content = outer.answer(protocol.unpack(body, protocol.SyncRequest))
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: outer.cut_after])

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def false_hq() -> Iterator[FalseHq]:
    hq = FalseHq()
    yield hq
    hq.close()


@pytest.fixture
def pc(tmp_path: Path, false_hq: FalseHq) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    known = Enrolment(false_hq.url, "S0217", "店", "D1", "token", protocol.public_key(HQ_KEY))
    data.sync.save_enrolment(known)
    complain(data, 1)
    yield data
    data.close()


def failure(pc: StoreData) -> str:
    """What the store says; nothing may count as uploaded."""
    outcome = client(pc).exchange()
    assert isinstance(outcome, ExchangeFailure), outcome
    assert (pc.sync.status().acked_seq, pc.sync.status().pending) == (0, 1)
    return outcome.code


def receipt(
    request: protocol.SyncRequest, key: bytes = HQ_KEY, head: bytes | None = None
) -> protocol.SyncResponse:
    head = request.head if head is None else head
    moment = protocol.milliseconds
    at = datetime(2026, 11, 21, tzinfo=UTC)
    signature = protocol.sign(key, protocol.receipt_message(request.chain, 1, head, at))
    return protocol.SyncResponse(
        1, moment(at), 1, protocol.WireReceipt(1, head, moment(at), signature)
    )


GARBAGE = {
    "nothing": b"",
    "a web page": b"<html><body>Please accept the terms of this hotel</body></html>",
    "zstd of no message": zstandard.compress(b"\x93\x01\x02"),
    "another message": protocol.pack(protocol.Problem("x")),
    "a torn message": protocol.pack(protocol.SyncResponse(1, 0, 1))[:-3],
    "a bomb": zstandard.compress(bytes(protocol.MAX_UNPACKED + 1)),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_no_answer(pc: StoreData, false_hq: FalseHq, name: str) -> None:
    false_hq.answer = lambda _: (200, GARBAGE[name])
    assert failure(pc) == "bad_answer"


@pytest.mark.parametrize("status", [200, 302, 404, 418])
def test_a_page_with_any_status_is_no_answer(pc: StoreData, false_hq: FalseHq, status: int) -> None:
    false_hq.answer = lambda _: (status, b"<html>hello</html>")
    assert failure(pc) == "bad_answer"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_door_that_says_later_is_hq_unreachable(
    pc: StoreData, false_hq: FalseHq, status: int
) -> None:
    false_hq.answer = lambda _: (status, b"<html>later</html>")
    assert failure(pc) == "unreachable"


def test_an_answer_that_breaks_off_is_hq_unreachable(pc: StoreData, false_hq: FalseHq) -> None:
    false_hq.answer = lambda request: (200, protocol.pack(receipt(request)))
    false_hq.cut_after = 20
    assert failure(pc) == "unreachable"


def test_an_acknowledgement_without_a_receipt_counts_for_nothing(
    pc: StoreData, false_hq: FalseHq
) -> None:
    false_hq.answer = lambda _: (200, protocol.pack(protocol.SyncResponse(1, 0, 1)))
    assert failure(pc) == "bad_answer"


def test_a_receipt_by_another_key_counts_for_nothing(pc: StoreData, false_hq: FalseHq) -> None:
    other = Ed25519PrivateKey.generate().private_bytes_raw()
    false_hq.answer = lambda request: (200, protocol.pack(receipt(request, other)))
    assert failure(pc) == "bad_answer"


def test_a_receipt_for_another_head_is_a_fork(pc: StoreData, false_hq: FalseHq) -> None:
    false_hq.answer = lambda request: (200, protocol.pack(receipt(request, head=bytes(32))))
    assert failure(pc) == "fork"


def test_an_hq_that_never_takes_anything_is_given_up(pc: StoreData, false_hq: FalseHq) -> None:
    false_hq.answer = lambda _: (200, protocol.pack(protocol.SyncResponse(1, 0, 0)))
    assert failure(pc) == "bad_answer"


def test_a_feed_that_cannot_be_read_changes_nothing(pc: StoreData, false_hq: FalseHq) -> None:
    event = protocol.WireEvent(
        b'{"k":"x","s":"t","l":1,"t":"2026-11-21T00:00:00Z","a":"a","p":"1","f":["n"]}'
    )
    run = protocol.FeedRun("c-x", 1, bytes(32), (event,))

    def answer(request: protocol.SyncRequest) -> tuple[int, bytes]:
        whole = receipt(request)
        return 200, protocol.pack(msgspec.structs.replace(whole, feed=(run,), cursor={"S0217": 1}))

    false_hq.answer = answer
    outcome = client(pc).exchange()
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == "bad_answer"
    # Then the feed is as if it had not come; the receipt for our own events counts
    assert pc.sync.status().cursor == {}
    assert list(pc.journal.chains()) == [pc.sync.chain()]
    assert pc.sync.status().pending == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9", "unreachable"),
        ("ftp://hq", "bad_address"),
        ("nonsense", "bad_address"),
        ("http://[::bad", "bad_address"),
        ("http://", "unreachable"),
        ("http://192.0.2.7:8620", "plain_http"),
        ("http://hq.example", "plain_http"),
    ],
)
def test_an_address_without_hq_is_told(tmp_path: Path, url: str, code: str) -> None:
    data = open_pc(tmp_path / "store")
    outcome = client(data).enrol(url, "0000-0000-0000")
    data.close()
    assert isinstance(outcome, ExchangeFailure)
    assert outcome.code == code
