"""Compensation through the operations: CO-01 … CO-06, D3–D6, R7, R8."""

from decimal import Decimal

import pytest

from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pay_compensation import PayCompensation
from tests.domain.history import (
    CLERK,
    HEAD,
    LEGAL,
    OTHER_CLERK,
    REGIONAL,
    SUPERVISOR,
    exchange,
    second_pc,
    voucher,
)
from tests.domain.walking import close

YES, NO = True, False


def status(pc, item):
    return pc.state.compensation[item].status


@pytest.mark.parametrize(
    ("actor", "amount", "expected", "approver"),
    [
        (CLERK, "0.01", "granted", None),
        (CLERK, "2000.00", "granted", None),
        (CLERK, "2000.01", "pending", "supervisor"),
        (CLERK, "5000.00", "pending", "supervisor"),
        (CLERK, "5000.01", "pending", "department_head"),
        (SUPERVISOR, "5000.00", "granted", None),
        (SUPERVISOR, "5000.01", "pending", "department_head"),
        (REGIONAL, "5000.00", "granted", None),
        (HEAD, "900000.00", "granted", None),
    ],
)
def test_d3_limits_include_the_amount_named(pc, actor, amount, expected, approver):
    item = pc.act(voucher("I-1", amount), actor).compensation["I-1"]
    assert (item.status, item.approver, item.amount) == (expected, approver, Decimal(amount))


@pytest.mark.parametrize("instrument", ["refund", "cash", "gift"])
def test_d5_the_frontline_gives_vouchers_and_credit_only(pc, instrument):
    item = pc.act(voucher("I-1", "1.00", instrument=instrument)).compensation["I-1"]
    assert (item.status, item.approver) == ("pending", "supervisor")


def test_d6_a_refund_of_the_price_is_bound_by_role_not_by_amount(pc):
    refund = {"instrument": "refund", "ledger": "refund"}
    assert pc.act(voucher("I-1", "90000.00", **refund), SUPERVISOR).compensation["I-1"].allowed
    assert pc.act(voucher("I-2", "1.00", **refund)).compensation["I-2"].approver == "supervisor"


def test_d6_a_statutory_claim_waits_for_legal_and_is_never_refused_for_authority(pc):
    claim = pc.act(voucher("I-1", "90000.00", ledger="statutory"), HEAD).compensation["I-1"]
    assert (claim.status, claim.approver) == ("pending", "legal")
    assert pc.refused(DecideApproval("I-1", YES), SUPERVISOR).code == "approver_role"
    pc.act(DecideApproval("I-1", YES), LEGAL)
    assert status(pc, "I-1") == "approved"


def test_d4_the_sum_over_all_items_counts(pc):
    pc.act(voucher("I-1", "1500.00"))
    item = pc.act(voucher("I-2", "500.01", instrument="credit")).compensation["I-2"]
    assert (item.status, item.cumulative) == ("pending", Decimal("2000.01"))


def test_r7_pending_items_count_refused_ones_do_not(pc):
    pc.act(voucher("I-1", "2500.00"))
    assert pc.act(voucher("I-2", "100.00")).compensation["I-2"].status == "pending"
    pc.act(DecideApproval("I-1", NO, "金额偏高"), SUPERVISOR)
    pc.act(DecideApproval("I-2", NO, "先核实"), SUPERVISOR)
    assert pc.act(voucher("I-3", "2000.00")).compensation["I-3"].status == "granted"


def test_r7_refunds_do_not_use_up_goodwill(pc):
    pc.act(voucher("I-1", "3000.00", instrument="refund", ledger="refund"), SUPERVISOR)
    assert pc.act(voucher("I-2", "2000.00")).compensation["I-2"].status == "granted"


def test_d5_nobody_pays_themselves(pc):
    refusal = pc.refused(voucher("I-1", "5.00", payee=CLERK.person))
    assert refusal.code == "compensation_refused"
    assert set(refusal.values["why"]) == {"zh_CN", "en"}


@pytest.mark.parametrize("amount", ["0", "-5", "1.001", "NaN", "Infinity", "1E+11"])
def test_r8_an_amount_that_is_no_sum_of_yuan_is_refused(pc, amount):
    assert pc.refused(voucher("I-1", amount)).code == "amount_invalid"


def test_an_item_id_is_used_once(pc):
    pc.act(voucher("I-1", "5.00"))
    assert pc.refused(voucher("I-1", "6.00")).code == "item_exists"


def test_d5_nobody_approves_what_they_proposed_or_are_paid(pc):
    pc.act(voucher("I-1", "9000.00", payee=HEAD.person), SUPERVISOR)
    assert pc.refused(DecideApproval("I-1", YES), SUPERVISOR).code == "self_approval"
    assert pc.refused(DecideApproval("I-1", YES), HEAD).code == "payee_approves"


@pytest.mark.parametrize(
    ("amount", "actor", "may"),
    [
        ("2500.00", OTHER_CLERK, False),
        ("2500.00", LEGAL, False),
        ("2500.00", SUPERVISOR, True),
        ("2500.00", REGIONAL, True),
        ("2500.00", HEAD, True),
        ("5000.01", SUPERVISOR, False),
        ("5000.01", REGIONAL, False),
        ("5000.01", HEAD, True),
    ],
)
def test_r8_a_higher_money_authority_covers_a_lower_one(pc, amount, actor, may):
    pc.act(voucher("I-1", amount))
    if may:
        item = pc.act(DecideApproval("I-1", YES), actor).compensation["I-1"]
        assert (item.status, item.decided.actor) == ("approved", actor.person)
    else:
        assert pc.refused(DecideApproval("I-1", YES), actor).code == "approver_role"


