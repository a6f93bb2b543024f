"""Fills in our own form as printed: combs digit by digit, free boxes, ticks."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from desktop.adapters.device_signer import DeviceSigner
from desktop.domain.form_template import BoxMm, FormField, serial_with_check
from desktop.reports.paper_form import Variant, render_forms, store_complaint_template
from tests.bench.ocr_corpus.content import wrapped
from tests.bench.ocr_corpus.hands import Hand, Ink, glyph, put, write_line

DPI = 300
KEY = bytes(range(32))
STORE = "S0217"
PX = DPI / 25.4


def blank(number: int, variant: Variant) -> NDArray[np.uint8]:
    """Return an empty sheet as RGB at 300 dpi; every sheet has its own serial."""
    pdf = render_forms(
        store_complaint_template(), [number], STORE, variant, DeviceSigner(lambda: KEY)
    )
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[0].render(scale=DPI / 72, rev_byteorder=True)
        return np.asarray(bitmap.to_numpy()[:, :, :3], np.uint8).copy()
    finally:
        document.close()


def fill(
    values: dict[str, str], number: int, variant: Variant, hand: Hand, ink: Ink, rng: random.Random
) -> tuple[NDArray[np.uint8], dict[str, tuple[str, ...]], str]:
    """Return the filled sheet, its ticks and its serial."""
    template = store_complaint_template()
    page = blank(number, variant)
    for field in template.fields:
        text = values.get(field.key, "")
        if not text:
            continue
        if field.cells:
            _comb(page, field, field.cells, text, hand, ink, rng)
        else:
            _free(page, field, text, hand, ink, rng)
    ticks = {}
    for group in template.tick_groups:
        chosen = [o for o in group.options if rng.random() < 0.3]
        for option in chosen:
            tick(page, option.box, hand, ink, rng)
        ticks[group.group] = tuple(option.option for option in chosen)
    return page, ticks, serial_with_check(number)


def _comb(
    page: NDArray[np.uint8],
    field: FormField,
    cells: int,
    value: str,
    hand: Hand,
    ink: Ink,
    rng: random.Random,
) -> None:
    digits = "".join(sign for sign in value if sign.isdigit())
    first = cells - len(digits) if field.decimals else 0
    size = round(field.box.h * PX * (0.62 + rng.uniform(-0.05, 0.08) * bool(hand.unsteady)))
    for index, digit in enumerate(digits):
        cell = field.box.cell(first + index, cells)
        tile = glyph(digit, hand, size, rng)
        shake = hand.unsteady * PX
        x = (cell.x + cell.w / 2) * PX - tile.shape[1] / 2 + rng.gauss(0, 0.35) * shake
        y = (cell.y + cell.h / 2) * PX - tile.shape[0] / 2 + rng.gauss(0, 0.3) * shake
        put(page, tile, x, y, ink)


def _free(
    page: NDArray[np.uint8], field: FormField, text: str, hand: Hand, ink: Ink, rng: random.Random
) -> None:
    pitch = field.box.h / field.lines
    high = pitch * PX * (0.62 if field.lines > 1 else 0.6)
    size = round(high * (1 + rng.uniform(-0.08, 0.08) * bool(hand.unsteady)))
    signs = int(field.box.w * PX / (size * 1.03)) - 2
    lines = wrapped(text, signs) if field.lines > 1 else [text]
    for index, line in enumerate(lines[: field.lines]):
        middle = (field.box.y + pitch * (index + 0.5)) * PX + rng.gauss(0, 0.3) * hand.unsteady * PX
        write_line(page, line, (field.box.x + 2) * PX, middle, size, hand, ink, rng)


def tick(page: NDArray[np.uint8], box: BoxMm, hand: Hand, ink: Ink, rng: random.Random) -> None:
    """Mark a box with a tick, a cross or a blot, a little over its edge by hand."""
    shake = 0.5 * hand.unsteady
    shapes = (
        [[(0.15, 0.5), (0.42, 0.85), (0.95, 0.05)]],
        [[(0.12, 0.12), (0.88, 0.88)], [(0.88, 0.12), (0.12, 0.88)]],
        [[(0.1, 0.55), (0.4, 0.9), (1.15, -0.2)]],
    )
    layer = np.zeros(page.shape[:2], np.uint8)
    for stroke in rng.choice(shapes if hand.unsteady else shapes[:2]):
        points = [
            (
                (box.x + box.w * x + rng.gauss(0, 0.25) * shake) * PX,
                (box.y + box.h * y + rng.gauss(0, 0.25) * shake) * PX,
            )
            for x, y in stroke
        ]
        cv2.polylines(
            layer, [np.asarray(points, np.int32)], False, 255, rng.choice((4, 5, 7)), cv2.LINE_AA
        )
    put(page, layer, 0, 0, ink)
