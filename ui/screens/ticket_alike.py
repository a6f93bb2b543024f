"""Similar complaints beside a ticket (同类投诉): each a link, with what the two share (CR-08)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from desktop.services.desk import TicketPage
from desktop.services.signals import Alike
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, box, clear, column, label
from ui.widgets.text import ElidedLabel

SHOWN = 6


class AlikeCard(Card):
    """Hidden while nothing is like this ticket; the most in common stands first."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_quality.alike"))
        self._ui = ui
        self._stream = ""
        self._rows = column(gap=6)
        self.add(self._rows)
        self.links: list[Button] = []
        self.hide()

    def show_page(self, page: TicketPage) -> None:
        """Look for similar complaints in the background."""
        stream, desk = page.state.id, self._ui.desk
        if stream != self._stream:
            self.hide()
        self._stream = stream
        self._ui.run(lambda: desk.alike(stream), partial(self._show, stream))

    def _show(self, stream: str, found: Sequence[Alike]) -> None:
        if stream != self._stream:
            return
        clear(self._rows)
        self.links = []
        for one in found[:SHOWN]:
            go = partial(self._ui.navigate.emit, "ticket", one.facts.stream)
            link = Button(one.facts.number, go, variant="link")
            why = self._ui.text("pack.and").join(self._ui.text(f"cause.alike.{w}") for w in one.why)
            link.setAccessibleDescription(why)
            self.links.append(link)
            when = one.facts.opened.isoformat()
            self._rows.addWidget(box(column(link, ElidedLabel(f"{when} · {why}", "small"), gap=0)))
        if len(found) > SHOWN:
            more = self._ui.text("ui_quality.alike_more", n=len(found) - SHOWN)
            self._rows.addWidget(label(more, "small"))
        self.setVisible(bool(found))
