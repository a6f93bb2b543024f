"""From the tickets of a month to its report model: each figure once, with its parts (AN-01)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from desktop.domain.deadlines import Deadline
from desktop.domain.papers import PeriodPaper
from desktop.domain.ticket import Mark, TicketState
from desktop.reports import formats
from desktop.reports.from_ticket import store_of
from desktop.reports.models import Figure, Ledger, Monthly, Tally
from desktop.texts import Texts

#: AN-01, NC-07: what the sources aim at, printed beside the figure, never promised.
SATISFACTION_TARGET = "≥ 98 %"
ON_TIME_TARGET = "≥ 95 %"


def monthly(paper: PeriodPaper, texts: Texts) -> Monthly:
    """Return the month's report; tickets opened, closed, due or paid in it are counted."""
    received = [s for s, _ in paper.tickets if _within(paper, s.opened)]
    return Monthly(
        store=store_of(paper.identity),
        scope=paper.identity.name or paper.identity.store,
        year=paper.since.year,
        month=paper.since.month,
        tz=paper.identity.timezone,
        made_at=paper.printed_at,
        figures=_figures(paper, received),
        by_code=_by_code(paper, received, texts),
        by_level=_tallies(
            received,
            lambda s: str(s.level) if s.value("level") is not None else "",
            lambda key: formats.label(texts, "level", key),
        ),
        by_channel=_tallies(
            received, lambda s: s.channel, lambda key: formats.label(texts, "channel", key)
        ),
        daily=_daily(paper, received),
        goodwill=_money(paper, "goodwill"),
        refunds=_money(paper, "refund"),
        statutory=_money(paper, "statutory"),
    )


def _within(paper: PeriodPaper, mark: Mark | None) -> bool:
    return mark is not None and paper.since <= mark.at < paper.until


def _figures(paper: PeriodPaper, received: Sequence[TicketState]) -> tuple[Figure, ...]:
    states = [state for state, _ in paper.tickets]
    closed = [s for s in states if _within(paper, s.closed)]
    still_open = [s for s in states if s.opened and _open_at(s, paper.until)]
    return (
        Figure("received", "count", Decimal(len(received)), unit="cases"),
        Figure("closed", "count", Decimal(len(closed)), unit="cases"),
        Figure("open", "count", Decimal(len(still_open)), unit="cases"),
        _on_time(paper, "first_response", "first_response_on_time"),
        _on_time(paper, "solution", "on_time"),
        _resolution_hours(paper, states),
        _satisfaction(paper, states),
        _share("effective", closed, _effective),
        _share("compensated", closed, lambda s: any(i.allowed for i in s.compensation.values())),
        _mean_goodwill(paper),
    )


def _open_at(state: TicketState, moment: datetime) -> bool:
    opened = state.opened is not None and state.opened.at < moment
    return opened and (state.closed is None or state.closed.at >= moment)


def _on_time(paper: PeriodPaper, clock: str, key: str) -> Figure:
    cutoff = min(paper.until, paper.printed_at)
    due: list[Deadline] = [
        d
        for _, deadlines in paper.tickets
        for d in deadlines
        if d.clock.name == clock and paper.since <= d.clock.due < cutoff
    ]
    met = sum(not d.overdue for d in due)
    return Figure(key, "share", Decimal(met), len(due), target=ON_TIME_TARGET)


def _resolution_hours(paper: PeriodPaper, states: Iterable[TicketState]) -> Figure:
    spans = [
        s.solved.at - s.opened.at
        for s in states
        if s.opened and s.solved and _within(paper, s.solved)
    ]
    seconds = Decimal(int(sum(spans, timedelta()).total_seconds()))
    hours = (seconds / 3600).quantize(Decimal("0.1"))
    return Figure("resolution_hours", "mean", hours, len(spans), unit="hours")


def _satisfaction(paper: PeriodPaper, states: Iterable[TicketState]) -> Figure:
    scores = [
        survey.score
        for state in states
        for survey in state.surveys
        if survey.score is not None and _within(paper, survey.mark)
    ]
    least = paper.policy.thresholds.satisfied_from
    satisfied = sum(score >= least for score in scores)
    return Figure(
        "satisfaction", "share", Decimal(satisfied), len(scores), target=SATISFACTION_TARGET
    )


def _effective(state: TicketState) -> bool:
    signed = state.text("signed_how") == "paper"
    return signed or any((survey.score or 0) >= 4 for survey in state.surveys)


def _share(key: str, states: Sequence[TicketState], holds: Callable[[TicketState], bool]) -> Figure:
    return Figure(key, "share", Decimal(sum(holds(s) for s in states)), len(states))


def _granted_in(paper: PeriodPaper, ledger: Ledger) -> list[tuple[str, Decimal]]:
    return [
        (state.id, item.amount)
        for state, _ in paper.tickets
        for item in state.compensation.values()
        if item.ledger == ledger and item.allowed and _within(paper, item.decided or item.proposed)
    ]


def _money(paper: PeriodPaper, ledger: Ledger) -> Decimal:
    return sum((amount for _, amount in _granted_in(paper, ledger)), Decimal("0.00"))


def _mean_goodwill(paper: PeriodPaper) -> Figure:
    cases = {ticket for ticket, _ in _granted_in(paper, "goodwill")}
    return Figure("mean_goodwill", "mean", _money(paper, "goodwill"), len(cases), unit="yuan")


def _by_code(
    paper: PeriodPaper, received: Sequence[TicketState], texts: Texts
) -> tuple[Tally, ...]:
    def name(key: str) -> str:
        code = paper.policy.codes.get(key)
        return texts.choose(dict(code.title)) if code else key

    return _tallies(received, lambda s: s.text("code"), name)


def _tallies(
    states: Sequence[TicketState], key_of: Callable[[TicketState], str], name: Callable[[str], str]
) -> tuple[Tally, ...]:
    counts = Counter(key_of(state) for state in states)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Tally(key or "—", name(key) if key else "—", n) for key, n in ordered)


def _daily(paper: PeriodPaper, received: Iterable[TicketState]) -> dict[date, int]:
    zone = ZoneInfo(paper.identity.timezone)
    counts = Counter(s.opened.at.astimezone(zone).date() for s in received if s.opened)
    days = (paper.until.date() - paper.since.date()).days
    every = (paper.since.date() + timedelta(days=n) for n in range(days))
    return {day: counts.get(day, 0) for day in every}
