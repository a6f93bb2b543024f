"""Reports on the desk, as the person logged in: made, drilled to cases, exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from desktop.domain.analytics.periods import add_months, month_text, parse_period
from desktop.domain.analytics.report import Drill, Report
from desktop.domain.analytics.signals import Signal
from desktop.domain.improvement.reviews import RecordReview, Review
from desktop.domain.improvement.root_cause import (
    MANAGERS,
    Action,
    Command,
    OpenCause,
    RootCause,
)
from desktop.domain.outcomes import Actor, Refusal
from desktop.files import write_whole
from desktop.services.cause_words import RULES
from desktop.services.quality import DrawnSample
from desktop.services.reporting_sources import signal_drill, signal_name, signal_why
from desktop.services.signals import Alike
from desktop.services.ticket_ports import TicketRow
from desktop.services.use_cases import UseCases
from desktop.texts import Lang


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...


class ReportDesk:
    """The part of the desk that looks over all complaints of a scope."""

    def report(
        self: _Desk, kind: str, period: str, lang: Lang, stores: frozenset[str] | None = None
    ) -> Report | Refusal:
        """Return a report over a period (2026-11, 2026-Q3, 2026-W47, 2026-11-21).

        Refused while earlier complaints are counted again: its figures would lack them.
        """
        behind = self.use_cases.catch_up.behind()
        if behind is not None and behind.counting:
            return Refusal("reports_counting", {"done": behind.done, "of": behind.of})
        return self.use_cases.reporting.report(kind, period, lang, self.actor(), stores)

    def report_kinds(self: _Desk) -> Sequence[str]:
        """Return the kinds of reports."""
        return self.use_cases.reporting.kinds

    def report_stores(self: _Desk) -> dict[str, str]:
        """Return the stores whose figures this person may see, code to name."""
        names = self.use_cases.reporting.store_names()
        seen = self.use_cases.reporting.scope(self.actor())
        return {code: names.get(code, "") for code in sorted(seen)}

    def report_cases(self: _Desk, drill: Drill) -> Sequence[TicketRow]:
        """Return the complaints behind a mark of a chart or a row of a table."""
        return self.use_cases.reporting.cases(drill, self.actor())

    def export_report(self: _Desk, report: Report, out: Path) -> Path:
        """Write a report as PDF, or as a workbook where the name ends in .xlsx; returns where."""
        reporting = self.use_cases.reporting
        workbook = out.suffix.lower() == ".xlsx"
        write_whole(out, reporting.xlsx(report) if workbook else reporting.pdf(report))
        return out

    def keep_up_quality(self: _Desk) -> Sequence[str]:
        """Commit and publish sample seeds and open root causes that are due; safe to call often.

        Returns the root causes opened now.
        """
        use, actor = self.use_cases, self.actor()
        behind = use.catch_up.behind()
        if behind is not None and behind.counting:
            return ()  # nothing is concluded from half the complaints
        use.quality.keep_up(actor)
        today = use.signals.today()
        stores = use.reporting.scope(actor)
        opened: list[str] = []
        for month in (month_text(add_months(today, -1)), month_text(today)):
            opened += use.signals.raise_repeats(month, stores, actor)
        return opened

    def raise_repeats(self: _Desk, stream: str) -> None:
        """Open a root cause where this complaint is the fifth of its kind in its month (QA-02)."""
        use = self.use_cases
        facts = use.reporting.case(stream)
        if facts is not None and facts.code:
            month = month_text(facts.opened)
            use.signals.raise_repeats(month, frozenset({facts.store}), self.actor())

    def quality_sample(self: _Desk, month: str) -> DrawnSample:
        """Return a month's sample with its reviews."""
        return self.use_cases.quality.sample(month, self.use_cases.reporting.scope(self.actor()))

    def quality_checks(self: _Desk, stream: str) -> tuple[str, ...]:
        """Return what the rule checks find in a case's words."""
        return self.use_cases.quality.checks(stream)

    def review_case(self: _Desk, command: RecordReview) -> Review | Refusal:
        """Keep the scores of a sampled case."""
        return self.use_cases.quality.review(command, self.actor())

    def signals(self: _Desk, period: str, lang: Lang) -> Sequence[tuple[Signal, str, str, Drill]]:
        """Return the signals of a month with name, reason and the way to the cases."""
        use, actor = self.use_cases, self.actor()
        found = parse_period(period)
        if found is None or not found.months:
            return ()
        frame = use.reporting.frame(found, lang, actor)
        until = use.signals.today() + timedelta(days=1)
        return [
            (s, signal_name(frame, s), signal_why(frame, s), signal_drill(frame, s))
            for s in use.signals.of(found, frame.stores, until)
        ]

    def root_causes(self: _Desk) -> Sequence[RootCause]:
        """Return the root causes about stores that this person may see, the newest first."""
        seen = self.use_cases.reporting.scope(self.actor())
        return [c for c in self.use_cases.causes.all() if set(c.stores) <= seen]

    def root_cause(self: _Desk, stream: str, lang: Lang) -> tuple[RootCause, Report]:
        """Return a root cause and its report."""
        use = self.use_cases
        cause = use.causes.get(stream)
        return cause, use.reporting.cause(cause, use.causes, lang, self.actor())

    def open_cause(self: _Desk, signal: Signal, month: str, problem: str) -> str:
        """Open a root cause for a signal; returns its stream, the same one when it is open."""
        use, actor = self.use_cases, self.actor()
        stores = tuple(sorted(use.reporting.scope(actor)))
        rule = RULES[signal.kind]
        return use.causes.find_or_open(
            OpenCause(signal.key, month, stores, rule, signal.n, problem), actor
        )

    def work_on_cause(self: _Desk, stream: str, command: Command) -> RootCause | Refusal:
        """Decide and save a command on a root cause."""
        return self.use_cases.causes.act(stream, command, self.actor())

    def actions_to_verify(self: _Desk) -> Sequence[tuple[RootCause, Action, date]]:
        """Return actions that this person is asked to verify, those due first (QA-06).

        Nobody verifies an own action, and clerks none.
        """
        actor = self.actor()
        if actor.role not in MANAGERS:
            return ()
        found = self.use_cases.causes.to_verify(self.use_cases.reporting.scope(actor))
        return [each for each in found if each[1].owner != actor.person]

    def keep_proof(self: _Desk, content: bytes) -> str:
        """Keep the file that proves an action, as it is; returns its SHA-256 (QA-06)."""
        return self.use_cases.attachments.put(content)

    def new_action(self: _Desk) -> str:
        """Return an id for a new action."""
        return self.use_cases.causes.new_action()

    def alike(self: _Desk, stream: str) -> Sequence[Alike]:
        """Return complaints like this one, each with why."""
        facts = self.use_cases.reporting.case(stream)
        stores = self.use_cases.reporting.scope(self.actor())
        return self.use_cases.signals.alike(facts, stores) if facts else ()

    def month_report(self: _Desk, period: str, lang: Lang, out: Path) -> Path | Refusal:
        """Write the monthly report of `period` (YYYY-MM) as PDF; returns where."""
        made = self.use_cases.reporting.report("month", period, lang, self.actor())
        if isinstance(made, Refusal):
            return made
        write_whole(out, self.use_cases.reporting.pdf(made))
        return out

    def report_pdf(self: _Desk, report: Report) -> bytes:
        """Return a report as PDF, for the print preview."""
        return self.use_cases.reporting.pdf(report)
