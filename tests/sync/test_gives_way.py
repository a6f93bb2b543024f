"""A PC that receives a lot leaves its own people their turn: small answers, looked at in pieces."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from desktop.services.exchange_ports import Enrolment, ExchangeReport
from desktop.storage.ids import SystemClock
from sync import protocol
from sync.client import HqClient, feed
from sync.client.batches import Sender
from tests.sync.conftest import ServedHq
from tests.sync.stores import QUICK, client, complain, open_pc

_MANY = 150


class Watched:
    """A store's side of the exchange that writes down what is asked of it."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._real, name)


def test_an_answer_is_worked_out_in_pieces(tmp_path: Path, served: ServedHq) -> None:
    with closing(open_pc(tmp_path / "one")) as one, closing(open_pc(tmp_path / "two")) as two:
        # Given many events at HQ and another PC of the store
        sender = client(one)
        assert isinstance(sender.enrol(served.url, served.code()), Enrolment)
        assert isinstance(client(two).enrol(served.url, served.code()), Enrolment)
        for number in range(_MANY):
            complain(one, number)
        assert isinstance(sender.exchange(), ExchangeReport)
        # When it receives them
        watched: Any = Watched(two.sync)
        report = HqClient(watched, two.attachments, SystemClock(), QUICK).exchange()
        # Then it looked for saves several times before it began to store them
        assert isinstance(report, ExchangeReport)
        assert report.received == _MANY
        before = watched.asked[: watched.asked.index("expect_feed")]
        assert "give_way" in before
        assert two.journal.events("t-000149")


def test_the_pieces_of_an_answer_are_one_chain(tmp_path: Path, served: ServedHq) -> None:
    """Each piece goes on from the hash of the one before; somebody's turn is between any two."""
    with closing(open_pc(tmp_path / "one")) as one:
        sender = client(one)
        assert isinstance(sender.enrol(served.url, served.code()), Enrolment)
        for number in range(_MANY):
            complain(one, number)
        queue = one.sync.queue(0, _MANY)
        salts = dict(one.sync.salts({*queue.streams}))
        events = tuple(
            protocol.WireEvent(core, tuple(queue.personal.get(seq, {}).values()))
            for seq, core in zip(queue.seqs, queue.cores, strict=True)
        )
        turns: list[None] = []
        run = protocol.FeedRun(one.sync.chain(), 1, bytes(32), events, None)
        made = feed.linked(run, salts, lambda: turns.append(None))
        assert [event.record.hash for event in made] == list(queue.hashes)
        assert [event.prev for event in made] == [bytes(32)] + [None] * (_MANY - 1)
        assert len(turns) == -(-_MANY // feed._AT_ONCE)


def test_less_is_asked_for_while_somebody_works(tmp_path: Path) -> None:
    with closing(open_pc(tmp_path / "one")) as one:
        one.database._saved_at = 0.0
        assert Sender.of(one.sync, None).want == protocol.MAX_EVENTS
        complain(one, 1)
        assert 0 < Sender.of(one.sync, None).want < protocol.MAX_EVENTS
