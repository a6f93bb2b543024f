"""The themes keep every text readable and the style sheet complete."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from ui.style import build_qss
from ui.tokens import DARK, LIGHT, TEXT_PAIRS, Tokens, contrast


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_every_text_reaches_a_contrast_of_4_5(tokens: Tokens, pair: tuple[str, str]) -> None:
    colours = asdict(tokens)
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


def test_contrast_is_21_for_black_on_white_and_1_for_equal_colours() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#0F766E", "#0F766E") == pytest.approx(1)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_style_sheet_has_no_unfilled_place_and_scales_its_lengths(tokens: Tokens) -> None:
    normal = build_qss(tokens, lambda n: round(n))
    double = build_qss(tokens, lambda n: round(n * 2))
    assert "$" not in normal
    assert "font-size: 14px" in normal
    assert "font-size: 28px" in double
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", normal))
    assert used - set(asdict(tokens).values()) <= {"#FFFFFF", "#0F766E"}
