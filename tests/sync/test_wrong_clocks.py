"""A wrong clock (电脑时钟) is shown where it did harm, and nobody else is told to set theirs."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.services.clock_check import TimeDoubt, time_doubt
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeReport
from desktop.services.ticket_ports import TicketRow
from desktop.storage.ids import SystemClock
from tests.services.desk_kit import PASSWORD, HandClock
from tests.sync.conftest import ServedHq

YEAR = timedelta(days=365)


def joined(folder: Path, clock: HandClock, served: ServedHq) -> Desk:
    """A desk that has joined HQ and heard its time."""
    desk = open_desk(folder, clock)
    desk.set_up("S0217", "无锡滨湖店", "0510-8218", "wang", "王敏", PASSWORD)
    desk.log_in("wang", PASSWORD)
    desk.enrol(served.url, served.code())
    exchanged(desk)
    return desk


def exchanged(desk: Desk) -> None:
    done = desk.exchange()
    assert isinstance(done, ExchangeReport), done
    assert done.pending == 0


def complain(desk: Desk) -> TicketRow:
    facts: dict[str, str | int | bool] = {
        "verbatim": "洗衣机漏水",
        "expectation": "换新机",
        "emotion": 3,
        "customer_name": "王建国",
        "phone": "13800002201",
        "product": "洗衣机",
        "receipt_no": "2832510581",
    }
    row = desk.open_ticket(facts, channel="counter", quick=False, arrived_at=None, draft=None)
    assert not isinstance(row, Refusal), row
    return row


def doubted(desk: Desk, stream: str) -> TimeDoubt | None:
    page = desk.ticket(stream)
    assert page is not None
    return time_doubt(page.events[0], desk.now())


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_every_pc_sees_that_a_complaint_was_dated_by_a_wrong_clock(
    served: ServedHq, tmp_path: Path, off: timedelta
) -> None:
    now = SystemClock().now()
    wrong = HandClock(now + off)
    with closing(joined(tmp_path / "wrong", wrong, served)) as one:
        found = complain(one)
        exchanged(one)
        status = one.sync_status()
        assert status.last_receipt is not None
        assert abs(status.last_receipt.signed_at - now) < timedelta(hours=1)
    with closing(joined(tmp_path / "right", HandClock(now), served)) as two:
        doubt = doubted(two, found.stream)
        assert doubt is not None
        assert doubt.likely is not None
        assert abs(doubt.at - (now + off)) < timedelta(hours=1)
        assert abs(doubt.likely - now) < timedelta(hours=1)
        # One that would never be reminded of is listed; the other is late at once
        assert [row.stream for row in two.dated_ahead()] == [found.stream] * (off > timedelta())
        # And the PC whose clock is right is not told to set it
        complain(two)
        assert two.clock_doubt() is None


def test_a_time_to_come_is_doubted_though_hq_was_never_heard(
    served: ServedHq, tmp_path: Path
) -> None:
    now = SystemClock().now()
    clock = HandClock(now + YEAR)
    desk = open_desk(tmp_path / "one", clock)
    desk.set_up("S0217", "无锡滨湖店", "0510-8218", "wang", "王敏", PASSWORD)
    desk.log_in("wang", PASSWORD)
    found = complain(desk)
    assert doubted(desk, found.stream) is None
    # When the clock is set right, its own complaints speak against it until HQ has seen it
    clock.time = now
    doubt = doubted(desk, found.stream)
    assert doubt is not None
    assert doubt.likely is None
    assert desk.clock_doubt() is not None
    desk.enrol(served.url, served.code())
    exchanged(desk)
    assert desk.clock_doubt() is None
    assert [row.stream for row in desk.dated_ahead()] == [found.stream]
    # And set back below what it wrote since, it is doubted again
    complain(desk)
    clock.wait(days=-3)
    again = desk.clock_doubt()
    assert again is not None
    assert again.kind == "behind"
    desk.close()


def test_numbers_of_a_clock_that_jumps_never_come_twice(tmp_path: Path) -> None:
    clock = HandClock()
    desk = open_desk(tmp_path / "one", clock)
    desk.set_up("S0217", "无锡滨湖店", "0510-8218", "wang", "王敏", PASSWORD)
    desk.log_in("wang", PASSWORD)
    numbers = []
    for days in (0, 0, -1, -365, 365, 1, 0, -1):
        clock.wait(days=days)
        numbers.append(complain(desk).number)
    assert len(set(numbers)) == len(numbers)
    desk.close()
