"""What comes from outside in files at the store: odd CSV, packed backups and packs, pictures."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from desktop.adapters.pictures import SMALL_FILE, shrink
from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.policy.signing import HEADER, PACK, SIGNATURE, PackRefused, open_pack
from desktop.services.customers import Customers, Imported
from desktop.services.desk import Desk
from desktop.services.exporting import Cancelled
from desktop.services.ports import StorageFault
from desktop.services.ticket_ports import TicketFilter
from desktop.services.wording import refusal_text
from desktop.storage import backup
from desktop.storage.faults import BackupDamaged
from desktop.texts import LANGS, Texts

MEMBERS = "会员号,姓名,电话\r\nM1,张伟,13800002201\r\nM2,李娜,13900001102\r\n"


@pytest.fixture
def customers(desk: Desk) -> Customers:
    return desk.use_cases.paper.customers


def taken(customers: Customers, content: bytes, *more: bytes) -> Imported:
    found = customers.replace([content, *more])
    assert isinstance(found, Imported), found
    return found


@pytest.mark.parametrize(
    "content",
    [
        MEMBERS.encode(),
        MEMBERS.encode("utf-8-sig"),
        MEMBERS.encode("gb18030"),
        MEMBERS.replace("\r\n", "\n").encode("gbk"),
        MEMBERS.replace("张伟", '"张\r\n伟, ""老张"""').encode(),
    ],
)
def test_exports_of_every_make_are_taken(customers: Customers, desk: Desk, content: bytes) -> None:
    assert taken(customers, content).members == 2
    known = desk.use_cases.paper.customers._book.by_phone("13800002201")
    assert known is not None
    assert known.name.startswith("张")


BROKEN = {
    # The rest of the file would be one long name, and its rows lost without a word
    "a quotation mark left open": MEMBERS.replace("张伟", '"张伟').encode(),
    "a mark within a word": MEMBERS.replace("张伟", '"张"伟').encode(),
    "a field that never ends": (MEMBERS + "M3," + "长" * 200_000).encode(),
    "no heading": b"M1,a,13800002201\r\n",
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "UTF-16": MEMBERS.encode("utf-16"),
    "zero bytes": MEMBERS.replace("张伟", "张\0伟").encode(),
}


def test_a_file_that_can_be_read_only_in_part_replaces_nothing(customers: Customers) -> None:
    taken(customers, MEMBERS.encode())
    for name, content in BROKEN.items():
        refused = customers.replace([MEMBERS.encode(), content])
        assert isinstance(refused, Refusal), name
        for lang in LANGS:
            line = refusal_text(refused, Texts(lang))
            assert "{" not in line
            assert "\n" not in line
        assert customers._book.member("M1") is not None


def test_an_amount_of_an_order_is_a_sum_or_is_left_out(customers: Customers) -> None:
    told = {
        "1,299.00": "1299.00", "￥ 12.5": "12.50", "-5": "-5.00", "1E+999999": "", "NaN": "",
        "Infinity": "", "=1+1": "", "9" * 5000: "",
    }  # fmt: skip
    rows = [f'R{n},"{amount}",奶粉' for n, amount in enumerate(told)]
    taken(customers, "\n".join(("小票号,金额,商品", *rows)).encode())
    found = [customers._book.order(f"R{n}") for n in range(len(told))]
    assert [order.amount for order in found if order] == list(told.values())


def test_a_stopped_export_leaves_no_rows_in_any_folder(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"verbatim": "牛奶过期了", "expectation": "退款", "emotion": 2}
    desk.open_ticket(facts, channel="counter", quick=True, arrived_at=None, draft=None)
    rows = [desk.page(TicketFilter(), None, 1)[0]] * 1_200
    everybodys = tmp_path / "tmp"
    everybodys.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(everybodys))
    out = tmp_path / "export"
    seen: list[list[Path]] = []

    def stop() -> bool:
        seen.append([path for path in everybodys.rglob("*") if path.is_file()])
        return True

    for name in ("list.xlsx", "list.csv"):
        with pytest.raises(Cancelled):
            desk.exporting.write(
                out / name, rows, ["a"], lambda row: [row.number], lambda *_: None, stop
            )
    assert len(seen) >= 2
    assert not any(seen)
    assert list(out.iterdir()) == []


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def broken(archive: bytes, name: str) -> bytes:
    """The archive with other bytes where a file's packed bytes begin."""
    made, start = bytearray(archive), archive.index(name.encode()) + len(name)
    made[start : start + 6] = b"\xff" * 6
    return bytes(made)


