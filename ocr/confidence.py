"""From which confidence on a reading may be confirmed unseen; measured, not guessed.

The thresholds stand in `resources/ocr/certain.yaml`, which the calibration writes:
`python -m tests.bench.ocr_calibrate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from ruamel.yaml import YAML

Kind = Literal["comb", "digits", "short", "long"]
"""A comb of ours; digits, a short and a long text of any form."""

KINDS: Final[tuple[Kind, ...]] = ("comb", "digits", "short", "long")


@cache
def thresholds() -> Mapping[str, float]:
    """Return the least confidence of a field's weakest character, by kind."""
    content = YAML(typ="safe").load(
        (files("resources") / "ocr" / "certain.yaml").read_text(encoding="utf-8")
    )
    return {kind: float(content["least"][kind]) for kind in KINDS}


def sure_enough(kind: Kind, weakest: float) -> bool:
    """Tell whether two agreeing, valid readings are certain; `weakest` is 0 where they differ."""
    return weakest >= thresholds()[kind]
