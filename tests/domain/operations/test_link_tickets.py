"""Links are events that can be taken back; linked goodwill counts against one authority (D4)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain import commands
from desktop.domain.operations.decide_approval import DecideApproval, needed_approver
from desktop.domain.operations.link_tickets import KINDS, LinkTicket, UnlinkTicket
from desktop.domain.operations.propose_compensation import rule
from desktop.domain.outcomes import Accepted, Refusal
from desktop.policy import load_policy
from tests.domain.history import CLERK, HEAD, SUPERVISOR, Pc, opening, voucher

POLICY = load_policy()


def opened(stream: str) -> Pc:
    pc = Pc("A", POLICY, stream)
    pc.act(opening())
    return pc


def together(pc: Pc, actor, *others: Pc):
    """The context in which `actor` acts on `pc`, with what the other complaints gave."""
    items = tuple(item for other in others for item in other.state.open_items)
    return replace(pc.context(actor), linked_items=items)


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_is_taken_back_by_an_event_and_nothing_is_lost(pc, kind):
    pc.act(LinkTicket("T-9", "S0217-A-2", kind))
    assert [link.other for link in pc.state.live_links] == ["T-9"]
    before = pc.state.comments, dict(pc.state.fields)
    assert pc.refused(UnlinkTicket("T-9", " ")).code == "unlink_needs_reason"
    pc.act(UnlinkTicket("T-9", "不是同一件事"))
    assert pc.state.live_links == ()
    assert pc.state.links["T-9"].undone.actor == CLERK.person
    assert (pc.state.comments, dict(pc.state.fields)) == before
    assert pc.refused(UnlinkTicket("T-9", "又一次")).code == "not_linked"


def test_the_same_link_twice_changes_nothing_and_none_leads_to_itself(pc):
    link = LinkTicket("T-9", "S0217-A-2", "duplicate")
    pc.act(link)
    assert pc.decide(link) == Accepted(())
    assert pc.refused(LinkTicket(pc.stream, "x", "duplicate")).code == "link_to_itself"


def test_as_05_a_repeat_complaint_is_an_exception_until_the_link_is_taken_back(pc):
    pc.act(LinkTicket("T-9", "S0217-A-2", "repeat"))
    assert [(a.code, a.values) for a in pc.state.anomalies] == [
        ("repeat_complaint", {"number": "S0217-A-2"})
    ]
    pc.act(UnlinkTicket("T-9", "另一位顾客"))
    assert pc.state.anomalies == ()


def test_d4_goodwill_of_linked_complaints_counts(pc):
    other = opened("T-2")
    other.act(voucher("I-9", "1500.00"))
    alone = rule(pc.state, voucher("I-1", "600.00"), pc.context(CLERK))
    linked = rule(pc.state, voucher("I-1", "600.00"), together(pc, CLERK, other))
    assert (alone.decision, linked.decision) == ("granted", "needs_approval")
    assert linked.cumulative == Decimal("2100.00")
    exact = rule(pc.state, voucher("I-1", "500.00"), together(pc, CLERK, other))
    assert exact.decision == "granted"  # 2000.00 is the frontline's (D3)


def test_d4_an_approval_needs_the_role_for_the_sum_over_all_links(pc):
    other = opened("T-2")
    other.act(voucher("I-9", "3000.00"), SUPERVISOR)
    pc.act(voucher("I-1", "2500.00"))
    item = pc.state.compensation["I-1"]
    assert needed_approver(pc.state, item, pc.context(SUPERVISOR)) == "supervisor"
    context = together(pc, SUPERVISOR, other)
    assert needed_approver(pc.state, item, context) == "department_head"
    refusal = commands.decide(pc.state, DecideApproval("I-1", True), context)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "approver_role"
    by_head = commands.decide(pc.state, DecideApproval("I-1", True), together(pc, HEAD, other))
    assert isinstance(by_head, Accepted)


def test_refused_items_of_linked_complaints_do_not_count(pc):
    other = opened("T-2")
    other.act(voucher("I-9", "2500.00"))
    other.act(DecideApproval("I-9", False, "证据不足"), SUPERVISOR)
    context = replace(pc.context(CLERK), linked_items=tuple(other.state.compensation.values()))
    assert rule(pc.state, voucher("I-1", "2000.00"), context).decision == "granted"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 300_000), st.booleans()),
        min_size=1,
        max_size=7,
    )
)
def test_d4_no_split_over_linked_complaints_gives_more_than_the_whole(parts):
    pcs = [opened(f"T-{number}") for number in range(3)]
    given_by_clerk = given_in_all = Decimal(0)
    for number, (where, cents, by_supervisor) in enumerate(parts):
        actor = SUPERVISOR if by_supervisor else CLERK
        amount = Decimal(cents) / 100
        pc = pcs[where]
        others = [p for p in pcs if p is not pc]
        decision = commands.decide(
            pc.state, voucher(f"I-{number}", f"{amount:.2f}"), together(pc, actor, *others)
        )
        assert isinstance(decision, Accepted)
        pc.append(decision.drafts, actor)
        item = pc.state.compensation[f"I-{number}"]
        given_in_all += amount
        if item.status != "granted":
            continue
        # Whatever was split before, a grant stands only where the whole would have been granted.
        limit = Decimal(5000) if by_supervisor else Decimal(2000)
        assert given_in_all <= limit
        given_by_clerk += 0 if by_supervisor else amount
    assert given_by_clerk <= Decimal(2000)
