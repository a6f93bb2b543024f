"""The customer's card at intake: who it is, what is open, what may be the same matter and why."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal

from desktop.services.customer_card import CustomerCard, KnownCase
from ui.context import Ui
from ui.names import Names
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Card, Flow, box, clear, column, label, row
from ui.widgets.text import ElidedLabel, Pill

SHOWN = 6


class CustomerPanel(Card):
    """Shows a card; `fill` asks to put its facts into fields that are empty."""

    fill = Signal(object)
    """Facts by field name, and `tier` where the customer is VIP."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_intake.found"))
        self._ui = ui
        self._names = Names(ui.texts, ui.desk.policy)
        self._body = column(gap=8)
        self.add(self._body)
        self.card: CustomerCard | None = None
        self.show_card(None, asked=False)

    def show_card(self, card: CustomerCard | None, *, asked: bool) -> None:
        """Show what is known; `asked` tells a customer without history from none typed yet."""
        clear(self._body)
        self.card = card
        text = self._ui.text
        if card is None:
            key = "ui_intake.found_new" if asked else "ui_intake.found_none"
            self._body.addWidget(label(text(key), "small", wrap=True))
            return
        self._who(card)
        if card.duplicates:
            notice = Banner()
            self._body.addWidget(notice)
            count = len(card.duplicates)
            one = "_one" if count == 1 else ""
            notice.say(text(f"ui_intake.duplicate{one}", n=count), "warn")
        ordered = [*card.duplicates, *(case for case in card.cases if not case.duplicate)]
        for case in ordered[:SHOWN]:
            self._case(case)
        if len(ordered) > SHOWN:
            more = text("ui_intake.found_more", n=len(ordered) - SHOWN)
            self._body.addWidget(label(more, "small"))

    def _who(self, card: CustomerCard) -> None:
        text = self._ui.text
        name = card.facts.get("customer_name") or text("ui.unnamed")
        head = row(label(name, "strong"), gap=8)
        if card.vip:
            head.addWidget(Pill(text("ui.tier.vip"), "accent", icon="star"))
        head.addStretch(1)
        if card.facts:
            head.addWidget(Button(text("ui_intake.fill"), self._fill, variant="link"))
        self._body.addLayout(head)
        one = "_one" if len(card.cases) == 1 else ""
        facts = [text(f"ui_intake.case_count{one}", n=len(card.cases), open=card.open)]
        if card.goodwill:
            facts.append(text("ui_intake.goodwill", amount=self._ui.formats.yuan(card.goodwill)))
        if card.emotion >= 4:
            facts.append(text("ui_intake.was_angry", n=card.emotion))
        if card.from_snapshot:
            facts.append(text("ui_intake.from_snapshot"))
        self._body.addWidget(label(" · ".join(facts), "small", wrap=True))

    def _fill(self) -> None:
        if self.card is not None:
            tier = {"tier": "vip"} if self.card.vip else {}
            self.fill.emit({**self.card.facts, **tier})

    def _case(self, case: KnownCase) -> None:
        text, found = self._ui.text, case.row
        state = "closed" if found.closed else "open"
        go = partial(self._ui.navigate.emit, "ticket", found.stream)
        head = row(
            Button(found.number, go, variant="link"),
            None,
            Pill(text(f"ui_intake.{state}"), "neutral" if found.closed else "info"),
        )
        self._body.addLayout(head)
        self._body.addWidget(ElidedLabel(found.summary or found.number, "smallink"))
        when = self._ui.formats.moment(found.opened_at)
        code = self._names.code(found.code)
        about = " · ".join(part for part in (when, code) if part)
        self._body.addWidget(ElidedLabel(about, "small"))
        why = [text(f"ui_intake.by.{key}") for key in case.by]
        alike = [text(f"ui_intake.alike.{name}") for name in case.alike]
        flow = Flow(6)
        for words in (*why, *(alike if case.duplicate else ())):
            flow.addWidget(Pill(words, "neutral"))
        self._body.addWidget(box(flow))
