"""Commands on the real store: decided and saved in one, a refusal writes nothing."""

from decimal import Decimal

import pytest

from desktop.domain import fold
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.handling import Done
from tests.services.desk_kit import PASSWORD


@pytest.fixture
def ticket(desk) -> str:
    fields = {"verbatim": "送货迟了三天", "emotion": 2, "expectation": "道歉"}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    return row.stream


def test_a_command_is_saved_under_the_name_time_and_policy_of_who_gave_it(desk, clock, ticket):
    clock.wait(minutes=5)
    outcome = desk.use_cases.handling.execute(ticket, AddComment("已致电"), desk.actor())
    assert isinstance(outcome, Done)
    assert outcome.changed == 1
    event = desk.use_cases.journal.events(ticket)[-1]
    assert (event.actor, event.at, event.policy) == (
        desk.person.id,
        clock.now(),
        desk.policy.version,
    )


def test_the_answered_state_is_the_fold_of_what_was_saved(desk, ticket):
    for command in (ClassifyTicket("SP-12", 2), CorrectTicket({"sku": "AX-1"}), AddComment("x")):
        state = desk.act(ticket, command)
        assert state == fold.fold(ticket, desk.use_cases.journal.events(ticket))


@pytest.mark.parametrize("command", [AddComment(" "), CompleteStep("archive")])
def test_a_refusal_writes_nothing(desk, ticket, command):
    before = list(desk.use_cases.journal.events(ticket))
    assert isinstance(desk.act(ticket, command), Refusal)
    assert list(desk.use_cases.journal.events(ticket)) == before


def test_a_command_that_changes_nothing_writes_nothing(desk, ticket):
    before = list(desk.use_cases.journal.events(ticket))
    outcome = desk.use_cases.handling.execute(ticket, CorrectTicket({"emotion": 2}), desk.actor())
    assert outcome.changed == 0
    assert list(desk.use_cases.journal.events(ticket)) == before


def test_a_ticket_that_does_not_exist_is_refused(desk):
    assert desk.act("T-none", AddComment("x")) == Refusal("no_such_ticket", {"ticket": "T-none"})


def test_an_approver_logs_in_at_the_same_pc(desk, ticket):
    desk.add_person("li", "李静", "clerk", PASSWORD)
    desk.log_in("li", PASSWORD)
    wanted = desk.new_compensation("voucher", "goodwill", Decimal("2000.01"), "customer", "延误")
    preview = desk.preview(ticket, "voucher", "goodwill", Decimal("2000.01"), "customer")
    assert (preview.decision, preview.approver) == ("needs_approval", "supervisor")
    state = desk.act(ticket, wanted)
    assert state.compensation[wanted.item].status == "pending"
    assert desk.act(ticket, DecideApproval(wanted.item, True)) == Refusal("self_approval")
    assert [row.stream for row in desk.use_cases.queries.awaiting_approval()] == [ticket]
    desk.log_in("wang", PASSWORD)
    state = desk.act(ticket, DecideApproval(wanted.item, True))
    assert state.compensation[wanted.item].status == "approved"
    assert list(desk.use_cases.queries.awaiting_approval()) == []


def test_nobody_acts_while_the_desk_is_locked(desk, ticket):
    desk.log_out()
    with pytest.raises(PermissionError):
        desk.act(ticket, AddComment("x"))


def test_a_ticket_is_judged_in_the_stores_zone_and_hours(desk):
    context = desk.use_cases.handling.context(Actor("P-x", "clerk"), desk.policy)
    assert context.timezone == "Asia/Shanghai"
    assert set(context.hours) == {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
