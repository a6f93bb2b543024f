"""Signals over counts (预警): repeats, rises with confidence, emerging products, priority."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from desktop.domain.analytics.cells import SEVERITY
from desktop.domain.analytics.measures import Totals

#: AN-09: a rise of 5 % warns, but only on enough cases and when chance is unlikely.
RISE_PERCENT: Final = 5
RISE_LEAST: Final = 10
#: AN-02: a SKU or batch with at least so many cases, far more than the months before.
EMERGING_LEAST: Final = 3
#: New SKUs or batches of the periods before whose spread says what a usual beginning is.
NEW_LEAST: Final = 5
#: Periods that must have been counted before the absence of new ones means anything.
HISTORY_LEAST: Final = 3
#: What a case without a code weighs.
UNKNOWN_SEVERITY: Final = SEVERITY[0]
CONFIDENCE: Final = Decimal("0.95")
EMERGING_CONFIDENCE: Final = Decimal("0.99")
#: A term of a sum that cannot change a printed digit any more.
_NEGLIGIBLE: Final = 1e-16


@dataclass(frozen=True, slots=True)
class Priority:
    """Frequency × severity × cost (AN-08), each part as it is printed.

    `severity` is the mean of 4, 3, 2, 1 for levels 1 to 4; `paid` the mean yuan paid a case.
    """

    cases: int
    severity: Decimal
    paid: Decimal

    @property
    def cost(self) -> Decimal:
        """What the money paid makes of it: 1 + yuan a case / 100."""
        return _two(1 + self.paid / 100)

    @property
    def value(self) -> Decimal:
        """The product of the three parts as printed, so that anybody can multiply them again."""
        return _two(self.cases * self.severity * self.cost)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that stands out: what, how often, compared with what, how sure.

    `kind`: repeat, rise or emerging; `key` is a kind of complaint (alike), a code, or a trace
    `sku:…`; `expected` what the time before lets expect; `confidence` 1 − p, None where a fixed
    count decides; `base` how many new ones a new SKU or batch is compared with, 0 for known ones.
    """

    kind: str
    key: str
    n: int
    expected: Decimal | None
    confidence: Decimal | None
    parts: Priority
    base: int = 0

    @property
    def priority(self) -> Decimal:
        """What is looked at first: the highest."""
        return self.parts.value


def repeats(now: Totals, least: int) -> list[Signal]:
    """Return kinds of complaints with at least `least` cases in the month (QA-02)."""
    found = [
        Signal("repeat", key, n, None, None, priority(now, {key.split("|")[0]: n}))
        for key, (n, _) in now.keys("alike").items()
        if n >= least
    ]
    return _ordered(found)


def rises(now: Totals, before: Totals, days: int, days_before: int) -> list[Signal]:
    """Return codes that rose by 5 % or more on the period before, beyond chance (AN-09).

    Two Poisson counts are compared by the exact conditional binomial test: given their sum, this
    period's count has the share of its days.
    """
    found = []
    for key, (n, _) in now.keys("code").items():
        if not key or n < RISE_LEAST:
            continue
        old = before.n("code", key)
        expected = Decimal(old) * days / max(days_before, 1)
        if n * 100 < expected * (100 + RISE_PERCENT):
            continue
        p = binomial_tail(n, n + old, days / (days + days_before))
        confidence = _confidence(p)
        if confidence >= CONFIDENCE:
            parts = priority(now, {key: n})
            found.append(Signal("rise", key, n, _two(expected), confidence, parts))
    return _ordered(found)


def growth_confidence(n: int, old: int, days: int, days_before: int) -> Decimal | None:
    """Return how sure it is that `n` is more than `old` by more than chance; None on few cases.

    The exact conditional binomial test of `rises`, for any key (AN-02).
    """
    if n + old < RISE_LEAST:
        return None
    return _confidence(binomial_tail(n, n + old, days / (days + days_before)))


def emerging(now: Totals, earlier: Sequence[Totals]) -> list[Signal]:
    """Return SKUs and batches with far more cases than is usual for them (AN-02).

    One that is known is held against its own mean of the periods before, the latest of which is
    the first of `earlier`. One that is new is held against what the new ones of those periods
    brought in their first: every month has new batches, and that alone is no news. Where no new
    one is known, it stands out only against a past long enough to be called silent; a store's
    first months say nothing of what is new.
    """
    found = []
    for dim in ("sku", "batch"):
        usual = _usual_of_new(dim, earlier)
        for key, (n, _) in now.keys(dim).items():
            if n < EMERGING_LEAST:
                continue
            known = sum(totals.n(dim, key) for totals in earlier)
            if known:
                # Few periods leave the mean itself uncertain: the exact test on both counts.
                mean, base = known / len(earlier), 0
                p = binomial_tail(n, n + known, 1 / (1 + len(earlier)))
            elif usual is not None:
                mean, p, base = usual.mean, usual.tail(n), usual.base
            elif len(earlier) >= HISTORY_LEAST:
                # Half a case stands for what a silent past cannot exclude.
                mean, p, base = 0.0, poisson_tail(n, 0.5), 0
            else:
                continue
            confidence = _confidence(p)
            if confidence >= EMERGING_CONFIDENCE:
                expected = _two(Decimal(str(mean)))
                parts = priority(now, _codes_of(now, f"{dim}:{key}") or {"": n})
                signal = Signal("emerging", f"{dim}:{key}", n, expected, confidence, parts, base)
                found.append(signal)
    return _ordered(found)


