"""The widgets say what they mean, in words as well as in colour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.texts import LANGS, Lang, Texts
from ui.formats import Formats, clock_tone
from ui.gallery import build_gallery
from ui.icons import icon
from ui.screenshots import grab, settle
from ui.theme import theme
from ui.widgets.buttons import Button, PushButton
from ui.widgets.feedback import Banner, Toast
from ui.widgets.image_view import ImageView, smaller_copies
from ui.widgets.inputs import Choice, LineEdit, Option, SearchBox
from ui.widgets.layout import Flow, Scroll, box, column, label
from ui.widgets.progress import AuthorityMeter, Band, Step, StepList
from ui.widgets.text import ClockPill, ElidedLabel

NOW = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)
BANDS = [
    Band("专员", Decimal(2000), True),
    Band("主管", Decimal(5000), False),
    Band("负责人", None, False),
]


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    theme().apply("light", 1.0)


@pytest.fixture
def formats() -> Formats:
    return Formats(Texts("zh_CN"), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(minutes=27, seconds=10), "剩 27:10", "warn"),
        (timedelta(minutes=18), "剩 18:00", "bad"),
        (timedelta(hours=9), "剩 9 小时", "info"),
        (timedelta(hours=21), "剩 21 小时", "neutral"),
        (timedelta(days=3), "剩 3 天", "neutral"),
        (timedelta(0), "剩 00:00", "bad"),
        (-timedelta(hours=11), "超 11 小时", "bad"),
    ],
)
def test_a_clock_says_how_long_is_left_in_words(
    formats: Formats, left: timedelta, words: str, tone: str
) -> None:
    pill = ClockPill(formats, NOW + left)
    pill.set_now(NOW)
    assert (pill.text, pill.tone) == (words, tone)
    assert clock_tone(NOW + left, NOW) == tone
    assert pill.accessibleName() == words


def test_a_clock_explains_the_rule_that_won_and_those_that_lost(formats: Formats) -> None:
    pill = ClockPill(formats, NOW)
    pill.set_reason("VIP 1 小时", ("普通 4 小时",))
    assert "VIP 1 小时" in pill.toolTip()
    assert "普通 4 小时" in pill.toolTip()
    assert "11月21日 10:31" in pill.toolTip()


@pytest.mark.parametrize(
    ("amount", "share"),
    [("0", 0), ("1000", 1 / 6), ("2000", 1 / 3), ("3500", 0.5), ("5000", 2 / 3), ("9000", 5 / 6)],
)
def test_the_meter_marks_the_sum_within_its_band(qtbot: QtBot, amount: str, share: float) -> None:
    meter = AuthorityMeter()
    qtbot.addWidget(meter)
    meter.set(BANDS, Decimal(amount), "累计")
    assert meter.position() == pytest.approx(share)
    assert meter.accessibleName() == "累计"


def test_the_meter_asks_for_a_second_line_only_where_a_role_needs_it(qtbot: QtBot) -> None:
    meter = AuthorityMeter()
    qtbot.addWidget(meter)
    meter.set(BANDS, Decimal(0), "累计")
    assert meter.heightForWidth(900) < meter.heightForWidth(180)


def test_long_words_of_a_step_are_given_both_their_lines(qtbot: QtBot) -> None:
    steps = StepList()
    steps.set_steps([Step("a", "Authorise compensation by supervisor", "open")])
    page = box(column(steps, None))
    qtbot.addWidget(page)
    page.resize(180, 400)
    page.show()
    settle()
    button = steps.findChild(PushButton)
    assert button is not None
    assert button.height() >= button.heightForWidth(button.width()) > 36


def test_long_text_is_elided_with_all_of_it_on_hover(qtbot: QtBot) -> None:
    short = ElidedLabel("红色通道：儿童食用后呕吐就医，家长要求当天答复")
    qtbot.addWidget(short)
    short.resize(120, 20)
    short.show()
    assert short.text().endswith("…")
    assert short.toolTip() == short.full_text()
    short.resize(900, 20)
    assert short.text() == short.full_text()
    assert short.toolTip() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_button_is_pressed_by_the_space_bar_and_by_enter(qtbot: QtBot, key: Qt.Key) -> None:
    presses: list[str] = []
    button = Button("go", lambda: presses.append("go"))
    qtbot.addWidget(button)
    button.show()
    QTest.keyClick(button, key)
    assert presses == ["go"]
    button.setEnabled(False)
    QTest.keyClick(button, key)
    assert presses == ["go"]


def test_a_button_that_waits_gives_the_keyboard_to_nobody(qtbot: QtBot) -> None:
    """Enter pressed once more while its work is under way must not press what comes next."""
    presses: list[str] = []
    page = QWidget()
    page.setLayout(column(slow := Button("slow"), Button("next", lambda: presses.append("next"))))
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    assert QTest.qWaitForWindowActive(page)
    slow.setFocus()
    slow.set_waiting(True)
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Return)
    assert presses == []
    slow.set_waiting(False)
    assert slow.hasFocus()


def test_a_banner_that_speaks_before_it_has_its_place_is_no_window(qtbot: QtBot) -> None:
    banner = Banner()
    banner.say("found")
    assert not banner.isVisible()
    page = QWidget()
    page.setLayout(column(banner))
    qtbot.addWidget(page)
    page.show()
    assert banner.isVisible()
    late = Banner()
    late.say("more")
    late.say("")
    layout = page.layout()
    assert layout is not None
    layout.addWidget(late)
    QApplication.processEvents()
    assert not late.isVisible()


def test_the_enter_that_ends_a_scan_presses_no_button(qtbot: QtBot) -> None:
    """A scanner types and ends with Enter within milliseconds, wherever the keyboard is."""
    presses: list[str] = []
    button = Button("go", lambda: presses.append("go"))
    qtbot.addWidget(button)
    button.show()

    def key(key: Qt.Key, text: str, at: int) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(at)
        QApplication.sendEvent(button, event)

    for place in range(8):
        key(Qt.Key.Key_6, "6", 1000 + 5 * place)
    key(Qt.Key.Key_Return, "\r", 1040)
    assert presses == []
    key(Qt.Key.Key_Return, "\r", 1500)
    assert presses == ["go"]


def test_digits_choose_in_a_numbered_choice(qtbot: QtBot) -> None:
    choice = Choice([Option(str(n), str(n)) for n in range(1, 6)], digits=True)
    qtbot.addWidget(choice)
    QTest.keyClick(choice, Qt.Key.Key_4)
    assert choice.value() == "4"
    choice.set_value(None)
    assert choice.value() is None


def test_options_that_go_take_their_choice_along_and_others_keep_it(qtbot: QtBot) -> None:
    choice = Choice([Option("a", "A"), Option("b", "B")], many=True)
    qtbot.addWidget(choice)
    choice.set_values(["a", "b"])
    choice.set_options([Option("b", "B"), Option("c", "C")])
    assert choice.values() == ["b"]


def test_a_flow_wraps_when_it_is_narrow(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = Flow(8)
    for name in "abcdefgh":
        part = label(name * 6)
        part.setFixedSize(80, 30)
        flow.addWidget(part)
    holder.setLayout(flow)
    assert flow.heightForWidth(1000) == 30
    assert flow.heightForWidth(180) == 4 * 30 + 3 * 8


def test_a_page_is_as_high_as_its_wrapped_text_and_never_scrolls_needlessly(
    qtbot: QtBot,
) -> None:
    text = label("很长的一句话，" * 30, wrap=True)
    page = Scroll(box(column(text, None)))
    qtbot.addWidget(page)
    page.resize(900, 300)
    page.show()
    assert page.verticalScrollBar().maximum() == 0
    page.resize(200, 120)
    QApplication.processEvents()
    assert page.verticalScrollBar().maximum() > 0
    assert text.height() >= text.heightForWidth(text.width())


def test_a_picture_turns_with_its_boxes_and_zooms_within_bounds(qtbot: QtBot) -> None:
    image = QImage(400, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    view = ImageView("纸质单")
    qtbot.addWidget(view)
    view.resize(500, 500)
    view.set_image(image, smaller_copies(image))
    view.set_boxes({"phone": (0, 0, 40, 40)})
    upright = view.transform().map(QPoint(20, 20))
    QTest.keyClick(view, Qt.Key.Key_R)
    turned = view.transform().map(QPoint(20, 20))
    assert upright.x() < 250
    assert turned.x() > 250
    with qtbot.waitSignal(view.box_clicked) as clicked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=turned)
    assert clicked.args == ["phone"]
    for _ in range(40):
        view.zoom(1.25)
    assert view._zoom == 8.0
    view.fit()
    assert view._zoom == 1.0


def test_smaller_copies_halve_until_they_are_small() -> None:
    image = QImage(2480, 3508, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    assert [copy.width() for copy in smaller_copies(image)] == [1240, 620, 310]


def test_enter_belongs_to_the_input_method_while_it_composes(qtbot: QtBot) -> None:
    line = LineEdit()
    qtbot.addWidget(line)
    QApplication.sendEvent(line, QInputMethodEvent("tousu", []))
    assert line.composing
    done = QInputMethodEvent("", [])
    done.setCommitString("投诉")
    QApplication.sendEvent(line, done)
    assert not line.composing
    assert line.text() == "投诉"


def test_a_search_asks_once_after_the_typing_rests(qtbot: QtBot) -> None:
    search = SearchBox("查找", delay_ms=20)
    qtbot.addWidget(search)
    asked: list[str] = []
    search.searched.connect(asked.append)
    for text in ("退", "退款", "退款慢"):
        search.setText(text)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["退款慢"]


def test_a_good_note_leaves_by_itself_and_a_bad_one_stays(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    parent.show()
    toast = Toast(parent, "关闭")
    toast.say("已保存", "good")
    assert toast._timer.isActive()
    toast.say("磁盘已满", "bad")
    assert not toast._timer.isActive()
    assert toast.isVisible()


def test_an_icon_that_is_not_bundled_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_every_bundled_icon_can_be_drawn() -> None:
    folder = Path(__file__).parents[2] / "resources" / "icons"
    for path in folder.glob("*.svg"):
        picture = icon(path.stem).pixmap(24, 24).toImage()
        inked = any(
            picture.pixelColor(x, y).alpha() > 0
            for x in range(picture.width())
            for y in range(picture.height())
        )
        assert inked, path.name


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_gallery_of_all_widgets_can_be_pictured(tmp_path: Path, lang: Lang, look: str) -> None:
    path = grab(
        build_gallery,
        tmp_path / "gallery.png",
        1.5,
        look,
        lang,
        QSize(1440, 900),  # type: ignore[arg-type]
    )
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1440, 900)
    corner = image.pixelColor(2, 2).name().upper()
    assert corner == theme().tokens.bg.upper()


def test_a_line_made_just_now_scrolls_the_page_no_further_than_needed(qtbot: QtBot) -> None:
    above, rows = QWidget(), column(gap=0)
    above.setFixedHeight(200)
    page = Scroll(box(column(above, box(rows), None)))
    qtbot.addWidget(page)
    page.resize(400, 500)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    settle()
    buttons = [Button(f"第 {n} 行") for n in range(30)]
    for button in buttons:
        line = box(column(button))
        rows.addWidget(line)
        line.show()
    buttons[0].setFocus()
    assert page.verticalScrollBar().value() == 0
    buttons[20].setFocus()
    assert page.verticalScrollBar().value() > 0
