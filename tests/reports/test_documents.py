"""Every document in both languages: reproducible, extractable, complete, inside its page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from desktop.reports.apology import render_apology
from desktop.reports.pack import render_pack, report_facts
from desktop.reports.pdf import fit
from desktop.reports.receipt import receipt_facts, render_receipt
from desktop.reports.seal import SealedFacts, verify_payload
from desktop.reports.settlement import render_settlement, settlement_facts
from desktop.reports.ticket_file import REMEDIES, TRACKING, file_facts, render_ticket_file
from desktop.texts import LANGS, Lang, Texts
from tests.reports import report_samples as samples

KEY = samples.Key()

Render = Callable[[Texts], bytes]
DOCUMENTS: dict[str, Render] = {
    "receipt": lambda t: render_receipt(samples.receipt(), t, KEY),
    "settlement": lambda t: render_settlement(samples.settlement(), t, KEY),
    "apology": lambda t: render_apology(samples.apology(), t),
    "file": lambda t: render_ticket_file(samples.ticket_file(), t, KEY),
    "report": lambda t: render_pack(samples.pack(t.lang), KEY),
    "long receipt": lambda t: render_receipt(samples.long_receipt(), t, KEY),
    "empty receipt": lambda t: render_receipt(samples.empty_receipt(), t, KEY),
    "long settlement": lambda t: render_settlement(samples.long_settlement(), t, KEY),
    "long file": lambda t: render_ticket_file(samples.long_ticket_file(), t, KEY),
    "empty file": lambda t: render_ticket_file(samples.empty_ticket_file(), t),
}
ORDINARY = ("receipt", "settlement", "apology", "file", "report")
every_document = pytest.mark.parametrize("name", DOCUMENTS)
every_lang = pytest.mark.parametrize("lang", LANGS)


@cache
def pdf_of(name: str, lang: Lang) -> bytes:
    return DOCUMENTS[name](Texts(lang))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def squeezed(text: str) -> str:
    """Drop all spaces and line ends, which depend on where lines break."""
    return re.sub(r"\s", "", text)


@every_lang
@every_document
def test_the_same_data_gives_the_same_bytes(name: str, lang: Lang) -> None:
    assert DOCUMENTS[name](Texts(lang)) == pdf_of(name, lang)


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_documents as t;"
        "sys.stdout.buffer.write(t.pdf_of('file', 'zh_CN') + t.pdf_of('report', 'en'))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York"},
        capture_output=True,
        check=True,
    )
    assert other.stdout == pdf_of("file", "zh_CN") + pdf_of("report", "en")


@every_lang
@every_document
def test_no_character_leaves_the_page_margins(name: str, lang: Lang) -> None:
    for page in pypdfium2.PdfDocument(pdf_of(name, lang)):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            if not text.get_text_range(index, 1).strip():
                continue
            left, bottom, right, top = text.get_charbox(index)
            assert left >= 50
            assert right <= width - 50
            assert bottom >= 25
            assert top <= height - 25


@every_lang
@every_document
def test_lines_do_not_run_into_each_other(name: str, lang: Lang) -> None:
    """Two glyphs never share a place: what is printed is legible."""
    for page in pypdfium2.PdfDocument(pdf_of(name, lang)):
        text = page.get_textpage()
        seen: set[tuple[int, int]] = set()
        for index in range(text.count_chars()):
            char = text.get_text_range(index, 1)
            left, bottom, right, top = text.get_charbox(index)
            if not char.strip() or right - left < 3 or top - bottom < 3:
                continue
            middle = (round((left + right) / 2), round((bottom + top) / 2))
            assert middle not in seen, f"{char!r} lies over another character"
            seen.add(middle)


@every_lang
@every_document
def test_footers_count_the_pages_and_the_language_is_declared(name: str, lang: Lang) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf_of(name, lang)))
    total = len(reader.pages)
    for number, page in enumerate(pypdfium2.PdfDocument(pdf_of(name, lang)), 1):
        wanted = Texts(lang).get("report.page_of", page=number, total=total)
        assert squeezed(wanted) in squeezed(page.get_textpage().get_text_bounded())
    assert reader.trailer["/Root"]["/Lang"] == {"zh_CN": "zh-CN", "en": "en"}[lang]
    assert reader.metadata is not None
    assert reader.metadata.title


@every_document
def test_every_font_is_embedded(name: str) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf_of(name, "zh_CN")))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            drawn = font.get_object()
            if drawn["/BaseFont"] == "/Helvetica":  # reportlab names it on each page, unused
                continue
            assert "/FontFile2" in drawn["/FontDescriptor"]
            assert re.match(r"/[A-Z]{6}\+|/[A-Z0-9]+\+", drawn["/BaseFont"])


@every_lang
def test_rare_names_and_long_words_survive_extraction(lang: Lang) -> None:
    model = samples.long_receipt()
    text = squeezed(text_of(pdf_of("long receipt", lang)))
    assert squeezed(model.customer_name) in text
    assert squeezed(model.customer_words).replace("😂", "[facewithtearsofjoy]") in text
    assert squeezed(model.store.name) in text


@every_lang
def test_receipt_states_what_iso_10002_and_the_law_ask(lang: Lang) -> None:
    model, texts = samples.receipt(), Texts(lang)
    text = squeezed(text_of(pdf_of("receipt", lang)))
    wanted = [model.number, model.handler, model.store.complaint_phone, model.customer_words]
    wanted += [model.wanted, *(promise.reason for promise in model.promises)]
    wanted += ["2026-11-21 12:20", "2026-11-24 10:20", model.journal.hash[:16]]  # type: ignore[union-attr]
    wanted += [
        texts.get(f"report.route.{route}")
        for route in ("negotiate", "mediate", "complain", "arbitrate", "sue")
    ]
    wanted.append(texts.get("report.privacy_title"))
    for words in wanted:
        assert squeezed(words) in text
    # Promises stand in the order in which they fall due.
    dues = re.findall(r"2026-11-\d\d\d\d:\d\d", text)
    assert dues == sorted(dues)


@every_lang
@pytest.mark.parametrize("channel", ["counter", "phone", "online", "paper", "mail"])
def test_a_receipt_names_the_desks_channels_and_no_telephone_that_is_not_there(
    lang: Lang, channel: str
) -> None:
    """A store that has not entered its telephone yet prints no gap in its sentences."""
    texts = Texts(lang)
    sample = samples.receipt()
    store = replace(sample.store, complaint_phone="")
    written = text_of(render_receipt(replace(sample, store=store, channel=channel), texts, KEY))
    assert texts.get(f"report.channel.{channel}") in written
    assert squeezed(texts.get("report.receipt.status_how_here")) in squeezed(written)
    assert "（电话" not in squeezed(written)
    assert "(phone" not in written


@every_lang
def test_settlement_keeps_ledgers_apart_and_sums_up_in_capitals(lang: Lang) -> None:
    texts = Texts(lang)
    text = squeezed(text_of(pdf_of("settlement", lang)))
    assert "¥1,368.50" in text
    assert "人民币壹仟叁佰陆拾捌元伍角整" in text
    order = [
        text.index(squeezed(texts.get(f"report.ledger.{name}")))
        for name in ("refund", "statutory", "goodwill")
    ]
    assert order == sorted(order)


@every_lang
@pytest.mark.parametrize("name", ["settlement", "long settlement", "receipt", "long receipt"])
def test_signatures_never_stand_alone_on_a_page(name: str, lang: Lang) -> None:
    last = list(pypdfium2.PdfDocument(pdf_of(name, lang)))[-1]
    text = squeezed(last.get_textpage().get_text_bounded())
    mark = "report.settlement.term.copies" if "settlement" in name else "report.privacy_title"
    assert squeezed(Texts(lang).get(mark)) in text
    assert text.count(squeezed(Texts(lang).get("report.sign_customer"))) == 1


@every_lang
def test_file_carries_every_field_of_the_annex_forms(lang: Lang) -> None:
    texts = Texts(lang)
    for name in ("file", "empty file"):
        text = squeezed(text_of(pdf_of(name, lang)))
        labels = [f"report.tracking.{step}" for step in TRACKING]
        labels += [f"report.remedy.{remedy}" for remedy in REMEDIES]
        labels += [
            f"report.file.{field}"
            for field in (
                "representative", "product", "receipt_no", "happened_at", "recurrent", "code",
                "actual_severity", "potential_severity", "complexity", "impact", "safety",
                "action_needed", "action_possible", "compensation_likely", "immediate_action",
                "received_by", "remedies_wanted", "remedies_given", "solution",
            )
        ]  # fmt: skip
        for key in labels:
            assert squeezed(texts.get(key)) in text, key


def test_file_prints_every_event_hash_and_head() -> None:
    model = samples.long_ticket_file()
    text = without_page_furniture("long file", "zh_CN")
    for entry in model.timeline:
        assert squeezed(samples.moment_text(entry.at) + entry.who) in text
    assert squeezed(model.timeline[-1].detail) in text
    for item in model.evidence:
        assert item.sha256 in text
    for head in model.journal:
        assert head.hash in text


def without_page_furniture(name: str, lang: Lang) -> str:
    """Return the text between running head and foot of every page, table heads left out."""
    texts = Texts(lang)
    heads = "".join(texts.get(f"report.file.{key}") for key in ("when", "who", "what"))
    parts = []
    for page in pypdfium2.PdfDocument(pdf_of(name, lang)):
        _, height = page.get_size()
        part = page.get_textpage().get_text_bounded(bottom=50, top=height - 45)
        parts.append(squeezed(part).replace(squeezed(heads), ""))
    return "".join(parts)


def test_a_report_prints_definition_parts_and_small_n() -> None:
    texts = Texts("zh_CN")
    text = squeezed(text_of(pdf_of("report", "zh_CN")))
    for figure in samples.pack("zh_CN").figures():
        assert squeezed(figure.definition) in text
    assert "141/152" in text
    assert "92.8%" in text
    assert squeezed(texts.get("pack.small_n", n=24)) in text
    assert squeezed(texts.get("pack.small_n", n=152)) not in text


def outline_of(pdf: bytes) -> list[str]:
    return [str(entry["/Title"]) for entry in pypdf.PdfReader(BytesIO(pdf)).outline]  # type: ignore[call-overload,index]


@every_lang
def test_headings_are_bookmarks(lang: Lang) -> None:
    texts = Texts(lang)
    names = outline_of(pdf_of("file", lang))
    assert texts.get("report.file.timeline") in names
    assert names[0] == texts.get("report.file.summary")
    assert names[-1] == texts.get("report.file.journal")
    assert texts.get("pack.sec.pareto") in outline_of(pdf_of("report", lang))
    assert texts.get("report.privacy_title") in outline_of(pdf_of("receipt", lang))


FACTS: dict[str, Callable[[], dict[str, Any]]] = {
    "receipt": lambda: receipt_facts(samples.receipt()),
    "settlement": lambda: settlement_facts(samples.settlement()),
    "file": lambda: file_facts(samples.ticket_file()),
    "report": lambda: report_facts(samples.pack("zh_CN")),
}


@every_lang
@pytest.mark.parametrize("name", FACTS)
def test_the_printed_code_is_read_at_150_dpi_and_verifies(name: str, lang: Lang) -> None:
    page = pypdfium2.PdfDocument(pdf_of(name, lang))[0]
    picture = page.render(scale=150 / 72, grayscale=True).to_numpy()
    codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.ec_level for code in codes] == ["M"]
    sealed = verify_payload(codes[0].text, KEY.public_key)
    assert sealed == SealedFacts(name, FACTS[name](), "a1b2c3")


def test_the_signed_facts_are_those_printed() -> None:
    facts = settlement_facts(samples.settlement())
    assert facts == {
        "n": "S0217-A-1121-006K",
        "s": "S0217",
        "d": "2026-11-21",
        "sum": "1368.50",
        "refund": "68.50",
        "statutory": "1000.00",
        "goodwill": "300.00",
    }


@pytest.mark.parametrize("name", ORDINARY)
def test_without_a_signer_a_document_carries_no_code(name: str) -> None:
    unsigned: dict[str, Render] = {
        "receipt": lambda t: render_receipt(samples.receipt(), t),
        "settlement": lambda t: render_settlement(samples.settlement(), t),
        "apology": lambda t: render_apology(samples.apology(), t),
        "file": lambda t: render_ticket_file(samples.ticket_file(), t),
        "report": lambda t: render_pack(samples.pack(t.lang)),
    }
    texts = Texts("zh_CN")
    page = pypdfium2.PdfDocument(unsigned[name](texts))[0]
    assert zxingcpp.read_barcodes(page.render(scale=2, grayscale=True).to_numpy()) == []
    assert texts.get("report.seal_hint") not in page.get_textpage().get_text_bounded()


def test_a_time_without_zone_is_a_fault() -> None:
    broken = replace(samples.receipt(), opened_at=datetime(2026, 11, 21, 10, 20))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        render_receipt(broken, Texts("zh_CN"))


def test_damaged_thumbnails_are_said_not_shown() -> None:
    base = samples.ticket_file()
    broken = replace(base, evidence=(replace(base.evidence[0], thumbnail=b"no picture"),))
    texts = Texts("zh_CN")
    assert texts.get("report.file.no_picture") in text_of(render_ticket_file(broken, texts))


def test_a_line_of_the_running_head_is_shortened_to_its_room() -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    from desktop.reports import style

    style.register_fonts()
    short = fit("很长的门店名称" * 20, 8, 200)
    assert short.endswith("…")
    assert stringWidth(short, style.REGULAR, 8) <= 200
    assert fit("短", 8, 200) == "短"
