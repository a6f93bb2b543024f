"""Draws blank paper complaint forms with corner markers, codes, combs and tick boxes (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Final, Literal

from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from ruamel.yaml import YAML

from desktop.domain.form_template import (
    BoxMm,
    FormField,
    FormTemplate,
    SignLine,
    TickGroup,
    TickOption,
    form_from_dict,
    serial_with_check,
)
from desktop.reports import style
from desktop.reports.codes import draw_qr
from desktop.reports.form_seal import sign_form
from desktop.reports.seal import Signer
from desktop.reports.text_lines import break_points, printable
from desktop.texts import Texts

Variant = Literal["zh", "bilingual"]

# Light enough to be taken out before reading, dark enough to write along.
_FRAME: Final[Color] = HexColor("#8A949F")
_DIVIDER: Final[Color] = HexColor("#B4BCC5")
_GUIDE: Final[Color] = HexColor("#D3D9E0")


@cache
def store_complaint_template() -> FormTemplate:
    """Return our store complaint form; raises ValueError when its file is wrong."""
    text = (files("resources") / "forms" / "store_complaint.yaml").read_text(encoding="utf-8")
    return form_from_dict(YAML(typ="safe").load(text))


def render_forms(
    template: FormTemplate,
    numbers: Sequence[int],
    store: str,
    variant: Variant,
    signer: Signer,
) -> bytes:
    """Return a PDF with one sheet for each serial number; the same input gives the same bytes."""
    style.register_fonts()
    width, height = template.page_mm
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(width * mm, height * mm),
        invariant=1,
        lang="zh-CN",
        initialFontName=style.REGULAR,
    )
    canvas.setTitle(template.title["zh_CN"])
    canvas.setAuthor(store)
    canvas.setCreator("Amends 安诉")
    for number in numbers:
        serial = serial_with_check(number)
        payload = sign_form(template.id, store, serial, signer)
        _Sheet(canvas, template, variant).draw(store, serial, payload)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def form_layout(template: FormTemplate, count: int) -> list[dict[str, Any]]:
    """Return where every field of `count` sheets lies, one entry a field or tick box.

    Keys and units are those of `amends print-form --layout`: boxes in mm, origin top left,
    pages counted from 1.
    """
    entries: list[dict[str, Any]] = []
    for page in range(1, count + 1):
        for field in template.fields:
            entries.append(_entry(field.key, field.kind, page, field.box, cells=field.cells))
        for group in template.tick_groups:
            for option in group.options:
                entries.append(
                    _entry(group.group, "tick", page, option.box, option=option.option, group=group)
                )
    return entries


def _entry(
    key: str,
    kind: str,
    page: int,
    box: BoxMm,
    cells: int | None = None,
    option: str | None = None,
    group: TickGroup | None = None,
) -> dict[str, Any]:
    return {
        "field": key,
        "kind": kind,
        "page": page,
        "box_mm": [box.x, box.y, box.w, box.h],
        "cells": cells,
        "option": option,
        "group": group.group if group else None,
    }


class _Sheet:
    """One page; all positions are in mm from the top left, as in the template."""

    def __init__(self, canvas: Canvas, template: FormTemplate, variant: Variant) -> None:
        self._canvas = canvas
        self._template = template
        self._english = variant == "bilingual"

    def draw(self, store: str, serial: str, payload: str) -> None:
        """Draw everything on the current page."""
        self._markers()
        for box in self._template.qr_boxes:
            draw_qr(self._canvas, payload, box.x * mm, self._up(box.y + box.h), box.w * mm)
        self._head(store, serial)
        for field in self._template.fields:
            self._label(field.label, field.label_x, field.box, field.lines > 1)
            self._field(field)
        for group in self._template.tick_groups:
            self._label(group.label, group.label_x, group.options[0].box, top=False)
            for option in group.options:
                self._tick(option)
        for line in self._template.sign_lines:
            self._sign_line(line)
        self._notes()

    def _up(self, y: float) -> float:
        """Turn mm from the top into points from the bottom."""
        return float((self._template.page_mm[1] - y) * mm)

    def _text(
        self,
        x: float,
        y: float,
        content: str,
        size: float,
        colour: Color = style.INK,
        font: str = style.REGULAR,
    ) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x * mm, self._up(y), printable(content, font))

    def _line(self, x1: float, y1: float, x2: float, y2: float, colour: Color, w: float) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(w)
        self._canvas.line(x1 * mm, self._up(y1), x2 * mm, self._up(y2))

    def _rect(self, box: BoxMm, colour: Color, width: float) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(width)
        self._canvas.rect(box.x * mm, self._up(box.y + box.h), box.w * mm, box.h * mm)

    def _markers(self) -> None:
        for marker in self._template.markers:
            bits = marker_bits(self._template.marker_dictionary, marker.id)
            step = marker.box.w / len(bits)
            path = self._canvas.beginPath()
            for row, line in enumerate(bits):
                for column, dark in enumerate(line):
                    if dark:
                        x = (marker.box.x + column * step) * mm
                        y = self._up(marker.box.y + (row + 1) * step)
                        path.rect(x, y, step * mm, step * mm)
            self._canvas.setFillColor(black)
            self._canvas.drawPath(path, 0, 1)

    def _head(self, store: str, serial: str) -> None:
        title = self._template.title
        self._text(26, 17, title["zh_CN"], 19, font=style.BOLD)
        y = 24.0
        if self._english:
            self._text(26, 23, title["en"], 10.5, style.MUTED)
            y = 28.5
        facts = Texts("zh_CN").get(
            "form.facts", form=self._template.id, serial=grouped(serial), store=store
        )
        self._text(26, y, facts, 8.5, style.MUTED)
        self._text(26, y + 5.5, self._template.hint["zh_CN"], 8.5)
        if self._english:
            self._text(26, y + 9.3, self._template.hint["en"], 7, style.MUTED)

    def _label(self, label: Any, x: float, box: BoxMm, top: bool) -> None:
        middle = box.y + (5 if top else box.h / 2)
        if self._english:
            self._text(x, middle + 0.3, label["zh_CN"], 9.5)
            self._text(x, middle + 3.6, label["en"], 6.3, style.MUTED)
        else:
            self._text(x, middle + 1.3, label["zh_CN"], 10)

    def _field(self, field: FormField) -> None:
        if field.cells:
            self._comb(field, field.cells)
            return
        self._rect(field.box, _FRAME, 0.7)
        for number in range(1, field.lines):
            y = field.box.y + field.box.h * number / field.lines
            self._line(field.box.x + 2, y, field.box.x + field.box.w - 2, y, _GUIDE, 0.5)

    def _comb(self, field: FormField, cells: int) -> None:
        box = field.box
        for index in range(1, cells):
            cell = box.cell(index, cells)
            self._line(cell.x, box.y, cell.x, box.y + box.h, _DIVIDER, 0.6)
        self._rect(box, _FRAME, 0.7)
        for index, caption in enumerate(field.captions):
            cell = box.cell(index, cells)
            width = stringWidth(caption, style.REGULAR, 6) / mm
            self._text(cell.x + (cell.w - width) / 2, box.y - 0.9, caption, 6, style.MUTED)
        if field.decimals:
            point = box.cell(cells - field.decimals, cells)
            self._canvas.setFillColor(style.INK)
            self._canvas.circle(point.x * mm, self._up(box.y + box.h - 0.9), 0.55 * mm, 0, 1)

    def _tick(self, option: TickOption) -> None:
        box = option.box
        self._rect(box, style.INK, 0.8)
        x = box.x + box.w + 1.6
        if self._english:
            self._text(x, box.y + 2.4, option.label["zh_CN"], 9.2)
            self._text(x, box.y + 5.5, option.label["en"], 6, style.MUTED)
        else:
            self._text(x, box.y + 3.6, option.label["zh_CN"], 9.8)

    def _sign_line(self, line: SignLine) -> None:
        self._label(line.label, line.label_x, line.box, top=False)
        bottom = line.box.y + line.box.h
        self._line(line.box.x, bottom, line.box.x + line.box.w, bottom, _FRAME, 0.7)

    def _notes(self) -> None:
        """Print the notes between the lower left marker and the lower code."""
        y, right = 249.0, self._template.qr_boxes[-1].x - 4
        for note in self._template.notes:
            y = self._paragraph(note["zh_CN"], y, right, 8, style.INK)
            if self._english:
                y = self._paragraph(note["en"], y, right, 6.8, style.MUTED)
            y += 1.4

    def _paragraph(self, content: str, y: float, right: float, size: float, colour: Color) -> float:
        left = 26.0
        content = printable(content, style.REGULAR)
        widths = [stringWidth(char, style.REGULAR, size) for char in content]
        begin = 0
        for end in break_points(widths, content, (right - left) * mm):
            self._text(left, y, content[begin:end].strip(), size, colour)
            y += size * 0.53
            begin = end
        return y


def grouped(serial: str) -> str:
    """Return a nine-digit serial as `3756 2736-2`, the check digit apart."""
    return f"{serial[:4]} {serial[4:8]}-{serial[8]}"


@cache
def marker_bits(dictionary: str, marker: int) -> tuple[tuple[bool, ...], ...]:
    """Return the cells of an ArUco marker, border included, True where black."""
    import cv2

    known = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, dictionary))
    side = int(known.markerSize) + 2
    image = cv2.aruco.generateImageMarker(known, marker, side)
    return tuple(tuple(bool(pixel == 0) for pixel in row) for row in image)
