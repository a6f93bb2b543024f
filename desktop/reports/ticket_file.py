"""投诉档案: the whole of one complaint on paper, with proofs of its record (EV-05, AU-04)."""

from __future__ import annotations

from typing import Final

from reportlab.platypus import Flowable

from desktop.reports import blocks, pictures, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.formats import byte_size, fact_moment, label, long_moment, moment, money
from desktop.reports.models import EvidenceItem, TicketFile
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.reports.seal import FactValue, Signer, sign_facts
from desktop.reports.ticks import TickList
from desktop.texts import Texts

# The remedies of ISO 10002's annex form, in its order.
REMEDIES: Final = (
    "deliver",
    "repair",
    "exchange",
    "cancel",
    "guarantee",
    "fulfil",
    "refund",
    "price_reduction",
    "information",
    "apology",
    "other",
)
# The steps of the annex's tracking table, in its order.
TRACKING: Final = (
    "acknowledged",
    "assessed",
    "investigated",
    "resolved",
    "informed",
    "corrected",
    "correction_verified",
    "closed",
)

_THUMBNAIL_MM: Final = 24


def file_facts(model: TicketFile) -> dict[str, FactValue]:
    """Return the signed facts: number, store, time, events, and the head of the last chain."""
    facts: dict[str, FactValue] = {
        "n": model.number,
        "s": model.store.code,
        "t": fact_moment(model.made_at, model.tz),
        "e": len(model.timeline),
    }
    if model.journal:
        head = model.journal[-1]
        facts["j"] = f"{head.chain}#{head.seq}:{head.hash[:16]}"
    return facts


def render_ticket_file(model: TicketFile, texts: Texts, signer: Signer | None = None) -> bytes:
    """Return the file as PDF; without a signer it carries no code."""
    payload = sign_facts("file", file_facts(model), signer) if signer else None
    page = PageInfo(
        title=texts.get("report.file.title"),
        number=model.number,
        owner=model.store.name,
        note=texts.get(
            "report.file.note",
            day=long_moment(model.made_at, model.tz, texts.lang),
            by=model.made_by,
        ),
    )
    return build_pdf(page, lambda: _story(model, texts, payload), texts)


def _story(model: TicketFile, texts: Texts, payload: str | None) -> list[Flowable]:
    get = texts.get
    head = blocks.masthead(
        model.store.name,
        blocks.contact_line(model.store, texts),
        get("report.file.title"),
        get("report.number_line", number=model.number),
        payload,
        texts,
    )
    return [
        *head,
        *blocks.heading(get("report.file.summary")),
        _summary(model, texts),
        *blocks.heading(get("report.file.customer")),
        _customer(model, texts),
        *_complaint(model, texts),
        *blocks.heading(get("report.file.classification"), room_mm=60),
        _classification(model, texts),
        *blocks.heading(get("report.file.tracking"), room_mm=70),
        _tracking(model, texts),
        *blocks.heading(get("report.file.clocks"), room_mm=14 + 12 * min(len(model.clocks), 6)),
        _clocks(model, texts),
        *_remedy(model, texts),
        *blocks.heading(get("report.file.timeline")),
        _timeline(model, texts),
        *blocks.heading(get("report.file.evidence"), room_mm=40),
        _evidence(model, texts),
        *_journal(model, texts),
    ]


def _summary(model: TicketFile, texts: Texts) -> Flowable:
    get = texts.get
    kind = model.classification
    level = get(
        "report.file.level_value",
        level=kind.level,
        name=label(texts, "level", str(kind.level)),
    )
    stars = "" if model.satisfaction is None else str(model.satisfaction)
    pairs = [
        Pair(get("report.file.stage"), label(texts, "stage", model.stage), bold=True),
        Pair(get("report.file.level"), level, bold=True),
        Pair(get("report.file.code"), f"{kind.code} {kind.code_name}".strip(), wide=True),
        Pair(get("report.opened_at"), moment(model.complaint.received_at, model.tz)),
        Pair(get("report.handler"), model.handler),
        Pair(get("report.file.policy"), model.policy_version),
        Pair(
            get("report.file.satisfaction"),
            get("report.file.stars", count=stars) if stars else "",
        ),
    ]
    return blocks.grid(pairs, blocks.label_mm(texts))


