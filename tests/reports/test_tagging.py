"""Tagged PDF: everything read aloud has its place in the structure, decoration has none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from pypdf.generic import ContentStream

from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    Mark,
    Report,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
)
from desktop.reports.pack import render_pack
from tests.reports.report_samples import MADE

ROWS = tuple((f"PQ-{n:02d} 包装破损", str(n)) for n in range(70))


@pytest.fixture(scope="module")
def made() -> pypdf.PdfReader:
    marks = (Mark("周一", 3, "3"), Mark("周二", 5, "5"))
    columns = (Column("编码", 0.7), Column("件数", 0.3, "right"))
    sections = (
        Section("a", "趋势", (TextBlock("先读这句"), ChartBlock("bars", "按日", marks))),
        Section("b", "按编码", (TableBlock(columns, ROWS, "无"), WriteBlock("签字"))),
    )
    report = Report("month", "zh_CN", "投诉月报", "2026年10月", "滨湖店", "", "数据截至今日",
                    MADE, "Asia/Shanghai", sections)  # fmt: skip
    return pypdf.PdfReader(io.BytesIO(render_pack(report)))


def elements(node: Any) -> Iterator[Any]:
    found = node.get_object()
    if isinstance(found, dict):
        yield found
        for kid in found.get("/K", ()):
            yield from elements(kid)


def test_the_document_says_language_title_and_order(made: pypdf.PdfReader) -> None:
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "zh-CN"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    (document,) = root["/StructTreeRoot"]["/K"]
    kinds = [e["/S"] for e in elements(document)]
    assert kinds[0] == "/Document"
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 2
    # One table on each page that it runs over, its head repeated.
    assert kinds.count("/Table") == len(made.pages)
    assert kinds.count("/TR") == len(ROWS) + len(made.pages)
    assert kinds.count("/TD") == 2 * len(ROWS)
    (figure,) = [e for e in elements(document) if e["/S"] == "/Figure"]
    assert figure["/Alt"] == "按日: 周一 3; 周二 5"
    order = [kind for kind in kinds if kind in ("/H1", "/H2", "/Figure", "/Table")]
    assert order[:5] == ["/H1", "/H2", "/Figure", "/H2", "/Table"]


def test_every_word_is_marked_and_every_mark_is_owned(made: pypdf.PdfReader) -> None:
    tree = made.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = dict(zip(tree[::2], tree[1::2], strict=True))
    for page in made.pages:
        stack: list[str] = []
        marks = 0
        content = page.get_contents()
        assert content is not None
        for operands, operator in ContentStream(content, made).operations:
            if operator in (b"BDC", b"BMC"):
                stack.append(str(operands[0]))
                if operator == b"BDC":
                    assert operands[1]["/MCID"] == marks
                    marks += 1
            elif operator == b"EMC":
                stack.pop()
            elif operator in (b"Tj", b"TJ") and operands[0]:
                assert len(stack) == 1
        assert not stack
        assert len(owners[page["/StructParents"]]) == marks > 3
