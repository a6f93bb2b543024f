"""Every widget in every state on one page, to be looked at when the style changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import sin
from typing import get_args
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from desktop.domain.analytics.periods import period_of
from desktop.texts import Lang, Texts
from ui.formats import Formats
from ui.gallery_lists import charts, lists
from ui.tokens import Tone
from ui.widgets.buttons import Button, ElidedLink
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.image_view import CropView, ImageView
from ui.widgets.inputs import CheckBox, Choice, Field, LineEdit, Option, SearchBox, Select, TextArea
from ui.widgets.layout import Card, Flow, Scroll, box, column, label, row
from ui.widgets.password import PasswordLine
from ui.widgets.period_stepper import PeriodStepper
from ui.widgets.progress import AuthorityMeter, Band, ProgressStrip, StatTile, Step, StepList
from ui.widgets.signature import SignaturePad
from ui.widgets.text import ClockPill, ElidedLabel, Pill
from ui.widgets.timeline import Entry, Timeline

LONG = "红色通道：儿童食用后呕吐就医，家长要求当天答复并保留剩余样品送检 " * 3


def build_gallery(lang: Lang) -> QWidget:
    """Return the page in `lang`; its texts are samples, its widgets the real ones."""
    formats = Formats(Texts(lang), ZoneInfo("Asia/Shanghai"))
    left = column(_buttons(), _pills(formats), _inputs(formats), lists(), None, gap=16)
    middle = column(_figures(), _steps(formats), _timeline(), charts(), None, gap=16)
    right = column(_feedback(formats), _signatures(), _pictures(), None, gap=16)
    content = row(box(left), box(middle), box(right), gap=16, margins=(24, 24, 24, 24))
    for index in range(3):
        content.setStretch(index, 1)
    page = QWidget()
    page.setProperty("role", "page")
    page.setLayout(column(Scroll(box(content))))
    return page


def _buttons() -> Card:
    card = Card("Button")
    flow = Flow()
    for part in (
        ElidedLink(LONG),
        Button("新建投诉", variant="primary", keys="N"),
        Button("完成此步", variant="primary", keys="Ctrl+Return"),
        Button("纸质单扫描", icon="file-text"),
        Button("拒绝", variant="danger"),
        Button("", icon="ellipsis", variant="ghost", accessible="更多"),
        Button("全部查看", variant="link", icon="chevron-right"),
    ):
        flow.addWidget(part)
    disabled = Button("完成此步", variant="primary", keys="Ctrl+Return")
    disabled.setEnabled(False)
    flow.addWidget(disabled)
    card.add(flow)
    return card


def _pills(formats: Formats) -> Card:
    card = Card("Pill, ClockPill")
    flow, clocks = Flow(), Flow()
    for tone in get_args(Tone):
        flow.addWidget(Pill(f"{tone} 三级", tone))
    now = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)
    for minutes in (18, 27, 60 * 9, 60 * 21, -60 * 11):
        pill = ClockPill(formats, now + timedelta(minutes=minutes))
        pill.set_now(now)
        pill.set_reason("VIP 1 小时", ("普通 4 小时",))
        clocks.addWidget(pill)
    card.add(flow, clocks, ElidedLabel(LONG, "strong"))
    return card


def _inputs(formats: Formats) -> Card:
    card = Card("Field, Choice")
    wrong = Field("联系电话", LineEdit("11 位手机号"), required=True)
    wrong.set_error("少一位：请核对后补全")
    emotion = Choice(
        [Option(str(n), f"{n} {formats.text(f'ui.emotion.{n}')}") for n in range(1, 6)],
        digits=True,
    )
    emotion.set_value("3")
    families = Choice([Option("PQ", "产品质量"), Option("SP", "服务流程")], many=True)
    families.set_values(["PQ"])
    checked = CheckBox("核对小票与 SKU")
    checked.setChecked(True)
    off = Field("单号", LineEdit())
    off.setEnabled(False)
    card.add(
        off,
        SearchBox("搜索单号、顾客…"),
        Field("密码", PasswordLine(Texts("zh_CN"), "至少 8 个字符")),
        Field("顾客原话", TextArea(3, "原样记下"), hint="一字不改，只追加", required=True),
        wrong,
        Field("编码", Select([Option("PQ-07", "PQ-07 维修后复现")])),
        emotion,
        families,
        CheckBox("漏水部位照片 ≥1 张"),
        checked,
    )
    return card


def _figures() -> QWidget:
    tiles = [StatTile("处理中"), StatTile("临近时限"), StatTile("已超时")]
    tiles[0].set("14", "今日新增 5")
    tiles[1].set("3", "1 小时内到期", "warn")
    tiles[2].set("1", "需填写原因", "bad")
    return box(row(*tiles, gap=16))


def _steps(formats: Formats) -> Card:
    card = Card("StepList, AuthorityMeter, ProgressStrip")
    steps = StepList()
    steps.set_steps(
        [
            Step("a", "接待安抚", "done"),
            Step("b", "核实凭证", "current"),
            Step("c", "提出方案", "open"),
        ]
    )
    meter = AuthorityMeter()
    bands = [
        Band(formats.text("ui.role.clerk"), Decimal(2000), True),
        Band(formats.text("ui.role.supervisor"), Decimal(5000), False),
        Band(formats.text("ui.role.department_head"), None, False),
    ]
    meter.set(bands, Decimal("1200.00"), "已用 1,200.00")
    strip = ProgressStrip()
    strip.set(0.7, "warn")
    card.add(steps, meter, strip)
    return card


def _timeline() -> Card:
    card = Card("Timeline")
    timeline = Timeline()
    timeline.set_entries(
        [
            Entry("10:44", "林晓", "分类 PQ-07，三级。", "命中：维修、再次漏水"),
            Entry("10:31", "林晓", LONG, "期望：换新机", pill="待上传"),
        ]
    )
    card.add(timeline)
    return card


def _feedback(formats: Formats) -> Card:
    card = Card("Banner, EmptyState")
    for tone in ("info", "good", "warn", "bad"):
        banner = Banner()
        banner.say(f"{tone}: 总部已批准补偿 3,200 元", tone, formats.text("ui.open"), banner.hide)
        card.add(banner)
    card.add(EmptyState("都处理好了", "没有到期的事。新的投诉按 N。"))
    return card


def _signatures() -> Card:
    card = Card("SignaturePad, PeriodStepper")
    empty, signed, off = (SignaturePad(name, "请在此签名") for name in ("顾客", "店员", "主管"))
    off.setEnabled(False)
    signed.draw([QPointF(40 + 12 * step, 70 + 40 * sin(step)) for step in range(20)])
    months = PeriodStepper(period_of("month", date(2026, 11, 21)), "zh_CN", "上一期", "下一期")
    card.add(empty, signed, off, months)
    return card


def _pictures() -> Card:
    card = Card("ImageView, CropView")
    image = QImage(400, 520, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    view = ImageView("纸质单")
    view.set_image(image)
    view.set_boxes({"phone": (40, 60, 220, 40), "name": (40, 140, 160, 40)}, "phone")
    crop = CropView("当前字段的原图")
    crop.show_crop(image, (40, 60, 220, 40))
    card.add(view, crop, label("0 适应 · + − 缩放 · R 旋转", "small"))
    return card
