"""Root causes (根因分析): opened by signals, worked on by managers, measured by their effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.periods import parse_period
from desktop.domain.improvement import effects, root_cause
from desktop.domain.improvement.effects import EFFECT_DAYS, LEAST_EFFECT_DAYS
from desktop.domain.improvement.root_cause import (
    KIND,
    Action,
    Command,
    OpenCause,
    RootCause,
)
from desktop.domain.outcomes import Accepted, Actor, Refusal
from desktop.services.identity import Identity
from desktop.services.ports import Author, Clock, Ids, Journal, Policies
from desktop.services.quality import stream_of
from desktop.services.reporting_ports import CaseQuery, Rollups, Stores


@dataclass(frozen=True, slots=True)
class Effect:
    """Complaints of the kind by week around an action's effective day.

    `before` and `after` count the same number of days, `days`; `after` None while it is too early.
    """

    weeks: tuple[int, ...]
    at: int
    days: int
    before: int
    after: int | None

    @property
    def after_weeks(self) -> int:
        """How many weeks after the effective day have begun."""
        return min(self.days // 7 + 1, len(self.weeks) - self.at)

    @property
    def begun(self) -> int:
        """How many of `weeks` have begun; the rest lie ahead and say nothing."""
        return self.at + self.after_weeks


class RootCauses:
    """Reads and changes root causes, each a stream of the journal."""

    def __init__(
        self,
        journal: Journal,
        rollups: Rollups,
        policies: Policies,
        identity: Identity,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._journal = journal
        self._rollups = rollups
        self._policies = policies
        self._identity = identity
        self._clock = clock
        self._ids = ids

    def all(self) -> Sequence[RootCause]:
        """Return every root cause, the newest first."""
        found = [self.get(stream) for stream in self._rollups.works(KIND)]
        known = [cause for cause in found if cause.opened]
        return tuple(
            sorted(known, key=lambda c: (c.opened.at if c.opened else 0, c.id), reverse=True)
        )

    def get(self, stream: str) -> RootCause:
        """Return one root cause."""
        return root_cause.fold(stream, self._journal.events(stream))

    def open(self, command: OpenCause, actor: Actor) -> str:
        """Open a root cause unless the same one is open; return its stream, empty when it was.

        A signal opens it in the name of whoever works there, of any role. The stream follows from
        kind, month and stores, so that two PCs open one, not two.
        """
        stream = stream_of("C", command.key, command.month, *command.stores)
        if self.get(stream).opened:
            return ""
        decision = root_cause.decide(
            RootCause(stream), command, Actor(actor.person, "supervisor"), self.today()
        )
        if not isinstance(decision, Accepted):
            return ""
        self._append(stream, decision, actor)
        return stream

    def find_or_open(self, command: OpenCause, actor: Actor) -> str:
        """Open a root cause, or find the one that is open; return its stream."""
        stream = stream_of("C", command.key, command.month, *command.stores)
        self.open(command, actor)
        return stream

    def act(self, stream: str, command: Command, actor: Actor) -> RootCause | Refusal:
        """Decide and save a command of a manager."""
        decision = root_cause.decide(self.get(stream), command, actor, self.today())
        if isinstance(decision, Refusal):
            return decision
        self._append(stream, decision, actor)
        return self.get(stream)

    def to_verify(self, stores: Stores) -> Sequence[tuple[RootCause, Action, date]]:
        """Return actions whose quarterly verification is asked for, each with by when (QA-06)."""
        today = self.today()
        found = [
            (cause, action, until)
            for cause in self.all()
            if set(cause.stores) <= stores
            for action in cause.actions.values()
            for until in (action.to_verify(today),)
            if until is not None
        ]
        return tuple(sorted(found, key=lambda each: (each[2], each[0].id, each[1].id)))

    def new_action(self) -> str:
        """Return an id for an action."""
        return self._ids.new_id("A")

    def cases(self, cause: RootCause) -> Sequence[CaseFacts]:
        """Return the complaints of the kind in the month that it was opened for."""
        period = parse_period(cause.month)
        if period is None:
            return ()
        dim, key = mark_of(cause.key)
        query = CaseQuery(frozenset(cause.stores), period.since, period.until, dim, key)
        return self._rollups.cases(query)

    def effect(self, cause: RootCause, action: Action) -> Effect | None:
        """Return complaints before and after an action took effect, None before it is done."""
        if action.effective is None:
            return None
        wide = timedelta(days=EFFECT_DAYS + 7)
        dim, key = mark_of(cause.key)
        query = CaseQuery(
            frozenset(cause.stores),
            action.effective - wide,
            action.effective + wide,
            dim,
            key,
        )
        days = [facts.opened for facts in self._rollups.cases(query)]
        weeks, at = effects.effect_weeks(days, action.effective)
        passed = min((self.today() - action.effective).days, EFFECT_DAYS)
        since = action.effective - timedelta(days=max(passed, 1))
        until = action.effective + timedelta(days=max(passed, 1))
        before = sum(since <= day < action.effective for day in days)
        after = sum(action.effective <= day < until for day in days)
        judged = passed >= LEAST_EFFECT_DAYS
        return Effect(weeks, at, passed, before, after if judged else None)

    def today(self) -> date:
        """Return the day in the store's zone."""
        zone = ZoneInfo(self._identity.current().timezone)
        return self._clock.now().astimezone(zone).date()

    def _append(self, stream: str, decision: Accepted, actor: Actor) -> None:
        if not decision.drafts:
            return
        author = Author(actor.person, self._clock.now(), self._policies.current().version)
        with self._journal.write() as writer:
            writer.append(stream, decision.drafts, author)


def mark_of(kind: str) -> tuple[str, str]:
    """Return dimension and key of the cells that hold the cases of a kind of complaint.

    A kind is code|trace (QA-02), sku:… or batch:… (AN-02), or a bare code (AN-09).
    """
    if "|" in kind:
        return "alike", kind
    dim, colon, key = kind.partition(":")
    return (dim, key) if colon and dim in ("sku", "batch") else ("code", kind)
