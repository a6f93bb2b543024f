"""PCs that write of a complaint before they hear of each other have salts of their own for it.

A complaint that was opened without a word (a photograph only) has no salt yet: whoever first writes
something personal about it makes one. Everybody else must be able to read both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.events import Draft
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.store import StoreData
from sync import protocol
from sync.hq import verification
from tests.sync.conftest import ServedHq
from tests.sync.stores import append, client, open_pc

SAID = ["孩子吃了不舒服 0", "孩子吃了不舒服 1", "已电话安抚 0", "已电话安抚 1"]
STREAMS = [f"t-wordless-{number}" for number in range(3)]


@pytest.fixture
def pcs(served: ServedHq, tmp_path: Path) -> Iterator[list[StoreData]]:
    """Three PCs of a store and one of its region."""
    scopes = ("S0217", "S0217", "S0217", "region:苏南")
    made = [open_pc(tmp_path / f"pc{number}") for number in range(len(scopes))]
    for pc, scope in zip(made, scopes, strict=True):
        client(pc).enrol(served.url, served.code(scope, region="苏南"))
    yield made
    for pc in made:
        pc.close()


def exchange(*pcs: StoreData) -> None:
    for pc in pcs:
        done = client(pc).exchange()
        assert isinstance(done, ExchangeReport), done


def test_both_are_read_by_everybody(served: ServedHq, pcs: list[StoreData]) -> None:
    one, two, three, region = pcs
    # Given complaints without a word, known to two PCs
    fields = {"channel": "counter", "store": "S0217", "flow": "store", "fields": {}}
    for number, stream in enumerate(STREAMS):
        told = {"number": f"S0217-A-1121-{number:03d}", **fields}
        append(one, stream, Draft("ticket.opened", told))
    exchange(one, two)
    # When both write of each, several times and offline, and then come together
    for turn in range(2):
        for stream in STREAMS:
            for pc, said in ((one, "孩子吃了不舒服"), (two, "已电话安抚")):
                words = {"text": f"{said} {turn}"}
                append(pc, stream, Draft("comment.added", {"audience": "store"}, words))
    exchange(one, two)
    # Then they, a third PC and the region's receive all of it, whatever they had before
    exchange(one, three, region)
    heads = one.journal.chains()
    assert len(heads) == 2
    for pc in (two, three, region):
        known = pc.journal.chains()
        assert {chain: known[chain] for chain in heads} == heads
        assert pc.verify(protocol.verify_receipt).faults == ()
        said = [
            e.personal["text"] for e in pc.journal.events(STREAMS[0]) if e.kind == "comment.added"
        ]
        assert sorted(map(str, said)) == SAID
    assert verification.verify(served.engine, served.key, served.files).faults == ()
