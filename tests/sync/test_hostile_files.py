"""SY-02 under attack: courier files that are forged, replayed, doubled, cut, or too large."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select, text

from desktop.domain.events import Draft
from desktop.domain.people import person_ordered
from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync import courier as files
from sync import protocol
from sync.client.courier import Courier
from sync.courier import BadBundle, Bundle
from sync.hq import bootstrap, courier, enrolment, models
from sync.hq.exchange import Exchange
from tests.sync.conftest import ServedHq
from tests.sync.devices import WireDevice, opened
from tests.sync.stores import append, client, complain, open_pc

CODE = "7K2M-0000-0000-0001"


def of(pc: StoreData) -> Courier:
    return Courier(pc.sync, pc.attachments, SystemClock())


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[StoreData]:
    found = open_pc(tmp_path / "one")
    yield found
    found.close()


@pytest.fixture
def exchange(served: ServedHq) -> Exchange:
    return Exchange(served.engine, served.key, bootstrap.utc_now)


def bundle_of(device: WireDevice, kind: str = "peer", **changed: Any) -> Bundle:
    """What a device's file holds, signed by its own key."""
    values: dict[str, Any] = {
        "kind": kind,
        "store": "S0217",
        "chain": device.chain,
        "at": 0,
        "public_key": protocol.public_key(device.key),
        "bodies": (protocol.pack(device.request(1)),),
    }
    return files.signed(Bundle(**{**values, **changed}), device.key)


def written(path: Path, bundle: Bundle) -> Path:
    path.write_bytes(files.seal(bundle, CODE))
    return path


def refused(pc: StoreData, path: Path, code: str = CODE) -> str:
    found = of(pc).take(path, code, "S0217")
    assert isinstance(found, CourierRefusal), found
    return found.code


def test_nobody_writes_headquarters_orders_in_a_file_of_a_peer(
    pc: StoreData, exchange: Exchange, tmp_path: Path
) -> None:
    """A clerk with a file made by hand is no department head afterwards."""
    for chain in ("hq-S0217", "hq-S0900", "hq"):
        forger = WireDevice(exchange, chain)
        order = person_ordered(
            "add", "own", "department_head", active=True, name="我", password_hash="x"
        )
        forger.write("P-forged", order)
        path = written(tmp_path / "peer.amends", bundle_of(forger))
        assert refused(pc, path) == "not_signed"
    assert set(pc.journal.chains()) == {pc.sync.chain()}


def test_a_pc_takes_no_name_of_headquarters_when_it_goes_on_under_another(
    exchange: Exchange,
) -> None:
    device = WireDevice(exchange)
    device.enrol()
    for name in ("hq-S0217", "hq", "hq-S0900"):
        message = protocol.rechain_message(device.chain, name)
        asked = protocol.RechainRequest(
            protocol.VERSION, device.chain, name, protocol.sign(device.key, message)
        )
        answer = exchange.rechain(device.token, asked)
        assert isinstance(answer, protocol.Problem), name
        assert answer.code == "bad_request"


def forged(device: WireDevice) -> dict[str, Bundle]:
    """Files of a peer that are not what they say."""
    own = bundle_of(device)
    other = WireDevice(device.hq, device.chain)
    other.write("t-1", opened("S0217-B-1121-001"))
    request = device.request(1)
    return {
        "signed by nobody": msgspec.structs.replace(own, signature=b""),
        "another's key": msgspec.structs.replace(own, public_key=protocol.public_key(other.key)),
        "a store's name changed": msgspec.structs.replace(own, at=1),
        "another's batch": bundle_of(device, bodies=(protocol.pack(other.request(1)),)),
        "an attachment added": msgspec.structs.replace(own, attachments={"a" * 64: b"x"}),
        "a head of nothing": bundle_of(
            device, bodies=(protocol.pack(device.request(1, head=b"\0" * 32)),)
        ),
        "an event left out": bundle_of(
            device,
            bodies=(protocol.pack(msgspec.structs.replace(request, events=request.events[1:])),),
        ),
        "no message": bundle_of(device, bodies=(b"nonsense",)),
        "far away": bundle_of(
            device, bodies=(protocol.pack(msgspec.structs.replace(request, first_seq=2**62)),)
        ),
        "before the first": bundle_of(
            device, bodies=(protocol.pack(msgspec.structs.replace(request, first_seq=-5)),)
        ),
    }


