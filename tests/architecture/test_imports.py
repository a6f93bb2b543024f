"""What loads what: HQ loads no Qt, the window's program loads no OCR, PDF or HTTP part early."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has loaded after `statement`."""
    script = (
        f"{statement}\nimport sys\nprint(' '.join({{m.partition('.')[0] for m in sys.modules}}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return set(ended.stdout.split())


def test_headquarters_loads_no_qt() -> None:
    loaded = loaded_by("import sync.hq.bootstrap, sync.hq.app")
    assert "fastapi" in loaded
    assert not loaded & {"PySide6", "shiboken6", "ui"}


@pytest.mark.parametrize("package", ["cv2", "onnxruntime", "reportlab", "httpx", "rapidocr"])
def test_opening_the_desk_loads_no_heavy_part(package: str) -> None:
    assert package not in loaded_by("import desktop.bootstrap")


def test_the_domain_loads_no_library() -> None:
    heavy = {"sqlalchemy", "pydantic", "cel", "PySide6", "numpy", "msgspec"}
    assert not loaded_by("import desktop.domain.commands, desktop.domain.fold") & heavy
