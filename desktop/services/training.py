"""The training store (训练店): the same desk on data of its own, with a coach beside it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.domain import fold
from desktop.domain import training as rules
from desktop.domain.commands import Command
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.domain.training import (
    Milestone,
    Run,
    Scenario,
    Score,
    SpokenLine,
    TrainingPaper,
)
from desktop.services.desk import Desk
from desktop.services.phone_codes import GivenCode
from desktop.services.ports import Author, Person
from desktop.services.room_ports import RoomPapers, Streams
from desktop.services.ticket_ports import TicketFilter
from desktop.services.training_approver import COACH, COACH_NAME, TrainingApprover
from desktop.services.use_cases import UseCases
from desktop.texts import Lang

STORE_CODE: Final = "TRAIN"
STORE_NAME: Final = "训练店"


@dataclass(frozen=True, slots=True)
class CoachView:
    """What the coach shows now: the talk so far, which steps are reached, and the complaint."""

    scenario: Scenario
    started: datetime
    lines: tuple[SpokenLine, ...]
    reached: frozenset[Milestone]
    ticket: str | None
    answered: int | None
    waiting: CompensationItem | None = None
    """What waits for the coach, who answers as `approver`."""
    approver: Role | None = None


@dataclass(slots=True)
class _Running:
    scenario: Scenario
    started: datetime
    refused: list[str]
    answer: int | None = None


class TrainingDesk(Desk):
    """A desk on which nothing is real; it keeps scores and shares nothing with the store."""

    def __init__(
        self,
        use_cases: UseCases,
        scenarios: Sequence[Scenario],
        streams: Streams,
        papers: RoomPapers,
        approver: TrainingApprover,
    ) -> None:
        super().__init__(use_cases)
        self._approver = approver
        self.scenarios = tuple(scenarios)
        self._streams = streams
        self._papers = papers
        self._running: _Running | None = None

    def admit(self, person: Person) -> None:
        """Put somebody at the desk without a password: nothing here needs protection."""
        if not self.use_cases.identity.is_set:
            self.use_cases.identity.set(STORE_CODE, STORE_NAME, "")
        staff = self.use_cases.staff
        if staff.needs_owner():
            made = staff.create_owner(COACH, COACH_NAME, secrets.token_urlsafe(24), "supervisor")
            _sure(made)
        known = {one.login: one for one in staff.all()}
        login = f"{person.login}.{person.role}".replace("_", "-")
        if login not in known:
            owner = known.get(COACH) or _first(staff.all())
            coach = Actor(owner.id, owner.role)
            password = secrets.token_urlsafe(24)
            known[login] = _sure(staff.add(login, person.name, person.role, password, coach))
        self._person = known[login]

    @property
    def running(self) -> Scenario | None:
        """The scenario under way."""
        return self._running.scenario if self._running else None

    def begin(self, scenario: str) -> CoachView:
        """Start a scenario: the customer comes in now. Raises KeyError for an unknown one."""
        chosen = {known.id: known for known in self.scenarios}[scenario]
        self._running = _Running(chosen, self.now(), [])
        view = self.coach()
        if view is None:
            raise LookupError("a run that was begun has a view")
        return view

    def coach(self) -> CoachView | None:
        """Return what the coach shows now, None when no scenario is under way."""
        running = self._running
        if running is None:
            return None
        state = self._state(running)
        waiting = self._approver.waiting(state) if state else None
        role: Role | None = None
        if state and waiting:
            role = self._approver.role_for(state, waiting, self.actor())
            self._approver.prepare(waiting, role)
        return CoachView(
            running.scenario,
            running.started,
            rules.spoken(running.scenario, state),
            rules.reached(state),
            state.id if state else None,
            running.answer,
            waiting,
            role,
        )

    def coach_decides(self, item: str, approved: bool, reason: str) -> TicketState | Refusal:
        """Have the coach answer what waits, in the role that may (CO-03)."""
        state, role = self._asked(item)
        if state is None or role is None:
            return Refusal("unknown_item", {"item": item})
        return self._approver.decide(state, item, role, approved, reason)

    def coach_code(self, item: str) -> GivenCode | Refusal:
        """Have the coach give the code on the phone for what the trainee reads out."""
        state, _role = self._asked(item)
        if state is None:
            return Refusal("unknown_item", {"item": item})
        return self._approver.code(state, item, self.actor())

    def _asked(self, item: str) -> tuple[TicketState | None, Role | None]:
        state = self._state(self._running) if self._running else None
        found = state.compensation.get(item) if state else None
        if state is None or found is None:
            return None, None
        return state, self._approver.role_for(state, found, self.actor())

    def answer_law(self, answer: int) -> None:
        """Keep the answer to the law question, counted from 1; the first one counts."""
        if self._running is not None and self._running.answer is None:
            self._running.answer = answer

    def give_up(self) -> None:
        """End the run without a score."""
        self._running = None

    def finish(self) -> Score | Refusal:
        """End the run and keep its score (QA-08)."""
        running = self._running
        if running is None:
            return Refusal("training_not_begun")
        actor, now = self.actor(), self.now()
        run = Run(
            running.started,
            now,
            self._state(running),
            actor.role,
            tuple(running.refused),
            running.answer,
        )
        result = rules.score(running.scenario, run, actor.person, self.policy)
        stream = self.use_cases.ids.new_id(rules.STREAM_PREFIX)
        author = Author(actor.person, now, self.policy.version)
        with self.use_cases.journal.write() as writer:
            writer.append(stream, (rules.scored(result),), author)
        self._running = None
        return result

    def scores(self, limit: int = 50) -> Sequence[Score]:
        """Return the scores kept here, the last first."""
        found = []
        for stream in self._streams.of_prefix(rules.STREAM_PREFIX, limit):
            events = self.use_cases.journal.events(stream)
            read = rules.read_score(events[0]) if events else None
            if read is not None:
                found.append(read)
        return found

    def score_sheet(self, result: Score, lang: Lang) -> bytes:
        """Return the score sheet as PDF."""
        known = {scenario.id: scenario for scenario in self.scenarios}
        scenario = known.get(result.scenario)
        nothing = {"zh_CN": result.scenario, "en": result.scenario}
        paper = TrainingPaper(
            score=result,
            title=scenario.title if scenario else nothing,
            trap=scenario.trap if scenario else nothing,
            people=self.use_cases.directory.names(),
            identity=self.store,
            printed_at=self.now(),
            lang=lang,
        )
        return self._papers.training(paper)

    def act(self, stream: str, command: Command) -> TicketState | Refusal:
        """Decide and save as on any desk; refusals are kept for the score."""
        outcome = super().act(stream, command)
        if isinstance(outcome, Refusal) and self._running is not None:
            self._running.refused.append(outcome.code)
        return outcome

    def _state(self, running: _Running) -> TicketState | None:
        wanted = TicketFilter(opened_from=running.started)
        rows = self.use_cases.queries.page(wanted, None, 1)
        if not rows:
            return None
        return fold.fold(rows[0].stream, self.use_cases.journal.events(rows[0].stream))


def _first(people: Sequence[Person]) -> Person:
    return next(person for person in people if person.role != "clerk")


def _sure(outcome: Person | Refusal) -> Person:
    if isinstance(outcome, Refusal):
        raise RuntimeError(f"a person of the training store was refused: {outcome.code}")
    return outcome