def _customer(model: TicketFile, texts: Texts) -> Flowable:
    get, customer = texts.get, model.customer
    tier = label(texts, "tier", model.classification.tier)
    pairs = [
        Pair(get("report.customer_name"), customer.name, bold=True),
        Pair(get("report.file.phone"), customer.phone),
        Pair(get("report.file.member_no"), customer.member_no),
        Pair(get("report.file.tier"), tier),
        Pair(get("report.address"), customer.address, wide=True),
        Pair(get("report.file.representative"), customer.representative, wide=True),
    ]
    return blocks.grid(pairs, blocks.label_mm(texts))


def _complaint(model: TicketFile, texts: Texts) -> list[Flowable]:
    get, said = texts.get, model.complaint
    pairs = [
        Pair(get("report.channel_name"), label(texts, "channel", said.channel)),
        Pair(get("report.file.received_by"), said.received_by),
        Pair(get("report.file.happened_at"), moment(said.happened_at, model.tz)),
        Pair(get("report.file.recurrent"), _yes_no(said.recurrent, texts)),
        Pair(get("report.file.place"), said.place, wide=True),
        Pair(get("report.file.product"), said.product, wide=True),
        Pair(get("report.file.sku"), said.sku),
        Pair(get("report.file.batch"), said.batch),
        Pair(get("report.file.receipt_no"), said.receipt_no),
        Pair(get("report.file.involved"), money(said.amount)),
        Pair(get("report.file.immediate_action"), said.immediate_action, wide=True),
    ]
    return [
        *blocks.heading(get("report.file.complaint")),
        blocks.grid(pairs, blocks.label_mm(texts)),
        *blocks.heading(get("report.file.words")),
        blocks.quote(said.words),
        *blocks.heading(get("report.file.wanted"), room_mm=34),
        blocks.quote(said.wanted),
        blocks.text(get("report.file.remedies_wanted"), style.LABEL),
        _remedy_ticks(said.remedies_wanted, texts),
    ]


def _remedy_ticks(chosen: tuple[str, ...], texts: Texts) -> Flowable:
    names = [*REMEDIES, *(key for key in chosen if key not in REMEDIES)]
    return TickList([(label(texts, "remedy", key), key in chosen) for key in names])


def _classification(model: TicketFile, texts: Texts) -> Flowable:
    get, kind, rated = texts.get, model.classification, model.assessment
    pairs = [
        Pair(get("report.file.level_reason"), kind.level_reason, wide=True),
        Pair(get("report.file.emotion"), _emotion(kind.emotion, texts)),
        Pair(get("report.file.emotion_after"), _emotion(kind.emotion_after, texts)),
        Pair(get("report.file.actual_severity"), rated.actual_severity),
        Pair(get("report.file.potential_severity"), rated.potential_severity),
        Pair(get("report.file.complexity"), rated.complexity),
        Pair(get("report.file.impact"), rated.impact),
        Pair(get("report.file.safety"), _yes_no(rated.safety, texts)),
        Pair(get("report.file.compensation_likely"), _yes_no(rated.compensation_likely, texts)),
        Pair(get("report.file.action_needed"), _yes_no(rated.action_needed, texts)),
        Pair(get("report.file.action_possible"), _yes_no(rated.action_possible, texts)),
        Pair(get("report.file.tags"), " · ".join(kind.tags), wide=True),
    ]
    return blocks.grid(pairs, blocks.label_mm(texts))


def _emotion(score: int | None, texts: Texts) -> str:
    if score is None:
        return ""
    name = label(texts, "emotion", str(score))
    return texts.get("report.file.emotion_value", score=score, name=name)


def _yes_no(value: bool | None, texts: Texts) -> str:
    if value is None:
        return texts.get("report.unknown")
    return texts.get("report.yes" if value else "report.no")


def _tracking(model: TicketFile, texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.file.step"), 36),
        Column(get("report.file.when"), 32),
        Column(get("report.file.who"), 32),
        Column(get("report.file.remark"), style.CONTENT_MM - 100),
    ]
    rows = []
    for name in TRACKING:
        steps = [step for step in model.tracking if step.step == name]
        title = label(texts, "tracking", name)
        rows += [[title, moment(s.at, model.tz), s.by, s.remark] for s in steps]
        if not steps:
            rows.append([title, moment(None, model.tz), "", ""])
    return blocks.table(columns, rows, get("report.file.no_rows"))


