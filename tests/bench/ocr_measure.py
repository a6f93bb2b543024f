"""Measures the form reader on forms made by number: our own and foreign, printed and by hand.

    python -m tests.bench.ocr_measure [--pages N] [--first NUMBER] [--kind ours|foreign|unlike]
                                      [--fill printed|hand] [--show] [--record FILE.jsonl]

By default the numbers are held back: no threshold was tuned on them, and every held-back hand
and every way of capture comes equally often. Prints for each class the
number, the rate and its 95 % interval (Wilson), then the share and precision of `certain`, every
certain field that was wrong, and the seconds a page takes. Punctuation, spaces and letter case
do not count; nothing else is forgiven.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from desktop.domain.forms import FIELD_KEYS, FormReading
from desktop.domain.shares import wilson_interval
from desktop.services.paper import class_of
from ocr.engines.base import Engine
from ocr.engines.fallback import default_engine
from ocr.reader import FormReader
from tests.bench.ocr_corpus.sampling import FRESH, Sample, sample, spread


def bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def line(name: str, results: list[bool]) -> str:
    low, high = wilson_interval(sum(results), len(results))
    share = sum(results) / len(results)
    return f"{name:34} {share:7.2%}  n={len(results):5}  95% {low:6.1%}-{high:6.1%}"


@dataclass
class Tally:
    """What was right and wrong, by class."""

    counts: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    edits: defaultdict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    misses: list[str] = field(default_factory=list)
    certain_wrong: list[str] = field(default_factory=list)
    records: list[dict[str, object]] = field(default_factory=list)

    def add(self, one: Sample, reading: FormReading) -> None:
        head = f"{one.kind} {one.fill}"
        if reading.error is not None:
            self.misses.append(f"{one.name}: {reading.error.code}")
        if one.serial is not None:
            self.counts[f"{one.kind} serial"].append(reading.serial == one.serial)
        for key in FIELD_KEYS:
            self._field(one, reading, head, key)
        got = {bare(group): set(options) for group, options in reading.ticks.items()}
        for group, options in one.ticks.items():
            read = got.get(bare(group))
            right = read == set(options)
            # A group stands for all its boxes: one wrong box fails it.
            self.counts[f"{head} tick groups"].append(right)
            if not right:
                self.misses.append(f"{one.name} {group}: {read} instead of {set(options)}")

    def _field(self, one: Sample, reading: FormReading, head: str, key: str) -> None:
        want, found = one.fields.get(key, ""), reading.fields.get(key)
        got = found.value if found else ""
        kind = class_of(key)
        right = bare(want) == bare(got)
        if not want:
            self.counts[f"{head} empty kept empty"].append(not got)
        else:
            self.counts[f"{head} {kind}"].append(right)
            if kind == "long":
                self.edits[head].append(
                    (Levenshtein.distance(bare(want), bare(got)), len(bare(want)))
                )
            self.counts[f"{one.kind} {kind} certain coverage"].append(bool(found and found.certain))
        if not right:
            self.misses.append(f"{one.name} {key}: {got!r} instead of {want!r}")
        if found is not None:
            ours = one.kind == "ours" and kind == "digits"
            self.records.append(
                {"kind": "comb" if ours else kind, "weakest": found.weakest, "right": right}
            )
            if found.certain:
                self.counts[f"{one.kind} certain precision"].append(right)
                if not right:
                    self.certain_wrong.append(f"{one.name} {key}: {got!r} instead of {want!r}")

    def report(self, *, show: bool) -> None:
        for name in sorted(self.counts):
            print(line(name, self.counts[name]))
        for head, pairs in sorted(self.edits.items()):
            rate = sum(edit for edit, _ in pairs) / max(1, sum(length for _, length in pairs))
            print(f"{head + ' long CER':34} {rate:7.2%}  n={len(pairs):5}")
        for wrong in self.certain_wrong:
            print(f"CERTAIN BUT WRONG  {wrong}")
        for miss in self.misses if show else ():
            print(f"  {miss}")
        for kind, taken in self.seconds.items():
            cpu = statistics.median(self.cpu[kind])
            print(
                f"{kind}: seconds a page median {statistics.median(taken):.2f}, "
                f"worst {max(taken):.2f}; of the processor's time {cpu:.2f}"
            )
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def measure(samples: list[tuple[str, str, int]], engine: Engine) -> Tally:
    """Read samples, each made and thrown away."""
    reader, tally = FormReader(engine), Tally()
    engine.check()
    for kind, fill, number in samples:
        one = sample(kind, fill, number)  # type: ignore[arg-type]
        begun, wall = time.process_time(), time.perf_counter()
        reading = reader.read_bytes(one.content, one.name)[0]
        tally.cpu[one.kind].append(time.process_time() - begun)
        tally.seconds[one.kind].append(time.perf_counter() - wall)
        tally.add(one, reading)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=24, help="pages of each kind and fill")
    parser.add_argument("--first", type=int, default=FRESH, help="number of the first page")
    parser.add_argument("--kind", choices=["ours", "foreign", "unlike"])
    parser.add_argument("--fill", choices=["printed", "hand"])
    parser.add_argument("--show", action="store_true", help="list every miss")
    parser.add_argument("--record", type=Path, help="write what calibration needs")
    given = parser.parse_args()
    samples = [
        (kind, fill, number)
        for kind in ([given.kind] if given.kind else ["ours", "foreign"])
        for fill in ([given.fill] if given.fill else ["printed", "hand"])
        for number in spread(given.first, given.pages)
    ]
    tally = measure(samples, default_engine())
    tally.report(show=given.show)
    if given.record:
        lines = [json.dumps(record) for record in tally.records]
        given.record.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
