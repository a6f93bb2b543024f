"""受理回执: what the customer takes away after complaining (IN-17, ISO 10002 7.4)."""

from __future__ import annotations

from reportlab.platypus import Flowable

from desktop.reports import blocks, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.formats import fact_moment, label, long_moment, moment
from desktop.reports.models import Receipt, Store
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.reports.seal import FactValue, Signer, sign_facts
from desktop.texts import Texts

# The five routes of 消法 39; the wording stands in the catalogue.
ROUTES = ("negotiate", "mediate", "complain", "arbitrate", "sue")


def receipt_facts(model: Receipt) -> dict[str, FactValue]:
    """Return the signed facts: number, store, opening, and the last promised time."""
    facts: dict[str, FactValue] = {
        "n": model.number,
        "s": model.store.code,
        "t": fact_moment(model.opened_at, model.tz),
    }
    if model.promises:
        last = max(promise.due for promise in model.promises)
        facts["due"] = fact_moment(last, model.tz)
    return facts


def render_receipt(model: Receipt, texts: Texts, signer: Signer | None = None) -> bytes:
    """Return the receipt as PDF; without a signer it carries no code."""
    payload = sign_facts("receipt", receipt_facts(model), signer) if signer else None
    page = PageInfo(
        title=texts.get("report.receipt.title"),
        number=model.number,
        owner=model.store.name,
        note=_foot_note(model, texts),
    )
    return build_pdf(page, lambda: _story(model, texts, payload), texts)


def _foot_note(model: Receipt, texts: Texts) -> str:
    if model.journal is None:
        return ""
    head = model.journal
    return texts.get("report.journal_note", chain=head.chain, seq=head.seq, hash=head.hash[:16])


def _story(model: Receipt, texts: Texts, payload: str | None) -> list[Flowable]:
    get = texts.get
    story = blocks.masthead(
        model.store.name,
        blocks.contact_line(model.store, texts),
        get("report.receipt.title"),
        get("report.number_line", number=model.number),
        payload,
        texts,
    )
    story += [
        blocks.text(get("report.receipt.lead", store=model.store.name)),
        blocks.grid(
            [
                Pair(get("report.opened_at"), long_moment(model.opened_at, model.tz, texts.lang)),
                Pair(get("report.customer_name"), model.customer_name),
                Pair(get("report.handler"), model.handler),
                Pair(get("report.complaint_phone"), model.store.complaint_phone, bold=True),
                Pair(get("report.channel_name"), label(texts, "channel", model.channel)),
                Pair(get("report.subject"), model.subject),
            ],
            label_mm=blocks.label_mm(texts),
        ),
        *blocks.heading(get("report.receipt.words")),
        blocks.quote(model.customer_words),
        *blocks.heading(get("report.receipt.wanted"), room_mm=12),
        blocks.quote(model.wanted),
        *blocks.heading(get("report.receipt.promises")),
        _promises(model, texts),
    ]
    return story + _rights(model, texts)


def _promises(model: Receipt, texts: Texts) -> Flowable:
    columns = [
        Column(texts.get("report.promise"), 44),
        Column(texts.get("report.due"), 38),
        Column(texts.get("report.reason"), style.CONTENT_MM - 82),
    ]
    rows = []
    for promise in sorted(model.promises, key=lambda item: item.due):
        due = moment(promise.due, model.tz)
        if promise.provisional:
            due = texts.get("report.provisional", due=due)
        rows.append([label(texts, "clock", promise.clock), due, promise.reason])
    return blocks.table(columns, rows, texts.get("report.receipt.no_promise"))


def reached(store: Store, texts: Texts) -> str:
    """Return the store's name with its telephone, without where none was entered yet."""
    if not store.complaint_phone.strip():
        return store.name
    return texts.get("report.store_line", store=store.name, phone=store.complaint_phone)


def how_to_ask(store: Store, texts: Texts) -> str:
    """Return where a customer hears how their complaint stands: by telephone if there is one."""
    if not store.complaint_phone.strip():
        return texts.get("report.receipt.status_how_here")
    return texts.get("report.receipt.status_how", phone=store.complaint_phone)


def _rights(model: Receipt, texts: Texts) -> list[Flowable]:
    get = texts.get
    routes = [get(f"report.route.{name}") for name in ROUTES]
    notice = get(
        "report.privacy",
        store=reached(model.store, texts),
        years=model.retention_years,
    )
    return [
        *blocks.heading(get("report.receipt.status"), room_mm=14),
        blocks.text(how_to_ask(model.store, texts)),
        blocks.together(get("report.routes"), blocks.numbered(routes, style.SMALL)),
        # The signatures stay with the notice, so that no page holds signatures alone.
        blocks.together(
            get("report.privacy_title"),
            blocks.text(notice, style.SMALL),
            *blocks.signatures(
                [
                    (get("report.sign_customer"), model.customer_name),
                    (get("report.sign_store"), model.handler),
                ],
                texts,
            ),
        ),
    ]
