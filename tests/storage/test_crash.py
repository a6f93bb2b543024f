"""kill -9 while saving, again and again: what was called saved is there, once, and verifies."""

import random
import time
from pathlib import Path

from desktop.domain.policy import Policy
from desktop.storage import tables
from sync import protocol
from tests.storage.savers import savers
from tests.storage.store_kit import Shop

KILLS = 12


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, policy: Policy) -> None:
    rng = random.Random(1)
    folder = tmp_path / "data"
    with savers(folder) as crowd:
        for run in range(KILLS):
            pid = crowd.start(run)
            crowd.wait_for(f"r{run}-{rng.randrange(3)}")
            time.sleep(rng.uniform(0, 0.05))
            crowd.kill(pid)
    acknowledged = crowd.said
    assert len(acknowledged) >= KILLS
    shop = Shop(folder, policy)
    comments = [e["stream"] for e in shop.table(tables.event) if e["kind"] == "comment.added"]
    openings = [e["stream"] for e in shop.table(tables.event) if e["kind"] == "ticket.opened"]
    rows = {row["stream"]: row for row in shop.table(tables.ticket_row)}
    assert set(acknowledged) <= set(comments)
    assert len(comments) == len(set(comments))
    assert len(openings) == len(set(openings))
    # At most the ticket in hand at each kill is half-way, and it is whole as far as it goes.
    assert len(comments) - len(acknowledged) <= KILLS
    assert set(rows) == set(openings)
    assert len({row["number"] for row in rows.values()}) == len(rows)
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
    before = sorted(shop.found('"退款" *'))
    shop.store.projector.rebuild(shop.store.database)
    assert sorted(shop.found('"退款" *')) == before == sorted(rows)
    shop.store.close()
