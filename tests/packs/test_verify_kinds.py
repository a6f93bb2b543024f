"""`amends verify` on every kind of signed paper, and on a photograph read by the real OCR."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest

from desktop.adapters.paper_check import check_paper
from desktop.data_folder import form_keys
from desktop.domain.analytics.report import Report
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from desktop.texts import Texts

PERIODS = {
    "week": "2026-W46",
    "quarter": "2026-Q4",
    "stores": "2026-10",
    "sla": "2026-10",
    "chargeback": "2026-10",
}


@pytest.fixture(scope="module")
def keys(region_folder: Path) -> dict[str, bytes]:
    return form_keys(region_folder)


@pytest.mark.parametrize("kind", PERIODS)
def test_every_pack_agrees_with_its_code(
    reading: Desk, kind: str, keys: dict[str, bytes], tmp_path: Path
) -> None:
    """AN-01: the signed facts stand on the page as they were signed."""
    report = reading.report(kind, PERIODS[kind], "zh_CN")
    assert isinstance(report, Report)
    found = check_paper(reading.export_report(report, tmp_path / "pack.pdf"), keys, Texts("zh_CN"))
    assert found.seal == "verified"
    assert not found.altered
    assert {c.state for c in found.compared} <= {"same", "not_read"}
    assert "same" in {c.state for c in found.compared}
    if kind in ("stores", "sla"):
        # Names of figures head columns of a table here too; their own rows are found.
        figures = [c for c in found.compared if Texts("zh_CN").has(f"pack.fig.{c.fact}")]
        assert {c.state for c in figures} == {"same"}


def test_papers_of_a_complaint_agree_with_their_codes(
    reading: Desk, keys: dict[str, bytes], tmp_path: Path
) -> None:
    """The settlement that a customer signs and the pack for 12315 are checked by the same code."""
    use = reading.use_cases
    row = use.queries.page(TicketFilter(), None, 40)[-1]
    evidence = use.reporting.evidence(row.stream, "zh_CN")
    assert isinstance(evidence, Report)
    settlement = use.printing.ticket(row.stream, "settlement", "zh_CN", Actor(row.owner, "clerk"))
    assert not isinstance(settlement, Refusal)
    for name, content in (("evidence", use.reporting.pdf(evidence)), ("settlement", settlement)):
        paper = tmp_path / f"{name}.pdf"
        paper.write_bytes(content)
        found = check_paper(paper, keys, Texts("zh_CN"))
        assert found.seal == "verified", name
        assert not found.altered, name
        assert check_paper(paper, {}, Texts("zh_CN")).seal == "unknown"


def photographed(page: np.ndarray, seed: int) -> np.ndarray:
    """Return a page as a telephone takes it: from one side, half in shadow, with noise, as JPEG."""
    height, width = page.shape[:2]
    away = 0.018
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = np.array(
        [
            (width * away, height * 0.012),
            (width * (1 - 0.006), 0),
            (width, height),
            (0, height * (1 - 0.01)),
        ],
        np.float32,
    ) + np.float32(40)
    turn = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(page, turn, (width + 80, height + 80), borderValue=(90, 84, 78))
    light = np.linspace(1.0, 0.72, photo.shape[1], dtype=np.float32)
    light = light * np.where(np.arange(photo.shape[1]) > photo.shape[1] * 0.6, 0.9, 1.0)
    noise = np.random.default_rng(seed).normal(0, 4.0, photo.shape).astype(np.float32)
    lit = photo.astype(np.float32) * cv2.GaussianBlur(light[None, :], (61, 1), 0)[..., None]
    kept, encoded = cv2.imencode(
        ".jpg", np.clip(lit + noise, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 88]
    )
    assert kept
    return np.asarray(encoded)


@pytest.mark.slow
def test_a_photograph_of_a_page_is_read_and_agrees(
    reading: Desk, keys: dict[str, bytes], tmp_path: Path
) -> None:
    """AN-01: perspective, shadow and noise hide no figure and invent no difference."""
    report = reading.report("month", "2026-10", "zh_CN")
    assert isinstance(report, Report)
    pdf = reading.export_report(report, tmp_path / "month.pdf")
    drawn = np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil().convert("RGB"))
    # The lower part of the page holds no signed figure; leaving it out halves the reading.
    page = np.ascontiguousarray(drawn[: int(len(drawn) * 0.6), :, ::-1])
    paper = tmp_path / "photo.jpg"
    paper.write_bytes(photographed(page, 7).tobytes())
    found = check_paper(paper, keys, Texts("zh_CN"))
    assert found.seal == "verified"
    states = {c.fact: c.state for c in found.compared}
    assert "different" not in states.values()
    assert [states[fact] for fact in ("opened", "closed", "solution_on_time")] == ["same"] * 3
