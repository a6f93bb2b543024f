"""The report of one root cause (根因分析报告): whys, fishbone, actions, effect, cases (QA-03)."""

from __future__ import annotations

from desktop.domain.analytics.report import (
    Block,
    ChartBlock,
    Column,
    Mark,
    PairBlock,
    Report,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.domain.improvement.root_cause import RIBS, WHYS, RootCause, shown
from desktop.services.cause_words import kind_name, title_of
from desktop.services.reporting_numbers import Frame
from desktop.services.reporting_sources import action_table, effect_blocks
from desktop.services.root_cause import RootCauses

#: Cases that the paper names; the screen drills to all.
MOST_CASES = 30


def cause_sections(frame: Frame, cause: RootCause, causes: RootCauses) -> tuple[Section, ...]:
    """Return the sections of a root cause, for screen and paper alike."""
    text = frame.texts.get
    return (
        Section("problem", text("pack.sec.problem"), (_facts(frame, cause),)),
        Section("whys", text("pack.sec.whys"), (_whys(frame, cause),)),
        Section("fishbone", text("pack.sec.fishbone"), (fishbone(frame, cause),)),
        Section(
            "actions",
            text("pack.sec.actions"),
            (action_table(frame, tuple(cause.actions.values()), causes.today()),),
        ),
        *_effects(frame, cause, causes),
        Section("cases", text("pack.sec.cases"), _cases(frame, cause, causes)),
    )


def cause_report(frame: Frame, cause: RootCause, causes: RootCauses, note: str) -> Report:
    """Return the report of a root cause; its code signs kind, count and whether it is concluded."""
    return Report(
        kind="root_cause",
        lang=frame.texts.lang,
        title=frame.texts.get("pack.kind.root_cause"),
        period=frame.period.label(frame.texts.lang),
        scope=frame.scope,
        contact="",
        note=note,
        made_at=frame.made_at,
        timezone=frame.timezone,
        sections=cause_sections(frame, cause, causes),
        facts={
            "id": cause.id,
            "p": cause.month,
            "code": cause.code,
            "n": cause.count,
            "actions": len(cause.actions),
        },
    )


def _facts(frame: Frame, cause: RootCause) -> PairBlock:
    text = frame.texts.get
    rule = f"cause.rule.{cause.rule}"
    return PairBlock(
        (
            (text("pack.problem"), title_of(cause, frame.policy, frame.texts)),
            (text("pack.kind_label"), kind_name(cause.key, frame.policy, frame.texts)),
            (text("pack.col.cases"), str(cause.count)),
            (text("pack.col.why"), text(rule) if frame.texts.has(rule) else cause.rule),
            (text("pack.col.store"), text("pack.and").join(frame.store(s) for s in cause.stores)),
            (text("pack.root"), shown(cause.root) or "—"),
        )
    )


def _whys(frame: Frame, cause: RootCause) -> PairBlock:
    text = frame.texts.get
    return PairBlock(
        tuple(
            (text("pack.whys_row", n=n), shown(cause.whys.get(n, "")) or "—")
            for n in range(1, WHYS + 1)
        )
    )


def fishbone(frame: Frame, cause: RootCause) -> ChartBlock:
    """Return the fishbone 人机料法环测 with the causes on its ribs (QA-04)."""
    text = frame.texts.get
    marks = tuple(Mark(text(f"cause.rib.{rib}"), 1, shown(bone)) for rib, bone in cause.bones)
    return ChartBlock(
        "fishbone",
        kind_name(cause.key, frame.policy, frame.texts),
        marks or (Mark("", 0, ""),),
        rows=tuple(text(f"cause.rib.{rib}") for rib in RIBS),
    )


def _effects(frame: Frame, cause: RootCause, causes: RootCauses) -> tuple[Section, ...]:
    text = frame.texts.get
    blocks: list[Block] = []
    for action in cause.actions.values():
        effect = causes.effect(cause, action)
        if effect is not None:
            blocks += effect_blocks(frame, cause, action, effect)
    if not blocks:
        return ()
    lead = TextBlock(text("pack.effect_lead"), small=True)
    return (Section("effect", text("pack.sec.effect"), (lead, *blocks)),)


def _cases(frame: Frame, cause: RootCause, causes: RootCauses) -> tuple[Block, ...]:
    text = frame.texts.get
    found = causes.cases(cause)
    rows = tuple(
        (f.number, frame.store(f.store), f.opened.isoformat(), f.sku or "—", f.batch or "—")
        for f in found[:MOST_CASES]
    )
    drills = tuple(frame.drill("case", f.stream, f.number) for f in found[:MOST_CASES])
    columns = (
        Column(text("pack.col.number"), 0.28),
        Column(text("pack.col.store"), 0.22),
        Column(text("pack.col.opened"), 0.16),
        Column(text("pack.dim.sku"), 0.2),
        Column(text("pack.dim.batch"), 0.14),
    )
    table = TableBlock(columns, rows, text("pack.no_cases"), drills)
    if len(found) <= MOST_CASES:
        return (table,)
    return (TextBlock(text("pack.cases_first", n=MOST_CASES, all=len(found)), small=True), table)
