"""Writes docs/requirements.md: each required rule with the tests that cite it, or why none does.

Run it from the repository: python scripts/requirements_table.py [--check]
A test cites CL-02 by its name (`test_cl_02_…`) or in its own text; tests/requirements.yaml names
the tests of a rule that carry no citation. With --check nothing is written; exit code 1 names the
rows that have neither tests nor a reason.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
CITED = re.compile(r"(?<![A-Za-z])(CL|FL|AS|SL|CO)[-_](\d\d)(?!\d)", re.IGNORECASE)
AREAS = {
    "CL": "Classification (分类定级)",
    "FL": "Flow (流程)",
    "AS": "Assignment (分派、转派)",
    "SL": "Time limits (时限)",
    "CO": "Compensation and authority (补偿、权限)",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule; `tests` are `path::name`, `reason` says why there may be none."""

    id: str
    title: str
    tests: tuple[str, ...]
    reason: str

    @property
    def empty(self) -> bool:
        """Whether it is neither proved nor excused."""
        return not self.tests and not self.reason


def tests_of(root: Path) -> Iterator[tuple[str, str]]:
    """Return every test as (`path::name`, its source with its name)."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        if path.name == "test_requirements.py":
            continue  # it speaks of rules to prove this table, not them
        source = path.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                place = path.relative_to(root).as_posix()
                yield f"{place}::{node.name}", ast.get_source_segment(source, node) or ""


def rows(root: Path = ROOT) -> list[Row]:
    """Return the table; raises ValueError when the list names a test that does not exist."""
    known = dict(tests_of(root))
    cited: dict[str, list[str]] = defaultdict(list)
    for test, source in known.items():
        for area, number in set(CITED.findall(source)):
            cited[f"{area.upper()}-{number}"].append(test)
    listed = YAML(typ="safe").load((root / "tests/requirements.yaml").read_text(encoding="utf-8"))
    gone = {test for entry in listed.values() for test in entry.get("tests", ())} - known.keys()
    if gone:
        raise ValueError(f"tests/requirements.yaml names tests that do not exist: {sorted(gone)}")
    unlisted = cited.keys() - listed.keys()
    if unlisted:
        raise ValueError(f"tests cite rules that tests/requirements.yaml lacks: {sorted(unlisted)}")
    return [
        Row(
            rule,
            entry["title"],
            tuple(sorted({*cited.get(rule, ()), *entry.get("tests", ())})),
            entry.get("reason", ""),
        )
        for rule, entry in listed.items()
    ]


def markdown(table: list[Row]) -> str:
    """Return the table as a page."""
    proved = sum(bool(row.tests) for row in table)
    lines = [
        "# Requirements and the tests that prove them",
        "",
        "Made by `python scripts/requirements_table.py` from the tests; not edited by hand.",
        f"{proved} of {len(table)} rules are cited by tests; each other one says why not.",
    ]
    for area, title in AREAS.items():
        lines += ["", f"## {title}", "", "| Rule | What it asks | Proved by |", "|---|---|---|"]
        lines += [_line(row) for row in table if row.id.startswith(area)]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
    proof = "<br>".join(part for part in (tests, row.reason and f"*{row.reason}*") if part)
    return f"| {row.id} | {row.title} | {proof} |"


def main() -> int:
    """Write or check the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    table = rows()
    empty = [row.id for row in table if row.empty]
    if empty:
        sys.stderr.write(f"neither tests nor a reason: {', '.join(empty)}\n")
    if not arguments.check:
        (ROOT / "docs/requirements.md").write_text(markdown(table), encoding="utf-8")
    return 1 if empty else 0


if __name__ == "__main__":
    raise SystemExit(main())
