"""Signals: repeats, rises beyond chance, emerging products, and the formula of priority."""

from __future__ import annotations

from decimal import Decimal
from math import comb, exp, factorial

import pytest

from desktop.domain.analytics.measures import Totals
from desktop.domain.analytics.signals import (
    UsualNew,
    binomial_tail,
    emerging,
    poisson_tail,
    priority,
    repeats,
    rises,
)


def totals(**dims: dict[str, tuple[int, int]]) -> Totals:
    return Totals({(dim, key): pair for dim, keys in dims.items() for key, pair in keys.items()})


def test_the_fifth_of_a_kind_in_a_month_is_a_signal() -> None:
    """QA-02."""
    now = totals(alike={"PQ-01|sku:1": (5, 0), "PQ-02|": (4, 0)}, code={"PQ-01": (5, 10)})
    assert [(s.key, s.n) for s in repeats(now, 5)] == [("PQ-01|sku:1", 5)]


def test_small_counts_that_doubled_are_no_rise() -> None:
    """AN-09: 5 % fires on noise, so a least n and a confidence are asked for."""
    few = rises(totals(code={"A": (8, 0)}), totals(code={"A": (4, 0)}), 30, 30)
    assert few == []
    noise = rises(totals(code={"A": (33, 0)}), totals(code={"A": (30, 0)}), 30, 30)
    assert noise == []
    sure = rises(totals(code={"A": (60, 0)}), totals(code={"A": (30, 0)}), 30, 30)
    assert [s.key for s in sure] == ["A"]
    assert sure[0].confidence is not None
    assert sure[0].confidence >= Decimal("0.95")


def test_a_month_that_is_not_over_is_compared_by_its_days() -> None:
    half = rises(totals(code={"A": (40, 0)}), totals(code={"A": (40, 0)}), 15, 30)
    assert half
    assert half[0].expected == Decimal("20.00")


def test_a_new_batch_stands_out_against_a_silent_past() -> None:
    """AN-02."""
    now = totals(batch={"2610A": (4, 0), "2610B": (2, 0)}, sku={"69": (30, 0)})
    earlier = [totals(sku={"69": (29, 0)})] * 3
    assert [s.key for s in emerging(now, earlier)] == ["batch:2610A"]


def months_of_new_batches(*counts: tuple[int, ...]) -> list[Totals]:
    """Return months, the latest first, each with batches that no other month has."""
    return [
        totals(batch={f"{month}-{at}": (n, 0) for at, n in enumerate(of_month)})
        for month, of_month in enumerate(counts)
    ]


def test_a_new_batch_like_other_new_batches_is_no_news() -> None:
    """AN-02: each month has new batches; only one above their usual beginning stands out."""
    earlier = months_of_new_batches((20, 22, 19), (21, 18, 23), (20, 20, 20))
    now = totals(batch={"usual": (23, 0), "bad": (45, 0)})
    (signal,) = emerging(now, earlier)
    assert (signal.key, signal.base, signal.expected) == ("batch:bad", 6, Decimal("20.50"))
    # Against its own silent past the usual one would stand out as well.
    assert {s.key for s in emerging(now, [totals()] * 3)} == {"batch:usual", "batch:bad"}


def test_the_first_months_of_a_store_call_nothing_new() -> None:
    """AN-02: with one or two months counted, each new batch would emerge; none does."""
    now = totals(batch={"2610A": (30, 0), "2610B": (6, 0)}, sku={"69": (12, 0)})
    for months in (0, 1, 2):
        assert emerging(now, [totals()] * months) == []
    assert [s.key for s in emerging(now, [totals()] * 3)] == [
        "batch:2610A",
        "sku:69",
        "batch:2610B",
    ]


def test_a_few_new_ones_before_are_compared_by_their_sum() -> None:
    """AN-02: three new batches of 20 say that a fourth of 24 is no news, one of 60 is."""
    earlier = months_of_new_batches((20, 22, 18), ())
    assert emerging(totals(batch={"usual": (24, 0)}), earlier) == []
    (signal,) = emerging(totals(batch={"bad": (60, 0)}), earlier)
    assert (signal.base, signal.expected) == (3, Decimal("20.00"))