@dataclass(frozen=True, slots=True)
class UsualNew:
    """What `base` new products or batches brought in their first period: mean and variance."""

    mean: float
    variance: float
    base: int

    def tail(self, k: int) -> float:
        """Return how likely a new one brings `k` or more.

        Batches differ among themselves by more than chance, so the count is negative binomial
        where the variance is above the mean, else Poisson. Of fewer than five the spread is not
        known: their sum is compared by the exact conditional test.
        """
        if self.base < NEW_LEAST:
            return binomial_tail(k, k + round(self.mean * self.base), 1 / (1 + self.base))
        mean = max(self.mean, 0.5)
        if self.variance <= mean:
            return poisson_tail(k, mean)
        size = mean * mean / (self.variance - mean)
        share = mean / (size + mean)
        first = math.exp(
            math.lgamma(k + size)
            - math.lgamma(size)
            - math.lgamma(k + 1)
            + size * math.log1p(-share)
            + k * math.log(share)
        )
        return _from(k, first, mean, lambda i: share * (i + size) / (i + 1))


def _usual_of_new(dim: str, earlier: Sequence[Totals]) -> UsualNew | None:
    """Return what was usual for new ones; None where none is known.

    Those of the oldest period are left out: whether they were new then is not known.
    """
    counts = [
        n
        for at, totals in enumerate(earlier[:-1])
        for key, (n, _) in totals.keys(dim).items()
        if not any(before.n(dim, key) for before in earlier[at + 1 :])
    ]
    if not counts:
        return None
    mean = sum(counts) / len(counts)
    variance = sum((n - mean) ** 2 for n in counts) / max(len(counts) - 1, 1)
    return UsualNew(mean, variance, len(counts))


def priority(totals: Totals, codes: Mapping[str, int]) -> Priority:
    """Return frequency × severity × cost (AN-08) of cases counted by code.

    Severity and money are those of each code, weighted by its cases here.
    """
    count = sum(codes.values())
    if not count:
        return Priority(0, Decimal("0.00"), Decimal("0.00"))
    severity = paid = Decimal(0)
    for code, n in codes.items():
        cases, levels = totals.keys("code").get(code, (0, 0))
        mean = Decimal(levels) / cases if cases else Decimal(UNKNOWN_SEVERITY)
        fen = totals.total("code_money", code)
        severity += n * mean
        paid += n * Decimal(fen) / 100 / cases if cases else 0
    return Priority(count, _two(severity / count), _two(paid / count))


def _codes_of(totals: Totals, trace: str) -> dict[str, int]:
    """Return the cases of a product or batch by code."""
    found: dict[str, int] = {}
    for kind, (n, _) in totals.keys("alike").items():
        code, _, name = kind.partition("|")
        if name == trace:
            found[code] = found.get(code, 0) + n
    return found


def binomial_tail(k: int, n: int, p: float) -> float:
    """Return P(X ≥ k) of a binomial."""
    if not 0 < p < 1 or k <= 0:
        return 1.0
    first = math.exp(
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(p)
        + (n - k) * math.log1p(-p)
    )
    return _from(k, first, n * p, lambda i: (n - i) / (i + 1) * p / (1 - p))


def poisson_tail(k: int, mean: float) -> float:
    """Return P(X ≥ k) of a Poisson distribution."""
    first = math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
    return _from(k, first, mean, lambda i: mean / (i + 1))


def _from(k: int, first: float, mean: float, ratio: Callable[[int], float]) -> float:
    """Return P(X ≥ k) of counts with one peak: `first` is P(k), `ratio(i)` is P(i+1) / P(i).

    The side without the peak is summed, where terms only fall, until they no longer matter: a
    region's counts go into the thousands, and a page asks for hundreds of them.
    """
    if k > mean:
        total, term, i = 0.0, first, k
        while term > total * _NEGLIGIBLE:
            total += term
            term *= ratio(i)
            i += 1
        return min(total, 1.0)
    total, term, i = 0.0, first, k
    while i > 0:
        i -= 1
        term /= ratio(i)
        if term <= total * _NEGLIGIBLE:
            break
        total += term
    return max(1.0 - total, 0.0)


def _confidence(p: float) -> Decimal:
    """Return 1 − p with four places, never a full 1: nothing counted is certain."""
    return min(Decimal(str(1 - p)).quantize(Decimal("0.0001"), ROUND_HALF_UP), Decimal("0.9999"))


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _ordered(found: list[Signal]) -> list[Signal]:
    return sorted(found, key=lambda s: (-s.priority, -s.n, s.key))
