"""Counts fields that were read right and those that were certain, hand by hand, and prints both."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.bench.ocr_measure import line


def add_options(parser: argparse.ArgumentParser, hands: list[str]) -> None:
    """Add what every command has that reads fields of many hands."""
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--hands", choices=hands, default="held")
    parser.add_argument("--show", action="store_true", help="list every miss")
    parser.add_argument("--record", type=Path, help="write what calibration needs")


class Tally:
    """What was read of fields of one `kind`, as calibration names it."""

    def __init__(self, kind: str, *, show: bool) -> None:
        self._kind, self._show = kind, show
        self._mine: list[bool] = []
        self._every: list[bool] = []
        self._certain: list[bool] = []
        self._kept: list[str] = []

    def note(self, what: str, *, right: bool, weakest: float, certain: bool) -> None:
        """Count one field; `what` is printed where it was read wrong and certain, or shown."""
        self._mine.append(right)
        self._kept.append(json.dumps({"kind": self._kind, "weakest": weakest, "right": right}))
        if certain:
            self._certain.append(right)
        if not right and (certain or self._show):
            print("CERTAIN BUT WRONG" if certain else "  miss", what, flush=True)

    def end_hand(self, hand: str, record: Path | None) -> None:
        """Print the rate of a hand, and keep what was counted until now."""
        print(line(hand, self._mine), flush=True)
        self._every, self._mine = self._every + self._mine, []
        if record:
            record.write_text("\n".join(self._kept) + "\n", encoding="utf-8")

    def end(self, hands: str) -> None:
        """Print the rates of all hands."""
        sure, every = len(self._certain), len(self._every)
        print(line(f"all {hands}", self._every))
        print(line("certain: coverage", [True] * sure + [False] * (every - sure)))
        print(line("certain: precision", self._certain) if sure else "nothing is certain")
