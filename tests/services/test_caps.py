"""D4, CO-02, CO-11: caps and overdue reports are counted on the real store."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.outcomes import Actor
from desktop.domain.restraints import CapRow
from desktop.services.policy_book import PolicyBook
from tests.services.desk_kit import PASSWORD

TITLE = {"zh_CN": "限额", "en": "Cap"}
PHONE = "13800000000"


def opened(desk, phone=PHONE) -> str:
    fields = {"verbatim": "坏了", "emotion": 2, "expectation": "换新", "phone": phone}
    return desk.open_ticket(
        fields, channel="counter", quick=False, arrived_at=None, draft=None
    ).stream


def give(desk, stream: str, amount: str):
    command = desk.new_compensation("voucher", "goodwill", Decimal(amount), "customer", "")
    state = desk.act(stream, command)
    return state.compensation[command.item]


def with_caps(desk, *caps: CapRow) -> None:
    """Let the pack in force have these caps alone."""
    book = desk.use_cases.policies
    assert isinstance(book, PolicyBook)
    policy = replace(book.current(), caps=caps)
    book.renew(policy, {policy.version: policy})


@pytest.fixture
def clerk(desk):
    desk.add_person("li", "李静", "clerk", PASSWORD)
    desk.log_in("li", PASSWORD)
    return desk


def row(scope: str, up_to: str, days: int = 1) -> CapRow:
    return CapRow("c", scope, days, Decimal(up_to), "supervisor", TITLE, "D4")


def test_d4_the_customers_other_complaints_of_the_day_count(clerk, clock):
    with_caps(clerk, row("customer", "1000.00"))
    give(clerk, opened(clerk), "900.00")
    second = opened(clerk)
    shown = clerk.preview(second, "voucher", "goodwill", Decimal("100.01"), "customer")
    assert (shown.decision, shown.reason) == ("needs_approval", "cap_customer")
    assert give(clerk, second, "100.01").status == "pending"
    assert give(clerk, opened(clerk, "13900000000"), "100.01").status == "granted"
    clock.wait(days=1)
    assert give(clerk, opened(clerk), "100.01").status == "granted"


def test_d4_the_staffs_day_counts_over_customers_and_a_longer_cap_over_days(clerk, clock):
    with_caps(clerk, row("staff", "1000.00", days=2))
    first = opened(clerk, "1")
    give(clerk, first, "600.00")
    clerk.act(first, FileWrittenReport("经过"))
    clock.wait(days=1)
    assert give(clerk, opened(clerk, "2"), "400.01").status == "pending"
    clerk.log_in("wang", PASSWORD)
    assert give(clerk, opened(clerk, "3"), "900.00").status == "granted"
    clerk.log_in("li", PASSWORD)
    clock.wait(days=2)
    assert give(clerk, opened(clerk, "4"), "999.00").status == "granted"


def test_co_02_the_frontline_right_rests_while_a_report_is_overdue(clerk, clock):
    first = opened(clerk)
    assert give(clerk, first, "50.00").status == "granted"
    clock.wait(hours=48)
    assert give(clerk, opened(clerk), "50.00").status == "granted"
    clock.wait(minutes=1)
    shown = clerk.preview(opened(clerk), "voucher", "goodwill", Decimal(50), "customer")
    assert (shown.decision, shown.approver) == ("needs_approval", "supervisor")
    assert shown.reason == "report_overdue"
    clerk.log_in("wang", PASSWORD)
    assert give(clerk, opened(clerk), "50.00").status == "granted"
    clerk.log_in("li", PASSWORD)
    clerk.act(first, FileWrittenReport("经过"))
    assert give(clerk, opened(clerk), "50.00").status == "granted"


def test_the_journal_finds_proposals_by_person_and_time(clerk, clock):
    proposals = clerk.use_cases.handling._rolling._proposals
    streams = [opened(clerk, str(n)) for n in range(3)]
    began = clock.now()
    for stream in streams[:2]:
        give(clerk, stream, "10.00")
        clock.wait(hours=1)
    me = clerk.actor().person
    assert set(proposals.streams_of(me, began)) == set(streams[:2])
    assert proposals.streams_of(me, clock.now()) == ()
    assert proposals.streams_of(Actor("x", "clerk").person, began) == ()
    clerk.act(streams[0], FileWrittenReport("经过"))
    assert proposals.unreported(me, began, clock.now()) == (streams[1],)
