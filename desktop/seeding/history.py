"""Plays many complaints through the real use cases, in the order of their times (`amends seed`)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Final
from zlib import crc32

from desktop.domain import repairs
from desktop.domain.operations import answer_task, complete_step
from desktop.domain.operations.answer_task import AnswerTask
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Actor, Context, Refusal, Role
from desktop.seeding.lives import Act, Advance, life
from desktop.seeding.quick import QuickHandling
from desktop.seeding.stories import Stories, Story
from desktop.services.intake import Intake, NewComplaint
from desktop.services.ports import Ids, Journal, JournalWriter

Progress = Callable[[int, int], None]
#: Acts saved together; small enough that a stopped run loses seconds, large enough to be quick.
BATCH = 200
#: Complaints played to their end in one transaction.
WHOLE_BATCH = 500
#: Seeded complaints carry no pictures and no laboratory's report: their step cards say so.
_NO_EVIDENCE = frozenset({"none_available", "not_possible"})
#: How many complaints come at 9, 10 … 20 o'clock in Shanghai (1 … 12 UTC).
_WEEKDAY: Final = (3, 6, 8, 9, 6, 5, 5, 6, 8, 12, 14, 9)
_WEEKEND: Final = (4, 8, 12, 12, 10, 10, 11, 12, 11, 12, 11, 7)
#: Only complaints this fresh may wait for somebody; older ones were dealt with.
RECENT = timedelta(days=3)
#: Why complaints close late, each about as often as it stands here.
_LATE_REASONS: Final = (
    *("顾客改约时间", "顾客改约时间", "顾客暂时联系不上", "等待厂家检测报告"),
    *("配件到货延迟", "顾客需要时间考虑方案", "等待财务打款"),
)


@dataclass(slots=True)
class PlayedClock:
    """A clock that shows the time of the act in hand."""

    at: datetime

    def now(self) -> datetime:
        """Return the time of the act in hand."""
        return self.at


@dataclass(order=True, slots=True)
class _Due:
    at: datetime
    order: int
    run: Callable[[JournalWriter], None] = field(compare=False)


class History:
    """Plays complaints up to `until`; what would happen later is left undone."""

    def __init__(
        self,
        journal: Journal,
        handling: QuickHandling,
        intake: Intake,
        ids: Ids,
        clock: PlayedClock,
        actors: dict[Role, list[Actor]],
        rng: Random,
    ) -> None:
        self._journal = journal
        self._handling = handling
        self._intake = intake
        self._ids = ids
        self._clock = clock
        self._actors = actors
        self._rng = rng
        self._stories = Stories()
        self._due: list[_Due] = []
        self._order = count()
        self._until = clock.at
        self._surge = ""

    def play(
        self, tickets: int, since: datetime, until: datetime, progress: Progress | None = None
    ) -> int:
        """Open `tickets` complaints between `since` and `until`; return how many opened."""
        for at in self._openings(tickets, since, until):
            self._plan(at, self._open)
        opened = 0
        while self._due and self._due[0].at < until:
            with self._journal.write() as writer:
                for _ in range(BATCH):
                    if not self._due or self._due[0].at >= until:
                        break
                    due = heapq.heappop(self._due)
                    self._clock.at = due.at
                    due.run(writer)
                    opened += due.run == self._open
            if progress:
                progress(opened, tickets)
        return opened

    def play_whole(
        self, tickets: int, since: datetime, until: datetime, progress: Progress | None = None
    ) -> int:
        """Do the same one complaint after the other, each to its end, many in a transaction.

        Quicker by far, since each is projected once; lives overlap in time as they do otherwise.
        """
        openings = self._openings(tickets, since, until)
        opened = 0
        while openings:
            batch, openings = openings[:WHOLE_BATCH], openings[WHOLE_BATCH:]
            with self._journal.write() as writer:
                for at in batch:
                    self._plan(at, self._open)
                    while self._due:
                        due = heapq.heappop(self._due)
                        if due.at < until:
                            self._clock.at = due.at
                            due.run(writer)
                self._handling.forget()
            opened += len(batch)
            if progress:
                progress(opened, tickets)
        return opened

    def _openings(self, tickets: int, since: datetime, until: datetime) -> list[datetime]:
        self._until = until
        last = until.replace(day=1) - timedelta(days=1)
        self._surge = f"{last:%Y-%m}"
        span = (until - since).total_seconds()
        times = (
            _busy_hour(since + timedelta(seconds=self._rng.random() * span), self._rng)
            for _ in range(tickets)
        )
        return sorted(min(at, until - timedelta(minutes=1)) for at in times)

    def _plan(self, at: datetime, run: Callable[[JournalWriter], None]) -> None:
        heapq.heappush(self._due, _Due(at, next(self._order), run))

    def _actor(self, role: Role) -> Actor:
        return self._rng.choice(self._actors[role])

    def _open(self, writer: JournalWriter) -> None:
        story = self._stories.draw(self._rng, self._clock.at.date(), self._surge)
        clerk = self._actor("clerk")
        opened = self._intake.open_in(writer, _complaint(story, self._clock.at), (), clerk)
        if isinstance(opened, Refusal):
            raise RuntimeError(f"a seeded complaint was refused: {opened.code}")
        may_rest = self._until - self._clock.at < RECENT
        acts = life(story, self._rng, self._ids.new_id, may_rest)
        self._plan_next(opened.ticket, clerk, acts)

    def _plan_next(self, ticket: str, clerk: Actor, acts: Iterator[Act]) -> None:
        act = next(acts, None)
        if act is None:
            return
        actor = clerk if act.role == "clerk" else self._actor(act.role)

        def run(writer: JournalWriter) -> None:
            if self._carry_out(writer, ticket, actor, act):
                self._plan_next(ticket, clerk, acts)

        self._plan(_in_opening_hours(self._clock.at + act.after), run)

    def _carry_out(self, writer: JournalWriter, ticket: str, actor: Actor, act: Act) -> bool:
        """Do one act; False when the rules refuse it and the complaint rests as it is."""
        if isinstance(act.does, Advance):
            return self._advance(writer, ticket, actor, act.does.until)
        outcome = self._handling.execute_in(writer, ticket, act.does, actor)
        return not isinstance(outcome, Refusal)

    def _advance(
        self, writer: JournalWriter, ticket: str, actor: Actor, until: tuple[str, ...]
    ) -> bool:
        while True:
            state = self._handling.state_in(writer, ticket)
            context = self._handling.context(actor, self._handling.policy_of(state))
            step = None if state.closed else complete_step.step_in_hand(state, context)
            if step is None or step.id in until:
                return True
            for task in answer_task.blocking(state, context.policy):
                answer = AnswerTask(task.kind, "confirmed", "财务与营销数据核对一致。")
                self._handling.execute_in(writer, ticket, answer, self._actors["supervisor"][0])
            if step.node == "closed" and repairs.dates_missing(state, context):
                self._handling.execute_in(writer, ticket, _repaired(context), actor)
            done = state.checks_done(step.id)
            for check in step.do:
                if (check.required or check.id in _NO_EVIDENCE) and check.id not in done:
                    tick = TickCheck(step.id, check.id, done=True)
                    self._handling.execute_in(writer, ticket, tick, actor)
            late = _late_reason(state.number) if step.node == "closed" else ""
            command = CompleteStep(step.id, overdue_reason=late)
            if isinstance(self._handling.execute_in(writer, ticket, command, actor), Refusal):
                return False


def _late_reason(number: str) -> str:
    """Return why a complaint closed late, by its number, so that no draw of the others moves."""
    return _LATE_REASONS[crc32(number.encode()) % len(_LATE_REASONS)]


def _repaired(context: Context) -> CorrectTicket:
    """The days of a late repair, as its complaint tells them in the end (CL-08)."""
    done = context.now.date() - timedelta(days=1)
    promised = done - timedelta(days=5)
    return CorrectTicket(
        {"repair_promised_at": promised.isoformat(), "repair_done_at": done.isoformat()}
    )


def _complaint(story: Story, at: datetime) -> NewComplaint:
    walked_in = story.channel == "walk_in"
    return NewComplaint(
        channel=story.channel,
        fields={
            "customer_name": story.customer,
            "phone": story.phone,
            "product": story.product,
            "receipt_no": story.receipt_no,
            "amount": format(story.price, ".2f"),
            "verbatim": story.words,
            "expectation": story.wants,
            "emotion": story.emotion,
            "tier": "vip" if story.vip else "ordinary",
        },
        arrived_at=at - timedelta(minutes=4) if walked_in else None,
    )


def _busy_hour(at: datetime, rng: Random) -> datetime:
    """Move an opening to an hour that customers come at: noon and after work, weekends longer."""
    weights = _WEEKEND if at.weekday() >= 5 else _WEEKDAY
    hour = rng.choices(range(1, 13), weights)[0]
    return at.replace(hour=hour, minute=rng.randrange(60))


def _in_opening_hours(at: datetime) -> datetime:
    """Move a moment at night to the next morning; 01:00–13:00 UTC is 9 to 21 in Shanghai."""
    if at.hour >= 13:
        return at.replace(hour=1, minute=at.minute, second=at.second) + timedelta(days=1)
    return at if at.hour >= 1 else at.replace(hour=1)
