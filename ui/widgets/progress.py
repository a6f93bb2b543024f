"""How far things are: the steps of the SOP, the authority meter, figures and thin bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.icons import paint_icon
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import PushButton
from ui.widgets.layout import clear, column, label, restyle
from ui.widgets.text import ElidedLabel

_WRAPPED: Final = int(
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
)
StepState = Literal["done", "current", "open", "skipped"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the SOP as the list shows it."""

    key: str
    text: str
    state: StepState
    tip: str = ""
    said: str = ""
    """The state in words, for whoever does not see it."""


class _StepButton(PushButton):
    def __init__(self, step: Step, number: int) -> None:
        super().__init__()
        self._step, self._number = step, number
        self.setProperty("variant", "ghost")
        self.setMinimumHeight(theme().px(36))
        self.setAccessibleName(f"{number}. {step.text}")
        self.setAccessibleDescription(step.said)
        self.setToolTip(step.tip or step.text)
        # Not Fixed: Qt would cut a second line off at the height of one.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(theme().px(40))

    def _font(self) -> QFont:
        return theme().font("body", bold=self._step.state == "current")

    def sizeHint(self) -> QSize:
        """Ask for room for circle and words."""
        text = QFontMetrics(self._font()).horizontalAdvance(self._step.text)
        return QSize(text + theme().px(52), theme().px(36))

    def hasHeightForWidth(self) -> bool:
        """Long words take a second line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that circle and words need in `width` pixels."""
        # The bold of the step in hand is wider: a step must not grow when its turn comes.
        font = theme().font("body", bold=True)
        room = QRect(0, 0, max(width - theme().px(44), 1), 10_000)
        text = QFontMetrics(font).boundingRect(room, _WRAPPED, self._step.text)
        return max(theme().px(36), text.height() + theme().px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbered circle and the words of the step."""
        super().paintEvent(event)
        px, colour = theme().px, theme().colour
        state = self._step.state
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(px(6), (self.height() - px(24)) / 2, px(24), px(24))
        painter.setPen(Qt.PenStyle.NoPen)
        if state == "done":
            painter.setBrush(colour("accent"))
            painter.drawEllipse(circle)
            inner = circle.adjusted(px(5), px(5), -px(5), -px(5))
            paint_icon(painter, "check", inner, "on_accent")
        else:
            current = state == "current"
            painter.setBrush(colour("surface" if current else "neutral_soft"))
            if current:
                painter.setPen(QPen(colour("accent"), px(2)))
                circle = circle.adjusted(1, 1, -1, -1)
            painter.drawEllipse(circle)
            painter.setFont(theme().font("small", bold=True))
            painter.setPen(colour("accent_ink" if current else "muted"))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.setFont(self._font())
        painter.setPen(colour("muted" if state in {"open", "skipped"} else "ink"))
        room = QRectF(px(40), 0, self.width() - px(44), self.height())
        painter.drawText(room, _WRAPPED, self._step.text)
        painter.end()


class StepList(QWidget):
    """The SOP as numbered steps; a step can be opened to be read."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box = column(gap=2)
        self.setLayout(self._box)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps in order."""
        clear(self._box)
        for number, step in enumerate(steps, start=1):
            button = _StepButton(step, number)
            button.clicked.connect(lambda _on=False, key=step.key: self.chosen.emit(key))
            self._box.addWidget(button)


@dataclass(frozen=True, slots=True)
class Band:
    """One band of authority: up to `limit` yuan (None: no limit) `role` decides."""

    role: str
    limit: Decimal | None
    mine: bool


class AuthorityMeter(QWidget):
    """Bands of who may decide up to which sum, with a mark at the cumulative amount (D4)."""

    accessible_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self._bands: tuple[Band, ...] = ()
        self._amount = self._planned = Decimal(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set(self, bands: Sequence[Band], amount: Decimal, description: str) -> None:
        """Show the bands and where `amount` (yuan) stands; `description` is read aloud."""
        self._bands, self._amount = tuple(bands), amount
        self.setAccessibleName(description)
        self.setToolTip(description)
        self.updateGeometry()
        self.update()

    def plan(self, amount: Decimal) -> None:
        """Show where the sum would stand with what is being proposed; 0 for nothing."""
        self._planned = amount
        self.update()

    def sizeHint(self) -> QSize:
        """Return a bar with a line of words below."""
        return QSize(theme().px(220), theme().px(38))

    def hasHeightForWidth(self) -> bool:
        """Roles and limits take a second line where there is little width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the bar and its words in `width` pixels."""
        lines = max((len(part) for part in self._words(self._room(width))), default=1)
        return theme().px(22 + 16 * lines)

    def _room(self, width: int) -> int:
        return int(width / max(len(self._bands), 1)) - theme().px(4)

    def position(self) -> float:
        """Return where the mark stands, 0 to 1 of the width; bands are equally wide."""
        return self._share(self._amount)

    def _share(self, amount: Decimal) -> float:
        if not self._bands:
            return 0.0
        share, floor = 1 / len(self._bands), Decimal(0)
        for index, band in enumerate(self._bands):
            if band.limit is None:
                return min((index + 0.5) * share, 1.0) if amount > floor else index * share
            if amount <= band.limit:
                part = float((amount - floor) / (band.limit - floor))
                return (index + part) * share
            floor = band.limit
        return 1.0

    def _words(self, room: int) -> list[list[str]]:
        """Return role and limit of each band in one line, or in two where one is too long."""
        metrics = QFontMetrics(theme().font("small"))
        parts = [
            [band.role, f"{band.limit:,.0f}"] if band.limit is not None else [band.role]
            for band in self._bands
        ]
        if all(metrics.horizontalAdvance(" ".join(part)) <= room for part in parts):
            return [[" ".join(part)] for part in parts]
        right = Qt.TextElideMode.ElideRight
        return [[metrics.elidedText(word, right, room) for word in part] for part in parts]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bands, words and the mark."""
        if not self._bands:
            return
        px, colour = theme().px, theme().colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._bands)
        top, height = px(6), px(10)
        font = theme().font("small")
        painter.setFont(font)
        lines = self._words(self._room(self.width()))
        beyond = False
        for index, band in enumerate(self._bands):
            name = "band_ok" if band.mine else ("band_over" if beyond else "band_next")
            beyond = beyond or not band.mine
            rect = QRectF(index * width, top, width - px(2), height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(name))
            painter.drawRoundedRect(rect, height / 2, height / 2)
            painter.setPen(colour("ink" if band.mine else "muted"))
            for line, words in enumerate(lines[index]):
                place = QRectF(index * width, top + height + px(2 + 16 * line), width, px(18))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        for amount, name in ((self._planned, "warn_strong"), (self._amount, "ink")):
            if amount > 0:
                x = min(max(self._share(amount) * self.width(), px(3)), self.width() - px(3))
                painter.setPen(QPen(colour(name), px(2)))
                painter.drawLine(QPointF(x, top - px(4)), QPointF(x, top + height + px(2)))
        painter.end()


