"""Knowledge is searched while typing and goes into the reply that was open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.services.desk import Desk
from tests.ui.conftest import MovingClock, rest, show
from ui.screens.intake import IntakeScreen
from ui.screens.knowledge import KnowledgeScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button


@pytest.fixture
def screen(workspace: Workspace) -> KnowledgeScreen:
    show(workspace, "knowledge")
    assert isinstance(workspace.front, KnowledgeScreen)
    return workspace.front


def ask(screen: KnowledgeScreen, words: str, first: str) -> None:
    asked: list[str] = []
    screen.search.searched.connect(asked.append)
    screen.search.setText(words)
    # The first of all articles may be the one that is looked for: its search is to be over.
    assert settle(
        lambda: words in asked and screen.ui.background.idle and screen.results()[:1] == [first]
    ), words


def test_typing_finds_and_the_first_is_open_to_read(screen: KnowledgeScreen) -> None:
    """KB-01."""
    assert len(screen.results()) > 10
    ask(screen, "特价", "特价商品概不退换。")
    assert screen.item is not None
    assert screen.item.kind == "phrase"
    before = screen.item
    QTest.keyClick(screen.search, Qt.Key.Key_Down)
    assert screen.item is not before


def test_nothing_found_says_what_to_do(screen: KnowledgeScreen) -> None:
    screen.search.setText("完全没有的词语")
    assert settle(lambda: screen.results() == [])
    assert screen.nothing.isVisible()
    assert not screen.reading.isVisible()


def test_enter_puts_the_text_where_the_clerk_was_typing(
    workspace: Workspace, screen: KnowledgeScreen
) -> None:
    show(workspace, "intake")
    intake = workspace.front
    assert isinstance(intake, IntakeScreen)
    intake.form.expectation.setFocus()
    QTest.keyClicks(intake.form.expectation, "wants ")
    show(workspace, "knowledge")
    ask(screen, "不归我管", "这不归我管。")
    QTest.keyClick(screen.search, Qt.Key.Key_Return)
    assert workspace.front is intake
    assert intake.form.expectation.toPlainText() == "wants 这件事由我负责跟到底，我来联系相关部门。"
    assert QGuiApplication.clipboard().text() == "这件事由我负责跟到底，我来联系相关部门。"


def test_without_an_open_field_the_text_is_copied_and_said_to_be(
    workspace: Workspace, screen: KnowledgeScreen
) -> None:
    ask(screen, "不归我管", "这不归我管。")
    screen.put_in()
    assert workspace.front is screen
    assert workspace.toast.text == workspace.ui.text("ui_knowledge.copied")


def test_a_pack_past_its_date_shows_a_banner(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """KB-02."""
    clock.move(timedelta(days=500))
    show(workspace, "knowledge")
    front = workspace.front
    assert isinstance(front, KnowledgeScreen)
    rest(workspace)
    assert desk.policy.version in front.banner.text


def test_the_search_of_the_window_finds_knowledge_and_opens_it(workspace: Workspace) -> None:
    workspace.finder.focus()
    QTest.keyClicks(workspace.topbar.search, "wlyth")
    assert settle(lambda: any("七日无理由" in words for words in workspace.finder.results()))
    QTest.keyClick(workspace.topbar.search, Qt.Key.Key_Return)
    assert settle(lambda: workspace.route[0] == "knowledge" and not workspace.front.busy())
    front = workspace.front
    assert isinstance(front, KnowledgeScreen)
    assert front.item is not None
    assert "七日无理由" in front.item.title["zh_CN"]


def test_editions_are_listed_and_compared(
    screen: KnowledgeScreen, workspace: Workspace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KB-02: with one pack it says so; with two the change is marked, not by colour alone."""
    ask(screen, "洗衣机 漏水", "洗衣机维修后又漏水")
    screen.history.open_button.click()
    rest(workspace)
    assert any("只有这一版" in found.text() for found in screen.history.findChildren(QLabel))
    packs = desk.use_cases.packs
    held = packs.held()
    articles = tuple(
        replace(one, text={lang: f"{text}\n再拍水表。" for lang, text in one.text.items()})
        for one in held.current.articles
    )
    later = held.current.effective + timedelta(days=20)
    newer = replace(held.current, version="2099.1", effective=later, articles=articles)
    monkeypatch.setattr(packs, "held", lambda: replace(held, upcoming=(newer,)))
    screen.history.look()
    rest(workspace)
    compare = next(b for b in screen.history.findChildren(Button) if "上一版" in b.text())
    compare.click()
    shown = [found.accessibleName() for found in screen.history.findChildren(QLabel)]
    assert "新增 再拍水表。" in shown
