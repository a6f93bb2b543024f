"""The evidence pack of an external case (12315 举证包, CH-05): facts, money, evidence, proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.domain.analytics.report import (
    Column,
    PairBlock,
    Picture,
    PictureBlock,
    Report,
    Section,
    TableBlock,
    TextBlock,
)
from desktop.domain.events import Event
from desktop.domain.improvement.root_cause import shown
from desktop.domain.papers import StoreIdentity
from desktop.domain.ticket import TicketState
from desktop.texts import Texts


def evidence_report(
    state: TicketState,
    events: Sequence[Event],
    heads: Mapping[str, tuple[int, bytes]],
    identity: StoreIdentity,
    names: Mapping[str, str],
    store_names: Mapping[str, str],
    pictures: Mapping[str, bytes],
    texts: Texts,
) -> Report:
    """Return the pack with the pictures that are here, by their SHA-256.

    Its code signs number, count of events and of evidence, and the heads.
    """
    zone = ZoneInfo(identity.timezone)
    own = state.store == identity.store
    made_at = max(event.at for event in events)

    def when(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "—"

    text = texts.get
    opened = when(state.opened.at if state.opened else None)
    sections = (
        Section("case", text("pack.sec.case"), _case(state, texts, opened)),
        Section("external", text("pack.sec.external"), _external(state, texts, zone)),
        Section("timeline", text("report.file.timeline"), (_timeline(events, names, texts, zone),)),
        Section("money", text("pack.sec.compensation"), (_money(state, texts),)),
        Section(
            "evidence",
            text("pack.sec.evidence"),
            (_evidence(state, names, texts, zone), *_pictures(state, pictures)),
        ),
        Section("chains", text("pack.sec.chains"), (_heads(heads, texts),)),
    )
    return Report(
        kind="evidence",
        lang=texts.lang,
        title=text("pack.kind.evidence"),
        period=state.number,
        scope=f"{store_names.get(state.store, '')} {state.store}".strip(),
        contact=text("report.phone_line", phone=identity.phone) if own and identity.phone else "",
        note=text("pack.note", day=when(made_at)),
        made_at=made_at,
        timezone=identity.timezone,
        sections=sections,
        facts={
            "n": state.number,
            "s": state.store,
            "t": f"{made_at.astimezone(zone):%Y-%m-%dT%H:%M%z}",
            "e": len(events),
        },
    )


def _case(state: TicketState, texts: Texts, opened: str) -> tuple[PairBlock, ...]:
    text = texts.get
    pairs = (
        (text("pack.col.number"), state.number),
        (text("pack.col.opened"), opened),
        (text("report.customer_name"), state.text("customer_name") or "—"),
        (text("pack.complaint"), state.text("verbatim") or "—"),
        (text("pack.wanted"), state.text("expectation") or "—"),
        (text("pack.solution"), shown(state.solution) or "—"),
    )
    return (PairBlock(pairs),)


def _external(
    state: TicketState, texts: Texts, zone: ZoneInfo
) -> tuple[TableBlock | TextBlock, ...]:
    text = texts.get
    rows = tuple(
        (
            _authority(texts, case.authority),
            case.number,
            case.received.isoformat(),
            case.reply_by.isoformat() if case.reply_by else "—",
            f"{case.hearing.astimezone(zone):%Y-%m-%d %H:%M}" if case.hearing else "—",
        )
        for case in state.external_cases.values()
    )
    columns = (
        Column(text("pack.col.authority"), 0.26),
        Column(text("pack.col.case_number"), 0.26),
        Column(text("pack.col.received"), 0.15),
        Column(text("pack.col.reply_by"), 0.15),
        Column(text("pack.col.hearing"), 0.18),
    )
    lead = TextBlock(text("pack.external_lead"), small=True)
    return (lead, TableBlock(columns, rows, text("pack.no_external")))


def _authority(texts: Texts, key: str) -> str:
    name = f"ui_acts.case_authority.{key}"
    return texts.get(name) if texts.has(name) else key


def _timeline(
    events: Sequence[Event], names: Mapping[str, str], texts: Texts, zone: ZoneInfo
) -> TableBlock:
    """Return what was done, a row for each minute and person: a reader outside looks for acts.

    Every event counts: what was done several times in a minute says how often.
    """
    text = texts.get
    grouped: dict[tuple[str, str], list[str]] = {}
    for event in events:
        minute = f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}"
        key = f"event.{event.kind}"
        done = text(key) if texts.has(key) else event.kind
        grouped.setdefault((minute, names.get(event.actor, event.actor)), []).append(done)
    rows = tuple(
        (minute, who, text("pack.and").join(_times(name, n) for name, n in Counter(done).items()))
        for (minute, who), done in grouped.items()
    )
    columns = (
        Column(text("pack.col.at"), 0.25),
        Column(text("pack.col.owner"), 0.2),
        Column(text("pack.col.what"), 0.55),
    )
    return TableBlock(columns, rows, text("pack.no_cases"))


def _times(name: str, count: int) -> str:
    return f"{name} × {count}" if count > 1 else name


def _money(state: TicketState, texts: Texts) -> TableBlock:
    text = texts.get
    rows = tuple(
        (
            _named(texts, "ledger", item.ledger),
            _named(texts, "instrument", item.instrument),
            f"{item.amount:,.2f}",
        )
        for item in state.compensation.values()
        if item.allowed
    )
    columns = (
        Column(text("pack.dim.money"), 0.4),
        Column(text("pack.dim.instrument"), 0.3),
        Column(text("pack.col.yuan"), 0.3, "right"),
    )
    return TableBlock(columns, rows, text("pack.no_money_case"))


def _named(texts: Texts, group: str, key: str) -> str:
    name = f"report.{group}.{key}"
    return texts.get(name) if texts.has(name) else key


def _evidence(
    state: TicketState, names: Mapping[str, str], texts: Texts, zone: ZoneInfo
) -> TableBlock:
    text = texts.get
    rows = tuple(
        (
            shown(item.name) or "—",
            f"{item.mark.at.astimezone(zone):%Y-%m-%d %H:%M}",
            names.get(item.mark.actor, item.mark.actor),
            shown(item.content) or "—",
        )
        for item in state.evidence
    )
    columns = (
        Column(text("pack.col.file"), 0.26),
        Column(text("pack.col.at"), 0.18),
        Column(text("pack.col.owner"), 0.12),
        Column("SHA-256", 0.44),
    )
    return TableBlock(columns, rows, text("pack.no_evidence"))


def _pictures(state: TicketState, pictures: Mapping[str, bytes]) -> tuple[PictureBlock, ...]:
    """Return the pictures once each; the hash below ties them to the list above."""
    kept = {shown(item.content): item for item in state.evidence}
    found = tuple(
        Picture(shown(item.name) or digest[:12], f"SHA-256 {digest[:16]}…", pictures[digest])
        for digest, item in kept.items()
        if digest in pictures
    )
    return (PictureBlock(found),) if found else ()


def _heads(heads: Mapping[str, tuple[int, bytes]], texts: Texts) -> TableBlock:
    text = texts.get
    rows = tuple((chain, str(seq), head.hex()) for chain, (seq, head) in sorted(heads.items()))
    columns = (
        Column(text("pack.col.chain"), 0.25),
        Column(text("pack.col.seq"), 0.12, "right"),
        Column("SHA-256", 0.63),
    )
    return TableBlock(columns, rows, text("pack.no_cases"))
