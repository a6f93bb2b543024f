"""Sections of reports that come from quality work: signals, causes, samples, chains, lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.domain.analytics.periods import parse_period
from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    Drill,
    Mark,
    PairBlock,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.domain.analytics.signals import Signal
from desktop.domain.improvement.root_cause import Action, RootCause, shown
from desktop.services.cause_words import kind_name
from desktop.services.forecasting import mstl
from desktop.services.ports import Journal
from desktop.services.quality import DrawnSample, Quality
from desktop.services.reporting_chargeback import chargeback
from desktop.services.reporting_forecast import forecast_sections
from desktop.services.reporting_numbers import Frame, Numbers
from desktop.services.reporting_packs import Sources
from desktop.services.root_cause import Effect, RootCauses, mark_of
from desktop.services.signals import Signals

#: Signals that a pack prints; the rest are on the screen.
MOST_SIGNALS: Final = 12
MOST_CAUSES: Final = 15
URGENT: Final = 2


class QualitySources:
    """Makes the sections; `sources` gives them to the packs."""

    def __init__(
        self, journal: Journal, quality: Quality, causes: RootCauses, signals: Signals
    ) -> None:
        self._journal = journal
        self._quality = quality
        self._causes = causes
        self._signals = signals

    def sources(self) -> Sources:
        """Return the makers of sections."""
        return Sources(
            signals=self.signals,
            plan=self.plan,
            actions=self.actions,
            effects=self.effects,
            sample=self.sample,
            chains=self.chains,
            lines=self.lines,
            chargeback=lambda numbers: chargeback(numbers, self._journal),
            forecast=lambda numbers: forecast_sections(numbers, mstl),
        )

    def signals(self, numbers: Numbers) -> Sequence[Section]:
        """Return what stands out, by priority; only whole months have signals."""
        frame, text = numbers.frame, numbers.frame.texts.get
        if not frame.period.months:
            return ()
        zone = ZoneInfo(frame.timezone)
        until = frame.made_at.astimezone(zone).date() + timedelta(days=1)
        found = self._signals.of(frame.period, frame.stores, until)[:MOST_SIGNALS]
        rows = tuple(
            (
                text(f"cause.kind.{signal.kind}"),
                signal_name(frame, signal),
                str(signal.n),
                signal_why(frame, signal),
                f"{signal.priority}\n{priority_parts(signal)}",
            )
            for signal in found
        )
        columns = (
            Column(text("pack.col.signal"), 0.11),
            Column(text("pack.col.code"), 0.33),
            Column(text("pack.col.n"), 0.08, "right"),
            Column(text("pack.col.why"), 0.3),
            Column(text("pack.col.priority"), 0.18, "right"),
        )
        drills = tuple(signal_drill(frame, signal) for signal in found)
        lead = TextBlock(text("pack.signals_lead"), small=True)
        note = TextBlock(text("cause.priority_note"), small=True)
        table = TableBlock(columns, rows, text("pack.no_cases"), drills)
        return (Section("signals", text("pack.sec.signals"), (lead, note, table)),)

    def plan(self, numbers: Numbers) -> Sequence[Section]:
        """Return the root causes of the period: the Plan of PDCA."""
        frame, text = numbers.frame, numbers.frame.texts.get
        every = sorted(self._of(frame), key=lambda c: (-c.count, c.month, c.key, c.stores))
        found = every[:MOST_CAUSES]
        rows = tuple(
            (
                kind_name(cause.key, frame.policy, frame.texts),
                cause.month,
                cause.stores[0] if len(cause.stores) == 1 else text("pack.region"),
                str(cause.count),
                shown(cause.root) or text("pack.state.open"),
            )
            for cause in found
        )
        drills = tuple(
            frame.drill(*mark_of(cause.key), label=name, period=parse_period(cause.month))
            for cause, (name, *_) in zip(found, rows, strict=True)
        )
        columns = (
            Column(text("pack.col.code"), 0.34),
            Column(text("pack.col.month"), 0.11),
            Column(text("pack.col.store"), 0.1),
            Column(text("pack.col.n"), 0.08, "right"),
            Column(text("pack.root"), 0.37),
        )
        lead = text("pack.plan_lead", n=len(found), all=len(every))
        goal = TextBlock(text("pack.plan_goal"))
        table = TableBlock(columns, rows, text("pack.no_causes"), drills)
        blocks = (TextBlock(lead, small=True), goal, table) if found else (goal, table)
        return (Section("plan", text("pack.sec.plan"), blocks),)

    def actions(self, numbers: Numbers) -> Sequence[Section]:
        """Return the actions with owner, due date and evidence: the Do of PDCA."""
        frame, text = numbers.frame, numbers.frame.texts.get
        today = self._causes.today()
        pairs = [(c, a) for c in self._of(frame) for a in c.actions.values()]
        table = action_table(frame, [action for _, action in pairs], today)
        return (Section("do", text("pack.sec.do"), (table,)),)

    def effects(self, numbers: Numbers) -> Sequence[Section]:
        """Return each done action with its effect chart: the Check of PDCA."""
        frame, text = numbers.frame, numbers.frame.texts.get
        blocks: list[TextBlock | ChartBlock] = [TextBlock(text("pack.check_lead"), small=True)]
        for cause in self._of(frame):
            for action in cause.actions.values():
                effect = self._causes.effect(cause, action)
                if effect is not None:
                    blocks += effect_blocks(frame, cause, action, effect)
        if len(blocks) == 1:
            blocks.append(TextBlock(text("pack.no_effects"), small=True))
        return (Section("check", text("pack.sec.check"), tuple(blocks)),)

    def sample(self, numbers: Numbers) -> Sequence[Section]:
        """Return the samples of the period's months: list, commitment, seed, reviews (AU-05)."""
        found = []
        for month in numbers.frame.period.months:
            drawn = self._quality.sample(month, numbers.frame.stores)
            if drawn.sample.committed:
                found.append(_sample_section(numbers.frame, month, drawn))
        if found:
            return tuple(found)
        text = numbers.frame.texts.get
        none = TextBlock(text("pack.no_sample"))
        return (Section("sample", text("pack.sec.sample"), (none,)),)

    def chains(self, numbers: Numbers) -> Sequence[Section]:
        """Return every chain with its length and last hash: what an auditor compares (AU-05)."""
        text = numbers.frame.texts.get
        rows = tuple(
            (chain, str(seq), head.hex()[:16])
            for chain, (seq, head) in sorted(self._journal.chains().items())
            if seq
        )
        columns = (
            Column(text("pack.col.chain"), 0.4),
            Column(text("pack.col.seq"), 0.2, "right"),
            Column(text("pack.col.hash"), 0.4, "right"),
        )
        blocks = (
            TextBlock(text("pack.chains_lead"), small=True),
            TableBlock(columns, rows, text("pack.no_cases")),
        )
        return (Section("chains", text("pack.sec.chains"), blocks),)

    def lines(self, numbers: Numbers) -> Sequence[Section]:
        """Return the day's progress line of every open level 2 complaint (CL-02)."""
        frame, text = numbers.frame, numbers.frame.texts.get
        day = frame.period.since
        rows, drills = [], []
        for facts in numbers.open_cases:
            if facts.level != URGENT or facts.opened > day or facts.duplicate:
                continue
            state = fold.fold(facts.stream, self._journal.events(facts.stream))
            said = [shown(line.text) for line in state.daily_lines if line.day == day]
            rows.append(
                (
                    facts.number,
                    frame.code_name(facts.code),
                    frame.person(facts.owner),
                    said[-1] if said else text("pack.line_missing"),
                )
            )
            drills.append(frame.drill("case", facts.stream, facts.number))
        columns = (
            Column(text("pack.col.number"), 0.25),
            Column(text("pack.col.code"), 0.22),
            Column(text("pack.col.owner"), 0.12),
            Column(text("pack.col.line"), 0.41),
        )
        blocks = (
            TextBlock(text("pack.lines_lead"), small=True),
            TableBlock(columns, tuple(rows), text("pack.no_lines"), tuple(drills)),
        )
        return (Section("lines", text("pack.sec.lines"), blocks),)

    def _of(self, frame: Frame) -> list[RootCause]:
        """Return the causes of the period's months about stores in scope."""
        return [
            cause
            for cause in self._causes.all()
            if cause.month in frame.period.months and set(cause.stores) <= frame.stores
        ]


