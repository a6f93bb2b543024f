"""Backups are whole or absent, open on another PC by passphrase, and replace nothing silently."""

from __future__ import annotations

import errno
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk, restore_backup
from desktop.data_folder import verify_data
from desktop.services.backup import LAST_SETTING, SUFFIX, expired
from desktop.services.desk import Desk
from desktop.services.ports import Person, StorageFull
from desktop.services.ticket_ports import TicketFilter, TicketRow
from desktop.storage import backup, recovery
from desktop.storage.faults import BackupDamaged, DatabaseBusy, WrongKey

PASSWORD = "counter-desk-1"
PHRASE = "a phrase for the safe"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one complaint and one picture; every test works on a copy."""
    folder = tmp_path_factory.mktemp("ready") / "store"
    desk = open_desk(folder)
    owner = desk.set_up("S0217", "无锡滨湖店", "0510-8218", "he", "何丽", PASSWORD)
    assert isinstance(owner, Person)
    desk.log_in("he", PASSWORD)
    complain(desk)
    desk.close()
    return folder


@pytest.fixture
def store(ready: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    shutil.copytree(ready, folder)
    return folder


def complain(desk: Desk) -> TicketRow:
    facts: dict[str, str | int | bool] = {
        "verbatim": "牛奶过期了",
        "expectation": "退款",
        "emotion": 2,
        "customer_name": "张伟",
        "phone": "13800002201",
    }
    row = desk.open_ticket(facts, channel="counter", quick=False, arrived_at=None, draft=None)
    assert isinstance(row, TicketRow)
    desk.attach(row.stream, "milk.jpg", b"picture of the milk", "evidence")
    return row


def made(store: Path, out: Path, phrase: str | None = None) -> Path:
    desk = open_desk(store)
    backups = desk.use_cases.backups
    if phrase is not None:
        assert backups.set_passphrase(phrase) is None
    path = backups.make(out).path
    desk.close()
    return path


def numbers(store: Path) -> list[str]:
    desk = open_desk(store)
    found = [row.number for row in desk.page(TicketFilter(), None, 10)]
    desk.close()
    return found


def test_a_backup_made_while_the_desk_works_restores_events_and_pictures(
    store: Path, tmp_path: Path
) -> None:
    before = numbers(store)
    path = made(store, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == [path.name]
    desk = open_desk(store)
    desk.log_in("he", PASSWORD)
    complain(desk)
    desk.close()
    done = restore_backup(path, store)
    assert numbers(store) == before
    report = verify_data(store)
    assert report.first_bad is None
    assert report.attachments == 1
    assert done.kept is not None
    assert len(numbers(done.kept)) == 2  # what was there is kept


def test_the_passphrase_opens_a_backup_on_another_pc_and_nothing_else_does(
    store: Path, tmp_path: Path
) -> None:
    path = made(store, tmp_path / "out", PHRASE)
    other = tmp_path / "other"
    with pytest.raises(WrongKey, match="recovery passphrase"):
        restore_backup(path, other)
    with pytest.raises(WrongKey, match="does not open"):
        restore_backup(path, other, "another phrase")
    assert not other.exists()
    restore_backup(path, other, PHRASE)
    assert numbers(other) == numbers(store)
    assert b"13800002201" not in path.read_bytes()


def test_a_backup_without_passphrase_says_that_it_needs_this_pc(
    store: Path, tmp_path: Path
) -> None:
    path = made(store, tmp_path / "out")
    assert backup.describe(path).needs_this_pc
    with pytest.raises(WrongKey, match="before a recovery passphrase"):
        restore_backup(path, tmp_path / "other", PHRASE)


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "foreign"])
def test_a_torn_archive_is_named_and_changes_nothing(
    store: Path, tmp_path: Path, harm: str
) -> None:
    path = made(store, tmp_path / "out")
    content = bytearray(path.read_bytes())
    if harm == "cut":
        content = content[: len(content) // 2]
    elif harm == "flip":
        content[len(content) // 3] ^= 1
    elif harm == "empty":
        content = bytearray()
    else:
        content = bytearray(b"PK\x03\x04 something else")
    path.write_bytes(content)
    before = numbers(store)
    with pytest.raises(BackupDamaged, match="take another"):
        restore_backup(path, store)
    assert numbers(store) == before
    assert [f for f in store.parent.iterdir() if "restor" in f.name] == []


def test_a_desk_that_is_open_is_not_pulled_away(store: Path, tmp_path: Path) -> None:
    path = made(store, tmp_path / "out")
    desk = open_desk(store)
    desk.people()
    with pytest.raises(DatabaseBusy, match="close it everywhere"):
        restore_backup(path, store)
    desk.log_in("he", PASSWORD)
    complain(desk)
    desk.close()
    assert len(numbers(store)) == 2


def test_a_full_disk_leaves_no_half_archive(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / "out"
    desk = open_desk(store)
    monkeypatch.setattr(backup.os, "fsync", full)
    with pytest.raises(StorageFull, match="is full"):
        desk.use_cases.backups.make(out)
    monkeypatch.undo()
    assert list(out.iterdir()) == []
    assert desk.use_cases.backups.last is None
    desk.close()


def test_a_passphrase_is_long_and_the_seal_is_not_the_key() -> None:
    secret = bytes(range(32))
    sealed = recovery.seal_key(secret, PHRASE)
    assert secret.hex().encode() not in sealed
    assert recovery.open_key(sealed, PHRASE) == secret
    with pytest.raises(WrongKey, match="cannot be read"):
        recovery.open_key(b"{}", PHRASE)


def test_the_day_makes_one_backup_and_old_ones_are_thinned_out(store: Path) -> None:
    desk = open_desk(store)
    backups = desk.use_cases.backups
    refused = backups.set_passphrase("short")
    assert refused is not None
    assert refused.code == "passphrase_short"
    first = backups.make_if_due()
    assert first is not None
    assert backups.make_if_due() is None
    assert [kept.path for kept in backups.all()] == [first.path]
    desk.close()


def test_two_stores_side_by_side_keep_their_backups_apart(store: Path, tmp_path: Path) -> None:
    """Neither lists nor thins out what belongs to the other, whichever folder they use."""
    ours = open_desk(store)
    theirs = open_desk(tmp_path / "other")
    theirs.set_up("S0300", "成都人民路店", "028", "zhang", "张三", PASSWORD)
    both = (ours.use_cases.backups, theirs.use_cases.backups)
    for backups in both:
        first = backups.make_if_due()
        assert first is not None
        assert [kept.path for kept in backups.all()] == [first.path]
    assert both[0].folder != both[1].folder

    usb = tmp_path / "usb"
    for desk, backups in zip((ours, theirs), both, strict=True):
        backups.set_folder(usb)
        desk.save_setting(LAST_SETTING, "")
        assert backups.make_if_due() is not None
    assert len(list(usb.iterdir())) == 2
    for backups, code in zip(both, ("S0217", "S0300"), strict=True):
        assert [kept.store for kept in backups.all()] == [code]
    ours.close()
    theirs.close()


def test_what_an_older_version_kept_beside_the_data_is_still_listed(
    store: Path, tmp_path: Path
) -> None:
    old = made(store, tmp_path / "backups")
    desk = open_desk(store)
    backups = desk.use_cases.backups
    new = backups.make()
    assert new.path.parent != old.parent
    assert {kept.path for kept in backups.all()} == {new.path, old}
    desk.close()


def test_seven_days_and_four_weeks_are_kept_and_all_made_by_hand() -> None:
    last = datetime(2026, 11, 21, 3, tzinfo=UTC)
    names = [
        Path(f"S0217-auto-{last - timedelta(days=n):%Y%m%dT%H%M%SZ}{SUFFIX}") for n in range(60)
    ]
    by_hand = Path(f"S0217-kept-20200101T000000Z{SUFFIX}")
    gone = expired([*names, by_hand, Path("notes.txt")])
    kept = [name for name in names if name not in gone]
    assert by_hand not in gone
    assert kept[:7] == names[:7]
    assert len(kept) == 7 + 2  # of the four weeks, two hold none of the seven days
