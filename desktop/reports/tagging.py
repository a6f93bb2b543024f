"""Tagged PDF: what is drawn says what it is and in which order it is read (ISO 32000-1, 14.7–14.8).

reportlab draws no structure; its canvas and tables have the places where it can be added. What
is drawn outside `content` is decoration and marked as such, so a reader's voice skips it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFPage, PDFString
from reportlab.pdfgen.canvas import Canvas

#: Elements that take what is drawn in them as their own, without a paragraph between.
_LEAVES: Final = frozenset({"P", "H1", "H2", "TH", "TD", "Figure"})


@dataclass(slots=True)
class Element:
    """A node of the structure: its type, what a voice says instead, children and marks in order.

    A mark is (page index, number of the marked content on that page).
    """

    kind: str
    alt: str = ""
    kids: list[Element | tuple[int, int]] = field(default_factory=list)


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that keeps the structure of what is drawn and writes it into the file."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._root = Element("Document")
        self._open = [self._root]
        self._owners: list[list[Element]] = [[]]
        self._depth = 0

    def open_element(self, kind: str, alt: str = "") -> None:
        """Begin an element; what is drawn next belongs to it."""
        element = Element(kind, alt)
        self._open[-1].kids.append(element)
        self._open.append(element)

    def close_element(self) -> None:
        """End the element that was opened last."""
        self._open.pop()

    @contextmanager
    def marked(self, kind: str, alt: str) -> Iterator[None]:
        """Draw content of the element in hand, or of a new one of this kind."""
        own = kind == "Figure" or self._open[-1].kind not in _LEAVES
        if own:
            self.open_element(kind, alt)
        page, owner = len(self._owners) - 1, self._open[-1]
        number = len(self._owners[page])
        if not self._depth:
            self._owners[page].append(owner)
            owner.kids.append((page, number))
        self._begin(f"/{owner.kind} <</MCID {number}>> BDC")
        yield
        self._end()
        if own:
            self.close_element()

    def begin_decoration(self) -> None:
        """Begin what says nothing: rules, heads and feet of pages."""
        self._begin("/Artifact BMC")

    def end_decoration(self) -> None:
        """End what says nothing."""
        self._end()

    def _begin(self, sequence: str) -> None:
        """Marked sequences do not nest: inside another one nothing is written."""
        if not self._depth:
            self._code.append(sequence)
        self._depth += 1

    def _end(self) -> None:
        self._depth -= 1
        if not self._depth:
            self._code.append("EMC")

    def showPage(self) -> None:  # noqa: N802 - reportlab calls it
        """End the page and tie it to the structure of its marks."""
        super().showPage()
        page: PDFPage = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents = len(self._owners) - 1
        page.Tabs = PDFName("S")
        self._owners.append([])

    def save(self) -> None:
        """Write the structure, then the file."""
        if self._code:
            self.showPage()
        self._write_structure()
        super().save()

    def _write_structure(self) -> None:
        document, catalog = self._doc, self._doc.Catalog
        pages = [document.Reference(page) for page in document.Pages.pages]
        made: dict[int, PDFDictionary] = {}
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        parent = document.Reference(root)

        def write(element: Element, above: Any) -> Any:
            node = PDFDictionary({"S": PDFName(element.kind), "P": above})
            made[id(element)] = node
            own = document.Reference(node)
            if element.alt:
                node["Alt"] = PDFString(element.alt)
            if element.kind == "TH":
                node["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Column")})
            on = {kid[0] for kid in element.kids if not isinstance(kid, Element)}
            if len(on) == 1:
                node["Pg"] = pages[on.pop()]
            node["K"] = PDFArray(
                [write(kid, own) if isinstance(kid, Element) else kid[1] for kid in element.kids]
            )
            return own

        root["K"] = PDFArray([write(self._root, parent)])
        numbers: list[Any] = []
        for at in range(len(pages)):
            owners = [document.Reference(made[id(owner)]) for owner in self._owners[at]]
            numbers += [at, PDFArray(owners)]
        tree = PDFDictionary({"Nums": PDFArray(numbers)})
        root["ParentTree"] = document.Reference(tree)
        root["ParentTreeNextKey"] = len(pages)


@contextmanager
def content(canvas: Any, kind: str = "P", alt: str = "") -> Iterator[None]:
    """Draw content of an element of this kind, where the canvas keeps structure at all."""
    if not isinstance(canvas, TaggedCanvas):
        yield
        return
    with canvas.marked(kind, alt):
        yield


@contextmanager
def decoration(canvas: Any) -> Iterator[None]:
    """Draw what says nothing, where the canvas keeps structure at all."""
    if not isinstance(canvas, TaggedCanvas):
        yield
        return
    canvas.begin_decoration()
    yield
    canvas.end_decoration()


def table_parts(table: Any, event: str, *where: Any) -> None:
    """Follow reportlab's drawing of a ruled table: Table, TR, TH in its first row, TD below."""
    canvas = table.canv
    layout_parts(table, event, *where)
    if not isinstance(canvas, TaggedCanvas):
        return
    opened = {"startTable": "Table", "startRow": "TR"}.get(event, "")
    if event == "startCell":
        opened = "TH" if where[0] == 0 else "TD"
    if opened:
        canvas.open_element(opened)
    elif event in ("endTable", "endRow", "endCell"):
        canvas.close_element()


def layout_parts(table: Any, event: str, *_where: Any) -> None:
    """Follow a table that only puts things in their places: its rules say nothing."""
    canvas = table.canv
    if not isinstance(canvas, TaggedCanvas):
        return
    if event in ("startLines", "startBG"):
        canvas.begin_decoration()
    elif event in ("endLines", "endBG"):
        canvas.end_decoration()