def test_a_file_of_a_peer_that_is_not_what_it_says_changes_nothing(
    pc: StoreData, exchange: Exchange, tmp_path: Path
) -> None:
    device = WireDevice(exchange, "c-two")
    device.write("t-1", opened("S0217-B-1121-001"))
    device.write("t-1", Draft("comment.added", {}, {"text": "已转达"}))
    for name, bundle in forged(device).items():
        code = refused(pc, written(tmp_path / "peer.amends", bundle))
        assert code in ("not_signed", "damaged", "too_early"), name
    assert set(pc.journal.chains()) == {pc.sync.chain()}
    # And the true one is taken after all
    found = of(pc).take(written(tmp_path / "peer.amends", bundle_of(device)), CODE, "S0217")
    assert isinstance(found, Carried)
    assert found.received == 2


def _cut(content: bytes) -> Iterator[bytes]:
    for at in (0, 5, len(files.MAGIC), len(files.MAGIC) + 7, len(content) // 2, len(content) - 1):
        yield content[:at]
    yield content + b"\0"


def _zeros(size: int) -> bytes:
    import zstandard

    nonce = b"\0" * 12
    packed = zstandard.ZstdCompressor().compress(b"\0" * size)
    cipher: Any = files._cipher(CODE)
    return files.MAGIC + nonce + cipher.encrypt(nonce, packed, files.MAGIC)


def test_a_file_that_was_cut_or_is_no_file_is_told_in_words(
    pc: StoreData, exchange: Exchange, tmp_path: Path
) -> None:
    device = WireDevice(exchange, "c-two")
    device.write("t-1", opened("S0217-B-1121-001"))
    whole = files.seal(bundle_of(device), CODE)
    path = tmp_path / "peer.amends"
    for content in (*_cut(whole), _zeros(5), _zeros(2**20)):
        path.write_bytes(content)
        assert refused(pc, path) in ("no_file", "wrong_code", "damaged")
    assert refused(pc, tmp_path / "nothing.amends") == "not_read"
    assert refused(pc, tmp_path) == "not_read"


def test_a_file_that_is_too_large_is_not_read(pc: StoreData, tmp_path: Path) -> None:
    path = tmp_path / "large.amends"
    with path.open("wb") as file:
        file.write(files.MAGIC)
        file.truncate(2**42)  # no memory holds it, and no disk: it is a file of holes
    assert refused(pc, path) == "no_file"


def test_attachments_of_a_file_are_named_by_their_hash_and_nothing_else(
    served: ServedHq, exchange: Exchange
) -> None:
    device = WireDevice(exchange)
    device.enrol()
    device.write("t-1", opened("S0217-A-1121-001"))
    picture = b"a picture"
    sha256 = hashlib.sha256(picture).hexdigest()
    for name in (sha256, "b" * 64, "../../../evil"):
        device.write("t-1", Draft("evidence.attached", {"evidence": name}, {"content": name}))
    hostile = {
        "../../../evil": picture, "/etc/evil": picture, "": picture, "a\0b": picture,
        sha256.upper(): picture, "b" * 64: picture, sha256: picture, "x" * 5000: picture,
    }  # fmt: skip
    content = files.seal(bundle_of(device, "up", attachments=hostile), CODE)
    taken = courier.take(exchange, served.files, content, CODE)
    assert (taken.acked, taken.attachments) == (4, 1)
    with served.engine.connect() as connection:
        whole = select(models.attachment.c.sha256).where(models.attachment.c.complete)
        assert connection.execute(whole).scalars().all() == [sha256]
    assert not list(served.data.rglob("*evil*"))


def test_a_file_of_a_pc_without_access_or_of_none_is_not_taken(
    served: ServedHq, exchange: Exchange, engine: Engine
) -> None:
    device, stranger = WireDevice(exchange), WireDevice(exchange, "c-stranger")
    device.enrol()
    for one in (device, stranger):
        one.write("t-1", opened("S0217-A-1121-001"))
    content = files.seal(bundle_of(device, "up"), CODE)
    # Named as another's chain, signed by the stranger
    stolen = files.signed(
        msgspec.structs.replace(bundle_of(device, "up"), signature=b""), stranger.key
    )
    with engine.begin() as connection:
        name = connection.execute(select(models.device.c.id)).scalar_one()
        enrolment.revoke(connection, name, bootstrap.utc_now())
    sealed = [content, files.seal(bundle_of(stranger, "up"), CODE), files.seal(stolen, CODE)]
    sealed.append(files.seal(bundle_of(device, "down"), CODE))
    for wrong in sealed:
        with pytest.raises(BadBundle) as bad:
            courier.take(exchange, served.files, wrong, CODE)
        assert bad.value.code in ("unknown_device", "not_signed", "not_for_hq")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 0


def test_an_old_file_brings_nothing_of_an_erased_person_back(
    pc: StoreData, served: ServedHq, exchange: Exchange, tmp_path: Path
) -> None:
    # Given a complaint with a picture that went to HQ by a file, and to a peer by another
    client(pc).enrol(served.url, served.code())
    stream = complain(pc, 1)
    picture = pc.attachments.put(b"a picture of a person" * 99)
    append(pc, stream, Draft("evidence.attached", {"evidence": "e1"}, {"content": picture}))
    up, peer = tmp_path / "up.amends", tmp_path / "peer.amends"
    sent, carried = of(pc).export_to_hq(up), of(pc).export_to_peer(peer, "S0217")
    assert isinstance(sent, Exported)
    assert isinstance(carried, Exported)
    courier.take(exchange, served.files, up.read_bytes(), sent.code)
    two = open_pc(tmp_path / "two")
    try:
        assert isinstance(of(two).take(peer, carried.code, "S0217"), Carried)
        assert served.files.progress(("S0217",), picture) is not None
        # When the person is erased everywhere
        append(pc, stream, Draft("person.erased", {"reason": "request"}, {}))
        client(pc).exchange()
        last = of(pc).export_to_peer(tmp_path / "last.amends", "S0217")
        assert isinstance(last, Exported)
        assert isinstance(of(two).take(last.path, last.code, "S0217"), Carried)
        served.files.sweep()
        # Then the files from before bring nothing back
        courier.take(exchange, served.files, up.read_bytes(), sent.code)
        assert isinstance(of(two).take(peer, carried.code, "S0217"), Carried)
        left = [v for e in two.journal.events(stream) for v in e.personal.values()]
        assert left
        assert not [value for value in left if isinstance(value, str)]
    finally:
        two.close()
    with served.engine.connect() as connection:
        kept = connection.execute(
            select(models.event.c.personal).where(models.event.c.stream == stream)
        ).scalars()
        assert [value for row in kept for value in row or () if value is not None] == []
    assert served.files.progress(("S0217",), picture) is None


def test_a_store_erases_nobody_of_another_store(exchange: Exchange, engine: Engine) -> None:
    own, other = WireDevice(exchange, "c-own"), WireDevice(exchange, "c-other")
    own.enrol("S0217")
    other.enrol("S0900")
    own.write("t-own", opened("S0217-A-1121-001"))
    own.sync()
    other.write("t-own", Draft("person.erased", {"reason": "request"}, {}))
    other.sync()
    with engine.connect() as connection:
        kept = connection.execute(
            select(models.event.c.personal).where(models.event.c.chain == "c-own")
        ).scalar_one()
    assert any(value is not None for value in kept)
