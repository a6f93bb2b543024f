"""Root causes: whys that go on, actions with owner, due date and evidence, a later verification."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from desktop.domain.events import Event, EventId
from desktop.domain.improvement import root_cause
from desktop.domain.improvement.blame import blames_a_person
from desktop.domain.improvement.effects import effect_weeks
from desktop.domain.improvement.root_cause import (
    AddBone,
    AnswerWhy,
    Command,
    Conclude,
    FinishAction,
    OpenCause,
    PlanAction,
    RootCause,
    VerifyAction,
)
from desktop.domain.outcomes import Accepted, Actor, Refusal

TODAY = date(2026, 8, 1)
MANAGER = Actor("P-boss", "supervisor")
OPEN = OpenCause("PQ-02|batch:2610A", "2026-07", ("S0217",), "QA-02", 6, "酸奶过期六件")


class Case:
    """Plays commands through decide and fold."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.today = TODAY
        self.actor = MANAGER

    @property
    def state(self) -> RootCause:
        return root_cause.fold("C1", reversed(self.events))

    def do(self, command: Command) -> str:
        decision = root_cause.decide(self.state, command, self.actor, self.today)
        if isinstance(decision, Refusal):
            return decision.code
        assert isinstance(decision, Accepted)
        for draft in decision.drafts:
            at = len(self.events) + 1
            moment = datetime(2026, 8, 1, tzinfo=UTC)
            self.events.append(
                Event(
                    EventId("c", at), "C1", draft.kind, at, {}, moment, None, self.actor.person,
                    "v", draft.data, dict(draft.personal),
                )
            )  # fmt: skip
        return "ok"


@pytest.fixture
def case() -> Case:
    made = Case()
    assert made.do(OPEN) == "ok"
    return made


@pytest.mark.parametrize(
    ("words", "blames"),
    [
        ("员工粗心", True),
        ("收银员疏忽大意没看日期", True),
        ("careless staff", True),
        ("员工粗心，因为交接流程没有双人检查", False),
        ("冷链温度没有记录", False),
        ("No check in the receiving procedure, so a careless entry passed", False),
    ],
)
def test_a_cause_that_stops_at_a_careless_person_is_known(words: str, *, blames: bool) -> None:
    """QA-03: it cannot stop at 员工粗心; naming what let it happen is fine."""
    assert blames_a_person(words) is blames


def test_five_whys_in_order_and_a_conclusion_about_the_system(case: Case) -> None:
    """QA-03."""
    assert case.do(AnswerWhy(2, "没有人检查")) == "cause_why_order"
    assert case.do(AnswerWhy(1, "货架上有过期酸奶")) == "ok"
    assert case.do(Conclude("临期检查制度缺失")) == "cause_whys_few"
    assert case.do(AnswerWhy(2, "员工粗心")) == "ok"
    assert case.do(AnswerWhy(3, "临期表每周才打印一次")) == "ok"
    assert case.do(Conclude("员工粗心")) == "cause_blames"
    assert case.do(Conclude("临期检查制度只有每周一次")) == "ok"
    assert case.state.concluded is not None
    assert list(case.state.whys) == [1, 2, 3]
    with pytest.raises(ValueError, match="no why number 6"):
        case.do(AnswerWhy(6, "x"))


def test_the_fishbone_has_six_ribs(case: Case) -> None:
    """QA-04: 人机料法环测."""
    assert len(root_cause.RIBS) == 6
    for rib in root_cause.RIBS:
        assert case.do(AddBone(rib, f"原因 {rib}")) == "ok"
    assert [rib for rib, _ in case.state.bones] == list(root_cause.RIBS)
    assert case.do(AddBone("people", " ")) == "cause_empty"


def test_an_action_needs_owner_date_evidence_and_a_verification_by_another(case: Case) -> None:
    """QA-06."""
    due = TODAY + timedelta(days=30)
    assert case.do(PlanAction("A1", "每日临期检查", "", due)) == "action_owner"
    assert case.do(PlanAction("A1", "每日临期检查", "P-lin", TODAY - timedelta(1))) == "action_due"
    assert case.do(PlanAction("A1", "每日临期检查", "P-lin", due)) == "ok"
    assert case.state.actions["A1"].state(due + timedelta(1)) == "overdue"
    assert case.do(FinishAction("A1", TODAY, " ")) == "action_evidence"
    assert case.do(FinishAction("A1", TODAY + timedelta(1), "照片")) == "action_future"
    assert case.do(FinishAction("A1", TODAY, "检查表 0801")) == "ok"
    assert case.do(VerifyAction("A1", "effective", "降了")) == "action_early"
    case.today = TODAY + timedelta(days=30)
    case.actor = Actor("P-lin", "supervisor")
    assert case.do(VerifyAction("A1", "effective", "降了")) == "action_self"
    case.actor = MANAGER
    assert case.do(VerifyAction("A1", "effective", "同类 6 件降到 1 件")) == "ok"
    assert case.state.actions["A1"].state(case.today) == "verified"
    assert case.do(VerifyAction("A1", "effective", "再来")) == "action_verified"


def test_a_file_proves_an_action_by_its_hash(case: Case) -> None:
    """QA-06: a file is evidence by itself; a reference may stand beside it."""
    case.do(PlanAction("A1", "早班查验日期", "P-shift", TODAY + timedelta(days=5)))
    proof = FinishAction("A1", TODAY, "", attachment="ab" * 32, file="巡检表.jpg")
    assert case.do(proof) == "ok"
    action = case.state.actions["A1"]
    assert (action.attachment, action.file, action.evidence) == ("ab" * 32, "巡检表.jpg", "")
    assert action.state(TODAY) == "done"


def test_the_quarterly_verification_is_asked_for_once_it_can_be_judged(case: Case) -> None:
    """QA-06: from the 30th day after the effect until it is verified, to be done by the 90th."""
    case.do(PlanAction("A1", "早班查验日期", "P-shift", TODAY + timedelta(days=5)))
    assert case.state.actions["A1"].to_verify(TODAY + timedelta(days=400)) is None
    case.do(FinishAction("A1", TODAY, "检查表 0801"))
    action = case.state.actions["A1"]
    assert action.to_verify(TODAY + timedelta(days=29)) is None
    for days in (30, 90, 200):
        assert action.to_verify(TODAY + timedelta(days=days)) == TODAY + timedelta(days=90)
    case.today = TODAY + timedelta(days=31)
    assert case.do(VerifyAction("A1", "effective", "同类件数下降")) == "ok"
    assert case.state.actions["A1"].to_verify(case.today) is None


def test_a_clerk_does_not_work_on_causes_and_the_first_opening_counts(case: Case) -> None:
    case.actor = Actor("P-c", "clerk")
    assert case.do(AnswerWhy(1, "x")) == "cause_role"
    case.actor = MANAGER
    assert case.do(OPEN) == "ok"
    assert len(case.events) == 1
    empty = Case()
    assert empty.do(AnswerWhy(1, "x")) == "cause_unknown"


def test_weeks_are_counted_around_the_day_of_effect() -> None:
    """AN-19: before and after."""
    day = date(2026, 8, 3)
    days = [day - timedelta(1), day, day + timedelta(6), day + timedelta(7), day - timedelta(400)]
    weeks, at = effect_weeks(days, day)
    assert weeks[at - 1 : at + 2] == (1, 2, 1)
    assert sum(weeks) == 4
