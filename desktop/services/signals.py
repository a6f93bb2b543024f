"""Signals over a scope (预警): repeats open root causes, rises, emerging products, alike cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.analytics import signals
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.measures import Totals
from desktop.domain.analytics.periods import Period, parse_period, period_of
from desktop.domain.analytics.signals import Signal
from desktop.domain.improvement.root_cause import OpenCause
from desktop.domain.outcomes import Actor
from desktop.services.cause_words import RULES, problem
from desktop.services.identity import Identity
from desktop.services.ports import Clock, Policies
from desktop.services.reporting_numbers import began
from desktop.services.reporting_ports import CaseQuery, Rollups, Stores
from desktop.services.root_cause import RootCauses
from desktop.texts import Texts

#: Periods before this one that a product's usual count is taken from.
EARLIER: Final = 3
#: How far back cases are looked at for what they have in common.
ALIKE_DAYS: Final = 60
MOST_ALIKE: Final = 50


@dataclass(frozen=True, slots=True)
class Alike:
    """A complaint like another one, with what they share: code, sku, batch, store, owner."""

    facts: CaseFacts
    why: tuple[str, ...]


class Signals:
    """Finds what stands out in the counts of a scope."""

    def __init__(
        self,
        rollups: Rollups,
        policies: Policies,
        identity: Identity,
        causes: RootCauses,
        clock: Clock,
    ) -> None:
        self._rollups = rollups
        self._policies = policies
        self._identity = identity
        self._causes = causes
        self._clock = clock

    def of(self, period: Period, stores: Stores, until: date | None = None) -> Sequence[Signal]:
        """Return the signals of whole months, the highest priority first.

        `until` is the day up to which the period has run, for a period that is not over.
        """
        now = self._totals(period, stores)
        first = began(self._rollups, stores)
        known = [p for p in _before(period, EARLIER) if first is not None and p.since >= first]
        earlier = [self._totals(p, stores) for p in known]
        # Longer periods ask for as many a month on average.
        least = self._policies.current().thresholds.repeat_count * len(period.months)
        last = min(until or period.until, period.until)
        days = max((last - period.since).days, 1)
        days_before = (period.until - period.since).days
        found = (
            *signals.repeats(now, least),
            # Against a time that nobody counted everything rises and everything is new.
            *(signals.rises(now, earlier[0], days, days_before) if earlier else ()),
            *(signals.emerging(now, earlier) if earlier else ()),
        )
        return tuple(sorted(found, key=lambda s: (-s.priority, s.kind, s.key)))

    def raise_repeats(self, month: str, stores: Stores, actor: Actor) -> Sequence[str]:
        """Open a root cause for every kind that repeated five times, by store and by region.

        Returns the streams of the causes opened now; what is open already stays as it is.
        """
        period = parse_period(month)
        if period is None or not period.months:
            return ()
        least = self._policies.current().thresholds.repeat_count
        opened = []
        scopes = [frozenset({store}) for store in sorted(stores)]
        if len(stores) > 1:
            scopes.append(stores)
        by_store = self._rollups.by_store(stores, period.months, ("alike", "code"))
        whole = Totals(self._rollups.sums(stores, period.months, ("alike", "code")))
        for scope in scopes:
            found = whole if len(scope) > 1 else Totals(by_store.get(next(iter(scope)), {}))
            for signal in signals.repeats(found, least):
                stream = self._causes.open(self._command(signal, month, scope), actor)
                if stream:
                    opened.append(stream)
        return tuple(opened)

    def alike(self, facts: CaseFacts, stores: Stores) -> Sequence[Alike]:
        """Return complaints like this one, the most in common first, each with why."""
        since = facts.opened - timedelta(days=ALIKE_DAYS)
        until = facts.opened + timedelta(days=ALIKE_DAYS)
        query = CaseQuery(stores, since, until, "code", facts.code)
        found = []
        for other in self._rollups.cases(query) if facts.code else ():
            if other.stream == facts.stream:
                continue
            why = tuple(
                name
                for name in ("code", "sku", "batch", "store", "owner")
                if getattr(facts, name) and getattr(facts, name) == getattr(other, name)
            )
            if {"sku", "batch"} & set(why) or len(why) > 1:
                found.append(Alike(other, why))
        found.sort(key=lambda a: (-_weight(a.why), a.facts.opened_at, a.facts.stream))
        return tuple(found[:MOST_ALIKE])

    def today(self) -> date:
        """Return the day in the store's zone."""
        zone = ZoneInfo(self._identity.current().timezone)
        return self._clock.now().astimezone(zone).date()

    def _totals(self, period: Period, stores: Stores) -> Totals:
        wanted = ("alike", "code", "sku", "batch", "code_money")
        return Totals(self._rollups.sums(stores, period.months, wanted))

    def _command(self, signal: Signal, month: str, scope: Stores) -> OpenCause:
        rule, policy = RULES[signal.kind], self._policies.current()
        words = problem(signal.key, rule, month, signal.n, policy, Texts("zh_CN"))
        return OpenCause(signal.key, month, tuple(sorted(scope)), rule, signal.n, words)


def _before(period: Period, count: int) -> list[Period]:
    found = [period.before]
    while len(found) < count:
        found.append(found[-1].before)
    return found


def _weight(why: tuple[str, ...]) -> int:
    weights = {"code": 1, "sku": 4, "batch": 6, "store": 1, "owner": 1}
    return sum(weights[name] for name in why)


def month_of(day: date) -> Period:
    """Return the month that holds a day."""
    return period_of("month", day)
