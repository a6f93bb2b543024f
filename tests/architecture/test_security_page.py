"""The security page claims nothing without a test: every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert named
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_line_of_its_tables_names_a_test() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    claims = [line for line in lines if line != "| Threat | What holds | Test |"]
    assert claims
    assert [line for line in claims if "::test_" not in line] == []