def _clocks(model: TicketFile, texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.file.clock"), 36),
        Column(get("report.due"), 32),
        Column(get("report.file.done"), 32),
        Column(get("report.file.rule"), style.CONTENT_MM - 100),
    ]
    rows = []
    for clock in model.clocks:
        done = moment(clock.done_at, model.tz)
        if clock.done_at is None:
            done = get("report.file.open")
        elif clock.done_at > clock.due:
            done = get("report.file.late", done=done)
        rule = clock.rule
        if clock.lost:
            rule += "\n" + get("report.file.lost", rules=" / ".join(clock.lost))
        rows.append([label(texts, "clock", clock.clock), moment(clock.due, model.tz), done, rule])
    return blocks.table(columns, rows, get("report.file.no_rows"))


def _remedy(model: TicketFile, texts: Texts) -> list[Flowable]:
    get = texts.get
    people = 26
    columns = [
        Column(get("report.ledger_name"), 27),
        Column(get("report.instrument_name"), 29),
        Column(get("report.file.status"), 28),
        Column(get("report.file.proposed_by"), people),
        Column(get("report.file.decided_by"), people),
        Column(get("report.amount"), style.CONTENT_MM - 84 - 2 * people, "right"),
    ]
    rows: list[list[str]] = []
    for item in model.compensation:
        instrument = label(texts, "instrument", item.instrument)
        rows.append(
            [
                label(texts, "ledger", item.ledger),
                f"{instrument}\n{item.note}" if item.note else instrument,
                label(texts, "status", item.status),
                item.proposed_by,
                item.decided_by,
                money(item.amount),
            ]
        )
    return [
        *blocks.heading(get("report.file.solution")),
        blocks.quote(model.solution),
        blocks.text(get("report.file.remedies_given"), style.LABEL),
        _remedy_ticks(model.remedies_given, texts),
        *blocks.heading(get("report.file.compensation"), room_mm=14 + 11 * min(len(rows), 6)),
        blocks.table(columns, rows, get("report.file.no_rows")),
    ]


def _timeline(model: TicketFile, texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.file.when"), 32),
        Column(get("report.file.who"), 32),
        Column(get("report.file.what"), style.CONTENT_MM - 64),
    ]
    rows = [
        [
            moment(entry.at, model.tz),
            entry.who,
            f"{entry.what}\n{entry.detail}" if entry.detail else entry.what,
        ]
        for entry in model.timeline
    ]
    return blocks.table(columns, rows, get("report.file.no_rows"))


def _evidence(model: TicketFile, texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.file.thumbnail"), 30),
        Column(get("report.file.evidence_name"), 68),
        Column(get("report.file.sha256"), style.CONTENT_MM - 98, small=True),
    ]
    rows = []
    for item in model.evidence:
        origin = f"{moment(item.added_at, model.tz)}  {item.added_by}"
        kind = f"{label(texts, 'evidence', item.role)} · {byte_size(item.size)}"
        rows.append([_thumbnail(item, texts), f"{item.name}\n{kind}\n{origin}", item.sha256])
    return blocks.table(columns, rows, get("report.file.no_rows"))


def _thumbnail(item: EvidenceItem, texts: Texts) -> blocks.Cell:
    """Return a small picture in print resolution, or words where there is none to show."""
    drawn = pictures.picture(item.thumbnail, _THUMBNAIL_MM, item.name) if item.thumbnail else None
    return drawn or texts.get("report.file.no_picture")


def _journal(model: TicketFile, texts: Texts) -> list[Flowable]:
    get = texts.get
    columns = [
        Column(get("report.file.chain"), 44),
        Column(get("report.file.seq"), 20),
        Column(get("report.file.hash"), style.CONTENT_MM - 64, small=True),
    ]
    rows = [[head.chain, str(head.seq), head.hash] for head in model.journal]
    return [
        *blocks.heading(get("report.file.journal"), room_mm=34),
        blocks.text(get("report.file.journal_lead"), style.SMALL),
        blocks.table(columns, rows, get("report.file.no_rows")),
    ]
