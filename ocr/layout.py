"""Decides which writing belongs to which label: in cells, beside, below, or on a blank line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from desktop.domain.forms import LONG_KEYS
from ocr.label_starts import take_leading
from ocr.labels import OTHER, Label, Labels
from ocr.ruling import Ruling
from ocr.runs import Rect, Run, in_order, union

_DIVIDER = 0.95
"""Share of a line's height along which an upright line is drawn to part what is beside it."""
_MOST_PARTS = 6
"""Most pieces that a spread label falls into."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field's value stands: the runs of it, the area it may use, its cell if ruled."""

    key: str
    label: Label
    runs: tuple[Run, ...]
    area: Rect
    cell: Rect | None


@dataclass(slots=True)
class _Room:
    """A cell, or the page outside of all cells, with what stands in it."""

    rect: Rect
    ruled: bool
    labels: list[Label] = field(default_factory=list)
    rest: list[Run] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """The labels and the other writing of a sheet, room by room."""

    rooms: tuple[_Room, ...]
    line_height: float
    ruling: Ruling

    @property
    def labels(self) -> list[Label]:
        """All labels on the sheet."""
        return [label for room in self.rooms for label in room.labels]

    def room_at(self, x: float, y: float) -> _Room:
        """Return the smallest room at a point; the page itself is the last."""
        inside = [room for room in self.rooms if room.ruled and room.rect.holds(x, y)]
        return min(inside, key=lambda room: room.rect.width * room.rect.height, default=self.page)

    @property
    def page(self) -> _Room:
        """The page outside of all cells."""
        return self.rooms[-1]

    def beside(self, room: _Room) -> _Room | None:
        """Return the cell that touches `room` on the right."""
        return self._neighbour(room, down=False)

    def before(self, room: _Room) -> _Room | None:
        """Return the cell that touches `room` on the left."""
        for other in self.rooms[:-1]:
            if self._neighbour(other, down=False) is room:
                return other
        return None

    def below(self, room: _Room) -> _Room | None:
        """Return the cell that touches `room` underneath."""
        return self._neighbour(room, down=True)

    def _neighbour(self, room: _Room, *, down: bool) -> _Room | None:
        near = 0.7 * self.line_height
        best: tuple[float, _Room] | None = None
        for other in self.rooms[:-1]:
            one, two = room.rect, other.rect
            gap = two.top - one.bottom if down else two.left - one.right
            if other is room or not -near < gap < near:
                continue
            if down:
                shared = one.meets_across(two) / min(one.width, two.width)
            else:
                shared = min(one.bottom, two.bottom) - max(one.top, two.top)
                shared /= min(one.height, two.height)
            if shared > 0.6 and (best is None or shared > best[0]):
                best = (shared, other)
        return best[1] if best else None


