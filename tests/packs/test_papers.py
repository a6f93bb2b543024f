"""Packs on paper and as workbooks: same bytes, embedded Chinese, outline, checked offline."""

from __future__ import annotations

import io
import math
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from desktop.adapters import paper_check
from desktop.adapters.paper_check import check_paper
from desktop.data_folder import form_keys
from desktop.domain.analytics.report import Report, TableBlock
from desktop.reports.seal import decode, encode
from desktop.services.desk import Desk
from desktop.texts import Lang, Texts

KINDS = {
    "month": "2026-10",
    "quarter": "2026-Q4",
    "week": "2026-W46",
    "daily": "2026-11-20",
    "stores": "2026-10",
    "compensation": "2026-10",
    "sla": "2026-10",
    "satisfaction": "2026-10",
    "management": "2026",
    "audit": "2026-10",
    "chargeback": "2026-10",
    "journey": "2026-10",
}
A4 = (595.28, 841.89)


def made(desk: Desk, kind: str, lang: Lang = "zh_CN") -> Report:
    report = desk.report(kind, KINDS[kind], lang)
    assert isinstance(report, Report), report
    return report


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_pack_is_a4_with_outline_embedded_fonts_and_readable_chinese(
    kind: str, reading: Desk
) -> None:
    report = made(reading, kind)
    pdf = reading.report_pdf(report)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = "\n".join(page.extract_text() for page in reader.pages)
    flat = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", report.title) in flat
    for number, page in enumerate(reader.pages, start=1):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert (width, height) == pytest.approx(A4, abs=0.5)
        assert f"第{number}页/共{len(reader.pages)}页" in re.sub(r"\s", "", page.extract_text())
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor.get_object()
    titles = [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)]
    assert titles == [section.title for section in report.sections]
    for figure in report.figures():
        assert re.sub(r"\s", "", figure.name) in flat
        assert re.sub(r"\s", "", figure.definition)[:12] in flat
    assert "\ufffd" not in text
    assert "□" not in text
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


def test_the_same_data_give_the_same_bytes(reading: Desk) -> None:
    one, two = made(reading, "sla"), made(reading, "sla")
    assert one == two
    assert reading.report_pdf(one) == reading.report_pdf(two)
    assert reading.use_cases.reporting.xlsx(one) == reading.use_cases.reporting.xlsx(two)


def test_the_workbook_holds_every_figure_with_its_definition(reading: Desk, tmp_path: Path) -> None:
    report = made(reading, "month")
    out = reading.export_report(report, tmp_path / "m.xlsx")
    with zipfile.ZipFile(out) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        names = book.read("xl/workbook.xml").decode()
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in book.infolist())
    for figure in report.figures():
        assert figure.name in strings
        assert figure.definition in strings
    for section in report.sections[:5]:
        assert section.title[:6] in names
    assert "指标定义" in names


def test_figures_in_the_workbook_are_numbers_shown_as_on_paper(
    reading: Desk, tmp_path: Path
) -> None:
    """Heads stay in sight; shares, money and changes are numbers; a SKU of digits stays a name."""
    report = made(reading, "month")
    out = reading.export_report(report, tmp_path / "m.xlsx")
    with zipfile.ZipFile(out) as book:
        sheets = [book.read(n).decode() for n in book.namelist() if "worksheets/sheet" in n]
        styles = book.read("xl/styles.xml").decode()
    tables = [x for x in report.sections if any(isinstance(b, TableBlock) for b in x.blocks)]
    assert sum('state="frozen"' in sheet for sheet in sheets) >= len(tables) + 2
    for shown in ("0.0%", "#,##0.00", "+0.0%;-0.0%;+0.0%"):
        assert f'formatCode="{shown}"' in styles
    cells = re.findall(r'<c r="B(\d+)"[^>]*><v>([^<]+)</v>', sheets[0])
    values = {int(row): Decimal(value) for row, value in cells}
    for row, figure in enumerate(report.figures(), start=7):
        if figure.value is not None:
            share = 100 if figure.kind == "share" else 1
            assert round(values[row] * share, 2) == round(figure.value, 2), figure.key
    (traces,) = [section for section in report.sections if section.id == "traces"]
    sku = next(b for b in traces.blocks if isinstance(b, TableBlock)).rows[0][0]
    assert sku.isdigit()
    assert not any(f"<v>{sku}<" in sheet for sheet in sheets)


def test_english_packs_have_no_chinese_words_of_ours(reading: Desk) -> None:
    report = made(reading, "sla", "en")
    words = " ".join(f"{figure.name} {figure.definition}" for figure in report.figures())
    assert not re.search(r"[\u4e00-\u9fff]", words)
    assert reading.report_pdf(report).startswith(b"%PDF")


