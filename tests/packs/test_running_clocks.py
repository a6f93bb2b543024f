"""Late clocks and open cases read by index equal what the open cases' facts say, at any moment."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.domain.analytics import case_facts
from desktop.domain.analytics.measures import late_clocks
from desktop.domain.events import Event
from desktop.domain.operations.link_tickets import LinkTicket
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.policy import load_policy
from desktop.storage import projections, tables
from desktop.storage.ids import RandomIds
from desktop.storage.rollup_tables import report_case, rollup, running_clock
from desktop.storage.store import StoreData, open_store
from tests.storage.store_kit import CLERK, MONDAY, ZONE, Shop, as_feed, random_history, random_step

STORES = frozenset({"S0217"})
COUNTED = ("stream", "store", "clock", "day", "due")


class CountingShop(Shop):
    """A shop whose store also counts for reports."""

    def open(self) -> StoreData:
        return open_store(self.folder, RandomIds(), self.row_facts, ZONE, self.facts)

    def facts(
        self, state: TicketState, events: Sequence[Event], at: datetime
    ) -> case_facts.CaseFacts | None:
        return case_facts.facts_of(state, events, self.context(CLERK, at))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def shop(tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> CountingShop:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    return CountingShop(tmp_path / "store", policy)


def counted(shop: Shop) -> dict[str, object]:
    """Everything that reports count, without the numbers of rows."""
    with shop.store.database.read() as connection:
        clocks = connection.execute(select(*(running_clock.c[name] for name in COUNTED))).all()
    kept: dict[str, object] = {"clocks": sorted(map(tuple, clocks))}
    for table in (report_case, rollup):
        kept[table.name] = sorted((tuple(r.values()) for r in shop.table(table)), key=repr)
    return kept


def assert_index_equals_facts(shop: Shop, rng: random.Random) -> int:
    """Compare over a window and a moment drawn at random; return how many clocks were late."""
    rollups = shop.store.rollups
    cases = rollups.open_cases(STORES)
    assert rollups.open_count(STORES) == sum(not c.duplicate for c in cases)
    since = MONDAY.date() + timedelta(days=rng.randint(-2, 5))
    until = since + timedelta(days=rng.randint(1, 40))
    now = MONDAY + timedelta(hours=rng.randint(0, 900))
    late = rollups.late(STORES, since, until, now)
    assert late == late_clocks(cases, since, until, now)
    assert rollups.late(frozenset({"S9999"}), since, until, now) == {}
    return sum(late.values())


@pytest.mark.parametrize("seed", range(2))
def test_after_every_step_of_a_random_history_and_after_a_rebuild(
    shop: CountingShop, seed: int
) -> None:
    rng = random.Random(seed)
    late = 0
    streams = random_history(shop, seed, tickets=6, steps=0)
    for number in range(60):
        random_step(shop, rng, rng.choice(streams), number)
        late += assert_index_equals_facts(shop, rng)
    first, second = sorted(shop.store.rollups.open_cases(STORES), key=lambda c: c.number)[:2]
    shop.try_to(second.stream, LinkTicket(first.stream, first.number, "duplicate"))
    assert_index_equals_facts(shop, rng)
    assert late > 0
    assert shop.store.rollups.recompute() == 0
    before = counted(shop)
    shop.store.projector.rebuild(shop.store.database)
    assert counted(shop) == before


def test_counters_that_strayed_are_found_and_made_again(shop: CountingShop) -> None:
    random_history(shop, 3, tickets=3, steps=12)
    before = counted(shop)
    shop.sql("UPDATE running_clock SET store = 'S9' WHERE id = (SELECT min(id) FROM running_clock)")
    assert shop.store.rollups.recompute() == 2
    assert counted(shop) == before


def test_a_fault_between_events_and_counters_keeps_neither(
    shop: CountingShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.complain("T1")
    before, events = counted(shop), len(shop.table(tables.event))

    def broken(*_given: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(projections.rollup_keeping, "keep_all", broken)
    with pytest.raises(OSError, match="power"):
        shop.complain("T2")
    monkeypatch.undo()
    shop.reopen()
    assert counted(shop) == before
    assert len(shop.table(tables.event)) == events


def test_what_comes_by_sync_counts_as_what_is_written_here(
    shop: CountingShop, tmp_path: Path, policy: Policy
) -> None:
    other = CountingShop(tmp_path / "other", policy)
    random_history(other, 9, tickets=4, steps=40)
    events, salts = as_feed(other)
    for start in range(0, len(events), 7):
        shop.store.sync.accept_feed(events[start : start + 7], salts, {})
    assert counted(shop) == counted(other)
