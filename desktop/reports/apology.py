"""致歉信: an apology in words, with what was done and who follows up (CO-07)."""

from __future__ import annotations

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
    story += [
        Spacer(0, 6 * mm),
        blocks.text(salutation, style.LETTER),
        blocks.text(get("report.apology.opening", day=opened), style.LETTER),
        blocks.text(model.what_happened, style.LETTER),
        blocks.text(get("report.apology.sorry"), style.LETTER),
    ]
    if model.what_we_did:
        story += [
            blocks.text(get("report.apology.did"), style.LETTER),
            blocks.numbered(model.what_we_did, style.LETTER),
        ]
    if model.prevention.strip():
        story.append(
            blocks.text(get("report.apology.prevention", text=model.prevention), style.LETTER)
        )
    story.append(
        blocks.text(
            get(
                "report.apology.contact",
                person=model.contact_person,
                phone=model.contact_phone,
                number=model.number,
            ),
            style.LETTER,
        )
    )
    return [*story, _closing(model, texts)]


def _closing(model: Apology, texts: Texts) -> Flowable:
    day = long_day(local(model.made_at, model.tz).date(), texts.lang)
    return KeepTogether(
        [
            blocks.text(texts.get("report.apology.close"), style.LETTER),
            Spacer(0, 16 * mm),
            blocks.text(model.store.name, style.LETTER_RIGHT),
            blocks.text(f"{model.signed_role} {model.signed_by}".strip(), style.LETTER_RIGHT),
            blocks.text(day, style.LETTER_RIGHT),
        ]
    )
