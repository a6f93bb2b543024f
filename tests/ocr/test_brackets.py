"""Brackets printed instead of tick boxes are found, a mark may run over one of the two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.boxes import TickBox, signs_at
from ocr.brackets import find_brackets
from ocr.runs import Run
from tests.ocr.test_rings import LEFTS, LINE, words


def sheet(shape: str) -> np.ndarray:
    paper = np.full((900, 1200), 255, np.uint8)
    for left in LEFTS:
        for at, way in ((left, 1), (left + 40, -1)):
            if shape == "round":
                middle = (at + way * 18, 612)
                cv2.ellipse(paper, middle, (18, 16), 0, *((120, 240), (-60, 60))[way < 0], 0, 3)
            else:
                corners = [[at + way * 6, 597], [at, 597], [at, 627], [at + way * 6, 627]]
                cv2.polylines(paper, np.asarray([corners], np.int32), False, 0, 3)
    return paper


def found(paper: np.ndarray, inside: str = "") -> list[TickBox]:
    nothing = np.zeros_like(paper)
    runs: list[Run] = [words("质量", left + 60) for left in LEFTS]
    runs += [words(inside, left + 5) for left in LEFTS if inside]
    return find_brackets(paper, nothing, signs_at(runs), LINE)


def ticked(places: list[TickBox]) -> dict[int, bool]:
    return {round((place.rect.left - 200) / 220): place.ticked for place in places}


@pytest.mark.parametrize("shape", ["round", "square"])
def test_empty_and_ticked_brackets_are_told_apart(shape: str) -> None:
    paper = sheet(shape)
    tick = np.asarray([[[430, 608], [438, 620], [452, 590]]], np.int32)
    cv2.polylines(paper, tick, isClosed=False, color=0, thickness=3)

    assert ticked(found(paper)) == {0: False, 1: True, 2: False, 3: False}


@pytest.mark.parametrize("shape", ["round", "square"])
def test_a_tick_that_runs_over_a_bracket_counts(shape: str) -> None:
    paper = sheet(shape)
    tick = np.asarray([[[636, 600], [652, 622], [668, 590]]], np.int32)
    cv2.polylines(paper, tick, isClosed=False, color=0, thickness=3)

    assert ticked(found(paper)) == {0: False, 1: False, 2: True, 3: False}


def test_brackets_around_words_are_no_places_to_tick() -> None:
    assert found(sheet("round"), "元") == []


def test_a_ticked_pair_under_others_in_a_column_counts_though_one_is_covered() -> None:
    paper = np.full((900, 1200), 255, np.uint8)
    tops = (300, 360, 420)
    for top in tops:
        for at, way in ((200, 1), (240, -1)):
            turn = ((120, 240), (-60, 60))[way < 0]
            cv2.ellipse(paper, (at + way * 18, top + 15), (18, 16), 0, *turn, 0, 3)
    tick = np.asarray([[[196, 422], [212, 440], [228, 412]]], np.int32)
    cv2.polylines(paper, tick, isClosed=False, color=0, thickness=3)
    runs = [words("质量", 260, top - 8) for top in tops]

    pairs = find_brackets(paper, np.zeros_like(paper), signs_at(runs), LINE)

    assert {round((pair.rect.top - 300) / 60): pair.ticked for pair in pairs} == {
        0: False,
        1: False,
        2: True,
    }


def test_straight_brackets_are_told_by_what_was_read() -> None:
    paper = np.full((900, 1200), 255, np.uint8)
    for left in LEFTS:
        cv2.line(paper, (left, 600), (left, 622), 0, 3)
        cv2.line(paper, (left + 40, 600), (left + 40, 622), 0, 3)
    none = np.zeros_like(paper)
    runs = [words("质量", left + 60) for left in LEFTS]
    read = [words(sign, left - 15 + at) for left in LEFTS for sign, at in (("[", 0), ("]", 40))]

    assert find_brackets(paper, none, signs_at(runs), LINE) == []
    assert len(find_brackets(paper, none, signs_at([*runs, *read]), LINE)) == len(LEFTS)
