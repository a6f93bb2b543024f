"""D4, CO-02: what binds goodwill beside the authority, and that it says so."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.propose_compensation import rule
from desktop.domain.outcomes import Actor
from desktop.domain.restraints import CapRow, CapUsed
from desktop.policy import load_policy
from tests.domain.history import CLERK, HEAD, SUPERVISOR, Pc, opening, voucher

TITLE = {"zh_CN": "限额", "en": "Cap"}
POLICY = load_policy()


def cap(scope="customer", used="0.00", over="supervisor", up_to="1000.00", days=1):
    row = CapRow("c", scope, days, Decimal(up_to), over, TITLE, "D4")
    return CapUsed(row, Decimal(used))


def ruling(pc, command, actor=CLERK, **context):
    return rule(pc.state, command, replace(pc.context(actor), **context))


@pytest.mark.parametrize("scope", ["customer", "staff"])
@pytest.mark.parametrize(
    ("used", "decision"), [("900.00", "granted"), ("900.01", "needs_approval")]
)
def test_d4_a_rolling_cap_asks_a_manager_one_cent_above(pc, scope, used, decision):
    found = ruling(pc, voucher("I-1", "100.00"), caps=(cap(scope, used),))
    assert found.decision == decision
    if decision == "needs_approval":
        assert (found.approver, found.reason) == ("supervisor", f"cap_{scope}")
        assert "1,000.01" in found.why["zh_CN"]
        assert "rolling cap of 1,000.00" in found.why["en"]
        assert "权限内" not in found.why["zh_CN"]


def test_d4_what_this_complaint_gave_counts_and_only_ones_own_for_the_staff_cap(pc):
    pc.act(voucher("I-1", "600.00"))
    mine = ruling(pc, voucher("I-2", "400.01"), caps=(cap("staff"),))
    assert mine.decision == "needs_approval"
    other = ruling(pc, voucher("I-2", "400.01"), Actor("P-zhao", "clerk"), caps=(cap("staff"),))
    assert other.decision == "granted"
    customer = ruling(pc, voucher("I-2", "400.01"), SUPERVISOR, caps=(cap("customer"),))
    assert (customer.decision, customer.approver) == ("needs_approval", "supervisor")


def test_d4_without_an_approver_nobody_may_give_more(pc):
    found = ruling(pc, voucher("I-1", "100.00"), HEAD, caps=(cap(used="950.00", over=None),))
    assert (found.decision, found.approver) == ("refused", None)
    assert "不能再给予" in found.why["zh_CN"]


def test_d4_the_higher_of_two_approvers_is_asked_and_both_reasons_are_said(pc):
    caps = (cap(used="950.00"), cap("staff", "9999.00", over="department_head", days=7))
    found = ruling(pc, voucher("I-1", "2000.01"), caps=caps)
    assert found.approver == "department_head"
    assert "7 日内" in found.why["zh_CN"]
    assert "2,000.00" in found.why["en"]


@pytest.mark.parametrize(("ledger", "actor"), [("statutory", CLERK), ("refund", SUPERVISOR)])
def test_d6_no_cap_binds_what_the_law_gives(pc, ledger, actor):
    command = voucher("I-1", "5000.00", ledger=ledger)
    free = ruling(pc, command, actor)
    bound = ruling(pc, command, actor, caps=(cap(used="9000.00", over=None),), overdue_reports=3)
    assert bound == free


def test_co_02_a_clerk_with_an_overdue_report_asks_the_supervisor(pc):
    found = ruling(pc, voucher("I-1", "10.00"), overdue_reports=2)
    assert (found.decision, found.approver) == ("needs_approval", "supervisor")
    assert found.reason == "report_overdue"
    assert "2 份书面报告逾期" in found.why["zh_CN"]
    free = Pc("B", replace(POLICY, suspension=None))
    free.act(opening())
    assert ruling(free, voucher("I-1", "10.00"), overdue_reports=2).decision == "granted"


def test_co_11_who_proposed_above_a_cap_does_not_approve_it(pc):
    context = replace(pc.context(SUPERVISOR), caps=(cap("staff", "950.00"),))
    from desktop.domain import commands

    decision = commands.decide(pc.state, voucher("I-1", "100.00"), context)
    pc.append(decision.drafts, SUPERVISOR)
    assert pc.refused(DecideApproval("I-1", True), SUPERVISOR).code == "self_approval"
    assert pc.act(DecideApproval("I-1", True), Actor("P-2", "supervisor"))
    assert pc.state.compensation["I-1"].status == "approved"


@given(st.integers(1, 300_000), st.integers(0, 300_000), st.integers(1, 300_000))
def test_d4_a_cap_never_makes_a_decision_easier(amount, used, up_to):
    pc = Pc("A", POLICY)
    pc.act(opening())
    command = voucher("I-1", str(Decimal(amount) / 100))
    row = cap(used=str(Decimal(used) / 100), up_to=str(Decimal(up_to) / 100))
    order = ("granted", "needs_approval", "refused")
    free, bound = ruling(pc, command), ruling(pc, command, caps=(row,))
    assert order.index(bound.decision) >= order.index(free.decision)
    crossed = used + amount > up_to
    assert (bound.decision == "granted") == (free.decision == "granted" and not crossed)
