"""What is wrong with the data on disk is said in one line that says what to do."""

import sqlite3
from pathlib import Path
from shutil import copytree

import pytest

from desktop.domain.policy import Policy
from desktop.services.ports import StorageFault
from desktop.storage import database, faults, tables
from desktop.storage.database import Database
from tests.storage.store_kit import Shop


@pytest.fixture
def closed(shop: Shop) -> Path:
    """A store's folder with one complaint, closed properly."""
    shop.complain("t")
    shop.store.close()
    return shop.folder


def test_the_file_is_unreadable_without_its_key(closed: Path) -> None:
    content = (closed / "amends.db").read_bytes()
    assert b"SQLite format" not in content
    assert "张伟".encode() not in content
    assert b"ticket_row" not in content


def test_a_wrong_key_says_so(closed: Path, policy: Policy) -> None:
    (closed / "key").write_text("ab" * 32)
    with pytest.raises(faults.WrongKey, match="put back the matching key"):
        Shop(closed, policy)


def test_a_key_that_is_no_key_says_so(closed: Path, policy: Policy) -> None:
    (closed / "key").write_text("hello")
    with pytest.raises(faults.WrongKey, match="holds no database key"):
        Shop(closed, policy)


def test_a_lost_key_never_makes_a_new_one(closed: Path, policy: Policy) -> None:
    (closed / "key").unlink()
    with pytest.raises(faults.KeyMissing, match="put the file back"):
        Shop(closed, policy)
    assert not (closed / "key").exists()


def test_a_database_that_is_no_database_says_so(closed: Path, policy: Policy) -> None:
    (closed / "amends.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(StorageFault, match="restore the last backup"):
        Shop(closed, policy)


def test_a_torn_page_is_found_when_it_is_read(closed: Path, policy: Policy) -> None:
    path = closed / "amends.db"
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 + 100] ^= 0xFF
    path.write_bytes(content)

    def read_everything() -> None:
        shop = Shop(closed, policy)
        for table in (tables.event, tables.personal_value, tables.ticket_row):
            shop.table(table)

    with pytest.raises(StorageFault, match="restore the last backup"):
        read_everything()


def test_a_cut_file_is_found(closed: Path, policy: Policy) -> None:
    path = closed / "amends.db"
    path.write_bytes(path.read_bytes()[: 4096 * 3 + 17])
    with pytest.raises(StorageFault, match="restore the last backup"):
        Shop(closed, policy)


def test_a_newer_schema_asks_for_the_newer_program(shop: Shop, policy: Policy) -> None:
    shop.sql("UPDATE alembic_version SET version_num = '9999'")
    shop.store.close()
    with pytest.raises(faults.NewerSchema, match="install the newer version"):
        Shop(shop.folder, policy)


def test_a_database_that_another_program_holds_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    key = bytes.fromhex((shop.folder / "key").read_text())
    impatient = Database.open(shop.folder / "amends.db", key)
    shop.complain("t")
    try:
        with shop.store.journal.write():  # noqa: SIM117 - the second waits for the first
            with pytest.raises(faults.DatabaseBusy, match="in use by another program"):
                with impatient.write():
                    pytest.fail("two writers at once")
    finally:
        impatient.close()


def test_nothing_is_kept_when_the_block_fails(shop: Shop) -> None:
    shop.complain("t")
    before = shop.table(tables.event), shop.table(tables.ticket_row)

    def save_and_fail() -> None:
        with shop.store.journal.write() as writer:
            events = writer.events("t")
            assert len(events) == 1
            writer.next_number(shop.now.date())
            raise RuntimeError("the power of bad luck")

    with pytest.raises(RuntimeError, match="bad luck"):
        save_and_fail()
    assert (shop.table(tables.event), shop.table(tables.ticket_row)) == before
    assert [row["count"] for row in shop.table(tables.number_count)] == [1]


def test_a_copy_is_whole_and_needs_the_same_key(shop: Shop, tmp_path: Path, policy: Policy) -> None:
    shop.complain("t")
    folder = copytree(shop.folder, tmp_path / "copy")
    for path in folder.glob("amends.db*"):
        path.unlink()
    shop.store.database.copy_to(folder / "amends.db")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(folder / "amends.db").execute("SELECT * FROM event")
    copy = Shop(folder, policy)
    assert copy.state("t") == shop.state("t")
    copy.store.close()
