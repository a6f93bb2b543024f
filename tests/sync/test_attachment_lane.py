"""SY-01: attachments have a lane of their own, in which a bad one blocks only itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from desktop.services import evidence_size
from desktop.services.exchange_ports import ExchangeReport
from desktop.services.ports import StorageFull
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync import protocol
from sync.client import HqClient, exchange
from tests.sync.conftest import ServedHq
from tests.sync.stores import QUICK, client, complain, open_pc
from tests.sync.test_attachments import PICTURE, attached, wanted


@pytest.fixture
def pcs(served: ServedHq, tmp_path: Path) -> Iterator[tuple[StoreData, StoreData]]:
    """Two PCs of a store that have joined."""
    one, two = open_pc(tmp_path / "one"), open_pc(tmp_path / "two")
    for pc in (one, two):
        client(pc).enrol(served.url, served.code())
    yield one, two
    one.close()
    two.close()


def contents() -> list[bytes]:
    """So many that some come before the bad one and some after, whatever the order."""
    return [f"picture {n}".encode() for n in range(8)]


def test_an_empty_file_arrives(pcs: tuple[StoreData, StoreData]) -> None:
    one, two = pcs
    attached(one, 1, b"")
    assert isinstance(client(one).exchange(), ExchangeReport)
    assert one.sync.status().pending_attachments == 0
    assert isinstance(client(two).exchange(), ExchangeReport)
    assert two.attachments.get(hashlib.sha256(b"").hexdigest()) == b""


def test_what_hq_would_not_take_is_not_taken_at_the_desk() -> None:
    assert evidence_size.MOST_BYTES == protocol.MAX_ATTACHMENT
    for size, code in ((0, "evidence_empty"), (protocol.MAX_ATTACHMENT + 1, "evidence_too_large")):
        refused = evidence_size.size_refusal("监控.mp4", size)
        assert refused is not None
        assert refused.code == code
    assert evidence_size.size_refusal("小票.jpg", protocol.MAX_ATTACHMENT) is None


def test_one_that_hq_does_not_take_blocks_no_other(
    pcs: tuple[StoreData, StoreData], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pcs
    monkeypatch.setattr(protocol, "MAX_ATTACHMENT", 100)
    for number, content in enumerate([*contents()[:4], bytes(101), *contents()[4:]], 1):
        attached(one, number, content)
    assert isinstance(client(one).exchange(), ExchangeReport)
    assert one.sync.status().pending_attachments == 1
    assert isinstance(client(two).exchange(), ExchangeReport)
    assert all(two.attachments.get(hashlib.sha256(c).hexdigest()) == c for c in contents())


def test_one_that_was_altered_at_hq_blocks_no_other(
    pcs: tuple[StoreData, StoreData], served: ServedHq
) -> None:
    one, two = pcs
    for number, content in enumerate(contents(), 1):
        attached(one, number, content)
    client(one).exchange()
    bad = hashlib.sha256(contents()[3]).hexdigest()
    blob = served.data / "attachments" / "blobs" / "S0217" / bad
    blob.write_bytes(b"Picture 3")
    done = client(two).exchange()
    assert wanted(two) == (bad,), done


class Watching(httpx.HTTPTransport):
    """A line on which somebody saves while the first part of a file is sent."""

    def __init__(self, save: Callable[[], object]) -> None:
        super().__init__()
        self.save, self.asked = save, list[str]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.method)
        answer = super().handle_request(request)
        if request.method == "PUT" and self.asked.count("PUT") == 1:
            self.save()
        return answer


def test_what_is_saved_while_a_file_goes_up_goes_before_its_next_part(
    pcs: tuple[StoreData, StoreData],
) -> None:
    one, _two = pcs
    attached(one, 1, PICTURE)
    line = Watching(lambda: complain(one, 2))
    told: list[tuple[int, int]] = []
    hq = HqClient(one.sync, one.attachments, SystemClock(), QUICK, transport=line)
    report = hq.exchange(files=lambda done, total: told.append((done, total)))
    assert isinstance(report, ExchangeReport)
    assert (report.pending, report.pending_attachments) == (0, 0)
    # The empty trip after it tells that HQ has nothing more
    assert "".join(m[:2] for m in line.asked).count("PUPOPU") == 1
    parts = [min(n * protocol.CHUNK_BYTES, len(PICTURE)) for n in range(5)]
    assert told == [(done, len(PICTURE)) for done in parts]


def test_news_come_while_files_are_long_on_their_way(
    pcs: tuple[StoreData, StoreData], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pcs
    attached(one, 1, PICTURE)
    monkeypatch.setattr(exchange, "_NEWS_EVERY", -1.0)

    def other_saves() -> None:
        complain(two, 7)
        assert isinstance(client(two).exchange(), ExchangeReport)

    line = Watching(other_saves)
    held: list[int] = []
    hq = HqClient(one.sync, one.attachments, SystemClock(), QUICK, transport=line)
    hq.exchange(files=lambda _done, _total: held.append(len(one.journal.chains())))
    assert held[0] == 1
    assert held[-1] == 2


def test_what_came_down_is_told_by_its_size(pcs: tuple[StoreData, StoreData]) -> None:
    one, two = pcs
    attached(one, 1, PICTURE)
    client(one).exchange()
    told: list[tuple[int, int]] = []
    client(two).exchange(files=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(PICTURE), len(PICTURE))
    assert [done for done, _total in told] == sorted(done for done, _total in told)


def test_what_a_full_disk_did_not_take_is_not_carried_again(
    pcs: tuple[StoreData, StoreData], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pcs
    attached(one, 1, PICTURE)
    client(one).exchange()
    line = Watching(lambda: None)
    hq = HqClient(two.sync, two.attachments, SystemClock(), QUICK, transport=line)
    with monkeypatch.context() as patch:
        patch.setattr(two.attachments, "put", full)
        with pytest.raises(StorageFull):
            hq.exchange()
    parts = line.asked.count("GET")
    assert parts == 4
    assert isinstance(hq.exchange(), ExchangeReport)
    assert line.asked.count("GET") == parts
    assert two.attachments.get(hashlib.sha256(PICTURE).hexdigest()) == PICTURE


def full(_content: bytes) -> str:
    raise StorageFull("the disk is full")
