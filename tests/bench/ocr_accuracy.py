"""Measures the form reader on a folder of pictures with their truth beside them as JSON.

    python -m tests.bench.ocr_accuracy FOLDER [--show] [--only PART]

Prints exact matches per class with the number and the 95 % interval (Wilson), the share and the
precision of `certain`, and the seconds a page takes. Punctuation, spaces and letter case do not
count; nothing else is forgiven.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from desktop.domain.forms import FIELD_KEYS, FormReading
from desktop.services.paper import class_of
from ocr.engines.fallback import default_engine
from ocr.reader import FormReader
from tests.bench.ocr_measure import bare, line

Counts = defaultdict[str, list[bool]]


def compare(
    truth: dict, reading: FormReading, counts: Counts, errors: dict[str, list[int]], show: bool
) -> None:
    fill = truth.get("fill", "all")
    for key in FIELD_KEYS:
        want = truth["fields"].get(key) or ""
        field = reading.fields.get(key)
        got = field.value if field else ""
        if not want:
            counts[f"{fill} empty kept empty"].append(not got)
            right = not got
        else:
            right = bare(want) == bare(got)
            counts[f"{fill} {class_of(key)}"].append(right)
            if class_of(key) == "long":
                errors[fill].append(Levenshtein.distance(bare(want), bare(got)))
                errors[fill + " length"].append(len(bare(want)))
            if field:
                counts[f"{class_of(key)} certain coverage"].append(field.certain)
        if field and field.certain:
            counts["certain precision"].append(right)
        if show and not right:
            sure = "CERTAIN " if field and field.certain else ""
            print(f"  {truth['image']} {key}: {sure}{got!r} instead of {want!r}")
    want_ticks = _bare_groups(truth["ticks"])
    got_ticks = _bare_groups(reading.ticks)
    for group, options in want_ticks.items():
        right = got_ticks.get(group) == options
        counts[f"{fill} ticks (groups)"].append(right)
        if show and not right:
            print(f"  {truth['image']} ticks: {reading.ticks} instead of {truth['ticks']}")


def _bare_groups(ticks: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    return {bare(group): {bare(option) for option in options} for group, options in ticks.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="list every miss")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    arguments = parser.parse_args()
    reader = FormReader(default_engine())
    counts: Counts = defaultdict(list)
    errors: dict[str, list[int]] = defaultdict(list)
    seconds = []
    for path in sorted(arguments.folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if arguments.only not in path.name:
            continue
        readings = reader.read(path.parent / truth["image"])
        if readings[0].error:
            print(f"  {path.name}: {readings[0].error}")
        seconds.append(readings[0].seconds)
        compare(truth, readings[0], counts, errors, arguments.show)
    if not seconds:
        print("no pictures with truth were found", file=sys.stderr)
        return 1
    for name in sorted(counts):
        print(line(name, counts[name]))
    for fill in ("printed", "hand"):
        if errors[fill]:
            rate = sum(errors[fill]) / max(sum(errors[fill + " length"]), 1)
            print(f"{fill + ' long CER':26} {rate:7.2%}")
    print(f"seconds a page: median {statistics.median(seconds):.2f}, worst {max(seconds):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