def lay_out(runs: Sequence[Run], ruling: Ruling, labels: Labels, size: tuple[int, int]) -> Layout:
    """Sort the writing into rooms and tell labels from the rest."""
    heights = sorted(run.rect.height for run in runs) or [40.0]
    page = _Room(Rect(0, 0, size[0], size[1]), ruled=False)
    rooms = [_Room(cell, ruled=True) for cell in ruling.cells]
    layout = Layout((*rooms, page), heights[len(heights) // 2], ruling)
    for run in runs:
        for piece in _cut_at_walls(run, ruling.cells):
            room = layout.room_at(*piece.rect.middle)
            found, rest = labels.split(piece)
            room.labels.extend(found)
            room.rest.extend(rest)
    take_leading(layout.page.labels, layout.page.rest, labels)
    for room in layout.rooms:
        if room.ruled and len(room.labels) < 2:
            _take_spread_label(room, labels)
        _join_labels(room)
        room.rest.sort(key=lambda run: (run.rect.top, run.rect.left))
    return layout


def _take_spread_label(room: _Room, labels: Labels) -> None:
    """Make one label of a cell's signs that are printed far apart (姓　名) or in a column."""
    parts = in_order([*(label.run for label in room.labels), *room.rest])
    if not 2 <= len(parts) <= _MOST_PARTS:
        return
    if room.labels and any(one.rect.level_with(two.rect) for one, two in pairwise(parts)):
        return  # 金额 and 元 on one row are a label and a unit with the blank between them.
    glyphs = tuple(sign for part in parts for sign in part.glyphs)
    whole = Run(union([part.rect for part in parts]), glyphs, whole=False)
    if len(glyphs) <= 2 * _MOST_PARTS and labels.knows("".join(sign.text for sign in glyphs)):
        room.labels, room.rest = labels.split(whole)


def _cut_at_walls(run: Run, cells: Sequence[Rect]) -> list[Run]:
    """Cut a run where it passes from one cell into another."""
    middle = run.rect.middle[1]
    row = [cell for cell in cells if cell.top <= middle <= cell.bottom]

    def cell_of(x: float) -> int:
        inside = [i for i, cell in enumerate(row) if cell.left - 2 <= x <= cell.right + 2]
        return min(inside, key=lambda i: row[i].width, default=-1)

    where = [cell_of(sign.x) for sign in run.glyphs]
    pieces: list[Run] = []
    start = 0
    for i in range(1, len(where) + 1):
        if i == len(where) or where[i] != where[start]:
            piece = run.part(start, i)
            cell = row[where[start]] if where[start] >= 0 else None
            pieces.append(piece.clipped(_tall(cell, piece)) if cell else piece)
            start = i
    return pieces


def _tall(cell: Rect, piece: Run) -> Rect:
    # Writing may rise over the line above it; only the sides of a cell cut a run.
    return Rect(cell.left, piece.rect.top, cell.right, piece.rect.bottom)


def _join_labels(room: _Room) -> None:
    """Make one label of two that name the same field one above or beside the other."""
    kept: list[Label] = []
    for label in sorted(room.labels, key=lambda item: (item.run.rect.top, item.run.rect.left)):
        twin = next(
            (
                i
                for i, other in enumerate(kept)
                if other.key == label.key != OTHER and _touching(other.run, label.run)
            ),
            None,
        )
        if twin is None:
            kept.append(label)
            continue
        first = kept[twin]
        rect = union([first.run.rect, label.run.rect])
        run = Run(rect, first.run.glyphs + label.run.glyphs, whole=False)
        kept[twin] = Label(first.key, first.sure or label.sure, label.ending, run)
    room.labels = kept


def _touching(one: Run, two: Run) -> bool:
    if one.rect.level_with(two.rect):
        return two.rect.left - one.rect.right < 1.5 * one.em
    gap = two.rect.top - one.rect.bottom
    return gap < 0.6 * one.rect.height and one.rect.meets_across(two.rect) > 0


def place_fields(layout: Layout, taken: Sequence[Rect]) -> dict[str, Place]:
    """Choose a label for each field and the writing that is its value.

    `taken` are areas that hold tick options, which are no field's value.
    """
    beside_is_usual = _labels_left(layout)
    offers: dict[str, list[tuple[float, Place]]] = {}
    for room in layout.rooms:
        for label in room.labels:
            if label.key == OTHER:
                continue
            place = _place(layout, room, label, beside_is_usual, taken)
            # A place to write in tells a field from a heading that happens to name it.
            score = _score(layout, room, label) + (1.0 if place.cell else 0.0)
            score += 0.5 if place.runs else 0.0
            offers.setdefault(label.key, []).append((score, place))
    for key, places in offers.items():
        sure = [item for item in places if item[1].label.sure]
        offers[key] = sure or places
    chosen = {
        key: max(places, key=lambda item: (item[0], -item[1].label.run.rect.top))[1]
        for key, places in offers.items()
    }
    return _settle(chosen)


def _score(layout: Layout, room: _Room, label: Label) -> float:
    alone = room.ruled and not room.rest and len(room.labels) == 1
    by_ending = {"colon": 3.0, "gap": 2.0, "end": 2.0, "tight": 1.0}[label.ending]
    inside_text = not alone and label.ending != "colon" and len(room.rest) > 2
    near = layout.line_height
    crowded = room.ruled and inside_text and room.rect.height > 3 * near
    return max(3.0 if alone else 0.0, by_ending) + (1.5 if label.sure else 0.0) - 2.0 * crowded


def _labels_left(layout: Layout) -> bool:
    """Tell whether on this form values stand in the cell to the right of the label's cell."""
    votes: Counter[bool] = Counter()
    for room in layout.rooms[:-1]:
        if len(room.labels) == 1 and not room.rest:
            beside = layout.beside(room)
            if beside is not None:
                votes[not beside.labels] += 1
    return votes[True] > votes[False]


def _place(
    layout: Layout, room: _Room, label: Label, beside_is_usual: bool, taken: Sequence[Rect]
) -> Place:
    if room.ruled and len(room.labels) == 1:
        inner = _free(layout, room, label, taken)
        beside, below = layout.beside(room), layout.below(room)
        open_beside = beside is not None and not beside.labels
        narrow = room.rect.width < 2.2 * label.run.rect.width
        if inner.runs and not (beside_is_usual and open_beside and narrow):
            return inner
        if beside is not None and open_beside:
            return _cell_place(label, beside, taken)
        if not inner.runs and below is not None and not below.labels and not beside_is_usual:
            return _cell_place(label, below, taken)
        return inner
    box = None if room.ruled else _box_for(layout, label)
    if box is not None:
        return _cell_place(label, box, taken)
    return _free(layout, room, label, taken)


def _box_for(layout: Layout, label: Label) -> _Room | None:
    """Return the box without a label of its own right of, or under, a label outside of it."""
    mine, em = label.run.rect, label.run.em
    open_boxes = [room for room in layout.rooms[:-1] if not room.labels]
    beside = [
        room
        for room in open_boxes
        if room.rect.level_with(mine) and -0.5 * em < room.rect.left - mine.right < 4 * em
    ]
    if beside:
        return min(beside, key=lambda room: room.rect.left)
    under = [
        room
        for room in open_boxes
        if -0.3 * mine.height < room.rect.top - mine.bottom < 0.8 * mine.height
        and abs(room.rect.left - mine.left) < 2 * em
    ]
    return min(under, key=lambda room: room.rect.top) if under else None


def _cell_place(label: Label, room: _Room, taken: Sequence[Rect]) -> Place:
    runs = tuple(run for run in room.rest if not _is_taken(run, taken))
    return Place(label.key, label, in_order(runs), room.rect, room.rect)


def _is_taken(run: Run, taken: Sequence[Rect]) -> bool:
    return any(rect.holds(*run.rect.middle) for rect in taken)


def _free(layout: Layout, room: _Room, label: Label, taken: Sequence[Rect]) -> Place:
    """Take what stands right of a label up to the next one, else below it."""
    mine = label.run.rect
    others = [other.run.rect for other in room.labels if other is not label]
    rest = [run for run in room.rest if not _is_taken(run, taken)]
    same_row = [rect.left for rect in others if rect.level_with(mine) and rect.left > mine.left]
    right = min(same_row, default=room.rect.right)
    right = min([right, *_walls_right(layout, room, mine)])
    beside = [
        run
        for run in rest
        if run.rect.level_with(mine) and mine.right - label.run.em < run.rect.middle[0] < right
    ]
    floor = _floor(room, label, others, right)
    area = Rect(mine.right, mine.top - 0.2 * mine.height, right, mine.bottom + 0.2 * mine.height)
    if label.key in LONG_KEYS or (room.ruled and not beside):
        lines = _lines_under(layout, room, mine, rest, floor, right)
        if label.key not in LONG_KEYS:
            lines = lines[:1]
        runs = in_order((*beside, *lines))
        if runs:
            area = union([run.rect for run in runs])
        cell = room.rect if room.ruled and len(room.labels) == 1 else None
        return Place(label.key, label, runs, area, cell)
    if beside or room.ruled or _has_blank(layout.ruling, mine, right):
        return Place(label.key, label, in_order(beside), area, None)
    lines = _lines_under(layout, room, mine, rest, floor, right)[:1]
    close = [
        run
        for run in lines
        if run.rect.top - mine.bottom < 0.9 * mine.height and run.rect.left < mine.right
    ]
    area = Rect(mine.left, mine.bottom, right, mine.bottom + 2 * mine.height)
    return Place(label.key, label, in_order(close), area, None)


def _floor(room: _Room, label: Label, others: Sequence[Rect], right: float) -> float:
    """Return where the next label under this one begins; the next column's ends no field."""
    mine = label.run.rect
    reach = right if label.key in LONG_KEYS else min(right, mine.right)
    low = mine.bottom - 0.4 * mine.height
    return min(
        (rect.top for rect in others if rect.top > low and rect.left < reach),
        default=room.rect.bottom,
    )


def _has_blank(ruling: Ruling, mine: Rect, right: float) -> bool:
    """Tell whether an underlined blank to be filled in stands right of a label."""
    top, bottom = int(mine.middle[1]), int(mine.bottom + 0.5 * mine.height)
    strip = ruling.level[top:bottom, int(mine.right) : int(max(mine.right, right))]
    return strip.size > 0 and float((strip > 0).any(axis=0).sum()) > 2.0 * mine.height


def _walls_right(layout: Layout, room: _Room, mine: Rect) -> list[float]:
    """Return where cells or a dividing line begin right of a label on the open page."""
    if room.ruled:
        return []
    start = int(mine.right + 0.5 * mine.height)
    beside = layout.ruling.upright[int(mine.top) : int(mine.bottom) + 1, start:]
    # A divider runs past the whole line; a stroke of writing or of a comb does not.
    drawn = np.flatnonzero((beside > 0).mean(axis=0) > _DIVIDER) if beside.size else ()
    return [start + float(x) for x in drawn[:1]] + [
        other.rect.left
        for other in layout.rooms[:-1]
        if other.rect.left > mine.right and other.rect.level_with(mine)
    ]


def _lines_under(
    layout: Layout, room: _Room, mine: Rect, rest: Sequence[Run], floor: float, right: float
) -> list[Run]:
    """Return the lines between a label and the next label, ending at a wide empty band."""
    found: list[Run] = []
    bottom = mine.bottom
    left = mine.left - 1.5 * mine.height
    column = room.rect.right if found else right
    for run in sorted(rest, key=lambda item: item.rect.middle[1]):
        y = run.rect.middle[1]
        if y <= mine.bottom or y >= floor or run.rect.left < left or run.rect.left > column:
            continue
        if not room.ruled and run.rect.top - bottom > 3.0 * layout.line_height:
            break
        found.append(run)
        bottom = max(bottom, run.rect.bottom)
    return found


def _settle(chosen: dict[str, Place]) -> dict[str, Place]:
    """Give writing that two fields claim to the one whose label is nearer."""
    claims: dict[int, list[tuple[float, str]]] = {}
    for key, place in chosen.items():
        for run in place.runs:
            mine, y = place.label.run.rect, run.rect.middle[1]
            level = run.rect.level_with(mine)
            away = abs(run.rect.left - mine.right) if level else 1e4 + abs(y - mine.bottom)
            claims.setdefault(id(run), []).append((away, key))
    losers = {(id_, key) for id_, wants in claims.items() for _, key in sorted(wants)[1:]}
    return {
        key: Place(
            key,
            place.label,
            tuple(run for run in place.runs if (id(run), key) not in losers),
            place.area,
            place.cell,
        )
        for key, place in chosen.items()
    }
