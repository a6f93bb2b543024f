"""Builds the one style sheet of the application from the design tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from importlib.resources import files
from string import Template

from ui.tokens import CONTROL_HEIGHT, FONT_FAMILY, RADIUS_CARD, RADIUS_CONTROL, TYPE, Tokens


def build_qss(tokens: Tokens, px: Callable[[float], int]) -> str:
    """Fill `resources/styles/app.qss.in` with colours and with lengths scaled by `px`.

    `$name` is a colour token, `$pN` a length of N logical pixels, `$t_step` a type size.
    Raises KeyError when the template names a token that does not exist.
    """
    template = (files("resources") / "styles" / "app.qss.in").read_text(encoding="utf-8")
    values: dict[str, str] = {key: str(value) for key, value in asdict(tokens).items()}
    values |= {f"p{n}": f"{px(n)}px" for n in range(1, 65)}
    values |= {f"t_{step}": f"{px(size)}px" for step, size in TYPE.items()}
    values |= {
        "family": FONT_FAMILY,
        "r_card": f"{px(RADIUS_CARD)}px",
        "r_control": f"{px(RADIUS_CONTROL)}px",
        "h_control": f"{px(CONTROL_HEIGHT)}px",
        # Qt counts height without padding and border; a control has 1 px of border.
        "h_inner": f"{px(CONTROL_HEIGHT) - 2}px",
    }
    return Template(template).substitute(values)
