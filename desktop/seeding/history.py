"""Plays many complaints through the real use cases, in the order of their times (`amends seed`)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from desktop.domain import fold
from desktop.domain.operations import answer_task, complete_step
from desktop.domain.operations.answer_task import AnswerTask
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.seeding.lives import Act, Advance, life
from desktop.seeding.stories import Stories, Story
from desktop.services.handling import Handling
from desktop.services.intake import Intake, NewComplaint
from desktop.services.ports import Ids, Journal, JournalWriter

Progress = Callable[[int, int], None]
#: Acts saved together; small enough that a stopped run loses seconds, large enough to be quick.
BATCH = 200
#: Seeded complaints carry no pictures and no laboratory's report: their step cards say so.
_NO_EVIDENCE = frozenset({"none_available", "not_possible"})
#: Only complaints this fresh may wait for somebody; older ones were dealt with.
RECENT = timedelta(days=3)


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
        handling: Handling,
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

    def play(
        self, tickets: int, since: datetime, until: datetime, progress: Progress | None = None
    ) -> int:
        """Open `tickets` complaints between `since` and `until`; return how many opened."""
        self._until = until
        span = (until - since).total_seconds()
        for at in sorted(
            since + timedelta(seconds=self._rng.random() * span) for _ in range(tickets)
        ):
            self._plan(_in_opening_hours(at), self._open)
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

    def _plan(self, at: datetime, run: Callable[[JournalWriter], None]) -> None:
        heapq.heappush(self._due, _Due(at, next(self._order), run))

    def _actor(self, role: Role) -> Actor:
        return self._rng.choice(self._actors[role])

    def _open(self, writer: JournalWriter) -> None:
        story = self._stories.draw(self._rng)
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
            state = fold.fold(ticket, writer.events(ticket))
            context = self._handling.context(actor, self._handling.policy_of(state))
            step = None if state.closed else complete_step.step_in_hand(state, context)
            if step is None or step.id in until:
                return True
            for task in answer_task.blocking(state, context.policy):
                answer = AnswerTask(task.kind, "confirmed", "财务与营销数据核对一致。")
                self._handling.execute_in(writer, ticket, answer, self._actors["supervisor"][0])
            done = state.checks_done(step.id)
            for check in step.do:
                if (check.required or check.id in _NO_EVIDENCE) and check.id not in done:
                    tick = TickCheck(step.id, check.id, done=True)
                    self._handling.execute_in(writer, ticket, tick, actor)
            late = "顾客改约时间" if step.node == "closed" else ""
            command = CompleteStep(step.id, overdue_reason=late)
            if isinstance(self._handling.execute_in(writer, ticket, command, actor), Refusal):
                return False


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


def _in_opening_hours(at: datetime) -> datetime:
    """Move a moment at night to the next morning; 01:00–13:00 UTC is 9 to 21 in Shanghai."""
    if at.hour >= 13:
        return at.replace(hour=1, minute=at.minute, second=at.second) + timedelta(days=1)
    return at if at.hour >= 1 else at.replace(hour=1)
