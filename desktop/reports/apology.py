"""致歉信: an apology in words, with what was done and who follows up (CO-07)."""

from __future__ import annotations

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from desktop.reports import blocks, style
from desktop.reports.formats import local, long_day
from desktop.reports.models import Apology
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.texts import Texts


def render_apology(model: Apology, texts: Texts) -> bytes:
    """Return the letter as PDF; being a letter, it carries no code."""
    page = PageInfo(
        title=texts.get("report.apology.title"),
        number=model.number,
        owner=model.store.name,
        note=texts.get("report.number_line", number=model.number),
    )
    return build_pdf(page, lambda: _story(model, texts), texts)


def _story(model: Apology, texts: Texts) -> list[Flowable]:
    get = texts.get
    opened = long_day(local(model.opened_at, model.tz).date(), texts.lang)
    story = blocks.masthead(
        model.store.name,
        blocks.contact_line(model.store, texts),
        get("report.apology.title"),
        get("report.number_line", number=model.number),
        None,
        texts,
    )
    salutation = (
        get("report.apology.dear", name=model.customer_name)
        if model.customer_name.strip()
        else get("report.apology.dear_unnamed")
    )
    body = letter_style(texts)
    story += [
        Spacer(0, 6 * mm),
        blocks.text(salutation, style.LETTER),
        blocks.text(get("report.apology.opening", day=opened), body),
        blocks.text(model.what_happened, body),
        blocks.text(get("report.apology.sorry"), body),
    ]
    if model.what_we_did:
        story += [
            blocks.text(get("report.apology.did"), body),
            blocks.numbered(model.what_we_did, style.LETTER),
            Spacer(0, 3 * mm),
        ]
    if model.prevention.strip():
        story.append(blocks.text(get("report.apology.prevention", text=model.prevention), body))
    contact = get(
        f"report.apology.contact{'' if model.contact_phone.strip() else '_here'}",
        person=model.contact_person,
        phone=model.contact_phone,
        number=model.number,
    )
    return [*story, blocks.text(contact, body), _closing(model, texts)]


def letter_style(texts: Texts) -> ParagraphStyle:
    """Return the paragraph style: Chinese letters indent the first line by two characters."""
    return style.LETTER_INDENTED if texts.lang == "zh_CN" else style.LETTER


def _closing(model: Apology, texts: Texts) -> Flowable:
    day = long_day(local(model.made_at, model.tz).date(), texts.lang)
    body = letter_style(texts)
    return KeepTogether(
        [
            blocks.text(texts.get("report.apology.close"), body),
            blocks.text(texts.get("report.apology.farewell"), body),
            Spacer(0, 14 * mm),
            blocks.text(model.store.name, style.LETTER_RIGHT),
            blocks.text(f"{model.signed_role} {model.signed_by}".strip(), style.LETTER_RIGHT),
            blocks.text(day, style.LETTER_RIGHT),
        ]
    )
