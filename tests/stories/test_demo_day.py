"""The store's day as `amends demo` plays it, whole and with parts of it broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
LIMIT = 240


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("day")
    ended = run("-m", "desktop", "demo", "--out", out)
    assert ended.returncode == 0, ended.stderr
    return out


@pytest.fixture(scope="module")
def summary(day: Path) -> dict[str, object]:
    return json.loads((day / "summary.json").read_text(encoding="utf-8"))


def test_the_summary_holds_what_was_seen(summary: dict[str, object]) -> None:
    assert {"form", "clocks", "amounts", "sync", "pdfs", "screenshots"} <= summary.keys()
    assert "description" in summary["form"]["fields_read"]
    assert summary["amounts"]["waiting"][0]["cumulative"] == "5000.01"
    assert summary["sync"]["idle"]["sent"] == summary["sync"]["idle"]["received"] == 0
    assert summary["sync"]["second"]["received"] >= 1
    assert summary["head_acknowledged"]["seq"] == summary["sync"]["third"]["acked_seq"]
    assert summary["figures"]["pending"] == 0


def test_the_clocks_name_the_row_that_won_and_those_that_lost(summary: dict[str, object]) -> None:
    first = next(c for c in summary["clocks"] if c["name"] == "first_response")
    assert first["rule"].startswith("SL-02")  # a VIP waits an hour, less than anybody else
    assert first["lost"]


def test_every_paper_is_a4_with_chinese_that_comes_out_again(
    day: Path, summary: dict[str, object]
) -> None:
    for name in summary["pdfs"]:
        document = pypdfium2.PdfDocument(day / name)
        sizes = {tuple(round(side) for side in page.get_size()) for page in document}
        text = "".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        assert sizes == {(595, 842)}, name
        assert "投诉" in text or "Complaint" in text, name


def test_the_screens_are_there_in_both_languages(day: Path, summary: dict[str, object]) -> None:
    names = [Path(name).name for name in summary["screenshots"]]
    for screen in ("today", "intake", "paper", "complaints", "ticket", "sync", "review"):
        for lang in ("zh_CN", "en"):
            shot = next(n for n in names if n.startswith(f"{screen}-") and lang in n)
            with Image.open(day / "screens" / shot) as picture:
                assert picture.size >= (1280, 720)
                assert len(picture.getcolors(2**24) or ()) > 50, f"{shot} is blank"


def test_both_sides_verify_and_an_altered_byte_at_hq_is_named(
    day: Path, summary: dict[str, object]
) -> None:
    assert run("-m", "desktop", "verify", "--data", day / "store").returncode == 0
    assert run("-m", "sync.hq", "verify", "--data", day / "hq").returncode == 0
    assert summary["altered_byte_found"]["what"] == "hash"


def test_without_any_reader_it_fails_with_one_line(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, ocr.engines.rapid as r\n"
        "r._wheel_models = lambda: pathlib.Path('/nonexistent')\n"
        "from desktop.__main__ import main\n"
        f"sys.argv = ['amends', 'demo', '--out', {str(tmp_path / 'day')!r}]\n"
        "main()"
    )
    ended = run("-c", script, PATH=str(tmp_path))
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert "amends demo" in ended.stderr


@pytest.mark.parametrize("content", [b"", b"this is no picture", b"\xff\xd8\xff\xe0torn"])
def test_an_unreadable_form_fails_with_one_line(tmp_path: Path, content: bytes) -> None:
    form = tmp_path / "form.jpg"
    form.write_bytes(content)
    ended = run("-m", "desktop", "demo", "--out", tmp_path / "day", "--form", form)
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert "form.jpg" in ended.stderr


def test_with_hq_down_or_a_wrong_address_the_queue_is_kept(day: Path) -> None:
    before = json.loads(run("-m", "desktop", "status", "--data", day / "store", "--json").stdout)
    ended = run("-m", "desktop", "sync", "--data", day / "store", "--once")
    assert ended.returncode == 1  # the day's HQ has ended
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    after = json.loads(run("-m", "desktop", "status", "--data", day / "store", "--json").stdout)
    assert after == before
