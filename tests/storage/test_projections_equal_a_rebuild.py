"""What is kept while writing equals what a rebuild makes from the journal."""

import pytest

from desktop.storage import tables
from tests.storage.store_kit import PROJECTIONS, Shop, as_feed, random_history

QUESTIONS = ('"退款" *', '"zw" *', '"001" *', 'words : "过期"', '"ynn" *')


def projected(shop: Shop) -> dict[str, object]:
    """Every projection, without the keys that only order rows of one millisecond."""
    kept: dict[str, object] = {
        table.name: sorted(
            (tuple(v for k, v in row.items() if k != "key") for row in shop.table(table)), key=repr
        )
        for table in PROJECTIONS
    }
    return {**kept, **{question: shop.found(question) for question in QUESTIONS}}


@pytest.mark.parametrize("seed", range(2))
def test_a_random_history_projects_as_its_rebuild_does(shop: Shop, seed: int) -> None:
    random_history(shop, seed, tickets=8, steps=100)
    before = projected(shop)
    assert shop.store.projector.rebuild(shop.store.database) == 8
    assert projected(shop) == before
    assert before["ticket_row"]
    assert before["quarantine"] == []


def test_events_from_another_pc_project_as_their_rebuild_does(shop: Shop, other_shop: Shop) -> None:
    random_history(other_shop, 7, tickets=5, steps=60)
    events, salts = as_feed(other_shop)
    shop.complain("own")
    # The feed may arrive in any number of pieces.
    for start in range(0, len(events), 11):
        shop.store.sync.accept_feed(events[start : start + 11], salts, {})
    before = projected(shop)
    shop.store.projector.rebuild(shop.store.database)
    assert projected(shop) == before
    assert len(shop.table(tables.ticket_row)) == 6


def test_counters_add_up_to_the_tickets(shop: Shop) -> None:
    random_history(shop, 11, tickets=10, steps=100)
    rows = shop.table(tables.ticket_row)
    counters = shop.table(tables.counter)
    assert sum(c["opened"] for c in counters) == len(rows) == 10
    assert sum(c["closed"] for c in counters) == sum(r["closed"] for r in rows)
    assert sum(c["solved"] for c in counters) == sum(r["solved_day"] is not None for r in rows)
    assert any(c["solved"] for c in counters)