def test_a_refusal_needs_a_reason_and_a_second_answer_is_refused(pc):
    pc.act(voucher("I-1", "2500.00"))
    assert pc.refused(DecideApproval("I-1", NO, " "), SUPERVISOR).code == "refusal_needs_reason"
    item = pc.act(DecideApproval("I-1", NO, "先换货"), SUPERVISOR).compensation["I-1"]
    assert (item.status, item.decision_reason) == ("refused", "先换货")
    second = pc.refused(DecideApproval("I-1", YES), HEAD)
    assert (second.code, second.values) == ("already_decided", {"status": "refused"})
    assert pc.refused(DecideApproval("I-9", YES), HEAD).code == "unknown_item"


def test_co_06_only_what_is_allowed_is_paid_and_only_once(pc):
    pc.act(voucher("I-1", "2500.00"))
    unpaid = pc.refused(PayCompensation("I-1"))
    assert (unpaid.code, unpaid.values) == ("not_granted", {"status": "pending"})
    pc.act(DecideApproval("I-1", YES), SUPERVISOR)
    assert pc.act(PayCompensation("I-1", "V-77")).compensation["I-1"].paid.actor == CLERK.person
    assert pc.refused(PayCompensation("I-1")).code == "already_paid"
    assert pc.refused(PayCompensation("I-9")).code == "unknown_item"


def test_co_02_the_written_report_follows_a_compensation(pc):
    assert pc.refused(FileWrittenReport("经过")).code == "nothing_to_report"
    pc.act(voucher("I-1", "5.00"))
    assert pc.refused(FileWrittenReport(" ")).code == "report_empty"
    state = pc.act(FileWrittenReport("经过"))
    assert [mark.actor for mark in state.written_reports] == [CLERK.person]


def test_a_closed_ticket_gives_nothing_more(pc):
    close(pc)
    assert pc.refused(voucher("I-1", "5.00")).code == "ticket_closed"


def test_d4_an_approval_after_a_merge_needs_the_authority_of_the_merged_sum(pc):
    other = second_pc(pc)
    pc.act(voucher("I-1", "3000.00"))
    other.act(voucher("I-2", "3000.00"), OTHER_CLERK)
    exchange(pc, other)
    pc.act(DecideApproval("I-1", YES), SUPERVISOR)
    refusal = pc.refused(DecideApproval("I-2", YES), SUPERVISOR)
    assert (refusal.code, refusal.values) == ("approver_role", {"role": "department_head"})
    assert pc.act(DecideApproval("I-2", YES), HEAD).anomalies == ()


def test_two_answers_at_once_keep_the_first_and_mark_the_second(pc):
    pc.act(voucher("I-1", "2500.00"))
    other = second_pc(pc)
    pc.act(DecideApproval("I-1", YES), SUPERVISOR)
    other.act(DecideApproval("I-1", NO, "太高"), HEAD)
    state = exchange(pc, other)
    assert state.compensation["I-1"].status == "approved"
    assert [a.code for a in state.anomalies] == ["double_decision"]


def test_paying_on_two_pcs_is_marked(pc):
    pc.act(voucher("I-1", "100.00"))
    other = second_pc(pc)
    for computer in (pc, other):
        computer.act(PayCompensation("I-1"))
    state = exchange(pc, other)
    assert state.compensation["I-1"].paid.event.chain == "A"
    assert [(a.code, a.values) for a in state.anomalies] == [("paid_twice", {"item": "I-1"})]


def test_paying_while_the_approval_is_refused_elsewhere_is_marked(pc):
    pc.act(voucher("I-1", "2500.00"))
    pc.write("compensation.paid", {"item": "I-1"})
    assert [a.code for a in pc.state.anomalies] == ["paid_without_grant"]
    assert pc.state.compensation["I-1"].paid is None


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "-5.00"},
        {"amount": "0.00"},
        {"amount": "1E+9"},
        {"amount": "1.005"},
        {"amount": 5},
        {"instrument": "gold"},
        {"ledger": "tips"},
        {"item": ""},
    ],
    ids=str,
)
def test_an_item_that_cannot_be_read_is_marked_and_blocks_nothing(pc, change):
    good = {"item": "I-9", "instrument": "voucher", "ledger": "goodwill", "amount": "5.00"}
    pc.write("compensation.proposed", {**good, "decision": "granted", **change})
    assert [a.code for a in pc.state.anomalies] == ["item_unreadable"]
    assert pc.act(voucher("I-1", "2000.00")).compensation["I-1"].status == "granted"


def test_an_item_id_that_arrives_twice_does_not_replace_the_first(pc):
    pc.act(voucher("I-1", "5.00"))
    data = {"item": "I-1", "instrument": "cash", "ledger": "goodwill", "amount": "999.00"}
    pc.write("compensation.proposed", {**data, "decision": "granted"})
    assert pc.state.compensation["I-1"].amount == Decimal("5.00")
    assert [a.code for a in pc.state.anomalies] == ["item_twice"]
