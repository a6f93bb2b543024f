"""A manager's story through the real window: last month, why PQ rose, its cases, a root cause."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.domain.analytics.report import ChartBlock, Report
from desktop.domain.improvement.root_cause import FinishAction, PlanAction, shown
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.packs.conftest import UNTIL, entered, region_folder
from tests.ui.conftest import StrayWindows, complain, rest, show
from ui.main_window import MainWindow
from ui.screens.quality import QualityScreen
from ui.screens.quality_evidence import ProofLink
from ui.screens.report_blocks import FigureTile
from ui.screens.report_preview import ReportPreview
from ui.screens.reports import ReportsScreen
from ui.screens.ticket import TicketScreen
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

    tile = next(t for t in reports.findChildren(FigureTile) if t.figure.key == "satisfaction")
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Return)
    wait(region)
    parts = f"{tile.figure.numerator:.0f} / {tile.figure.denominator}"
    assert tile.figure.definition in reports.basis.text()
    assert parts in reports.basis.text()
    assert f"n={tile.figure.n}" in reports.basis.text().replace(" ", "")

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

    trend = chart(reports, "trend")
    last = trend.chart.marks[-1]
    # Anywhere in the month's column, by mouse.
    where = QPointF(trend.width() * (1 - 0.4 / len(trend.chart.marks)), trend.height() / 2)
    QTest.mouseClick(trend, Qt.MouseButton.LeftButton, pos=where.toPoint())
    wait(region)
    assert reports.cases.isVisible()
    assert len(reports.shown_cases) == last.value

    show(region, "ticket", reports.shown_cases[0].stream)
    ticket = region.front
    assert isinstance(ticket, TicketScreen)
    alike = list(region.ui.desk.alike(reports.shown_cases[0].stream))
    assert [link.text() for link in ticket.alike.links] == [a.facts.number for a in alike[:6]]
    for link, found in zip(ticket.alike.links, alike, strict=False):
        assert link.accessibleDescription().count("同") == len(found.why) > 1

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
    assert page.whys[0].hasFocus()
    for number, words in enumerate(answers):
        page.whys[number].setText(words)
        QTest.keyClick(page.whys[number], Qt.Key.Key_Return)
        wait(region)
        # Enter goes on to the next why, whatever was read again meanwhile.
        assert page.whys[number + 1].hasFocus()
    assert page.root_field.note.text() == region.ui.text("cause.whys_hint")
    page.actions_card.text.setText("每日打印临期表并双人核对")
    page.root.setText("员工粗心")
    assert page.root_field.note.text() == region.ui.text("refusal.cause_blames")
    QTest.keyClick(page.root, Qt.Key.Key_Return)
    wait(region)
    assert page.cause is not None
    assert page.cause.concluded is None
    assert region.toast.text
    page.root.setText("临期检查流程每周一次，缺少每日检查")
    QTest.keyClick(page.root, Qt.Key.Key_Return)
    wait(region)
    page.bone.setText("没有每日临期检查表")
    page.rib.set_value("method")
    QTest.keyClick(page.bone, Qt.Key.Key_Return)
    wait(region)
    # What was typed before the others were saved is still there.
    page.actions_card.due.setText("下周")
    QTest.keyClick(page.actions_card.text, Qt.Key.Key_Return)
    assert region.toast.text == region.ui.text("ui_quality.day_unreadable")
    page.actions_card.due.setText("2026/12/20")
    QTest.keyClick(page.actions_card.text, Qt.Key.Key_Return)
    wait(region)
    cause = page.cause
    assert cause is not None
    assert shown(cause.root).startswith("临期检查流程")
    assert [shown(a.text) for a in cause.actions.values()] == ["每日打印临期表并双人核对"]
    assert cause.bones[0][0] == "method"
    (action,) = cause.actions.values()
    evidence, effective = page.actions_card.lines[action.id]
    assert effective.text() == "2026-11-21"
    page.actions_card.finish(action.id)
    wait(region)
    assert not page.cause.actions[action.id].done  # nothing proves it
    photo = tmp_path / "巡检表 2026-11.jpg"
    photo.write_bytes(b"a picture of the checklist")
    page.actions_card.proofs[action.id].take(photo)
    wait(region)
    assert page.actions_card.proofs[action.id].proof.name == photo.name
    evidence.setText("巡检表 2026-11")
    effective.setText("2026-10-25")
    page.actions_card.finish(action.id)
    wait(region)
    assert page.report is not None
    done = page.cause.actions[action.id]
    assert done.attachment == hashlib.sha256(photo.read_bytes()).hexdigest()
    (link,) = page.actions_card.findChildren(ProofLink)
    link.save(tmp_path / "copy.jpg")
    wait(region)
    assert (tmp_path / "copy.jpg").read_bytes() == photo.read_bytes()
    (effect,) = [s for s in page.report.sections if s.id == "effect"]
    (weeks,) = [b for b in effect.blocks if isinstance(b, ChartBlock)]
    # Four weeks have begun since; those ahead say nothing rather than 0.
    assert [m.text != "" for m in weeks.marks[13:]] == [True] * 4 + [False] * 9
    finding = page.actions_card.lines[action.id][0]
    finding.setText("同类件数下降")
    page.actions_card.verify(action.id, "effective")
    wait(region)
    assert page.cause.actions[action.id].verified is None  # not by the one who did it, nor so early

    show(region, "reports", ("month", "2026-10"))
    wait(region)
    assert reports.report is not None
    assert reports.side.isVisible()
    reports.step(-1)
    wait(region)
    assert not reports.side.isVisible()  # the cases of another month
    reports.step(1)
    wait(region)
    assert "signals" in reports.cards
    for _ in range(5):  # whoever presses again while it is made gets one print
        reports.open_preview()
    assert settle(lambda: reports.preview is not None and reports.preview.ready)
    wait(region)
    assert len(reports.findChildren(ReportPreview)) == 1
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


def test_a_verification_that_is_due_is_asked_for_until_it_is_done(
    region: Workspace, manager: Desk
) -> None:
    """QA-06: a line across the window leads to the action; once verified it is gone."""
    assert region.verification.isHidden()
    me = manager.actor().person
    other = next(person.id for person in manager.people() if person.id != me)
    signal = manager.signals("2026-10", "zh_CN")[0][0]
    stream = manager.open_cause(signal, "2026-10", "十月增多")
    name = manager.new_action()
    day = manager.use_cases.causes.today()
    effective = day - timedelta(days=31)
    for command in (
        PlanAction(name, "早班查验日期", other, day),
        FinishAction(name, effective, "巡检表"),
    ):
        assert not isinstance(manager.work_on_cause(stream, command), Refusal)
    region.ui.changed.emit()
    wait(region)
    assert region.verification.isVisible()
    assert str(effective + timedelta(days=90)) in region.verification.banner.text
    region.verification.open()
    wait(region)
    quality = region.front
    assert isinstance(quality, QualityScreen)
    assert quality.cause.cause is not None
    assert quality.cause.cause.id == stream
    quality.cause.actions_card.lines[name][0].setText("同类件数下降")
    quality.cause.actions_card.verify(name, "effective")
    wait(region)
    assert region.verification.isHidden()


def test_a_root_cause_with_an_open_action_keeps_the_keyboard_on_its_next_why(
    region: Workspace, manager: Desk, qapp: QApplication
) -> None:
    """QA-03: what the action still needs has its place before it is shown."""
    signal = manager.signals("2026-10", "zh_CN")[0][0]
    stream = manager.open_cause(signal, "2026-10", "十月增多")
    due = manager.use_cases.causes.today() + timedelta(days=7)
    owner = manager.people()[0].id
    plan = PlanAction(manager.new_action(), "早班查验日期", owner, due)
    assert not isinstance(manager.work_on_cause(stream, plan), Refusal)
    watch = StrayWindows()
    qapp.installEventFilter(watch)
    show(region, "quality", stream)
    wait(region)
    qapp.removeEventFilter(watch)
    quality = region.front
    assert isinstance(quality, QualityScreen)
    assert watch.seen == []
    assert quality.tabs.value() == "causes"
    assert quality.cause.whys[0].hasFocus()


def test_a_report_made_again_draws_only_what_says_something_else(
    workspace: Workspace, desk: Desk
) -> None:
    """The same report leaves the screen as it is; a new complaint changes its own sections."""
    complain(desk)
    show(workspace, "reports")
    wait(workspace)
    screen = workspace.front
    assert isinstance(screen, ReportsScreen)
    first = dict(screen.cards)
    show(workspace, "today")
    show(workspace, "reports")
    wait(workspace)
    assert all(screen.cards[name] is card for name, card in first.items())
    order = in_order(screen)
    complain(desk, phone="13900002298")
    screen.refresh()
    wait(workspace)
    changed = {name for name, card in screen.cards.items() if card is not first[name]}
    assert changed
    assert changed < set(first)
    assert settle(lambda: in_order(screen) == order)


def in_order(screen: ReportsScreen) -> list[str]:
    """Return the sections as they stand, line by line."""
    return sorted(screen.cards, key=lambda name: (screen.cards[name].y(), screen.cards[name].x()))


def test_a_report_of_a_store_without_complaints_bears_its_name(desk: Desk) -> None:
    """AN-01: a new store is not a region of no stores."""
    own = desk.store
    report = desk.report("overview", "2026-11", "zh_CN")
    desk.close()
    assert isinstance(report, Report)
    assert report.scope == f"{own.name} {own.store}"
    assert report.figure("opened").numerator == 0
