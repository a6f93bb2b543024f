"""交接班单: what one shift hands to the next, signed by both; A4."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from desktop.domain.handover import HandoverPaper
from desktop.reports import blocks, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.formats import EMPTY, moment
from desktop.reports.models import Store
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.texts import Texts

_JOINTS = {"zh_CN": "、", "en": ", "}


def render_handover(paper: HandoverPaper, texts: Texts) -> bytes:
    """Return the handover as PDF; long lists run over pages, both signatures end it."""
    identity = paper.identity
    page = PageInfo(
        title=texts.get("handover.paper_title"),
        number=moment(paper.sheet.made_at, identity.timezone),
        owner=identity.name,
        note=_note(paper, texts),
    )
    return build_pdf(page, lambda: _story(paper, texts), texts)


def _note(paper: HandoverPaper, texts: Texts) -> str:
    if paper.head is None:
        return ""
    chain, seq, head = paper.head
    return texts.get("report.journal_note", chain=chain, seq=seq, hash=head.hex()[:16])


def _story(paper: HandoverPaper, texts: Texts) -> list[Flowable]:
    get, sheet, identity = texts.get, paper.sheet, paper.identity
    zone = identity.timezone
    store = Store(identity.store, identity.name, identity.phone)
    begins, ends = moment(sheet.shift.begins, zone), moment(sheet.shift.ends, zone)
    story = blocks.masthead(
        identity.name,
        blocks.contact_line(store, texts),
        get("handover.paper_title"),
        get("handover.paper_shift", begins=begins, ends=ends),
        None,
        texts,
    )
    giver = paper.people.get(sheet.giver, sheet.giver)
    taker = paper.people.get(sheet.taker, sheet.taker)
    story += [
        blocks.grid(
            [
                Pair(get("handover.giver"), giver, bold=True),
                Pair(get("handover.taker"), taker, bold=True),
                Pair(get("handover.made"), moment(sheet.made_at, zone)),
                Pair(get("handover.signed"), moment(sheet.signed_at, zone)),
                Pair(get("handover.open"), str(sheet.open)),
                Pair(get("handover.waiting"), str(sheet.waiting)),
                Pair(get("handover.lines"), str(len(sheet.lines))),
                Pair(get("handover.unsent"), str(sheet.unsent)),
            ],
            label_mm=blocks.label_mm(texts),
        ),
        *blocks.heading(get("handover.lines")),
        _lines(paper, texts),
        *blocks.heading(get("handover.notes"), room_mm=14),
        blocks.quote(sheet.notes or EMPTY),
        Spacer(0, 2 * mm),
        blocks.text(get("handover.paper_rest"), style.SMALL),
        *blocks.signatures([(get("handover.giver"), giver), (get("handover.taker"), taker)], texts),
    ]
    return story


def _lines(paper: HandoverPaper, texts: Texts) -> Flowable:
    columns = [
        Column(texts.get("handover.column.number"), 41),
        Column(texts.get("handover.column.about"), 46),
        Column(texts.get("handover.column.why"), 43),
        Column(texts.get("handover.column.said"), style.CONTENT_MM - 130),
    ]
    rows = []
    for line in paper.sheet.lines:
        customer, summary = paper.about.get(line.ticket, ("", ""))
        reasons = _JOINTS[texts.lang].join(
            texts.get(f"handover.reason.{reason}") for reason in line.reasons
        )
        due = moment(line.due_at, paper.identity.timezone) if line.due_at else ""
        rule = paper.rules.get(line.rule, "")
        why = "\n".join(part for part in (reasons, due, rule) if part)
        about = "\n".join(part for part in (customer, summary) if part)
        rows.append([line.number, about or EMPTY, why, line.said or EMPTY])
    return blocks.table(columns, rows, texts.get("handover.nothing"))
