"""Forms that keep the record: daily line, red channel, links with other complaints."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer

from desktop.domain.operations.link_tickets import KINDS
from desktop.domain.operations.move_flow import MoveFlow
from desktop.domain.operations.note_progress import NoteProgress
from desktop.domain.operations.record_red_act import ACTS, RED_LEVEL, RecordRedAct, missing_acts
from desktop.domain.operations.set_complexity import COMPLEXITIES, SetComplexity
from desktop.domain.operations.take_red_channel import TakeRedChannel
from desktop.services.desk import TicketPage
from desktop.services.ticket_ports import TicketRow
from ui.context import Ui
from ui.screens.ticket_form import DayLine, Form, pairs, read_day
from ui.screens.ticket_money import ASK_AFTER_MS
from ui.widgets.inputs import CheckBox, Choice, LineEdit, Option, Select, TextArea
from ui.widgets.layout import box, column

FOUND = 8


class ProgressForm(Form):
    """The day's line of a level 2 complaint (CL-02)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.text, self.day = TextArea(2), DayLine()
        self._day = self.field("progress.day", self.day, "progress.day_hint")
        self.put(self.field("progress.text", self.text), self._day)
        self.put(self.foot("progress.do", self.save, "progress.hint"))

    def save(self) -> None:
        """Ask for the line."""
        written = self.day.text().strip()
        day = read_day(written) if written else None
        bad = bool(written) and day is None
        self._day.set_error(self.words("bad_day") if bad else "")
        if not bad:
            self.say(NoteProgress(self.text.toPlainText(), day))

    def done(self) -> None:
        """Clear the line."""
        self.text.clear()
        self.day.clear()


class RedForm(Form):
    """The red channel on one key (CL-01): level 1 first, then its four acts."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.act = Choice([Option(a, ui.text(f"ui_acts.red_act.{a}")) for a in ACTS])
        self.contact, self.seen = LineEdit(), LineEdit()
        self.reached = CheckBox(self.words("red.reached"))
        self.reached.setChecked(True)
        self._left = self.note()
        raising = self.foot("red.raise", lambda: self.say(TakeRedChannel()))
        self._raise = box(column(self.note("red.raise_hint"), raising))
        who = [self.field("red.contact", self.contact), self.field("red.note", self.seen)]
        foot = self.foot("red.do", self.save)
        acts = self.field("red.act", self.act)
        self._acts = box(column(self._left, acts, pairs(who), self.reached, foot))
        self.put(self._raise, self._acts)

    def show_page(self, page: TicketPage) -> None:
        """Offer the way to level 1, or the acts that are still to be done."""
        super().show_page(page)
        red = is_red(page)
        self._raise.setVisible(not red)
        self._acts.setVisible(red)
        left = missing_acts(page.state)
        joint = "、" if self.ui.texts.lang == "zh_CN" else ", "
        names = joint.join(self.ui.text(f"ui_acts.red_act.{a}") for a in left)
        self._left.setText(self.words("red.left", acts=names) if left else self.words("red.all"))
        if self.act.value() is None or self.act.value() not in left:
            self.act.set_value(left[0] if left else None)

    def save(self) -> None:
        """Ask for the act."""
        act, reached = self.act.value(), self.reached.isChecked()
        if act is not None:
            self.say(RecordRedAct(act, self.contact.text(), reached, self.seen.text()))

    def done(self) -> None:
        """Clear who and what."""
        self.contact.clear()
        self.seen.clear()
        self.reached.setChecked(True)


def is_red(page: TicketPage) -> bool:
    """Tell whether somebody set level 1."""
    return page.state.value("level") == RED_LEVEL


class ComplexityForm(Form):
    """Say that the complaint is complex, or ordinary after all, with the reason (R12)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        kinds = [Option(c, ui.text(f"ui_acts.complexity_is.{c}")) for c in COMPLEXITIES]
        self.complexity, self.reason = Choice(kinds), LineEdit()
        self.complexity.set_value(COMPLEXITIES[0])
        self.put(self.field("complexity.complexity", self.complexity))
        self.put(self.field("complexity.reason", self.reason))
        self.put(self.foot("complexity.do", self.save, "complexity.hint"))

    def save(self) -> None:
        """Ask for it."""
        self.say(SetComplexity(self.complexity.value() or COMPLEXITIES[0], self.reason.text()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


class FlowForm(Form):
    """Another procedure by a manager's choice (FL-07); what was done stays done."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.flow, self.reason = Select(), LineEdit()
        self.put(
            pairs([self.field("flow.flow", self.flow), self.field("flow.reason", self.reason)])
        )
        self.put(self.foot("flow.do", self.save, "flow.hint"))

    def opened(self, page: TicketPage) -> None:
        """Offer the other flows of the ticket's own pack."""
        flows = [flow for name, flow in page.policy.flows.items() if name != page.state.flow]
        choose = self.ui.texts.choose
        self.flow.set_options([Option(flow.id, choose(dict(flow.title))) for flow in flows])

    def save(self) -> None:
        """Ask for the move."""
        self.say(MoveFlow(self.flow.value() or "", self.reason.text()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


class LinkForm(Form):
    """Link another complaint: the same twice, the customer again, or one incident (D9)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.search, self.other = LineEdit(self.words("link.search_hint")), Select()
        self.kind = Choice([Option(k, ui.text(f"ui_acts.link_kind.{k}")) for k in KINDS])
        self.kind.set_value(KINDS[0])
        self.put(
            pairs([self.field("link.search", self.search), self.field("link.other", self.other)])
        )
        self.put(self.field("link.kind", self.kind), self.foot("link.do", self.save, "link.hint"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self.search.textEdited.connect(lambda _text: self._timer.start(ASK_AFTER_MS))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Closed ones are linked too."""
        return page.state.opened is not None

    def opened(self, page: TicketPage) -> None:
        """Offer the customer's other complaints at once."""
        self._offer(page.same_customer)

    def look(self) -> None:
        """Find complaints by number, words or phone."""
        words, desk = self.search.text().strip(), self.ui.desk
        if words:
            self.ui.run(lambda: desk.find(words, FOUND), self._offer)

    def _offer(self, rows: Sequence[TicketRow]) -> None:
        own = self.page.state.id if self.page else ""
        self.other.set_options(
            [Option(r.stream, f"{r.number} · {r.summary}") for r in rows if r.stream != own]
        )

    def save(self) -> None:
        """Ask for the link on both sides."""
        other, kind, page, desk = self.other.value(), self.kind.value(), self.page, self.ui.desk
        if page is None or other is None or kind is None:
            self.search.setFocus()
            return
        self.work.emit(partial(desk.link, page.state.id, other, kind))

    def done(self) -> None:
        """Clear the search."""
        self.search.clear()


class UnlinkForm(Form):
    """Take a link back; nothing was moved, so nothing is lost."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.other, self.reason = Select(), LineEdit()
        self.put(self.field("unlink.other", self.other), self.field("unlink.reason", self.reason))
        self.put(self.foot("unlink.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only with a link."""
        return bool(page.state.live_links)

    def show_page(self, page: TicketPage) -> None:
        """Offer the links."""
        super().show_page(page)
        links = page.state.live_links
        self.other.set_options(
            [
                Option(x.other, f"{self.ui.text(f'ui_acts.link_kind.{x.kind}')} {x.number}")
                for x in links
            ]
        )

    def save(self) -> None:
        """Ask for it on both sides."""
        page, other, desk = self.page, self.other.value(), self.ui.desk
        if page is not None and other is not None:
            self.work.emit(partial(desk.unlink, page.state.id, other, self.reason.text()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()
