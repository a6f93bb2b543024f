"""Code and level of a ticket, from its own pack, with what the rules suggest and why (CL-06)."""

from __future__ import annotations

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.policy import Policy
from desktop.services.desk import TicketPage
from desktop.services.suggesting import Suggestion, suggest
from ui.context import Ui
from ui.names import Names
from ui.screens.ticket_panels import Panel
from ui.widgets.inputs import Choice, Field, LineEdit, Option, Select
from ui.widgets.layout import box, column, label, row


class ClassifyPanel(Panel):
    """Code and level, with what the rules suggest and why."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._suggestion = Suggestion(None, (), None, ())
        self._shown = ""
        self.code, self.level = Select(), Choice([], digits=True)
        self.reason, self.unavailable = LineEdit(), LineEdit()
        self.sku, self.batch = LineEdit(), LineEdit()
        self._why = label("", "small", wrap=True)
        self._reason_field = Field(self.words("classify.reason"), self.reason)
        choose = row(gap=12)
        choose.addWidget(Field(self.words("classify.code"), self.code), 1)
        choose.addWidget(Field(self.words("classify.level"), self.level), 1)
        trace = row(
            Field(self.words("classify.sku"), self.sku),
            Field(self.words("classify.batch"), self.batch),
            Field(self.words("classify.unavailable"), self.unavailable),
            gap=12,
        )
        self._trace = box(trace)
        self.setLayout(
            column(
                self._why,
                choose,
                self._reason_field,
                self._trace,
                self.act_row("classify.do", self.save),
                gap=8,
            )
        )
        self.code.currentIndexChanged.connect(lambda _at: self._adapt())
        self.level.changed.connect(self._adapt)

    def show_page(self, page: TicketPage) -> None:
        """Show the code and level set, and ask for a suggestion from the customer's words."""
        shown = f"{page.state.id} {page.state.text('code')} {page.state.value('level')}"
        if shown == self._shown:
            return
        self._shown = shown
        self._offer(page.policy)
        self.code.set_value(page.state.text("code") or None)
        level = page.state.value("level")
        self.level.set_value(str(level) if isinstance(level, int) else None)
        self.sku.setText(page.state.text("sku"))
        self.batch.setText(page.state.text("batch"))
        self.unavailable.setText(page.state.text("sku_unavailable_reason"))
        words = page.state.text("verbatim")
        policy = page.policy
        self.ui.run(lambda: suggest(words, policy), self._suggest)
        self._adapt()

    def forget(self) -> None:
        """Look at the next ticket anew."""
        self._shown, self._suggestion = "", Suggestion(None, (), None, ())

    def _offer(self, policy: Policy) -> None:
        """Offer codes and levels of the pack that the ticket began with (FL-07)."""
        self._names.use(policy)
        codes = [Option(code, self._names.code(code)) for code in sorted(policy.codes)]
        self.code.set_options([Option("", "–"), *codes])
        self.level.set_options(
            [
                Option(str(r.level), self._names.level(r.level), self._names.local(r.meaning))
                for r in policy.levels
            ]
        )

    def _suggest(self, suggestion: Suggestion) -> None:
        self._suggestion = suggestion
        joint = "、" if self.ui.texts.lang == "zh_CN" else ", "
        parts = []
        if suggestion.code:
            parts.append((self._names.code(suggestion.code), suggestion.code_hits))
        if suggestion.level:
            parts.append((self._names.level(suggestion.level), suggestion.level_hits))
        self._why.setText(
            "  ".join(
                self.words("classify.suggest", what=what, hits=joint.join(hits))
                for what, hits in parts
            )
        )
        self._why.setVisible(bool(parts))
        if self.code.value() is None and suggestion.code:
            self.code.set_value(suggestion.code)
        if self.level.value() is None and suggestion.level:
            self.level.set_value(str(suggestion.level))
        self._adapt()

    def _adapt(self) -> None:
        code, level = self.code.value(), self.level.value()
        suggested = self._suggestion
        other = bool(suggested.code and code and code != suggested.code)
        other = other or bool(suggested.level and level and level != str(suggested.level))
        self._reason_field.setVisible(other)
        self._trace.setVisible(bool(code and code.startswith("PQ")))

    def save(self) -> None:
        """Ask for facts of the goods first, then for code and level."""
        facts: dict[str, str | int | bool] = {
            name: line.text().strip()
            for name, line in (
                ("sku", self.sku),
                ("batch", self.batch),
                ("sku_unavailable_reason", self.unavailable),
            )
            if line.text().strip()
        }
        if facts and self._trace.isVisible():
            self.say(CorrectTicket(facts))
        code, level = self.code.value(), self.level.value()
        if code is None or level is None:
            (self.code if code is None else self.level).setFocus()
            return
        self.say(
            ClassifyTicket(
                code,
                int(level),
                self._suggestion.code,
                self._suggestion.level,
                self.reason.text().strip(),
            )
        )