def signal_name(frame: Frame, signal: Signal) -> str:
    """Return a signal's kind of complaint in words."""
    if signal.kind == "emerging":
        dim, _, key = signal.key.partition(":")
        return f"{frame.texts.get(f'pack.dim.{dim}')} {key}"
    code, _, trace = signal.key.partition("|")
    name = frame.code_name(code)
    if not trace:
        return name
    dim, _, key = trace.partition(":")
    return f"{name}\n{frame.texts.get(f'pack.dim.{dim}')} {key}"


def signal_why(frame: Frame, signal: Signal) -> str:
    """Return why it stands out, with what was expected and how sure it is."""
    if signal.kind == "repeat" and len(frame.period.months) > 1:
        return frame.texts.get("cause.why.repeat_monthly")
    confidence = "" if signal.confidence is None else f"{signal.confidence * 100:.2f}%"
    known = {"expected": signal.expected or 0, "confidence": confidence}
    if signal.base:
        return frame.texts.get("cause.why.emerging_new", base=signal.base, **known)
    return frame.texts.get(f"cause.why.{signal.kind}", **known)


def priority_parts(signal: Signal) -> str:
    """Return frequency × severity × cost as numbers (AN-08)."""
    parts = signal.parts
    return f"{parts.cases} × {parts.severity} × {parts.cost}"