def unknown_way(archive: bytes) -> bytes:
    """The archive, said to be packed in a way that nobody knows."""
    made = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = made.index(mark)
        made[start + at] = 77
    return bytes(made)


def locked(archive: bytes) -> bytes:
    """The archive, said to be encrypted."""
    made = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.index(mark)
        made[start + at] |= 1
    return bytes(made)


MANIFEST = {
    "format": 1, "store": "S0217", "made_at": "2026-11-21T00:00:00+00:00", "events": 1, "files": {}
}  # fmt: skip
PLAIN = {backup.MANIFEST: json.dumps(MANIFEST).encode()}
ARCHIVES = {
    "packed": zipped({**PLAIN, "amends.db": b"\0" * 2**22}),
    "broken": broken(zipped(PLAIN), backup.MANIFEST),
    "unknown way": unknown_way(zipped(PLAIN, zipfile.ZIP_STORED)),
    "locked": locked(zipped(PLAIN, zipfile.ZIP_STORED)),
    "deep": zipped({backup.MANIFEST: b"[" * 100_000}, zipfile.ZIP_STORED),
    "a list": zipped({backup.MANIFEST: b"[]"}, zipfile.ZIP_STORED),
    "no database": zipped(PLAIN, zipfile.ZIP_STORED),
    "above": zipped(
        {
            backup.MANIFEST: json.dumps(
                {**MANIFEST, "files": {"../evil": {"sha256": "", "size": 1}}}
            ).encode(),
            "../evil": b"x",
        },
        zipfile.ZIP_STORED,
    ),
}


def test_a_hostile_backup_is_named_and_changes_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    open_desk(store).close()
    before = sorted(path.name for path in store.iterdir())
    for name, content in ARCHIVES.items():
        path = tmp_path / "x.amends-backup"
        path.write_bytes(content)
        with pytest.raises(StorageFault) as found:
            backup.restore(path, store, "stamp")
        assert "Traceback" not in str(found.value), name
        if name != "no database":
            assert isinstance(found.value, BackupDamaged), name
        assert sorted(path.name for path in store.iterdir()) == before
    assert not [
        path for path in tmp_path.rglob("*") if "evil" in path.name or "restor" in path.name
    ]


def test_a_hostile_policy_pack_is_refused_with_the_reason() -> None:
    files = {HEADER: b"{}" * 99, PACK: b"{}" * 99, SIGNATURE: b"x" * 64}
    for archive in (
        broken(zipped(files), HEADER),
        unknown_way(zipped(files)),
        locked(zipped(files)),
        zipped({**files, PACK: b"\0" * 2**27}),
        zipped({HEADER: b"{}"}),
    ):
        refused = open_pack(archive, bytes(32))
        assert isinstance(refused, PackRefused)
        assert refused.reason == "no_pack"


def test_a_small_picture_says_no_more_than_a_big_one_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 29.0, 0.0)}
    for kind in ("JPEG", "PNG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (300, 200), "green").save(out, kind, exif=exif)
        assert len(out.getvalue()) < SMALL_FILE
        sent = shrink(out.getvalue())
        assert sent is not None, kind
        with Image.open(io.BytesIO(sent)) as copy:
            assert not copy.getexif()
            assert copy.size == (300, 200)
    plain = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(plain, "JPEG")
    assert shrink(plain.getvalue()) is None


def test_a_picture_that_is_none_is_kept_as_it_is() -> None:
    out = io.BytesIO()
    Image.effect_noise((700, 700), 90).save(out, "PNG")
    whole = out.getvalue()
    assert len(whole) > SMALL_FILE // 2
    for at in (40, 60, 200, len(whole) // 2):
        shrink(whole[:at] + b"\xff" * 40 + whole[at + 40 :] + b"\0" * SMALL_FILE)
    assert shrink(b"\x89PNG\r\n\x1a\n" + b"\xff" * (SMALL_FILE + 1)) is None
    assert shrink(b"Exif\0\0" * SMALL_FILE) is None
