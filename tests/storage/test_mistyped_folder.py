"""A mistyped folder is no empty store: what only reads or changes data makes none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.__main__ import cli
from desktop.services.ports import StorageFault

COMMANDS = [
    "status --json",
    "sync --once --json",
    "report month --period 2026-11 --out {out}",
    "sample --month 2026-11",
    "verify",
    "doctor",
    "backup --out {out}",
    "erase-person somebody --login zhou",
    "ocr-stats",
    "export-bundle {out}",
    "import-bundle {file} --code 0000",
    "policy install {file}",
    "policy simulate {folder}",
    "bench report",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_store_is_made_where_there_is_none(command: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    pack = Path(__file__).resolve().parents[2] / "resources" / "policy"
    words = command.format(out=tmp_path / "out", file=file, folder=pack).split()
    missing = tmp_path / "mistyped"
    done = CliRunner().invoke(cli, [*words, "--data", str(missing)])
    assert isinstance(done.exception, StorageFault), (done.output, done.exception)
    assert "name the right folder" in str(done.exception)
    assert not missing.exists()
