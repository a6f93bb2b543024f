"""A full disk: the save that fails says so, earlier ones stay, and work goes on with space."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from desktop.domain.operations.add_comment import AddComment
from desktop.services.ports import StorageFault, StorageFull
from desktop.storage import tables
from sync import protocol
from tests.storage.store_kit import Shop


@contextmanager
def no_more_pages(shop: Shop) -> Iterator[None]:
    """The database file takes no page beyond those it has, as on a full disk."""
    engine = shop.store.database.engine
    with shop.store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection, record, proxy):  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    def lift(connection, record):  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count = 4294967294")
        cursor.close()

    event.listen(engine, "checkout", limit)
    event.listen(engine, "checkin", lift)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        event.remove(engine, "checkin", lift)


@contextmanager
def no_larger_files(shop: Shop) -> Iterator[None]:
    """No file of this process may grow: the system refuses the write itself."""
    sizes = [p.stat().st_size for p in Path(shop.folder).rglob("*") if p.is_file()]
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes), kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, handler)


def write_until_refused(shop: Shop, kind: type[Exception]) -> tuple[int, str]:
    """Write long comments until one is refused; return how many were saved, and what it said."""
    for number in range(2000):
        try:
            shop.act("t", AddComment(f"很长的意见{number}" * 1000))
        except kind as refused:
            return number, str(refused)
    pytest.fail("the disk was never full")


def test_a_full_disk_keeps_what_was_saved(shop: Shop) -> None:
    shop.complain("t")
    before = len(shop.table(tables.event))
    with no_more_pages(shop):
        saved, said = write_until_refused(shop, StorageFull)
        assert "make room and save again" in said
        before += saved
        # Reading and looking still work.
        assert len(shop.store.journal.events("t")) == before
        assert shop.store.queries.row("t") is not None
    assert len(shop.table(tables.event)) == before
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
    shop.act("t", AddComment("有空间了" * 4000))
    assert len(shop.table(tables.event)) == before + 1
    assert shop.store.verify(protocol.verify_receipt).first_bad is None


def test_a_write_that_the_system_refuses_is_no_half_save(shop: Shop) -> None:
    shop.complain("t")
    with no_larger_files(shop):
        saved, said = write_until_refused(shop, StorageFault)
    assert "cannot be read or written" in said
    events = shop.store.journal.events("t")
    assert len(events) == 1 + saved
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
    shop.act("t", AddComment("有空间了"))
    assert len(shop.store.journal.events("t")) == len(events) + 1


def test_an_attachment_that_does_not_fit_leaves_nothing(shop: Shop) -> None:
    kept = shop.store.attachments.put(b"small")
    with no_larger_files(shop), pytest.raises(StorageFull):
        shop.store.attachments.put(bytes(8 << 20))
    assert shop.store.attachments.get(kept) == b"small"
    files = [p.name for p in (shop.folder / "blobs").rglob("*") if p.is_file()]
    assert files == [kept]
