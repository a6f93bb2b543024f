"""How one complaint lives: who does what, and how long after the step before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from desktop.domain.commands import Command
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.rate_experience import RateExperience
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.domain.outcomes import Role
from desktop.seeding.stories import Story


@dataclass(frozen=True, slots=True)
class Advance:
    """Work through the step cards until one of `until` is in hand, or the ticket is closed.

    The flows name their steps differently: what is looked into is goods, a sample or evidence.
    """

    until: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person in `role` does `after` the one before."""

    after: timedelta
    role: Role
    does: Command | Advance


def life(story: Story, rng: Random, new_id: Callable[[str], str], may_rest: bool) -> Iterator[Act]:
    """Yield the acts that follow the opening of a complaint, in order.

    Most are settled within their limits. Where it `may_rest`, some wait for an approver and a few
    for somebody to act, so that every list of the desk has something true to show.
    """
    minutes = _minutes(rng)
    at_counter = story.channel == "walk_in"
    if at_counter:
        yield Act(minutes(1, 12), "clerk", ContactCustomer("first_response", "counter"))
    yield Act(minutes(2, 15), "clerk", Advance(("classify",)))
    yield from _classified(story)
    if not at_counter:
        yield Act(minutes(5, 70), "clerk", ContactCustomer("first_response", "phone"))
    if story.level == 4:
        yield Act(minutes(30, 900), "clerk", RecordSolution("已记录建议并向顾客致谢。"))
        yield Act(minutes(1, 240), "supervisor", Advance())
        return
    if may_rest and rng.random() < 0.25:
        return
    yield Act(minutes(20, 600), "clerk", Advance(("propose", "choice")))
    if rng.random() < 0.5:
        yield Act(minutes(60, 900), "clerk", ContactCustomer("interim_feedback", "phone"))
    yield from _compensated(story, rng, new_id, may_rest)
    yield from _ended(story, rng)


def _minutes(rng: Random) -> Callable[[int, int], timedelta]:
    return lambda low, high: timedelta(minutes=rng.randint(low, high))


def _classified(story: Story) -> Iterator[Act]:
    if story.code.startswith("PQ"):
        facts = {"sku": story.sku, "batch": story.batch}
        yield Act(timedelta(minutes=1), "clerk", CorrectTicket(facts))
    yield Act(timedelta(minutes=1), "clerk", ClassifyTicket(story.code, story.level))
    if story.level < 4:
        yield Act(timedelta(minutes=1), "clerk", Advance(("verify", "goods", "sample")))


def _compensated(
    story: Story, rng: Random, new_id: Callable[[str], str], may_rest: bool
) -> Iterator[Act]:
    minutes = _minutes(rng)
    kind = rng.choices(("none", "voucher", "refund", "large"), (35, 40, 20, 5))[0]
    if kind == "none":
        return
    item = new_id("I")
    amount = Decimal(rng.randrange(2, 40) * 10)
    if kind == "large":
        amount = Decimal(rng.randrange(22, 48) * 100)
    ledger = "refund" if kind == "refund" else "goodwill"
    instrument = "refund" if kind == "refund" else "voucher"
    propose = ProposeCompensation(item, instrument, ledger, amount, reason=story.wants)
    yield Act(minutes(5, 240), "clerk", propose)
    if kind != "voucher":
        if may_rest and rng.random() < 0.6:
            return
        yield Act(minutes(10, 300), "supervisor", DecideApproval(item, approved=True))
    yield Act(minutes(5, 300), "clerk", PayCompensation(item))
    if kind == "voucher":
        report = FileWrittenReport(f"为安抚顾客当场给予代金券{amount}元，原因：{story.wants}。")
        yield Act(minutes(60, 1500), "clerk", report)


def _ended(story: Story, rng: Random) -> Iterator[Act]:
    minutes = _minutes(rng)
    sorry = rng.choice(("非常抱歉给您添了麻烦，", "抱歉，", ""))
    when = rng.choice(("三天内办妥", "今天办妥", ""))
    words = f"{sorry}已与顾客达成一致：{story.wants}。{when}"
    yield Act(minutes(10, 600), "clerk", RecordSolution(words))
    yield Act(minutes(1, 10), "clerk", Advance(("sign",)))
    how = "paper" if rng.random() < 0.8 else "declined"
    yield Act(minutes(1, 60), "clerk", SignSettlement(how))
    yield Act(minutes(1, 5), "clerk", Advance(("callback",)))
    yield from _surveyed(rng)
    yield Act(minutes(1, 240), "supervisor", Advance())


def _surveyed(rng: Random) -> Iterator[Act]:
    outcome = rng.choices(("answered", "refused", "unreachable"), (82, 8, 10))[0]
    if outcome == "answered":
        score = rng.choices((3, 4, 5), (8, 38, 54))[0]
        yield Act(timedelta(hours=rng.randint(4, 44)), "clerk", RecordSurvey(outcome, score))
        if rng.random() < 0.7:
            nps = min(10, max(0, score * 2 + rng.choice((-1, 0, 0, 1))))
            ces = min(7, max(1, score + rng.choice((0, 1, 2))))
            yield Act(timedelta(minutes=1), "clerk", RateExperience(nps, ces))
        return
    tries = 3 if outcome == "unreachable" else 1
    for _ in range(tries):
        yield Act(timedelta(hours=rng.randint(3, 14)), "clerk", RecordSurvey(outcome))
