"""`amends read-form` prints one JSON object a page and tells faults on stderr."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from desktop.commands.read_form import read_form
from tests.ocr import drawn_forms


def test_json_has_the_agreed_shape_and_faults_go_to_stderr(tmp_path: Path) -> None:
    drawn = drawn_forms.ruled(seed=41)
    form, empty = tmp_path / "form.jpg", tmp_path / "empty.jpg"
    form.write_bytes(drawn.jpeg())
    empty.write_bytes(b"")

    result = CliRunner().invoke(read_form, [str(form), str(empty), "--json"])

    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert list(first) == ["file", "page", "form", "serial", "fields", "ticks", "seconds", "error"]
    phone = first["fields"]["phone"]
    assert phone["value"] == drawn.fields["phone"]
    assert set(phone) == {"value", "confidence", "certain", "box"}
    assert all(isinstance(side, int) for side in phone["box"])
    assert second["error"]["code"] == "empty_file"
    assert "empty.jpg" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_json_it_prints_a_table(tmp_path: Path) -> None:
    drawn = drawn_forms.inside(seed=42)
    form = tmp_path / "form.jpg"
    form.write_bytes(drawn.jpeg())

    result = CliRunner().invoke(read_form, [str(form)])

    assert result.exit_code == 0
    assert drawn.fields["phone"] in result.stdout
    assert "receipt_no" in result.stdout


def test_help_shows_an_example() -> None:
    assert "amends read-form scan.jpg" in CliRunner().invoke(read_form, ["--help"]).output
