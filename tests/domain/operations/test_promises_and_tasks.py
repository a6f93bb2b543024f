"""Promises, legal opinions and the tasks that codes set off."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from desktop.domain import deadlines, facts
from desktop.domain.operations.answer_task import AnswerTask, OpenTask
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.record_legal_opinion import RecordLegalOpinion
from desktop.domain.operations.record_promise import (
    ExplainPromise,
    KeepPromise,
    RecordPromise,
)
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Accepted
from desktop.domain.repairs import repair_row
from tests.domain.history import CLERK, LEGAL, SUPERVISOR, voucher
from tests.domain.walking import prepare, walk_to


@pytest.mark.parametrize(("amount", "over"), [("2000.00", False), ("2000.01", True)])
def test_co_08_a_promise_above_authority_is_kept_and_flagged(pc, amount, over):
    pc.act(RecordPromise("P-1", "补偿代金券", Decimal(amount)))
    assert pc.state.promises["P-1"].over_authority is over
    codes = [a.code for a in pc.state.anomalies]
    assert codes == (["promise_over_authority"] if over else [])


def test_co_08_earlier_goodwill_counts_for_a_promise_too(pc):
    pc.act(voucher("I-1", "1900.00"))
    pc.act(RecordPromise("P-1", "再补偿", Decimal("100.01")))
    assert pc.state.promises["P-1"].over_authority


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "promise_empty"),
        ({"amount": None}, "promise_vague"),
        ({"amount": Decimal("0.001")}, "amount_invalid"),
        ({"amount": Decimal(10) ** 10}, "amount_invalid"),
    ],
)
def test_co_08_a_promise_has_words_and_an_amount_or_a_time(pc, changes, code):
    wanted = {"promise": "P-1", "text": "三天内换新", "amount": Decimal("5"), **changes}
    assert pc.refused(RecordPromise(**wanted)).code == code


def test_co_08_a_promised_time_is_a_clock_until_it_is_kept(pc):
    assert pc.refused(RecordPromise("P-1", "回电", due=pc.now)).code == "promise_past"
    pc.act(RecordPromise("P-1", "三天内换新", due=pc.now + timedelta(days=3)))

    def promise():
        found = deadlines.of_ticket(pc.state, pc.context(CLERK))
        return next(d for d in found if d.clock.name == "promise")

    assert promise().clock.due == pc.now + timedelta(days=3)
    pc.wait(80)
    assert promise().overdue
    pc.act(KeepPromise("P-1"))
    assert promise().done_at == pc.now
    assert pc.decide(KeepPromise("P-1")) == Accepted(())
    assert pc.refused(KeepPromise("P-9")).code == "promise_unknown"
    assert pc.refused(RecordPromise("P-1", "又一次", Decimal(1))).code == "promise_known"


def test_cl_10_only_legal_gives_an_opinion_and_its_last_word_counts(pc):
    pc.act(ClassifyTicket("RL-09", 3))
    may = RecordLegalOpinion("未违规收集", may_close=True)
    assert pc.refused(may, SUPERVISOR).code == "opinion_role"
    assert pc.refused(RecordLegalOpinion(" ", True), LEGAL).code == "opinion_empty"
    known = facts.of_ticket(pc.state, pc.context(CLERK))
    assert known["has_legal_opinion"] is False
    pc.act(may, LEGAL)
    assert facts.of_ticket(pc.state, pc.context(CLERK))["has_legal_opinion"] is True
    pc.act(RecordLegalOpinion("先停止收集", may_close=False), LEGAL)
    pc.act(AttachEvidence("ee" * 32, "application/pdf", 1, "legal_opinion", "旧意见.pdf"))
    assert facts.of_ticket(pc.state, pc.context(CLERK))["has_legal_opinion"] is False


def test_cl_07_pq_03_opens_a_quality_trace_once(pc):
    pc.act(ClassifyTicket("PQ-03", 3))
    task = pc.state.tasks["quality_trace"]
    assert (task.cause, task.answered) == ("PQ-03", None)
    before = len(pc.events)
    pc.act(ClassifyTicket("PQ-03", 2))
    assert [e.kind for e in pc.events[before:]] == ["ticket.classified"]


def test_cl_09_td_07_waits_for_finance_and_marketing(pc):
    walk_to(pc, "archive")
    pc.act(ClassifyTicket("TD-07", 3))
    prepare(pc, "archive")
    refusal = pc.refused(CompleteStep("archive"))
    assert "财务" in refusal.values["missing"][-1]["zh_CN"]
    answer = AnswerTask("finance_marketing_check", "confirmed", "券码有效，门店误拒")
    assert pc.refused(answer, CLERK).code == "task_role"
    assert pc.refused(AnswerTask("finance_marketing_check", "", " "), SUPERVISOR).code == (
        "task_answer_empty"
    )
    pc.act(answer, SUPERVISOR)
    assert pc.refused(answer, SUPERVISOR).code == "task_not_open"
    assert pc.act(CompleteStep("archive")).closed


def test_cl_09_another_code_no_longer_waits_for_that_check(pc):
    walk_to(pc, "archive")
    pc.act(ClassifyTicket("TD-07", 3))
    pc.act(ClassifyTicket("SP-12", 3))
    prepare(pc, "archive")
    assert pc.act(CompleteStep("archive")).closed


def test_qa_02_a_root_cause_task_is_opened_once(pc):
    pc.act(OpenTask("root_cause", "QA-02"))
    assert pc.decide(OpenTask("root_cause", "QA-02")) == Accepted(())
    assert pc.state.tasks["root_cause"].cause == "QA-02"


def test_cl_08_a_late_repair_is_a_row_of_the_departments_table(pc):
    pc.act(ClassifyTicket("SP-12", 3))
    assert repair_row(pc.state, pc.context(CLERK)) is None
    pc.act(CorrectTicket({"repair_promised_at": "2026-11-14"}))
    assert repair_row(pc.state, pc.context(CLERK)).late == timedelta(days=2)
    pc.act(CorrectTicket({"repair_done_at": "2026-11-15"}))
    row = repair_row(pc.state, pc.context(CLERK))
    assert (row.done, row.late) == (date(2026, 11, 15), timedelta(days=1))
    pc.act(ClassifyTicket("PQ-03", 3))
    assert repair_row(pc.state, pc.context(CLERK)) is None


def test_cl_08_a_late_repair_closes_with_its_dates_or_the_reason(pc):
    walk_to(pc, "archive")
    pc.act(TickCheck("archive", "complete", True))
    blocked = pc.refused(CompleteStep("archive")).values["missing"]
    assert any("承诺修复日期" in text["zh_CN"] for text in blocked)
    pc.act(CorrectTicket({"repair_promised_at": "2026-11-14"}))
    assert pc.refused(CompleteStep("archive")).code == "step_blocked"
    pc.act(CorrectTicket({"repair_unknown": "维修点已停业"}))
    assert pc.act(CompleteStep("archive")).closed


def test_co_08_an_open_promise_keeps_the_complaint_open_until_kept_or_explained(pc):
    pc.act(RecordPromise("P-1", "三天内换新", due=pc.now + timedelta(days=3)))
    pc.act(RecordPromise("P-2", "再补一张券", Decimal("50.00")))
    walk_to(pc, "archive")
    prepare(pc, "archive")
    assert pc.refused(CompleteStep("archive")).code == "step_blocked"
    pc.act(KeepPromise("P-1"))
    assert pc.refused(CompleteStep("archive")).code == "step_blocked"
    assert pc.refused(ExplainPromise("P-2", " ")).code == "promise_needs_reason"
    assert pc.refused(ExplainPromise("P-1", "缺货")).code == "promise_unknown"
    pc.act(ExplainPromise("P-2", "顾客改要现货"))
    promise = pc.state.promises["P-2"]
    assert (promise.open, promise.excuse) == (False, "顾客改要现货")
    assert pc.act(CompleteStep("archive")).closed


def test_a_typed_deadline_has_its_title_from_the_pack_in_both_languages(pc):
    pc.act(RecordPromise("P-1", "回电", due=pc.now + timedelta(hours=3)))
    titles = pc.policy.clock_titles
    assert {"external_reply", "hearing", "promise"} <= titles.keys()
    for deadline in deadlines.of_ticket(pc.state, pc.context(CLERK)):
        title = titles[deadline.clock.name]
        assert title["zh_CN"] != deadline.clock.name
        assert title["en"]
