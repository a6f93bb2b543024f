"""Quality of handling (质量, QA-01): the month's committed sample, reviews, checks on text."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.periods import add_months, month_text, parse_period
from desktop.domain.events import Event
from desktop.domain.improvement import reviews, sampling
from desktop.domain.improvement.reviews import RecordReview, Review
from desktop.domain.improvement.sampling import Sample
from desktop.domain.outcomes import Accepted, Actor, Decision, Refusal
from desktop.services.handling import Handling
from desktop.services.identity import Identity
from desktop.services.ports import Author, Clock, Journal, Policies, Settings
from desktop.services.reporting_ports import CaseQuery, Rollups, Stores

SEED_BYTES: Final = 32
_SEED: Final = "quality.seed."


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A month's sample as this PC knows it: by store the numbers drawn, and the population."""

    sample: Sample
    population: Mapping[str, tuple[str, ...]]
    drawn: Mapping[str, tuple[str, ...]]
    cases: Mapping[str, CaseFacts]
    reviews: Mapping[str, Review]

    @property
    def size(self) -> int:
        """How many cases are drawn."""
        return sum(len(numbers) for numbers in self.drawn.values())

    @property
    def reviewed(self) -> int:
        """How many of the drawn cases are reviewed."""
        chosen = {n for numbers in self.drawn.values() for n in numbers}
        return len(chosen & self.reviews.keys())


class Quality:
    """Commits seeds, draws samples, keeps reviews."""

    def __init__(
        self,
        journal: Journal,
        rollups: Rollups,
        handling: Handling,
        policies: Policies,
        identity: Identity,
        settings: Settings,
        clock: Clock,
        new_seed: Callable[[int], bytes],
    ) -> None:
        self._journal = journal
        self._rollups = rollups
        self._handling = handling
        self._policies = policies
        self._identity = identity
        self._settings = settings
        self._clock = clock
        self._new_seed = new_seed

    def keep_up(self, actor: Actor) -> None:
        """Commit this month's and the next month's seed; publish those of months that ended.

        Safe to call often: what is done changes nothing.
        """
        today = self._clock.now().astimezone(self._zone).date()
        for count in (0, 1):
            self.commit(month_text(add_months(today, count)), actor)
        self.reveal(month_text(add_months(today, -1)), actor)

    def commit(self, month: str, actor: Actor) -> Sample:
        """Write the commitment of a month's seed, drawn now, unless there is one."""
        stream = self._stream(month)
        known = sampling.fold(stream, self._journal.events(stream))
        if known.committed:
            return known
        seed = self._kept_seed(month) or self._new_seed(SEED_BYTES)
        self._settings.set(_SEED + month, seed.hex())
        commitment = sampling.commitment_of(seed, month)
        decision = sampling.decide_commit(
            known, month, commitment, self._end_of(month), self._clock.now()
        )
        return sampling.fold(stream, self._save(stream, decision, actor))

    def reveal(self, month: str, actor: Actor) -> Sample | Refusal:
        """Publish the seed of a month that has ended."""
        stream = self._stream(month)
        known = sampling.fold(stream, self._journal.events(stream))
        if known.revealed:
            return known
        seed = self._kept_seed(month)
        if seed is None:
            return Refusal("sample_uncommitted")
        decision = sampling.decide_reveal(known, seed, self._end_of(month), self._clock.now())
        if isinstance(decision, Refusal):
            return decision
        return sampling.fold(stream, self._save(stream, decision, actor))

    def sample(self, month: str, stores: Stores, of: str = "") -> DrawnSample:
        """Return the month's sample; nothing is drawn before its seed is published.

        `of` names the store whose seed counts, where it came here by sync; else this PC's own.
        """
        stream = stream_of("Q", month, of) if of else self._stream(month)
        known = sampling.fold(stream, self._journal.events(stream))
        cases = self._population(month, stores)
        population: dict[str, list[str]] = defaultdict(list)
        for facts in cases:
            population[facts.store].append(facts.number)
        percent = self._policies.current().thresholds.qa_sample_percent
        drawn = sampling.draw(bytes.fromhex(known.seed), population, percent) if known.seed else {}
        return DrawnSample(
            known,
            {store: tuple(sorted(numbers)) for store, numbers in sorted(population.items())},
            drawn,
            {facts.number: facts for facts in cases},
            {review.number: review for review in self.reviews(month)},
        )

    def reviews(self, month: str) -> Sequence[Review]:
        """Return the reviews of a month's sample."""
        streams = self._rollups.works(reviews.KIND, month)
        found = (reviews.fold(self._journal.events(stream)) for stream in streams)
        return tuple(review for review in found if review is not None)

    def checks(self, ticket: str) -> tuple[str, ...]:
        """Return what the rule checks find in a case's words (QA-07)."""
        state = fold.fold(ticket, self._journal.events(ticket))
        return reviews.check_text(state, self._handling.policy_of(state))

    def review(self, command: RecordReview, actor: Actor) -> Review | Refusal:
        """Keep the scores of one case; a later review of the case replaces it."""
        state = fold.fold(command.ticket, self._journal.events(command.ticket))
        flags = reviews.check_text(state, self._handling.policy_of(state))
        decision = reviews.decide(state, command, actor, flags)
        if isinstance(decision, Refusal):
            return decision
        stream = stream_of("V", command.month, command.ticket)
        kept = reviews.fold(self._save(stream, decision, actor))
        if kept is None:
            raise RuntimeError("a review that was saved is not there")
        return kept

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._identity.current().timezone)

    def _stream(self, month: str) -> str:
        return stream_of("Q", month, self._identity.current().store)

    def _kept_seed(self, month: str) -> bytes | None:
        kept = self._settings.get(_SEED + month)
        return bytes.fromhex(kept) if kept else None

    def _end_of(self, month: str) -> datetime:
        last = add_months(sampling.first_of(month), 1)
        return datetime.combine(last, time.min, self._zone)

    def _population(self, month: str, stores: Stores) -> Sequence[CaseFacts]:
        period = parse_period(month)
        if period is None:
            return ()
        query = CaseQuery(stores, period.since, period.until, "opened")
        return self._rollups.cases(query)

    def _save(self, stream: str, decision: Decision, actor: Actor) -> Sequence[Event]:
        if isinstance(decision, Accepted) and decision.drafts:
            version = self._policies.current().version
            author = Author(actor.person, self._clock.now(), version)
            with self._journal.write() as writer:
                writer.append(stream, decision.drafts, author)
        return self._journal.events(stream)


def stream_of(letter: str, *parts: str) -> str:
    """Return a stream id that every PC makes alike from the same parts."""
    return letter + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:13].upper()