def test_one_month_before_does_not_make_a_mean_certain() -> None:
    """AN-02: 4 then 11 is chance once in 16 times; after three months of 4 it is a signal."""
    now = totals(batch={"B": (11, 0)})
    assert emerging(now, [totals(batch={"B": (4, 0)})]) == []
    assert [s.key for s in emerging(now, [totals(batch={"B": (3, 0)})] * 3)] == ["batch:B"]


def test_batches_that_differ_widely_need_more_to_stand_out() -> None:
    """AN-02: the spread of earlier new batches counts, not only their mean."""
    now = totals(batch={"new": (40, 0)})
    alike = months_of_new_batches((20, 20, 20), (20, 20, 20), ())
    apart = months_of_new_batches((2, 40, 18), (35, 5, 20), ())
    assert [s.key for s in emerging(now, alike)] == ["batch:new"]
    assert emerging(now, apart) == []


def test_the_tail_for_new_ones_is_that_of_the_negative_binomial() -> None:
    """Against the sum of its terms: mean 4, variance 12 make size 2 and probability 1/3."""
    usual = UsualNew(4.0, 12.0, 9)
    terms = [comb(i + 1, i) * (1 / 3) ** 2 * (2 / 3) ** i for i in range(7)]
    assert usual.tail(7) == pytest.approx(1 - sum(terms))
    assert UsualNew(4.0, 3.0, 9).tail(7) == pytest.approx(poisson_tail(7, 4.0))


def test_a_batch_known_before_is_held_against_its_own_months() -> None:
    earlier = [totals(batch={"B": (4, 0)})] * 3
    assert emerging(totals(batch={"B": (6, 0)}), earlier) == []
    (signal,) = emerging(totals(batch={"B": (14, 0)}), earlier)
    assert (signal.base, signal.expected) == (0, Decimal("4.00"))


def test_priority_is_frequency_times_severity_times_cost() -> None:
    """AN-08: 10 cases × mean severity 2.5 × (1 + 50 yuan a case / 100)."""
    now = totals(code={"A": (10, 25)}, code_money={"A": (4, 50_000)})
    parts = priority(now, {"A": 10})
    assert (parts.cases, parts.severity, parts.paid) == (10, Decimal("2.50"), Decimal("50.00"))
    assert parts.value == Decimal("37.50")


def test_a_batch_weighs_what_the_codes_of_its_cases_weigh() -> None:
    """AN-08: two kinds of signals are ordered by one formula."""
    now = totals(
        batch={"2610A": (6, 0)},
        alike={"A|batch:2610A": (4, 0), "B|batch:2610A": (2, 0)},
        code={"A": (10, 40), "B": (10, 10)},
        code_money={"A": (1, 100_000)},
    )
    (signal,) = emerging(now, [totals()] * 3)
    assert signal.parts.cases == 6
    assert signal.parts.severity == Decimal("3.00")
    assert signal.parts.paid == Decimal("66.67")
    assert signal.priority == Decimal("30.06")


@pytest.mark.parametrize(
    ("k", "n", "p"),
    [(7, 10, 0.5), (3, 12, 0.2), (0, 5, 0.3), (440, 800, 0.5), (7, 7, 0.4), (310, 800, 0.4)],
)
def test_the_binomial_tail_is_exact(k: int, n: int, p: float) -> None:
    direct = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    assert binomial_tail(k, n, p) == pytest.approx(direct)


@pytest.mark.parametrize(("k", "mean"), [(6, 2.5), (2, 2.5), (0, 1.0), (95, 120.0), (140, 120.0)])
def test_the_poisson_tail_is_exact(k: int, mean: float) -> None:
    direct = 1 - sum(exp(-mean) * mean**i / factorial(i) for i in range(k))
    assert poisson_tail(k, mean) == pytest.approx(direct)


def test_tails_of_a_whole_region_are_summed_by_the_few_terms_that_matter() -> None:
    assert poisson_tail(73_000, 500.0) == 0.0
    assert poisson_tail(500, 73_000.0) == 1.0
    assert binomial_tail(40_000, 73_000, 0.5) < 1e-100
    assert UsualNew(500.0, 90_000.0, 9).tail(2_000) == pytest.approx(0.000765195)