def signal_drill(frame: Frame, signal: Signal) -> Drill:
    """Return the way to a signal's cases."""
    name = signal_name(frame, signal).replace("\n", " ")
    if signal.kind == "emerging":
        dim, _, key = signal.key.partition(":")
        return frame.drill(dim, key, name)
    return frame.drill("alike" if signal.kind == "repeat" else "code", signal.key, name)


def action_table(frame: Frame, actions: Sequence[Action], today: date) -> TableBlock:
    """Return actions with owner, due date, evidence and state (QA-06)."""
    text = frame.texts.get
    rows = tuple(
        (
            shown(action.text),
            frame.person(action.owner),
            action.due.isoformat(),
            _proof(action),
            text(f"pack.state.{action.state(today)}"),
        )
        for action in actions
    )
    columns = (
        Column(text("pack.col.action"), 0.38),
        Column(text("pack.col.responsible"), 0.13),
        Column(text("pack.col.due_day"), 0.14),
        Column(text("pack.col.evidence"), 0.2),
        Column(text("pack.col.state"), 0.15),
    )
    return TableBlock(columns, rows, text("pack.no_actions"))


def _proof(action: Action) -> str:
    """Return what proves an action: the reference, and the file with the start of its hash."""
    file = f"{shown(action.file)} ({action.attachment[:12]})" if action.attachment else ""
    return "\n".join(part for part in (action.evidence, file) if part) or "—"


def effect_blocks(
    frame: Frame, cause: RootCause, action: Action, effect: Effect
) -> list[TextBlock | ChartBlock]:
    """Return the chart of an action's effect by week, each with its cases, and its verdict."""
    text = frame.texts.get
    marks = tuple(_week_mark(frame, cause, action, effect, week) for week in range(effect.begun))
    ahead = (Mark(str(week), 0, "") for week in range(effect.after_weeks + 1, effect.at + 1))
    chart = ChartBlock("columns", shown(action.text), (*marks, *ahead), at=effect.at)
    words = f"{shown(action.text)} · {text('pack.effective_from', day=action.effective)}"
    return [TextBlock(words), TextBlock(effect_text(text, effect), small=True), chart]


def _week_mark(frame: Frame, cause: RootCause, action: Action, effect: Effect, week: int) -> Mark:
    """Return a week of an effect chart; weeks are counted from the effective day, without a 0."""
    n, place = effect.weeks[week], week - effect.at
    label = str(place + (place >= 0))
    if not n or action.effective is None:
        return Mark(label, n, str(n))
    since = action.effective + timedelta(weeks=place)
    stores = frozenset(cause.stores) & frame.stores
    name = frame.texts.get("pack.week_from", day=since)
    drill = Drill(*mark_of(cause.key), since, since + timedelta(weeks=1), stores, name)
    return Mark(label, n, str(n), drill)


def effect_text(text: Callable[..., str], effect: Effect) -> str:
    """Return how many complaints before and after, or that it is too early."""
    if effect.after is None:
        return text("pack.effect_wait")
    moved = "—"
    if effect.before:
        moved = f"{(effect.after - effect.before) * 100 / effect.before:+.1f}%"
    return text("pack.effect_row", before=effect.before, after=effect.after, change=moved)


def _sample_section(frame: Frame, month: str, drawn: DrawnSample) -> Section:
    text = frame.texts.get
    sample = drawn.sample
    lead, none = ("sample_lead", "no_sample") if sample.seed else ("sample_sealed", "sample_later")
    if not sample.in_time:
        lead = "sample_late"
    rows = tuple(
        (
            number,
            frame.store(store),
            frame.code_name(drawn.cases[number].code),
            *_review_cells(frame, drawn, number),
        )
        for store, numbers in drawn.drawn.items()
        for number in numbers
    )
    columns = (
        Column(text("pack.col.number"), 0.24),
        Column(text("pack.col.store"), 0.25),
        Column(text("pack.col.code"), 0.24),
        Column(text("pack.col.score"), 0.08, "right"),
        Column(text("pack.col.rule"), 0.19),
    )
    drills = tuple(
        frame.drill("case", drawn.cases[number].stream, number)
        for numbers in drawn.drawn.values()
        for number in numbers
    )
    counts: Mapping[str, int] = {s: len(p) for s, p in drawn.population.items()}
    pairs = tuple(
        (frame.store(store), f"{len(drawn.drawn.get(store, ()))} / {n}")
        for store, n in counts.items()
    )
    blocks = (
        TextBlock(text(f"pack.{lead}", commitment=sample.commitment, seed=sample.seed), small=True),
        PairBlock(pairs),
        TableBlock(columns, rows, text(f"pack.{none}"), drills),
    )
    return Section(f"sample_{month}", f"{text('pack.sec.sample')} {month}", blocks)


def _review_cells(frame: Frame, drawn: DrawnSample, number: str) -> tuple[str, str]:
    review = drawn.reviews.get(number)
    if review is None:
        return "—", "—"
    flags = frame.texts.get("pack.and").join(
        frame.texts.get(f"cause.flag.{flag}") for flag in review.flags
    )
    return str(review.total), flags or frame.texts.get("cause.flag.none")
