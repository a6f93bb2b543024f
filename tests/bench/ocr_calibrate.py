"""Finds from which confidence on a field may be confirmed unseen, and writes it down.

    python -m tests.bench.ocr_calibrate                      # curve of the data kept here
    python -m tests.bench.ocr_calibrate --measure --pages 60 # measure anew (tuning forms), keep
    python -m tests.bench.ocr_calibrate --add FILE.jsonl     # in place of the kept of its kinds
    python -m tests.bench.ocr_calibrate --write              # set resources/ocr/certain.yaml

Records also come from `ocr_digits.fields --hands tuned --record` (combs without the page around
them, many more in the same time) and from `ocr_measure --first 0 --record`.

A record is one field of one tuning form (never a held-back one): its kind, the least confidence
of its characters where independent readings agree, and whether it was right. For each kind the
lowest level is taken from which on, and at every stricter level too, at least 99.5 % are right.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.shares import wilson_interval

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "ocr_calibration.jsonl"
TARGET = 0.995
#: No level below this is trusted, however the data fall: few wrong readings agree so weakly.
FLOORS = {"comb": 0.78, "digits": 0.78, "short": 0.92, "long": 0.95}
LEVELS = [number / 100 for number in range(0, 100)] + [0.995, 0.999]
SHOWN = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


@dataclass(frozen=True)
class Record:
    kind: str
    weakest: float
    right: bool


def load(path: Path) -> list[Record]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Record(**json.loads(line)) for line in lines if line]


def at(records: Sequence[Record], level: float) -> tuple[int, int]:
    """Return how many agreeing records reach `level`, and how many of them are right."""
    chosen = [one for one in records if one.weakest > 0 and one.weakest >= level]
    return len(chosen), sum(one.right for one in chosen)


def least(records: Sequence[Record], floor: float) -> float:
    """Return the lowest level that holds the target, there and above."""
    found = 1.01
    for level in sorted(LEVELS, reverse=True):
        n, right = at(records, level)
        if n and right / n < TARGET:
            break
        found = level
    return max(floor, found)


def curve(kind: str, records: Sequence[Record], chosen: float) -> None:
    print(f"{kind}: {len(records)} fields, certain from {chosen:.3f}")
    for level in sorted({*SHOWN, chosen}):
        n, right = at(records, level)
        if n:
            low, high = wilson_interval(right, n)
            mark = "  <-" if level == chosen else ""
            print(
                f"  from {level:5.3f}  coverage {n / len(records):6.1%}  precision "
                f"{right / n:7.2%}  n={n:4}  95% {low:6.1%}-{high:6.1%}{mark}"
            )


def measured(pages: int) -> list[Record]:
    from ocr.engines.fallback import default_engine
    from tests.bench.ocr_corpus.sampling import spread
    from tests.bench.ocr_measure import measure

    samples = [
        (kind, fill, number)
        for number in spread(0, pages)
        for kind in ("ours", "foreign")
        for fill in ("hand", "printed")
    ]
    return [Record(**record) for record in measure(samples, default_engine()).records]  # type: ignore[arg-type]


def keep(new: Sequence[Record]) -> None:
    """Keep new records in place of those kept of the same kinds."""
    kinds = {one.kind for one in new}
    kept = [*(one for one in load(DATA) if one.kind not in kinds), *new]
    lines = [json.dumps(vars(one)) for one in kept]
    DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--add", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.measure:
        lines = [json.dumps(vars(one)) for one in measured(given.pages)]
        DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if given.add:
        keep([one for path in given.add for one in load(path)])
    records = load(DATA)
    levels = {}
    for kind, floor in FLOORS.items():
        chosen = [one for one in records if one.kind == kind]
        levels[kind] = least(chosen, floor)
        curve(kind, chosen, levels[kind])
    if given.write:
        text = ", ".join(f"{kind}: {level}" for kind, level in levels.items())
        (ROOT / "resources" / "ocr" / "certain.yaml").write_text(
            "# Least confidence of a field's weakest character to count as certain, by kind.\n"
            f"# From {len(records)} fields of tuning forms by tests/bench/ocr_calibrate.py.\n"
            f"least: {{{text}}}\n",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
