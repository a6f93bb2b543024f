"""A long feed is worked out once and taken in short transactions; a cut leaves nothing unlisted."""

from __future__ import annotations

import pytest

from desktop.domain.operations.add_comment import AddComment
from desktop.storage import tables
from desktop.storage.projections import Projector
from tests.storage.store_kit import Shop, as_feed, random_history
from tests.storage.test_projections_equal_a_rebuild import projected

PART = 7


def test_each_ticket_is_folded_once_however_the_feed_is_cut(
    shop: Shop, other_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_history(other_shop, 7, tickets=5, steps=60)
    events, salts = as_feed(other_shop)
    folded: list[str] = []
    made = Projector._made
    monkeypatch.setattr(
        Projector, "_made", lambda own, stream, of: folded.append(stream) or made(own, stream, of)
    )
    shop.store.sync.expect_feed(events)
    for start in range(0, len(events), PART):
        shop.store.sync.accept_feed(events[start : start + PART], salts, {})
    shop.store.sync.expect_feed(())
    assert sorted(folded) == sorted({e.record.stream for e in events})
    before = projected(shop)
    shop.store.projector.rebuild(shop.store.database)
    assert projected(shop) == before
    assert len(shop.table(tables.ticket_row)) == 5


@pytest.mark.parametrize("power", ["cut", "line"])
def test_what_a_cut_left_unlisted_is_listed(shop: Shop, other_shop: Shop, power: str) -> None:
    """Rows that wait for events which never came are made at the next opening or exchange."""
    random_history(other_shop, 7, tickets=5, steps=60)
    events, salts = as_feed(other_shop)
    half = len(events) // 2
    shop.store.sync.expect_feed(events)
    for start in range(0, half, PART):
        shop.store.sync.accept_feed(events[start : min(start + PART, half)], salts, {})
    arrived = {e.record.stream for e in events[:half]}
    assert {row["stream"] for row in shop.table(tables.ticket_row)} < arrived
    if power == "cut":
        shop.store.catch_up.at_opening()
    else:
        shop.store.sync.expect_feed(())
    before = projected(shop)
    assert {row["stream"] for row in shop.table(tables.ticket_row)} == arrived
    shop.store.projector.rebuild(shop.store.database)
    assert projected(shop) == before


def test_a_save_between_two_parts_is_in_the_row(shop: Shop, other_shop: Shop) -> None:
    other_shop.complain("t")
    for n in range(4):
        other_shop.act("t", AddComment(f"第 {n} 次联系"))
    events, salts = as_feed(other_shop)
    shop.store.sync.expect_feed(events)
    shop.store.sync.accept_feed(events[:-2], salts, {})
    shop.act("t", AddComment("顾客到店"))
    shop.store.sync.accept_feed(events[-2:], salts, {})
    shop.store.sync.expect_feed(())
    before = projected(shop)
    shop.store.projector.rebuild(shop.store.database)
    assert projected(shop) == before
    assert len(shop.store.journal.events("t")) == len(events) + 1


def test_what_is_received_is_nobodys_save(shop: Shop, other_shop: Shop) -> None:
    """Only who works here makes the receiver slow down; what it writes itself does not."""
    random_history(other_shop, 7, tickets=3, steps=30)
    events, salts = as_feed(other_shop)
    shop.store.database._saved_at = 0.0
    shop.store.sync.expect_feed(events)
    shop.store.sync.accept_feed(events[:10], salts, {})
    shop.store.sync.expect_feed(())
    assert not shop.store.sync.saved_lately()
    shop.complain("own")
    assert shop.store.sync.saved_lately()


@pytest.mark.parametrize("looks", [[True], [False, True], [False, False, False, True], [True] * 99])
def test_a_part_that_gave_way_to_a_save_is_stored_whole_afterwards(
    shop: Shop, other_shop: Shop, monkeypatch: pytest.MonkeyPatch, looks: list[bool]
) -> None:
    """What was written is taken back, whenever the save comes, and nothing waits for ever."""
    random_history(other_shop, 11, tickets=4, steps=40)
    events, salts = as_feed(other_shop)
    told = iter(looks)
    monkeypatch.setattr(shop.store.database, "saving", lambda: next(told, False))
    shop.store.sync.expect_feed(events)
    new = shop.store.sync.accept_feed(events[:20], salts, {})
    new += shop.store.sync.accept_feed(events[20:], salts, {"S0217": 7})
    shop.store.sync.expect_feed(())
    assert new == len(events)
    assert shop.store.sync.status().cursor == {"S0217": 7}
    before = projected(shop)
    shop.store.projector.rebuild(shop.store.database)
    assert projected(shop) == before
