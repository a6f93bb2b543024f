"""What every Journal promises (desktop.services.ports.Journal)."""

from datetime import date, timedelta

import pytest

from desktop.domain.events import Draft
from desktop.services.ports import Author, Journal, JournalWriter
from tests.storage.store_kit import CLERK, Shop


def author(shop: Shop) -> Author:
    return Author(CLERK.person, shop.now, "1")


def test_it_is_a_journal(shop: Shop) -> None:
    journal: Journal = shop.store.journal
    with journal.write() as writer:
        open_writer: JournalWriter = writer
        assert open_writer.events("nothing") == ()
    assert journal.events("nothing") == ()


def test_what_was_appended_is_read_back_unchanged_after_a_restart(shop: Shop) -> None:
    drafts = [
        Draft(
            "a.kind",
            {"n": 1, "deep": {"list": ["x", None, True]}},
            {"text": "客户说：“退款”\n\x00"},
        ),
        Draft("b.kind"),
        Draft("c.kind", {}, {"a": "", "b": "😀𠮷"}),
    ]
    with shop.store.journal.write() as writer:
        appended = writer.append("s", drafts, author(shop))
    shop.reopen()
    read = shop.store.journal.events("s")
    assert tuple(read) == tuple(appended)
    assert [e.kind for e in read] == ["a.kind", "b.kind", "c.kind"]
    assert read[0].data == drafts[0].data
    assert read[0].personal == drafts[0].personal
    assert read[2].personal == {"a": "", "b": "😀𠮷"}


def test_sequence_clock_time_and_author_are_written(shop: Shop) -> None:
    shop.now += timedelta(microseconds=1999)
    with shop.store.journal.write() as writer:
        writer.append("s", [Draft("a.kind")], author(shop))
        writer.append("other", [Draft("a.kind")], author(shop))
        writer.append("s", [Draft("b.kind")], author(shop))
    first, second = shop.store.journal.events("s")
    assert (first.id.seq, second.id.seq) == (1, 3)
    assert (first.lc, second.lc) == (1, 2)
    assert first.id.chain == second.id.chain == shop.store.sync.chain()
    assert (first.actor, first.policy, first.seen) == (CLERK.person, "1", {})
    assert first.at == shop.now.replace(microsecond=1000)


def test_several_appends_in_one_block_see_each_other(shop: Shop) -> None:
    with shop.store.journal.write() as writer:
        writer.append("s", [Draft("a.kind")], author(shop))
        assert [e.kind for e in writer.events("s")] == ["a.kind"]
        writer.append("s", [Draft("b.kind")], author(shop))
        assert [e.kind for e in writer.events("s")] == ["a.kind", "b.kind"]
        # Nobody else sees them before the block has ended.
        assert shop.store.journal.events("s") == ()
    assert len(shop.store.journal.events("s")) == 2


def test_a_fault_in_the_block_keeps_nothing_of_it(shop: Shop) -> None:
    def fail() -> None:
        with shop.store.journal.write() as writer:
            writer.next_number(date(2026, 11, 16))
            writer.append("s", [Draft("a.kind", {}, {"text": "x"})], author(shop))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert shop.store.journal.events("s") == ()
    with shop.store.journal.write() as writer:
        assert writer.next_number(date(2026, 11, 16)) == 1
        [event] = writer.append("s", [Draft("b.kind")], author(shop))
    assert event.id.seq == 1


def test_numbers_count_by_day_and_are_never_given_twice(shop: Shop) -> None:
    given = []
    for day in (date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 16)):
        with shop.store.journal.write() as writer:
            given += [writer.next_number(day), writer.next_number(day)]
    assert given == [1, 2, 1, 2, 3, 4]


def test_appending_nothing_writes_nothing(shop: Shop) -> None:
    with shop.store.journal.write() as writer:
        assert writer.append("s", [], author(shop)) == ()
    assert shop.store.sync.status().seq == 0
