"""Reads files of filled-in complaint forms into fields and ticks, and how sure it is (IN-04)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from desktop.domain.form_template import FormCode
from desktop.domain.forms import LONG_KEYS, FieldReading, FormReading, ReadingError, Seal
from ocr.codes import find_form_codes
from ocr.engines.base import Engine, EngineUnavailableError, Image, Quad
from ocr.engines.digits import DigitJudge, DigitReader
from ocr.label_starts import holds_a_label
from ocr.labels import Labels, shipped_labels
from ocr.layout import lay_out, place_fields
from ocr.lines import read_lines
from ocr.loading import Page, load_pages, read_bytes
from ocr.our_form import read_our_form, read_serial
from ocr.our_templates import our_templates
from ocr.paper import flatten_page
from ocr.registration import register
from ocr.ruling import find_ruling, without_lines
from ocr.runs import Rect, Run, run_of
from ocr.several import shows_several_forms
from ocr.sheet import Sheet, apply, red_ink, turned, warped, with_red
from ocr.straighten import levelling
from ocr.tick_places import find_tick_places
from ocr.ticks import group_boxes
from ocr.values import read_values

_LOOK_SIDE: Final = 1120
"""The longer side, in pixels, of the picture on which lines of writing are looked for."""
_UPRIGHT_CONFIDENCE: Final = 0.80
_MUCH_RED: Final = 0.001
_FEW: Final = 4
"""With fewer fields filled on a page with red ink, the red may be what was written. It is where
as many more come to light: a stamp covers one or two."""

_Found = tuple[dict[str, FieldReading], Mapping[str, Sequence[tuple[str, bool]]]]
"""Fields, and of each group every option and whether it is ticked."""

Progress = Callable[[int], None]
"""Told the number of pages done."""
Judge = Callable[[FormCode], Seal]
"""Says whether a code's signature is that of a key known here."""
Cancelled = Callable[[], bool]
"""Asked before each page whether to stop."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A levelled sheet with its writing."""

    sheet: Sheet
    runs: tuple[Run, ...]


