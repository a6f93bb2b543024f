"""A store adds the words of its own forms; a wrong file is said, not half used (IN-04)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.adapters.form_reading import LABELS_FILE, LateFormReader
from ocr.labels import labels_with

HAND = Path(__file__).parents[2] / "resources" / "demo" / "our_form.jpg"


def test_words_of_the_store_are_added_to_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / LABELS_FILE
    own.write_text("fields:\n  phone:\n    sure: [回电号码]\n", encoding="utf-8")
    labels = labels_with(own)
    assert labels.knows("回电号码")
    assert labels.knows("联系电话")
    assert not labels_with(tmp_path / "none.yaml").knows("回电号码")


@pytest.mark.parametrize(
    "text", ["fields: [1, 2]", "fields:\n  phones: {sure: [x]}", "fields: {phone: {sure: [", "5"]
)
def test_a_wrong_file_names_itself_and_the_fault(tmp_path: Path, text: str) -> None:
    own = tmp_path / LABELS_FILE
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"labels\.yaml cannot be used"):
        labels_with(own)


def test_a_page_read_with_a_wrong_file_says_so(tmp_path: Path) -> None:
    (tmp_path / LABELS_FILE).write_text("fields: [1]", encoding="utf-8")
    (reading,) = LateFormReader(tmp_path).read(HAND)
    assert reading.error is not None
    assert reading.error.code == "labels_wrong"


def test_a_mended_file_counts_from_the_next_page_on(tmp_path: Path) -> None:
    own = tmp_path / LABELS_FILE
    own.write_text("fields: [1]", encoding="utf-8")
    reader = LateFormReader(tmp_path)
    blank = tmp_path / "empty.png"
    blank.write_bytes(b"")

    assert [page.error.code for page in reader.read(blank) if page.error] == ["labels_wrong"]
    own.write_text("fields: {phone: {sure: [回电]}}", encoding="utf-8")
    assert [page.error.code for page in reader.read(blank) if page.error] == ["empty_file"]
    own.write_text("fields: [1]", encoding="utf-8")
    os.utime(own, (1, 1))
    assert [page.error.code for page in reader.read(blank) if page.error] == ["labels_wrong"]


def test_a_small_copy_is_made_of_what_is_large_only(tmp_path: Path) -> None:
    from PIL import Image

    reader = LateFormReader(tmp_path)
    assert reader.small_copy(HAND, 1) is None
    large = tmp_path / "large.png"
    Image.open(HAND).convert("RGB").resize((2480, 3508)).save(large)
    copy = reader.small_copy(large, 1)
    assert copy is not None
    assert len(copy) < large.stat().st_size / 4
    assert copy.startswith(b"\xff\xd8")
