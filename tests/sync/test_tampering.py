"""AU-01: what was altered at a store or at HQ is found and named at the next exchange."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport
from desktop.storage.rolling_check import RollingCheck
from desktop.storage.store import StoreData
from sync.hq import bootstrap
from sync.hq.selfcheck import SelfCheck
from sync.protocol import verify_receipt
from tests.sync.conftest import ServedHq
from tests.sync.devices import opened, proposed
from tests.sync.hq_browser import add_people, browsing
from tests.sync.stores import author, client, complain, open_pc

#: What somebody does to a store's file behind the program's back, and what is said of it.
AT_STORE = {
    "a byte of an event": (
        "UPDATE event SET core = CAST(replace(core, '5000.01', '5000.02') AS BLOB) WHERE seq = 2",
        ":2: hash",
    ),
    "a personal value": (
        "UPDATE personal_value SET value = '改过' WHERE seq = 2 AND field = 'reason'",
        ":2: value: reason",
    ),
    "a value taken away": (
        "DELETE FROM personal_value WHERE seq = 1 AND field = 'expectation'",
        ":1: missing_value: expectation",
    ),
    "a receipt taken away": (
        "DELETE FROM receipt WHERE seq = (SELECT min(seq) FROM receipt)",
        ": head: HQ gave 2 receipts, 1 are here",
    ),
    "a receipt altered": (
        "UPDATE receipt SET signature = zeroblob(64) WHERE seq = 2",
        ":2: head",
    ),
    "the tail cut": (
        "DELETE FROM personal_value WHERE seq = 4; DELETE FROM event WHERE seq = 4",
        ":4",
    ),
}  # fmt: skip
AT_HQ = {
    "a byte of an event": (
        "UPDATE event SET core = set_byte(core, 30, get_byte(core, 30) # 1) WHERE seq = 2",
        ":2: hash",
    ),
    "a personal value": ("UPDATE event SET personal[1] = 'x' WHERE seq = 2", ":2: value"),
    "a value taken away": (
        "UPDATE event SET personal[1] = NULL WHERE seq = 1", ":1: missing_value",
    ),
    "a receipt taken away": (
        "DELETE FROM receipt WHERE seq = 2", "HQ gave 2 receipts and keeps 1",
    ),
    "the tail cut": ("DELETE FROM event WHERE seq = 4", ":4: head"),
}  # fmt: skip


def write_and_exchange(desk: Desk) -> None:
    """Two complaints of two events each, with a receipt for each."""
    for number in (1, 2):
        with desk.use_cases.journal.write() as writer:
            drafts = [opened(f"S0217-A-1121-{number:03d}"), proposed(f"i-{number}")]
            writer.append(f"t-{number}", drafts, author())
        assert isinstance(desk.exchange(), ExchangeReport)


@pytest.fixture
def desk(served: ServedHq, tmp_path: Path) -> Iterator[Desk]:
    with closing(open_desk(tmp_path / "store")) as found:
        assert isinstance(found.enrol(served.url, served.code()), Enrolment)
        write_and_exchange(found)
        yield found


@pytest.mark.parametrize("what", AT_STORE)
def test_what_was_altered_at_a_store_is_named_at_its_next_exchange(
    desk: Desk, tmp_path: Path, what: str
) -> None:
    statement, named = AT_STORE[what]
    with closing(open_pc(tmp_path / "store")) as data, data.database.write() as connection:
        for part in statement.split("; "):
            assert connection.exec_driver_sql(part).rowcount == 1
    for _ in range(2):
        outcome = desk.exchange()
        assert isinstance(outcome, ExchangeFailure)
        assert outcome.code in ("altered", "fork")
        assert named in outcome.detail or outcome.code == "fork"
        assert desk.use_cases.sync.chain() in outcome.detail


@pytest.mark.parametrize("what", AT_HQ)
def test_what_was_altered_at_hq_is_named_after_the_next_exchange(
    desk: Desk, served: ServedHq, engine: Engine, what: str
) -> None:
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    checks = SelfCheck(engine, served.key)
    assert checks.round(bootstrap.utc_now()) == 0
    statement, named = AT_HQ[what]
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    # When the PC exchanges and HQ reads its chain again
    desk.exchange()
    assert checks.round(bootstrap.utc_now()) == 1
    # Then people at HQ see the place, once however often it is read
    assert checks.round(bootstrap.utc_now()) == 1
    with browsing(served.url, "wangfang") as browser:
        page = browser.get("/attention?kind=altered").text
    assert page.count("记录被改动") == 2
    assert named in page
    assert desk.use_cases.sync.chain() in page


def test_a_long_chain_is_read_on_part_by_part(served: ServedHq, tmp_path: Path) -> None:
    with closing(open_pc(tmp_path / "long")) as data:
        client(data).enrol(served.url, served.code())
        for number in range(1, 6):
            complain(data, number, "5000.01")
        client(data).exchange()
        check = RollingCheck(lambda: data.verifier(verify_receipt))
        alter(data, 9)
        # Ten events, three at a time: the fourth step reaches it
        assert [check.step(3) is None for _ in range(5)] == [True, True, False, False, False]
        alter(data, 9)
        assert check.step(3) is None


def alter(data: StoreData, seq: int) -> None:
    """Flip a bit of an event; twice makes it whole again."""
    with data.database.write() as connection:
        found = connection.exec_driver_sql("SELECT core FROM event WHERE seq = ?", (seq,))
        core = bytearray(found.scalar_one())
        core[20] ^= 1
        connection.exec_driver_sql("UPDATE event SET core = ? WHERE seq = ?", (bytes(core), seq))
