"""A manager's story through the real window: last month, why PQ rose, its cases, a root cause."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain.improvement.root_cause import shown
from desktop.services.desk import Desk
from tests.packs.conftest import UNTIL, entered, region_folder
from tests.ui.conftest import rest, show
from ui.main_window import MainWindow
from ui.screens.quality import QualityScreen
from ui.screens.report_blocks import FigureTile
from ui.screens.reports import ReportsScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.chart import ChartView

__all__ = ["region_folder"]


@pytest.fixture
def manager(region_folder: Path, tmp_path: Path) -> Desk:
    folder = tmp_path / "region"
    shutil.copytree(region_folder, folder)
    return entered(folder, at=UNTIL)


@pytest.fixture
def region(manager: Desk, open_window: Callable[[Callable[[], Desk]], MainWindow]) -> Workspace:
    window = open_window(lambda: manager)
    assert settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    assert window.workspace is not None
    return window.workspace


def chart(screen: ReportsScreen, section: str) -> ChartView:
    return screen.cards[section].findChildren(ChartView)[0]


def wait(workspace: Workspace) -> None:
    assert settle(lambda: workspace.ui.background.idle and not workspace.front.busy())
    rest(workspace)


def test_why_a_code_rose_last_month(region: Workspace, tmp_path: Path) -> None:
    """AN-04, QA-02, QA-03, QA-04: every mark answers a click with its cases."""
    show(region, "reports")
    reports = region.front
    assert isinstance(reports, ReportsScreen)
    assert reports.period.text == "2026-11"
    assert reports.scope.isVisible()
    reports.step(-1)
    wait(region)
    assert reports.period.text == "2026-10"
    tile = next(t for t in reports.findChildren(FigureTile) if t.figure.key == "opened")
    assert tile.figure.numerator > 20

    pareto = chart(reports, "pareto")
    at = next(n for n, mark in enumerate(pareto.chart.marks) if mark.label.startswith("PQ-02"))
    mark = pareto.chart.marks[at]
    pareto.setFocus()
    for _ in range(at + 1):
        QTest.keyClick(pareto, Qt.Key.Key_Down)
    QTest.keyClick(pareto, Qt.Key.Key_Return)
    wait(region)
    assert reports.side.isVisible()
    assert len(reports.shown_cases) == mark.value
    assert {row.code for row in reports.shown_cases} == {"PQ-02"}

    region.go("quality", "2026-10")
    wait(region)
    quality = region.front
    assert isinstance(quality, QualityScreen)
    signal, name, _why, _drill = next(
        found for found in quality.found if found[0].key.startswith("PQ-02|batch:")
    )
    assert signal.n >= 5
    quality.open_cause(signal, name)
    wait(region)
    page = quality.cause
    answers = ("货架上有过期酸奶", "员工粗心没看日期", "临期表每周才打印一次")
    for number, words in enumerate(answers, start=1):
        page.whys[number - 1].setText(words)
        page.whys[number - 1].editingFinished.emit()
        wait(region)
    page.root.setText("员工粗心")
    page.conclude()
    wait(region)
    assert page.cause is not None
    assert page.cause.concluded is None
    assert region.toast.text
    page.root.setText("临期检查流程每周一次，缺少每日检查")
    page.conclude()
    wait(region)
    page.bone.setText("没有每日临期检查表")
    page.rib.set_value("method")
    page.add_bone()
    wait(region)
    page.action_text.setText("每日打印临期表并双人核对")
    page.plan()
    wait(region)
    cause = page.cause
    assert cause is not None
    assert shown(cause.root).startswith("临期检查流程")
    assert [shown(a.text) for a in cause.actions.values()] == ["每日打印临期表并双人核对"]
    assert cause.bones[0][0] == "method"

    show(region, "reports", ("month", "2026-10"))
    wait(region)
    assert reports.report is not None
    assert "signals" in reports.cards
    reports.open_preview()
    assert settle(lambda: reports.preview is not None and reports.preview.ready)
    assert reports.preview is not None
    reports.preview.close()
    reports.save_to(reports.report, tmp_path / "pack.pdf")
    wait(region)
    assert (tmp_path / "pack.pdf").read_bytes().startswith(b"%PDF")


def test_a_sampled_case_is_reviewed(region: Workspace, manager: Desk) -> None:
    """QA-01: the seed committed before the month ends, the list after it, scores by criterion."""
    use, actor = manager.use_cases, manager.actor()
    use.clock.at = UNTIL.replace(month=10)  # type: ignore[attr-defined]
    use.quality.commit("2026-10", actor)
    use.clock.at = UNTIL  # type: ignore[attr-defined]
    show(region, "reports")
    show(region, "quality", "2026-10")
    quality = region.front
    assert isinstance(quality, QualityScreen)
    quality.tabs.set_value("sample")
    wait(region)
    drawn = quality.sample.drawn
    assert drawn is not None
    assert drawn.sample.proven
    sizes = {store: len(numbers) for store, numbers in drawn.population.items()}
    assert {s: len(n) for s, n in drawn.drawn.items()} == {s: -(-n // 5) for s, n in sizes.items()}
    number = next(iter(drawn.drawn.values()))[0]
    quality.sample.choose(number)
    wait(region)
    quality.sample.save()
    wait(region)
    assert quality.sample.drawn is not None
    assert not quality.sample.drawn.reviews
    for choice in quality.sample.scores.values():
        choice.set_value("4")
    quality.sample.save()
    wait(region)
    assert quality.sample.drawn.reviews[number].total == 80
