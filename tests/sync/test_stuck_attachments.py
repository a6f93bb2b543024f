"""SY-01: an attachment that cannot go is named with its reason, until it goes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from desktop.commands.sync import status
from desktop.services.courier_ports import Exported
from desktop.services.exchange_ports import ExchangeReport
from desktop.services.sync_ports import StuckAttachment
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from desktop.storage.sync_care import SqlSyncCare
from sync import protocol
from sync.client import HqClient, attachments
from sync.client.courier import Courier
from sync.client.transport import Line
from tests.sync.conftest import ServedHq, WallClock
from tests.sync.stores import QUICK, client, open_pc
from tests.sync.test_attachments import attached, wanted

CONTENTS = [f"contract {n}".encode() for n in range(5)]
NAMES = [hashlib.sha256(content).hexdigest() for content in CONTENTS]


@pytest.fixture
def pc(served: ServedHq, tmp_path: Path) -> Iterator[StoreData]:
    """A PC that has joined, with complaints that each have a file to send."""
    one = open_pc(tmp_path / "one")
    client(one).enrol(served.url, served.code())
    for number, content in enumerate(CONTENTS, 1):
        attached(one, number, content)
    yield one
    one.close()


def blob(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "one" / "blobs" / sha256[:2] / sha256


def care(pc: StoreData) -> SqlSyncCare:
    return SqlSyncCare(pc.database, pc.projector)


def stuck(pc: StoreData) -> dict[str, StuckAttachment]:
    return {item.sha256: item for item in care(pc).stuck_attachments(20)}


def spoil(tmp_path: Path) -> None:
    """One is gone, one altered, one (a folder in its place) cannot be read; two are whole."""
    blob(tmp_path, NAMES[0]).rename(tmp_path / "kept")
    altered = bytearray(blob(tmp_path, NAMES[1]).read_bytes())
    altered[-1] ^= 1
    blob(tmp_path, NAMES[1]).write_bytes(altered)
    blob(tmp_path, NAMES[2]).rename(tmp_path / "unread")
    blob(tmp_path, NAMES[2]).mkdir()


def test_what_cannot_be_read_is_named_with_its_reason_and_blocks_no_other(
    pc: StoreData, tmp_path: Path
) -> None:
    spoil(tmp_path)
    done = client(pc).exchange()
    assert isinstance(done, ExchangeReport)
    assert done.pending_attachments == 3
    found = stuck(pc)
    reasons = {sha256: item.reason for sha256, item in found.items()}
    assert reasons == {NAMES[0]: "missing", NAMES[1]: "altered", NAMES[2]: "unreadable"}
    for place, sha256 in enumerate(NAMES[:3]):
        item = found[sha256]
        assert item.number == f"S0217-A-1121-{place + 1:03d}"
        assert item.stream == f"t-{place + 1:06d}"
        assert item.name
        assert item.size == len(CONTENTS[place])


def test_it_goes_once_the_file_is_there_again(pc: StoreData, tmp_path: Path) -> None:
    spoil(tmp_path)
    client(pc).exchange()
    # When the first is put back, the second added once more, and the third can be read again
    (tmp_path / "kept").rename(blob(tmp_path, NAMES[0]))
    pc.attachments.put(CONTENTS[1])
    blob(tmp_path, NAMES[2]).rmdir()
    (tmp_path / "unread").rename(blob(tmp_path, NAMES[2]))
    done = client(pc).exchange()
    assert isinstance(done, ExchangeReport)
    assert done.pending_attachments == 0
    assert stuck(pc) == {}


def test_one_that_hq_has_already_comes_back_from_there(
    pc: StoreData, served: ServedHq, tmp_path: Path
) -> None:
    """As after a restored backup that knows nothing of the upload."""
    client(pc).exchange()
    with pc.database.write() as connection:
        connection.execute(text("UPDATE attachment SET acked = 0"))
    blob(tmp_path, NAMES[0]).unlink()
    blob(tmp_path, NAMES[1]).write_bytes(b"other")
    client(pc).exchange()
    assert stuck(pc) == {}
    assert pc.sync.status().pending_attachments == 0
    assert [pc.attachments.get(name) for name in NAMES] == CONTENTS


def test_one_that_was_lost_after_its_upload_is_fetched_when_somebody_looks(
    pc: StoreData, tmp_path: Path
) -> None:
    client(pc).exchange()
    blob(tmp_path, NAMES[0]).unlink()
    care(pc).fetch_again(NAMES[0])
    assert wanted(pc) == (NAMES[0],)
    client(pc).exchange()
    assert pc.attachments.get(NAMES[0]) == CONTENTS[0]
    # Nothing is asked for that HQ never took
    never = pc.attachments.put(b"not sent yet")
    care(pc).fetch_again(never)
    assert wanted(pc) == ()


def test_what_hq_refuses_is_named_and_rests_before_it_goes_again(
    pc: StoreData, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, offers = WallClock(), list[str]()
    real = attachments.offer

    def offer(
        line: Line, token: str, sha256: str, content: bytes, moved: Callable[[int], None]
    ) -> str | None:
        offers.append(sha256)
        return real(line, token, sha256, content, moved)

    monkeypatch.setattr(attachments, "offer", offer)
    hq = HqClient(pc.sync, pc.attachments, clock, QUICK)
    # HQ refuses what is larger than the limit that it knows; the PC's own is the older, larger one
    limit = protocol.MAX_ATTACHMENT
    large = pc.attachments.put(bytes(300))
    monkeypatch.setattr("sync.client.attachment_lane.protocol", _Limit(limit))
    monkeypatch.setattr(protocol, "MAX_ATTACHMENT", 200)
    assert isinstance(hq.exchange(), ExchangeReport)
    assert {sha256: item.reason for sha256, item in stuck(pc).items()} == {large: "refused"}
    assert stuck(pc)[large].detail
    # A bad line can make HQ refuse what it would take: it goes once more at once, then it rests
    offers.clear()
    hq.exchange()
    assert offers == [large]
    hq.exchange()
    assert offers == [large]
    # A clock that was a year ahead at that moment keeps it from nothing once it is right
    clock.offset = timedelta(days=-365)
    hq.exchange()
    assert offers == [large, large]
    offers.clear()
    # When an hour has passed, or a person asks, it is tried again
    clock.offset += timedelta(hours=1, seconds=1)
    hq.exchange()
    assert offers == [large]
    hq.exchange()
    care(pc).send_refused_again()
    hq.exchange()
    assert offers == [large, large]
    # Given HQ takes it now
    monkeypatch.setattr(protocol, "MAX_ATTACHMENT", limit)
    care(pc).send_refused_again()
    hq.exchange()
    assert stuck(pc) == {}
    assert pc.sync.status().pending_attachments == 0


class _Limit:
    def __init__(self, most: int) -> None:
        self.MAX_ATTACHMENT = most


def test_what_is_too_large_is_not_sent_at_all(
    pc: StoreData, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = pc.attachments.put(bytes(300))
    monkeypatch.setattr(protocol, "MAX_ATTACHMENT", 200)
    client(pc).exchange()
    assert stuck(pc)[large].reason == "too_large"


def test_many_that_hq_does_not_hold_keep_no_other_from_coming(
    pc: StoreData, served: ServedHq, tmp_path: Path
) -> None:
    client(pc).exchange()
    two = open_pc(tmp_path / "two")
    client(two).enrol(served.url, served.code())
    with two.database.write() as connection:
        for n in range(250):
            connection.execute(
                text("INSERT INTO wanted_attachment VALUES (:name)"), {"name": f"{n:064x}"}
            )
    assert isinstance(client(two).exchange(), ExchangeReport)
    assert [two.attachments.get(name) for name in NAMES] == CONTENTS
    two.close()


def test_a_file_of_the_courier_says_how_many_could_not_go_with_it(
    pc: StoreData, tmp_path: Path
) -> None:
    spoil(tmp_path)
    out = Courier(pc.sync, pc.attachments, SystemClock()).export_to_hq(tmp_path / "up.amends")
    assert isinstance(out, Exported)
    assert (out.attachments, out.stuck) == (2, 3)
    assert set(stuck(pc)) == set(NAMES[:3])


def test_an_erased_complaint_has_nothing_left_to_tell(pc: StoreData, tmp_path: Path) -> None:
    spoil(tmp_path)
    client(pc).exchange()
    with pc.database.write() as connection:
        connection.execute(
            text("UPDATE attachment SET size = -1, acked = 1 WHERE sha256 = :name"),
            {"name": NAMES[0]},
        )
    assert set(stuck(pc)) == set(NAMES[1:3])


def test_the_command_line_names_them_too(pc: StoreData, tmp_path: Path) -> None:
    spoil(tmp_path)
    client(pc).exchange()
    pc.close()
    said = CliRunner().invoke(status, ["--data", str(tmp_path / "one"), "--lang", "en"])
    assert said.exit_code == 0
    assert "S0217-A-1121-001" in said.output
    assert "gone from this PC" in said.output
    asked = CliRunner().invoke(status, ["--data", str(tmp_path / "one"), "--json"])
    found = json.loads(asked.output)["stuck_attachments"]
    assert [item["reason"] for item in found] == ["missing", "altered", "unreadable"]
