"""What waits for an approver, what goodwill rests on, and reminders that keep quiet at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.services.quiet_reminders import is_open

PASSWORD = "counter-desk-1"
MORNING = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)  # 10:31 in the store


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    made = open_desk(tmp_path / "store", clock=clock)
    assert isinstance(made.set_up("S0217", "店", "0510-1", "he", "何丽", PASSWORD), Person)
    made.log_in("he", PASSWORD)
    assert isinstance(made.add_person("lin", "林晓", "clerk", PASSWORD), Person)
    made.log_in("lin", PASSWORD)
    return made


def complain(desk: Desk, **more: str) -> str:
    fields = {"verbatim": "又漏水", "expectation": "换新", "emotion": 3, **more}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    assert not isinstance(row, Refusal)
    return row.stream


def propose(desk: Desk, stream: str, amount: str, ledger: str = "goodwill") -> str:
    command = desk.new_compensation("voucher", ledger, Decimal(amount), "customer", "孩子受惊")
    assert not isinstance(desk.act(stream, command), Refusal)
    return command.item


def test_only_what_the_person_may_decide_is_listed(desk: Desk) -> None:
    """CO-03, CO-04, D5: own proposals and what needs a higher role are counted, not offered."""
    stream = complain(desk)
    mine = propose(desk, stream, "2500")
    propose(desk, stream, "9000")
    propose(desk, stream, "300", "statutory")
    assert desk.approvals().mine == []
    assert desk.approvals().own == 3
    desk.log_in("he", PASSWORD)
    found = desk.approvals()
    assert [waiting.item.id for waiting in found.mine] == [mine]
    assert (found.own, found.above) == (0, 2)
    waiting = found.mine[0]
    assert (waiting.needs, waiting.proposer) == ("supervisor", "林晓")
    assert waiting.cumulative == Decimal("2500.00")


def test_the_sum_of_linked_complaints_stands_on_the_card(desk: Desk) -> None:
    """D4: what a linked complaint got counts, and can raise the role that must answer."""
    first, second = complain(desk), complain(desk)
    propose(desk, first, "2400")
    propose(desk, second, "2900")
    desk.link(first, second, "duplicate")
    desk.log_in("he", PASSWORD)
    found = desk.approvals()
    assert found.mine == []
    assert found.above == 2
    basis = desk.compensation_basis(first)
    assert sorted(c.item.amount for c in basis.counted) == [Decimal("2400.00"), Decimal("2900.00")]
    assert len({c.number for c in basis.counted}) == 2


def test_the_ladder_follows_code_and_grade(desk: Desk) -> None:
    """CO-05: rungs by type and grade; none before there is a code."""
    stream = complain(desk, tier="vip")
    assert desk.compensation_basis(stream).ladder == []
    assert desk.compensation_basis(stream).precedent is None
    desk.act(stream, ClassifyTicket("LD-01", 3))
    assert [rung.id for rung in desk.compensation_basis(stream).ladder] == ["logistics-vip"]


def test_a_promise_is_measured_against_all_goodwill_given(desk: Desk) -> None:
    """CO-08: 1,500 given leaves 500."""
    stream = complain(desk)
    propose(desk, stream, "1500")
    assert not desk.promise_over_authority(stream, Decimal("500"))
    assert desk.promise_over_authority(stream, Decimal("500.01"))


def test_reminders_wait_for_the_store_to_open_and_survive_a_restart(
    desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    """SL-05: quiet outside store hours; the highest mark of a clock is said once, later."""
    stream = complain(desk)
    assert desk.reminders_to_show() == []
    clock.at = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # 23:30, the store is shut
    assert desk.reminders_to_show() == ()
    desk.close()
    again = open_desk(tmp_path / "store", clock=clock)
    clock.at = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # 04:00
    assert again.reminders_to_show() == ()
    clock.at = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00
    found = again.reminders_to_show()
    first = [notice for notice in found if notice.clock == "first_response"]
    assert [(n.stream, n.kind, n.percent) for n in first] == [(stream, "overdue", 100)]
    assert again.reminders_to_show() == []
    again.close()


def test_what_was_escalated_at_night_is_written_at_night(desk: Desk, clock: Clock) -> None:
    """SL-07: only showing waits, the escalation does not."""
    stream = complain(desk)
    desk.reminders_to_show()
    clock.at = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    desk.reminders_to_show()
    page = desk.ticket(stream)
    assert page is not None
    assert page.state.escalations


def test_a_complaint_that_was_closed_meanwhile_is_not_reminded_of(desk: Desk, clock: Clock) -> None:
    stream = complain(desk)
    desk.reminders_to_show()
    clock.at = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    desk.reminders_to_show()
    kept = desk.setting("reminders.held")
    assert stream in kept
    desk.save_setting("reminders.held", kept.replace(stream, "T0000000000000"))
    clock.at = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert all(n.stream != "T0000000000000" for n in desk.reminders_to_show())


@pytest.mark.parametrize(
    ("hour", "expected"), [(0, False), (2, True), (12, True), (13, False), (20, False)]
)
def test_the_store_is_open_by_its_own_hours(desk: Desk, hour: int, expected: bool) -> None:
    at = datetime(2026, 11, 20, hour, 1, tzinfo=UTC)
    assert is_open(desk.store, at) is expected
