"""What conditions may ask: every fact of the list, of its type, and true to the ticket."""

from desktop.domain import deadlines, facts
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.policy import FACTS
from tests.domain.history import SUPERVISOR, Pc, exchange, opening, second_pc, voucher
from tests.domain.walking import close


def test_every_fact_that_a_condition_may_name_is_given_with_its_type(pc, ask):
    for state in (pc.state, _closed(pc)):
        known = facts.of_ticket(state, ask())
        assert {name: type(value) for name, value in known.items()} == dict(FACTS)


def _closed(pc):
    close(pc)
    return pc.state


def test_a_new_complaint_knows_little(pc, ask):
    known = facts.of_ticket(pc.state, ask())
    expected = {"level": 0, "level_set": False, "code": "", "code_set": False, "family": ""}
    expected |= {"emotion": 3, "verbatim_recorded": True, "expectation_recorded": True}
    expected |= {"owner_set": True, "anonymous": False, "evidence_count": 0, "checks": []}
    expected |= {"pending_approvals": 0, "granted_unpaid": 0, "contacted": False}
    assert {name: known[name] for name in expected} == expected


def test_classification_brings_family_and_class_from_the_pack(pc, ask):
    pc.act(ClassifyTicket("PQ-03", 2))
    known = facts.of_ticket(pc.state, ask())
    code = pc.policy.codes["PQ-03"]
    assert (known["code"], known["level"], known["family"]) == ("PQ-03", 2, "PQ")
    assert known["class"] == (code.class_ or "")


def test_money_is_counted_by_ledger(pc, ask):
    pc.act(voucher("I-1", "700.50"))
    pc.act(voucher("I-2", "300.00", instrument="refund", ledger="refund"), SUPERVISOR)
    pc.act(voucher("I-3", "1000.00", ledger="statutory"))
    known = facts.of_ticket(pc.state, ask())
    totals = [known[f"{ledger}_total"] for ledger in ("goodwill", "refund", "statutory")]
    assert totals == [700.5, 300.0, 1000.0]
    assert (known["pending_approvals"], known["granted_unpaid"]) == (1, 2)
    assert known["complexity"] == "complex"
    pc.act(PayCompensation("I-1"))
    assert facts.of_ticket(pc.state, ask())["granted_unpaid"] == 1


def test_co_02_the_frontlines_grant_makes_a_written_report_due(pc, ask):
    pc.act(voucher("I-1", "50.00"), SUPERVISOR)
    assert facts.of_ticket(pc.state, ask())["written_report_due"] is False
    pc.act(voucher("I-2", "50.00"))
    assert facts.of_ticket(pc.state, ask())["written_report_due"] is True
    pc.act(FileWrittenReport("经过"))
    assert facts.of_ticket(pc.state, ask())["written_report_due"] is False


def test_co_02_a_further_grant_makes_a_further_report_due(pc, ask):
    pc.act(voucher("I-1", "50.00"))
    pc.act(FileWrittenReport("经过"))
    pc.wait(1)
    pc.act(voucher("I-2", "60.00"))
    assert facts.of_ticket(pc.state, ask())["written_report_due"] is True
    found = {d.clock.name: d for d in deadlines.of_ticket(pc.state, ask())}
    report = found["written_report"]
    assert report.done_at is None
    assert report.clock.started_at == pc.state.compensation["I-2"].proposed.at
    pc.act(FileWrittenReport("补充经过"))
    assert facts.of_ticket(pc.state, ask())["written_report_due"] is False


def test_checks_evidence_contacts_and_traces(pc, ask):
    pc.act(TickCheck("calm", "safe", True))
    pc.act(TickCheck("record", "receipt", True))
    pc.act(TickCheck("record", "receipt", False))
    pc.act(AttachEvidence("ee" * 32, "application/pdf", 1, "legal_opinion", "意见.pdf"))
    pc.act(ContactCustomer("inquiry", "phone", reached=False))
    pc.act(CorrectTicket({"sku": "AX-1", "batch": "7", "tier": "vip"}))
    known = facts.of_ticket(pc.state, ask())
    assert known["checks"] == ["calm.safe"]
    assert (known["evidence_count"], known["has_legal_opinion"]) == (1, True)
    assert known["contacted"] is False
    assert (known["has_sku"], known["has_batch"], known["tier"]) == (True, True, "vip")


def test_a_check_counts_only_when_it_was_truly_ticked(pc, ask):
    pc.write("ticket.corrected", {"fields": {"check:calm.safe": "yes"}})
    assert facts.of_ticket(pc.state, ask())["checks"] == []


def test_nobody_left_a_name_or_a_number(policy, ask):
    pc = Pc("A", policy)
    pc.act(opening(fields={"customer_name": None, "phone": None}))
    assert facts.of_ticket(pc.state, ask())["anonymous"] is True


def test_conflicts_are_counted(pc, ask):
    other = second_pc(pc)
    pc.act(CorrectTicket({"sku": "1", "batch": "1"}))
    other.act(CorrectTicket({"sku": "2", "batch": "2"}))
    assert facts.of_ticket(exchange(pc, other), ask())["conflicts"] == 2


def test_fl_11_overdue_is_about_the_solution(pc, ask):
    pc.act(ClassifyTicket("SP-12", 3))
    soon = ask(now=pc.now)
    pc.wait(24 * 20)
    late = ask(now=pc.now)
    assert facts.of_ticket(pc.state, soon)["overdue"] is False
    known = facts.of_ticket(pc.state, late, "等待配件")
    assert (known["overdue"], known["overdue_reason"]) == (True, "等待配件")
