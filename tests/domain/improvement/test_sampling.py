"""The committed sample: anybody draws the same list; a case changes its own membership alone."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.events import Event, EventId
from desktop.domain.improvement import sampling
from desktop.domain.improvement.sampling import Sample, commitment_of, draw
from desktop.domain.outcomes import Accepted, Refusal

SEED = bytes(range(32))
ENDS = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
NUMBERS = st.sets(st.integers(0, 9999).map(lambda n: f"S0217-A-{n:04d}"), max_size=60)


@given(NUMBERS, NUMBERS, st.integers(1, 100))
@settings(max_examples=60, deadline=None)
def test_each_store_gives_its_share_rounded_up(one: set[str], two: set[str], percent: int) -> None:
    """QA-01: ceil(0.2 n), stratified by store."""
    drawn = draw(SEED, {"S1": one, "S2": two}, percent)
    for store, numbers in (("S1", one), ("S2", two)):
        assert len(drawn[store]) == math.ceil(len(numbers) * percent / 100)
        assert set(drawn[store]) <= numbers


@given(NUMBERS.filter(bool), st.data())
@settings(max_examples=60, deadline=None)
def test_a_case_that_goes_changes_at_most_the_one_on_the_edge(
    numbers: set[str], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(sorted(numbers)))
    before = set(draw(SEED, {"S": numbers}, 20)["S"])
    after = set(draw(SEED, {"S": numbers - {gone}}, 20)["S"])
    assert len((before - {gone}) - after) + len(after - before) <= 1


def test_the_list_is_drawn_again_with_nothing_but_the_standard_library() -> None:
    """What another machine does: SHA-256 of the label, HMAC of each number, the lowest fifth."""
    numbers = [f"S0217-A-261{n:03d}-1" for n in range(23)]
    ranks = sorted(numbers, key=lambda n: hmac.new(SEED, n.encode(), hashlib.sha256).digest())
    assert list(draw(SEED, {"S0217": numbers}, 20)["S0217"]) == ranks[:5]
    label = b"amends quality sample 1\0" + b"2026-10" + b"\0" + SEED
    assert commitment_of(SEED, "2026-10") == hashlib.sha256(label).hexdigest()


def event(kind: str, data: dict[str, object], seq: int) -> Event:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return Event(EventId("c", seq), "Q1", kind, seq, {}, at, None, "P", "v", data, {})  # type: ignore[arg-type]


def test_a_seed_is_published_after_the_month_and_must_fit() -> None:
    commitment = commitment_of(SEED, "2026-10")
    early = datetime(2026, 10, 5, tzinfo=UTC)
    committed = sampling.decide_commit(Sample("Q1"), "2026-10", commitment, ENDS, early)
    assert isinstance(committed, Accepted)
    assert committed.drafts[0].data["in_time"] is True
    events = [event(sampling.KIND, dict(committed.drafts[0].data), 1)]
    state = sampling.fold("Q1", events)
    assert state.commitment == commitment
    assert not state.proven
    refused = sampling.decide_reveal(state, SEED, ENDS, early)
    assert refused == Refusal("sample_early")
    assert sampling.decide_reveal(state, bytes(32), ENDS, ENDS) == Refusal("sample_foreign")
    out = sampling.decide_reveal(state, SEED, ENDS, ENDS)
    assert isinstance(out, Accepted)
    wrong = event(sampling.KIND_REVEALED, {"month": "2026-10", "seed": "00" * 32}, 2)
    right = event(sampling.KIND_REVEALED, dict(out.drafts[0].data), 3)
    assert sampling.fold("Q1", [*events, wrong, right]).proven


def test_a_late_commitment_proves_nothing() -> None:
    late = sampling.decide_commit(
        Sample("Q1"), "2026-10", commitment_of(SEED, "2026-10"), ENDS, ENDS
    )
    assert isinstance(late, Accepted)
    state = sampling.fold("Q1", [event(sampling.KIND, dict(late.drafts[0].data), 1)])
    assert not state.in_time