class FormReader:
    """Reads forms with `engine`; one reader may be used by one thread at a time.

    `second_reader` is asked about short fields of which `engine` is nearly certain; when it
    is not installed, those fields stay uncertain.
    """

    def __init__(
        self,
        engine: Engine,
        second_reader: Engine | None = None,
        labels: Labels | None = None,
        judge: Judge | None = None,
        digits: DigitJudge | None = None,
    ) -> None:
        self._engine = engine
        self._second = second_reader
        self._labels = labels or shipped_labels()
        self._judge = judge
        self._digits = digits or DigitReader()

    def warm(self) -> None:
        """Load the engine; raises EngineUnavailableError when none works."""
        self._engine.check()

    def read(
        self, path: Path, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> list[FormReading]:
        """Read every page of a file. What cannot be read is a reading with an error."""
        content = read_bytes(path)
        if isinstance(content, ReadingError):
            return [FormReading(file=str(path), page=1, error=content)]
        return self.read_bytes(content, str(path), progress, cancelled)

    def read_bytes(
        self,
        content: bytes,
        name: str,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> list[FormReading]:
        """Read every page of a file's bytes; `name` is what the readings call the file."""
        readings: list[FormReading] = []
        started = time.perf_counter()
        for number, page in enumerate(load_pages(content), start=1):
            if cancelled is not None and cancelled():
                break
            if isinstance(page, ReadingError):
                readings.append(FormReading(file=name, page=number, error=page))
            else:
                readings.append(self._page(page, name, started))
            started = time.perf_counter()
            if progress is not None:
                progress(number)
        return readings

    def _page(self, page: Page, name: str, started: float) -> FormReading:
        codes: tuple[FormCode, ...] = ()
        template: str | None = None
        printed: str | None = None
        found: _Found | ReadingError
        try:
            codes = find_form_codes(page.image)
            several = len({(code.store, code.form, code.serial) for code in codes}) > 1
            ours = None if several else self._ours(page, codes)
            if ours is not None:
                template, printed, found = ours
            else:
                found = _several() if several else self.read_unregistered(page)
        except EngineUnavailableError as fault:
            found = ReadingError("no_engine", f"No OCR engine works: {fault}.")
        except (cv2.error, MemoryError, np.linalg.LinAlgError) as fault:
            found = ReadingError(
                "unreadable", f"The page defeats the reader ({type(fault).__name__}): type it in."
            )
        seconds = time.perf_counter() - started
        if isinstance(found, ReadingError):
            return FormReading(file=name, page=page.number, seconds=seconds, error=found)
        fields, groups = found
        ticks = {
            group: tuple(text for text, ticked in options if ticked)
            for group, options in groups.items()
        }
        every = {group: tuple(text for text, _ in options) for group, options in groups.items()}
        form, serial = (codes[0].form, codes[0].serial) if codes else (template, printed)
        seal = self._judge(codes[0]) if codes and self._judge else "unknown" if codes else None
        return FormReading(
            name,
            page.number,
            form,
            serial,
            fields,
            ticks,
            seconds,
            seal=seal,
            options=every,
        )

    def _ours(self, page: Page, codes: Sequence[FormCode]) -> tuple[str, str | None, _Found] | None:
        """Read a sheet of ours from its known places; None when it is another form.

        Returns the template's id, the printed serial where no code says it, and what was found.
        """
        templates = our_templates()
        named = [templates[code.form] for code in codes if code.form in templates]
        # A torn or stained code leaves the markers, which our forms alone carry.
        for template in named[:1] or ([] if codes else templates.values()):
            registered = register(page, template)
            if registered is not None:
                serial = None if codes else read_serial(registered, self._engine)
                return template.id, serial, read_our_form(registered, self._engine, self._digits)
        return None

    def read_unregistered(self, page: Page) -> _Found | ReadingError:
        """Read a page as a form of unknown layout, whatever markers it carries."""
        sheets = flatten_page(page.image, page.from_file)
        if len(sheets) > 1:
            return _several()
        found = self._read(sheets[0])
        if found == _several() or (not isinstance(found, ReadingError) and len(found[0]) >= _FEW):
            return found
        if red_ink(sheets[0].colour).mean() <= _MUCH_RED:
            return found
        # Red is a stamp, or what the form is printed or filled in.
        red = self._read(with_red(sheets[0]))
        if isinstance(found, ReadingError):
            return red
        written = not isinstance(red, ReadingError) and len(red[0]) >= len(found[0]) + _FEW
        return red if written else found

    def _read(self, flat: Sheet) -> _Found | ReadingError:
        written = self._writing(flat)
        if written is None:
            return ReadingError("blank", "There is no writing on the page: is it the right side?")
        sheet, runs = written.sheet, written.runs
        heights = sorted(run.rect.height for run in runs)
        ruling = find_ruling(sheet.clean, heights[len(heights) // 2])
        layout = lay_out(runs, ruling, self._labels, sheet.size)
        known = {label.key for label in layout.labels}
        if len(known) < 2:
            return ReadingError(
                "no_form", "No label of a complaint form was found: type the complaint in."
            )
        if shows_several_forms(layout.labels, layout.line_height):
            return _several()
        boxes = find_tick_places(sheet.clean, ruling, runs, layout.line_height)
        groups = group_boxes(boxes, layout, sheet.clean, self._engine)
        places = place_fields(layout, [group.area for group in groups])
        unruled = without_lines(sheet.clean, ruling)
        values = read_values(
            places, unruled, self._engine, layout.line_height, self._digits, self._second
        )
        doubtful = {
            key
            for key, place in places.items()
            if key in LONG_KEYS and holds_a_label(place.runs, self._labels)
        }
        fields = {
            key: FieldReading(
                value.text,
                value.confidence,
                value.certain and key not in doubtful,
                sheet.box_in_file(
                    value.rect.left, value.rect.top, value.rect.right, value.rect.bottom
                ),
                0.0 if key in doubtful else value.weakest,
            )
            for key, value in values.items()
        }
        return fields, {group.label: group.options for group in groups if group.label}

    def _writing(self, sheet: Sheet) -> _Written | None:
        """Find and read the lines of a sheet, turning it upright and level first."""
        quads = self._look(sheet)
        if not quads:
            return None
        if _runs_down(quads):
            sheet = turned(sheet, 1)
            quads = self._look(sheet)
        readings = read_lines(self._engine, sheet.clean, quads)
        sure = float(np.mean([reading.confidence for reading in readings])) if readings else 0.0
        if sure < _UPRIGHT_CONFIDENCE:
            over = turned(sheet, 2)
            over_quads = [_turned_quad(quad, sheet.size) for quad in quads]
            over_readings = read_lines(self._engine, over.clean, over_quads)
            if float(np.mean([reading.confidence for reading in over_readings])) > sure:
                sheet, quads, readings = over, over_quads, over_readings
        way = levelling(sheet.clean, quads)
        if way is not None:
            sheet = warped(sheet, way)
            quads = [apply(way, quad.astype(np.float64)).astype(np.float32) for quad in quads]
        runs = tuple(
            run_of(_rect(quad), reading)
            for quad, reading in zip(quads, readings, strict=True)
            if reading.text and reading.confidence > 0.3
        )
        return _Written(sheet, runs) if runs else None

    def _look(self, sheet: Sheet) -> list[Quad]:
        scale = min(1.0, _LOOK_SIDE / max(sheet.size))
        small = cv2.resize(sheet.clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        # Empty paper around the writing would cost most of the time that looking takes.
        x, y, wide, high = _content(np.asarray(small, dtype=np.uint8))
        if wide == 0:
            return []
        found = self._engine.detect(np.asarray(small[y : y + high, x : x + wide], dtype=np.uint8))
        corner = np.asarray([x, y], dtype=np.float32)
        return [np.asarray((quad + corner) / scale, dtype=np.float32) for quad in found]


def _content(image: Image) -> tuple[int, int, int, int]:
    """Return x, y, width and height around all that is not bare paper or a speck."""
    ink = np.where(cv2.medianBlur(image, 3) < 205, 255, 0).astype(np.uint8)
    if not ink.any():
        return 0, 0, 0, 0
    near = cv2.dilate(ink, np.ones((3, 9), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    large = stats[1:][np.maximum(stats[1:, 2], stats[1:, 3]) >= 12]
    if len(large) == 0:
        return 0, 0, 0, 0
    height, width = image.shape
    x0, y0 = (max(0, int(large[:, i].min()) - 16) for i in (0, 1))
    x1 = min(width, int((large[:, 0] + large[:, 2]).max()) + 16)
    y1 = min(height, int((large[:, 1] + large[:, 3]).max()) + 16)
    return x0, y0, x1 - x0, y1 - y0


def _several() -> ReadingError:
    return ReadingError(
        "several_forms", "Several forms are on one picture: photograph each one by itself."
    )


def _runs_down(quads: list[Quad]) -> bool:
    down = up = 0.0
    for quad in quads:
        wide = float(np.linalg.norm(quad[1] - quad[0]))
        high = float(np.linalg.norm(quad[3] - quad[0]))
        if high > 1.5 * wide:
            down += high
        elif wide > 1.5 * high:
            up += wide
    return down > up


def _turned_quad(quad: Quad, size: tuple[int, int]) -> Quad:
    far = np.asarray([size[0] - 1, size[1] - 1], dtype=np.float32)
    return np.asarray(np.roll(far - quad, 2, axis=0), dtype=np.float32)


def _rect(quad: Quad) -> Rect:
    left, right = (quad[0, 0] + quad[3, 0]) / 2, (quad[1, 0] + quad[2, 0]) / 2
    top, bottom = (quad[0, 1] + quad[1, 1]) / 2, (quad[2, 1] + quad[3, 1]) / 2
    return Rect(float(left), float(top), float(right), float(bottom))