@pytest.fixture(scope="module")
def printed(reading: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("printed") / "month.pdf"
    return reading.export_report(made(reading, "month"), out)


@pytest.fixture(scope="module")
def keys(region_folder: Path) -> dict[str, bytes]:
    return form_keys(region_folder)


def scanned(page: Image.Image) -> Image.Image:
    """Lay a printed page on a scanner, a little askew."""
    return page.rotate(0.3, fillcolor=255, resample=Image.Resampling.BICUBIC)


def test_a_genuine_pdf_agrees_with_its_code(printed: Path, keys: dict[str, bytes]) -> None:
    found = check_paper(printed, keys, Texts("zh_CN"))
    assert found.seal == "verified"
    assert {c.state for c in found.compared} == {"same"}
    assert {"opened", "satisfaction", "closed_loop", "p", "s", "t"} <= {
        c.fact for c in found.compared
    }
    assert check_paper(printed, {}, Texts("zh_CN")).seal == "unknown"


def figure_box(pdf: Path, words: str) -> tuple[int, int, int, int]:
    """Where the first run that says `words` stands, in pixels at 150 dpi."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text, scale = page.get_textpage(), 150 / 72
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        if words == text.get_text_bounded(left, bottom, right, top).strip():
            height = page.get_height()
            box = (left, height - top, right, height - bottom)
            return tuple(round(v * scale) for v in box)  # type: ignore[return-value]
    raise AssertionError(words)


def test_a_figure_altered_on_a_scan_stands_out(
    printed: Path, keys: dict[str, bytes], reading: Desk, tmp_path: Path
) -> None:
    """Print, scan at 150 dpi, alter one figure: it differs, and the others are read as signed."""
    report = made(reading, "month")
    figure = report.figure("satisfaction")
    page = pypdfium2.PdfDocument(printed)[0].render(scale=150 / 72).to_pil().convert("L")
    where = figure_box(printed, figure.shown)
    donor = figure_box(printed, report.figure("solution_on_time").shown)
    draw = ImageDraw.Draw(page)
    stolen = page.crop((donor[0] - 2, donor[1] - 2, donor[2] + 2, donor[3] + 2))
    draw.rectangle((where[0] - 6, where[1] - 3, where[2] + 4, where[3] + 3), fill=255)
    page.paste(stolen, (where[0] - 2, where[1] - 2))
    # The lower part of the page holds no signed figure; leaving it out halves the reading.
    page = page.crop((0, 0, page.width, where[3] + 240))
    scanned(page).save(tmp_path / "scan.png")
    found = check_paper(tmp_path / "scan.png", keys, Texts("zh_CN"))
    assert found.seal == "verified"
    states = {c.fact: c.state for c in found.compared}
    assert states["satisfaction"] == "different"
    assert found.altered
    assert [fact for fact, state in states.items() if state == "different"] == ["satisfaction"]
    assert states["opened"] == states["solution_on_time"] == "same"


def test_an_altered_code_is_not_accepted(
    printed: Path, keys: dict[str, bytes], tmp_path: Path
) -> None:
    import segno
    import zxingcpp

    page = pypdfium2.PdfDocument(printed)[0].render(scale=300 / 72).to_pil().convert("RGB")
    (code,) = [c for c in zxingcpp.read_barcodes(page) if c.text.startswith("AM1.")]
    head, document, facts, signature = code.text.split(".")
    forged = decode(facts).replace(b'"closed":"', b'"closed":"9')
    payload = ".".join((head, document, encode(forged), signature))
    place = code.position
    picture = io.BytesIO()
    segno.make(payload, error="m", boost_error=False).save(picture, kind="png", scale=5, border=5)
    page.paste(Image.open(picture).convert("RGB"), (place.top_left.x - 25, place.top_left.y - 25))
    page.save(tmp_path / "forged.png")
    assert check_paper(tmp_path / "forged.png", keys, Texts("zh_CN")).seal == "forged"


def test_a_page_without_a_code_and_no_picture(keys: dict[str, bytes], tmp_path: Path) -> None:
    Image.new("L", (600, 800), 255).save(tmp_path / "blank.png")
    assert check_paper(tmp_path / "blank.png", keys, Texts("zh_CN")).seal == "none"
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"no\.png"):
        check_paper(tmp_path / "no.png", keys, Texts("zh_CN"))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_lying_on_its_side_is_set_upright_by_its_code(
    turns: int, printed: Path, keys: dict[str, bytes]
) -> None:
    page = np.asarray(pypdfium2.PdfDocument(printed)[0].render(scale=150 / 72).to_pil())
    # Turned clockwise, as a camera or a feeder delivers it.
    ((_text, found),) = paper_check._codes(np.ascontiguousarray(np.rot90(page, -turns)))
    assert found == turns
    assert np.array_equal(paper_check._upright(np.rot90(page, -turns), found), page)


@pytest.mark.parametrize("degrees", [-4.0, -2.5, 0.0, 1.2, 4.0])
def test_a_slanted_page_keeps_label_and_number_on_one_row(degrees: float) -> None:
    """At 2.5° a number 600 pixels right of its label stands on the height of the next row."""
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    boxes = [(x, y, w) for y in range(100, 400, 30) for x, w in ((50, 180), (650, 90))]
    quads = [
        np.array([(x, y), (x + w, y), (x + w, y + 20), (x, y + 20)], np.float32) @ turn
        for x, y, w in boxes
    ]
    level = paper_check._level([quad.astype(np.float32) for quad in quads])
    heights = [float(quad[:, 1].mean()) for quad in level]
    for label, number in zip(heights[::2], heights[1::2], strict=True):
        assert abs(label - number) < 1
