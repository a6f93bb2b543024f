"""`amends doctor`, `backup` and `restore` on the command line: plain answers, exit codes kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.__main__ import cli
from desktop.bootstrap import open_desk
from desktop.storage.database import DATABASE_FILE
from desktop.storage.faults import DatabaseUnreachable


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    desk = open_desk(folder)
    desk.set_up("S0217", "无锡滨湖店", "0510", "he", "何丽", "counter-desk-1")
    desk.close()
    return folder


def run(*arguments: str, entered: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments), input=entered)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_the_doctor_says_what_is_well_and_what_to_do(store: Path) -> None:
    code, said = run("doctor", "--data", str(store), "--json")
    report = json.loads(said)
    assert code == 0
    assert report["ok"] is True
    states = {finding["check"]: finding["state"] for finding in report["findings"]}
    assert states["database"] == "good"
    assert states["backup"] == "warn"
    assert "SQLCipher" in report["versions"]
    _code, chinese = run("doctor", "--data", str(store))
    _code, english = run("doctor", "--data", str(store), "--lang", "en")
    assert "数据库完好" in chinese
    assert "The database is intact" in english


def test_the_doctor_finds_a_damaged_page(store: Path) -> None:
    path = store / DATABASE_FILE
    content = bytearray(path.read_bytes())
    content[-2000] ^= 0xFF
    path.write_bytes(content)
    code, said = run("doctor", "--data", str(store), "--lang", "en")
    assert code == 1
    assert "XX" in said


def test_backup_and_restore_by_hand(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(
        "backup", "--data", str(store), "--out", str(out), "--set-passphrase",
        entered="a phrase for the safe\na phrase for the safe\n",
    )  # fmt: skip
    assert code == 0, said
    archive = next(out.iterdir())
    other = tmp_path / "other"
    code, said = run(
        "restore", str(archive), "--data", str(other), "--passphrase",
        entered="a phrase for the safe\n",
    )  # fmt: skip
    assert code == 0, said
    assert "S0217" in said
    assert (other / DATABASE_FILE).exists()


def test_no_data_is_said_and_none_are_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match="holds no data"):
        run("backup", "--data", str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
