"""Two programs on one data folder never write the same place of the chain or the same number."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from desktop.domain.operations.add_comment import AddComment
from desktop.domain.policy import Policy
from desktop.storage import tables
from sync import protocol
from tests.storage.savers import savers
from tests.storage.store_kit import Shop


def test_two_processes_share_one_chain(tmp_path: Path, policy: Policy) -> None:
    folder = tmp_path / "data"
    shop = Shop(folder, policy)
    with savers(folder) as crowd:
        pids = [crowd.start(run) for run in range(2)]
        for number in range(2):
            shop.complain(f"mine{number}")
            crowd.wait_for("r0-")
            crowd.wait_for("r1-")
        for pid in pids:
            crowd.kill(pid)
    events = shop.table(tables.event)
    assert {e["stream"][:2] for e in events} == {"mi", "r0", "r1"}
    assert sorted(e["seq"] for e in events) == list(range(1, len(events) + 1))
    numbers = [row["number"] for row in shop.table(tables.ticket_row)]
    assert len(set(numbers)) == len(numbers)
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
    shop.store.close()


def test_threads_of_one_process_share_one_chain(shop: Shop) -> None:
    shop.complain("t")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: shop.act("t", AddComment(f"意见{n}")), range(40)))
    events = shop.store.journal.events("t")
    assert [e.lc for e in events] == list(range(1, 42))
    assert len({e.text("text") for e in events}) == 41
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
