"""和解协议: what customer and store agree on, ready to be signed by both (CO-10)."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from desktop.reports import blocks, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.capitals import rmb_capitals
from desktop.reports.formats import label, local, long_day, long_moment, money
from desktop.reports.models import LEDGERS, Settlement
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.reports.seal import FactValue, Signer, sign_facts
from desktop.texts import Texts

_TERMS = ("full", "statutory_kept", "performance", "privacy", "copies")


def settlement_facts(model: Settlement) -> dict[str, FactValue]:
    """Return the signed facts: number, store, day, total, and the sum of each ledger used."""
    facts: dict[str, FactValue] = {
        "n": model.number,
        "s": model.store.code,
        "d": local(model.made_at, model.tz).date().isoformat(),
        "sum": f"{model.total:.2f}",
    }
    for ledger in LEDGERS:
        if any(line.ledger == ledger for line in model.remedies):
            facts[ledger] = f"{model.ledger_total(ledger):.2f}"
    return facts


def render_settlement(model: Settlement, texts: Texts, signer: Signer | None = None) -> bytes:
    """Return the settlement as PDF; without a signer it carries no code."""
    payload = sign_facts("settlement", settlement_facts(model), signer) if signer else None
    page = PageInfo(
        title=texts.get("report.settlement.title"),
        number=model.number,
        owner=model.store.name,
        note=texts.get("report.settlement.note"),
    )
    return build_pdf(page, lambda: _story(model, texts, payload), texts)


def _story(model: Settlement, texts: Texts, payload: str | None) -> list[Flowable]:
    get = texts.get
    story = blocks.masthead(
        model.store.name,
        blocks.contact_line(model.store, texts),
        get("report.settlement.title"),
        get("report.number_line", number=model.number),
        payload,
        texts,
    )
    story += [
        *blocks.heading(get("report.settlement.parties")),
        _parties(model, texts),
        *blocks.heading(get("report.settlement.facts")),
        blocks.text(
            get(
                "report.settlement.facts_lead",
                day=long_moment(model.opened_at, model.tz, texts.lang),
                subject=model.subject,
            )
        ),
        blocks.quote(model.facts),
        *blocks.heading(get("report.settlement.remedies"), room_mm=40),
        _remedies(model, texts),
        Spacer(0, 2.5 * mm),
        _sum(model, texts),
        *blocks.heading(get("report.settlement.terms"), room_mm=40),
        *_terms_and_signatures(model, texts),
    ]
    return story


def _terms_and_signatures(model: Settlement, texts: Texts) -> list[Flowable]:
    """Return the terms; the last stays with the signatures, so nobody signs an empty page."""
    *others, last = _terms(model, texts)
    parties = [
        (texts.get("report.sign_customer"), model.customer_name),
        (texts.get("report.sign_store_seal"), model.store.name),
    ]
    closing = [
        blocks.numbered([last], style.VALUE, first=len(others) + 1),
        *blocks.signatures(parties, texts),
    ]
    return [blocks.numbered(others, style.VALUE), KeepTogether(closing)]


def _parties(model: Settlement, texts: Texts) -> Flowable:
    get = texts.get
    return blocks.grid(
        [
            Pair(get("report.settlement.party_a"), model.customer_name, bold=True),
            Pair(get("report.contact"), model.customer_contact),
            Pair(get("report.settlement.party_b"), model.store.name, bold=True),
            Pair(get("report.handler"), model.handler),
            Pair(get("report.address"), model.store.address, wide=True),
        ],
        label_mm=blocks.label_mm(texts),
    )


def _remedies(model: Settlement, texts: Texts) -> Flowable:
    get = texts.get
    columns = [
        Column(get("report.ledger_name"), 32),
        Column(get("report.instrument_name"), 42),
        Column(get("report.note"), style.CONTENT_MM - 104),
        Column(get("report.amount"), 30, "right"),
    ]
    ordered = sorted(model.remedies, key=lambda line: LEDGERS.index(line.ledger))
    rows = [
        [
            label(texts, "ledger", line.ledger),
            label(texts, "instrument", line.instrument),
            line.note,
            money(line.amount),
        ]
        for line in ordered
    ]
    return blocks.table(columns, rows, get("report.settlement.no_remedy"))


def _sum(model: Settlement, texts: Texts) -> Flowable:
    get = texts.get
    return KeepTogether(
        [
            blocks.text(get("report.settlement.total", amount=money(model.total)), style.SUM),
            blocks.text(
                get("report.settlement.capitals", words=rmb_capitals(model.total)), style.VALUE
            ),
        ]
    )


def _terms(model: Settlement, texts: Texts) -> list[str]:
    get = texts.get
    terms = list(model.terms)
    if model.pay_by is not None:
        day = local(model.pay_by, model.tz)
        by = f"{long_day(day.date(), texts.lang)} {day:%H:%M}"
        terms.append(get("report.settlement.term.pay_by", day=by))
    terms += [get(f"report.settlement.term.{name}") for name in _TERMS]
    return terms
