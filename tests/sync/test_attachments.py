"""EV-02, SY-01: attachments come down in parts that resume, are checked, and go when erased."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from desktop.domain.events import Draft
from desktop.services.exchange_ports import ExchangeFailure, ExchangeReport
from desktop.storage.store import StoreData
from sync import protocol
from sync.hq.attachments import TO_REMOVE
from tests.sync.conftest import ServedHq
from tests.sync.stores import append, client, complain, open_pc

#: Three parts and a bit.
PICTURE = bytes(range(256)) * (protocol.CHUNK_BYTES // 256) * 3 + b"the end"
SHA256 = hashlib.sha256(PICTURE).hexdigest()


class Unsteady(httpx.HTTPTransport):
    """A line that fails once after so many parts, or answers with other bytes."""

    def __init__(self, parts: int = 10**6, altered: bool = False) -> None:
        super().__init__()
        self.parts, self.altered, self.got = parts, altered, list[str]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.method != "GET":
            return answer
        if len(self.got) >= self.parts:
            raise httpx.ReadError("cut")
        self.got.append(request.headers["range"])
        if self.altered:
            body = bytearray(answer.read())
            body[0] ^= 1
            bare = httpx.ByteStream(bytes(body))
            return httpx.Response(answer.status_code, headers=answer.headers, stream=bare)
        return answer


class Damaging(httpx.HTTPTransport):
    """A line that changes a byte of the first so many parts that go up."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts, self.sent = parts, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.sent += 1
            if self.sent <= self.parts:
                body = bytearray(request.read())
                body[0] ^= 1
                stream = httpx.ByteStream(bytes(body))
                request = httpx.Request("PUT", request.url, headers=request.headers, stream=stream)
        return super().handle_request(request)


def attached(pc: StoreData, number: int, content: bytes = PICTURE) -> str:
    """A complaint with a picture."""
    stream = complain(pc, number)
    append(pc, stream, evidence(pc, f"e-{number}", content))
    return stream


@pytest.fixture
def pcs(served: ServedHq, tmp_path: Path) -> Iterator[tuple[StoreData, StoreData]]:
    """One PC that has sent a picture, and another of its store that has joined."""
    one, two = open_pc(tmp_path / "one"), open_pc(tmp_path / "two")
    for pc in (one, two):
        client(pc).enrol(served.url, served.code())
    attached(one, 1)
    assert isinstance(client(one).exchange(), ExchangeReport)
    yield one, two
    one.close()
    two.close()


def wanted(pc: StoreData) -> tuple[str, ...]:
    return tuple(pc.sync.wanted_attachments(10))


def test_what_a_line_changed_on_the_way_up_goes_again_whole(
    pcs: tuple[StoreData, StoreData],
) -> None:
    one = pcs[0]
    other = PICTURE[::-1]
    attached(one, 2, other)
    hq = client(one)
    hq._transport = line = Damaging(parts=1)
    assert isinstance(hq.exchange(), ExchangeReport)
    assert line.sent == 2 * -(-len(other) // protocol.CHUNK_BYTES)
    assert one.sync.status().pending_attachments == 0


def test_a_line_that_changes_everything_is_told(pcs: tuple[StoreData, StoreData]) -> None:
    one = pcs[0]
    attached(one, 2, b"a small picture")
    hq = client(one)
    hq._transport = Damaging(parts=10**6)
    told = hq.exchange()
    assert isinstance(told, ExchangeFailure)
    assert (told.code, "damaged" in told.detail) == ("bad_answer", True)
    assert isinstance(client(one).exchange(), ExchangeReport)  # a better line


def test_a_download_that_was_cut_goes_on_where_it_was(
    pcs: tuple[StoreData, StoreData],
) -> None:
    two = pcs[1]
    hq = client(two)
    hq._transport = Unsteady(parts=2)
    cut = hq.exchange()
    assert isinstance(cut, ExchangeFailure)
    assert cut.code == "unreachable"
    assert wanted(two) == (SHA256,)
    hq._transport = again = Unsteady()
    assert isinstance(hq.exchange(), ExchangeReport)
    # Two parts were here; only the rest came again
    size = protocol.CHUNK_BYTES
    assert [r.split("-")[0] for r in again.got] == [f"bytes={2 * size}", f"bytes={3 * size}"]
    assert two.attachments.get(SHA256) == PICTURE
    assert wanted(two) == ()
    assert two.sync.status().pending_attachments == 0


def test_a_picture_with_other_bytes_is_not_kept_and_is_asked_for_again(
    pcs: tuple[StoreData, StoreData],
) -> None:
    two = pcs[1]
    hq = client(two)
    hq._transport = Unsteady(altered=True)
    assert isinstance(hq.exchange(), ExchangeReport)
    assert two.attachments.get(SHA256) is None
    assert wanted(two) == (SHA256,)
    hq._transport = None
    assert isinstance(hq.exchange(), ExchangeReport)
    assert two.attachments.get(SHA256) == PICTURE


def test_a_picture_that_hq_has_lost_blocks_no_other_and_comes_when_it_is_back(
    pcs: tuple[StoreData, StoreData], served: ServedHq
) -> None:
    one, two = pcs
    attached(one, 2, b"another")
    client(one).exchange()
    with served.engine.begin() as connection:
        lost = {"sha256": SHA256}
        connection.execute(text("DELETE FROM attachment WHERE sha256 = :sha256"), lost)
    report = client(two).exchange()
    assert isinstance(report, ExchangeReport)
    assert wanted(two) == (SHA256,)
    served.files.put("S0217", SHA256, 0, len(PICTURE), PICTURE)
    client(two).exchange()
    assert two.attachments.get(SHA256) == PICTURE


def test_an_erased_persons_picture_goes_at_hq_unless_another_complaint_has_it(
    pcs: tuple[StoreData, StoreData], served: ServedHq
) -> None:
    one, two = pcs
    shared, own = b"in two complaints", b"in one"
    stream = attached(one, 2, own)
    append(one, stream, evidence(one, "e-3", shared))
    other = attached(one, 4, shared)
    client(one).exchange()
    assert stream != other
    # When the person of one complaint is erased
    append(one, stream, Draft("person.erased", {"reason": "request"}, {}))
    assert isinstance(client(one).exchange(), ExchangeReport)
    # Then nobody gets the picture from HQ, and its bytes are gone with the next round
    gone, kept = (hashlib.sha256(content).hexdigest() for content in (own, shared))
    assert served.files.progress(["S0217"], gone) is None
    assert served.files.read(["S0217"], gone, 0, 9) is None
    assert served.files.sweep() == 1
    found = (served.data / "attachments").rglob(f"{gone}*")
    assert [path for path in found if path.is_file()] == []
    assert served.files.read(["S0217"], kept, 0, 9) is not None
    assert all(not wrong for _, _, wrong in served.files.check())
    with served.engine.connect() as connection:
        left = text("SELECT count(*) FROM attachment WHERE received = :gone")
        assert connection.execute(left, {"gone": TO_REMOVE}).scalar_one() == 0
    assert isinstance(client(two).exchange(), ExchangeReport)


def evidence(pc: StoreData, name: str, content: bytes) -> Draft:
    values = {"content": pc.attachments.put(content), "name": "小票.jpg"}
    return Draft("evidence.attached", {"evidence": name}, values)
