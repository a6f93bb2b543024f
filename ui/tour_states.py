"""States of the screens that a walk from screen to screen does not pass, for their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from ui.main_window import MainWindow
from ui.screens.knowledge import KnowledgeScreen
from ui.screens.paper import PaperScreen
from ui.screens.quality import QualityScreen
from ui.screens.reports import KINDS, ReportsScreen
from ui.screens.settings import SECTIONS, SettingsScreen
from ui.screens.settings_about import CheckPage
from ui.screens.training import TrainingScreen
from ui.shell.workspace import Workspace

Settled = Callable[[Callable[[], bool]], None]
"""Waits until something holds and the window rests."""
Place = tuple[str, QWidget]
"""The first part of a picture's file name, and what lies over the window in it."""


class States:
    """Goes to each state and hands it over to be pictured."""

    def __init__(self, window: MainWindow, settled: Settled) -> None:
        if window.workspace is None:
            raise RuntimeError("the desk did not open")
        self._window, self._settled = window, settled
        self._workspace: Workspace = window.workspace

    def take(self) -> Iterator[Place]:
        """Go through all of them; nothing of it is saved."""
        yield from self._knowledge()
        yield from self._reports()
        yield from self._quality()
        yield from self._settings()
        yield from self._over()

    def _go(self, name: str, what: object = None) -> QWidget:
        self._workspace.go(name, what)
        self._settled(lambda: not self._workspace.front.busy())
        return self._workspace.front

    def _here(self, name: str) -> Place:
        self._settled(lambda: not self._workspace.front.busy())
        return name, self._window

    def _knowledge(self) -> Iterator[Place]:
        screen = self._go("knowledge")
        if not isinstance(screen, KnowledgeScreen):
            raise RuntimeError("the Knowledge screen did not open")
        screen.history.look()
        yield self._here("knowledge_editions")
        for name, words in (("knowledge_found", "三包"), ("knowledge_nothing", "量子")):
            screen.search.setText(words)
            self._settled(lambda: not screen.busy())
            screen.refresh()
            yield self._here(name)
        screen.search.clear()

    def _reports(self) -> Iterator[Place]:
        screen = self._go("reports")
        if not isinstance(screen, ReportsScreen):
            raise RuntimeError("the Reports screen did not open")
        for kind in list(KINDS)[1:]:
            screen.kind.set_value(kind)
            yield self._here(f"reports_{kind}")
        screen.kind.set_value(next(iter(KINDS)))
        self._settled(lambda: not screen.busy())
        figures = screen.report.figures() if screen.report is not None else ()
        drill = next((figure.drill for figure in figures if figure.drill is not None), None)
        if drill is not None:
            screen.drill(drill)
            yield self._here("reports_cases")
            screen.hide_cases()
        screen.open_preview()
        self._settled(lambda: screen.preview is not None and screen.preview.ready)
        if screen.preview is not None:
            yield "reports_preview", screen.preview
            screen.preview.close()

    def _quality(self) -> Iterator[Place]:
        screen = self._go("quality")
        if not isinstance(screen, QualityScreen):
            raise RuntimeError("the Quality screen did not open")
        for tab in ("causes", "sample"):
            screen.tabs.set_value(tab)
            screen.refresh()
            yield self._here(f"quality_{tab}")
        if screen.causes:
            screen.open(max(screen.causes, key=lambda cause: len(cause.whys)).id)
            yield self._here("quality_cause")
            screen.back()
        screen.tabs.set_value("signals")
        screen.refresh()

    def _settings(self) -> Iterator[Place]:
        screen = self._go("settings")
        if not isinstance(screen, SettingsScreen):
            raise RuntimeError("the Settings screen did not open")
        for section in SECTIONS[1:]:
            screen.open(section)
            page = screen.pages[section]
            if isinstance(page, CheckPage):
                page.examine()
            yield self._here(f"settings_{section}")
        screen.open(SECTIONS[0])

    def _over(self) -> Iterator[Place]:
        """Show what lies over a screen: keys, what Ctrl+K finds, the person's menu, messages."""
        workspace = self._workspace
        self._go("today")
        workspace.show_keys()
        yield self._here("keys_shown")
        workspace.key_list.hide()
        for name, words in (("finder_found", "投诉"), ("finder_nothing", "量子纠缠")):
            workspace.topbar.search.setFocus()
            workspace.topbar.search.setText(words)
            self._settled(partial(self._answers, words))
            yield self._here(name)
        workspace.topbar.search.clear()
        workspace.front.setFocus()
        self._settled(lambda: not workspace.finder.shown)
        menu = workspace.topbar.build_menu()
        menu.popup(QPoint(0, 0))
        yield "menu_person", menu
        menu.close()
        workspace.toast.say(workspace.ui.text("ui_settings.saved"))
        yield self._here("message_good")
        workspace.toast.say(workspace.ui.text("ui.fault.disk_full"), "bad")
        yield self._here("message_bad")
        workspace.toast.hide()

    def _answers(self, words: str) -> bool:
        return self._workspace.finder.answered == words

    def paper(self, screen: PaperScreen, unreadable: Path) -> Place:
        """Show the batch after one form was read, with a file that cannot be."""
        screen.add_files([unreadable])
        self._settled(lambda: all(scan.reading or scan.error for scan in screen.scans))
        return self._here("paper_batch")

    def scored(self, screen: TrainingScreen) -> Place:
        """Show the score of a customer who was served with nothing."""
        coach = self._workspace.coach
        if coach is None:
            raise RuntimeError("there is no coach")
        coach.finish()
        self._settled(lambda: screen.isVisible() and not screen.busy())
        return self._here("training_score")
