"""The monthly quality sample (质量抽样, QA-01): drawn by a seed that was committed beforehand.

A month's seed is 32 random bytes. Its commitment is in the journal before the month ends, the
seed itself after: so nobody can choose cases, and anybody can draw the same list again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Decision, Refusal
from desktop.domain.parts import Mark

KIND: Final = "sample.committed"
KIND_REVEALED: Final = "sample.revealed"
_LABEL: Final = b"amends quality sample 1\0"


@dataclass(frozen=True, slots=True)
class Sample:
    """A month's sample: its commitment and, after the month, the seed."""

    id: str
    month: str = ""
    commitment: str = ""
    committed: Mark | None = None
    in_time: bool = False
    seed: str = ""
    revealed: Mark | None = None

    @property
    def proven(self) -> bool:
        """Whether the seed is out, fits its commitment, and was committed in time."""
        fits = bool(self.seed) and commitment_of(bytes.fromhex(self.seed), self.month)
        return bool(fits) and fits == self.commitment and self.in_time


def commitment_of(seed: bytes, month: str) -> str:
    """Return the commitment of a month's seed: SHA-256 in hex."""
    return hashlib.sha256(_LABEL + month.encode() + b"\0" + seed).hexdigest()


def rank(seed: bytes, number: str) -> bytes:
    """Return a case's place in the draw; it depends on the seed and its own number alone."""
    return hmac.new(seed, number.encode(), hashlib.sha256).digest()


def draw(
    seed: bytes, population: Mapping[str, Iterable[str]], percent: int
) -> dict[str, tuple[str, ...]]:
    """Return for each store the numbers drawn: the ⌈percent·n⌉ lowest ranks, in rank order.

    Stratified by store. What a case says plays no part; a case that comes or goes changes its own
    membership and at most the one on the edge.
    """
    return {
        store: tuple(sorted(set(numbers), key=lambda n: rank(seed, n)))[
            : -(-len(set(numbers)) * percent // 100)
        ]
        for store, numbers in ((s, list(p)) for s, p in sorted(population.items()))
    }


def decide_commit(
    state: Sample, month: str, commitment: str, ends: datetime, now: datetime
) -> Decision:
    """Commit once a month; `ends` is when the month is over in the store's zone."""
    if state.committed:
        return Accepted(())
    data: dict[str, JsonValue] = {"month": month, "commitment": commitment, "in_time": now < ends}
    return Accepted((Draft(KIND, data),))


def decide_reveal(state: Sample, seed: bytes, ends: datetime, now: datetime) -> Decision:
    """Refuse before the month is over, and a seed that does not fit its commitment."""
    if state.committed is None:
        return Refusal("sample_uncommitted")
    if state.revealed:
        return Accepted(())
    if now < ends:
        return Refusal("sample_early")
    if commitment_of(seed, state.month) != state.commitment:
        return Refusal("sample_foreign")
    return Accepted((Draft(KIND_REVEALED, {"month": state.month, "seed": seed.hex()}),))


def fold(stream: str, events: Iterable[Event]) -> Sample:
    """Return the month's sample; the first commitment and the first seed that fits count."""
    state = Sample(stream)
    for event in sorted(events, key=lambda e: e.order):
        if event.kind == KIND and state.committed is None:
            state = replace(
                state,
                month=base.read_str(event.data, "month"),
                commitment=base.read_str(event.data, "commitment"),
                in_time=event.data.get("in_time") is True,
                committed=base.mark(event),
            )
        elif event.kind == KIND_REVEALED and state.revealed is None:
            seed = base.read_str(event.data, "seed")
            if _fits(seed, state):
                state = replace(state, seed=seed, revealed=base.mark(event))
    return state


def _fits(seed: str, state: Sample) -> bool:
    try:
        return commitment_of(bytes.fromhex(seed), state.month) == state.commitment
    except ValueError:
        return False


def first_of(month: str) -> date:
    """Return the first day of YYYY-MM; raises ValueError."""
    return date.fromisoformat(f"{month}-01")
