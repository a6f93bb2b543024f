"""The network's part of the day: enrol, send the queue, take the approval, then change nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from desktop.demo import headquarters
from desktop.demo.steps import Day, fail, same
from desktop.demo.store_day import Tickets
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeFailure, ExchangeReport

#: An exchange with nothing new may cost this much, both ways, in bytes.
IDLE_BYTES = 2000


def join(desk: Desk, url: str, code: str) -> None:
    """Enrol, after one wrong code was refused."""
    wrong = desk.enrol(url, "0000-0000-0000")
    if not isinstance(wrong, ExchangeFailure) or wrong.code != "wrong_code":
        fail("a wrong code was not refused")
    joined = desk.enrol(url, code)
    if isinstance(joined, ExchangeFailure):
        fail(f"enrolment: {joined.code} {joined.detail}".strip())


def exchange(desk: Desk, what: str) -> ExchangeReport:
    """Exchange once; a failure ends the demo."""
    outcome = desk.exchange()
    if isinstance(outcome, ExchangeFailure):
        fail(f"{what}: {outcome.code} {outcome.detail}".strip())
    return outcome


def play(desk: Desk, day: Day, tickets: Tickets, hq_data: Path, log: Path) -> None:
    """Start HQ, send what queued up, let HQ approve, act on it, and end with nothing to do."""
    queued = desk.sync_status().pending
    if not queued:
        fail("nothing queued up while there was no HQ")
    with headquarters.running(hq_data, log) as url:
        code = headquarters.prepare(hq_data, desk.store.store, desk.store.name)
        join(desk, url, code)
        first = exchange(desk, "the first exchange")
        same(first.pending, 0, "events without a receipt")
        same(desk.sync_status().pending_attachments, 0, "attachments that HQ lacks")
        day.tell(f"   {first.sent} events sent, head {first.head[:12]} countersigned")
        headquarters.approve(url, day)
        second = exchange(desk, "the second exchange")
        _approved(desk, tickets)
        day.tell("   the approval came back")
        _finish_and_settle(desk, day, tickets, first, second)
    headquarters_is_sound(hq_data)


def _approved(desk: Desk, tickets: Tickets) -> None:
    page = desk.ticket(tickets.typed)
    item = page.state.compensation[tickets.waiting] if page else None
    if item is None or item.status != "approved":
        fail("HQ's approval did not reach the store")


def _finish_and_settle(
    desk: Desk, day: Day, tickets: Tickets, first: ExchangeReport, second: ExchangeReport
) -> None:
    from desktop.demo import store_day

    store_day.finish(desk, tickets)
    third = exchange(desk, "the third exchange")
    idle = exchange(desk, "an exchange with nothing new")
    same((idle.sent, idle.received, idle.pending), (0, 0, 0), "an exchange with nothing new")
    cost = idle.bytes_sent + idle.bytes_received
    if cost > IDLE_BYTES:
        fail(f"an exchange with nothing new cost {cost} bytes")
    reports = {"first": first, "second": second, "third": third, "idle": idle}
    day.saw("sync", {name: asdict(report) for name, report in reports.items()})
    day.saw("head_acknowledged", {"seq": idle.acked_seq, "head": idle.head})


def headquarters_is_sound(hq_data: Path) -> None:
    """Check HQ's journal once its server has ended."""
    headquarters.verify(hq_data)