class ProgressStrip(QWidget):
    """A thin bar, 0 to 1."""

    accessible_role = QAccessible.Role.Indicator

    def __init__(self, value: float = 0.0, tone: Tone = "accent") -> None:
        super().__init__()
        self._value, self._tone = value, tone
        self.setFixedHeight(theme().px(6))

    def set(self, value: float, tone: Tone = "accent") -> None:
        """Show `value`, clipped to 0…1."""
        self._value, self._tone = min(max(value, 0.0), 1.0), tone
        self.setAccessibleName(f"{self._value:.0%}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(theme().colour("neutral_soft"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self._value > 0:
            strong = {"warn": "warn_strong", "bad": "bad_strong"}.get(self._tone, self._tone)
            painter.setBrush(theme().colour(strong))
            width = max(self.width() * self._value, self.height())
            painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)
        painter.end()


class StatTile(QFrame):
    """A figure with its name and what it means; can be pressed when it leads somewhere."""

    accessible_role = QAccessible.Role.Grouping

    pressed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = title
        self._name = ElidedLabel(title, "muted")
        self._figure = label("–", "display")
        self._note = ElidedLabel("", "small")
        self.setLayout(
            column(self._name, self._figure, self._note, gap=2, margins=(18, 14, 12, 14))
        )
        self.setMinimumWidth(theme().px(104))

    def set(self, figure: str, note: str, tone: str = "", tip: str = "") -> None:
        """Show a figure; `tip` says which rows it counts."""
        self._figure.setText(figure)
        self._note.set_text(note)
        self._figure.setProperty("tone", tone)
        restyle(self._figure)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._title} {figure} {note}")
