"""Draws other stores' forms: tables, underlined blanks, labels above or inside, no lines at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.domain.form_template import BoxMm
from tests.bench.ocr_corpus.content import spoken, wrapped
from tests.bench.ocr_corpus.hands import PRINTER, Hand, Ink, font, write_line
from tests.bench.ocr_corpus.ours import PX, tick

_BLACK: Final = Ink((20, 20, 20), 1.0)
A4: Final = (210.0, 297.0)
"""Width and height of the paper in millimetres."""
_SHORT: Final = ("customer_name", "phone", "member_no", "complaint_date", "store", "product")
_WORDS: Final = {
    "customer_name": ("客户姓名", "投诉人", "顾客姓名", "姓名"),
    "phone": ("手机号码", "联系方式", "电话", "联系电话"),
    "member_no": ("会员编号", "会员卡号", "贵宾卡号"),
    "complaint_date": ("登记日期", "投诉时间", "受理日期", "日期"),
    "store": ("门店名称", "购买门店", "店铺"),
    "product": ("品名", "商品", "购买商品", "产品名称"),
    "receipt_no": ("订单号", "小票编号", "流水号"),
    "amount": ("金额", "消费金额", "购买金额"),
    "description": ("投诉内容", "事情经过", "问题描述", "投诉事由"),
    "expected_resolution": ("顾客诉求", "处理要求", "期望结果", "客户要求"),
    "received_by": ("经办人", "受理人", "接待员", "登记人"),
}
GROUPS: Final = (
    ("问题类别", ("商品问题", "服务问题", "价格问题", "物流问题", "其他")),
    ("投诉渠道", ("到店", "电话", "网络")),
    ("反馈类型", ("投诉", "建议", "咨询", "表扬")),
)


@dataclass
class Sheet:
    """A page being drawn in millimetres, with what was written on it."""

    hand: Hand
    ink: Ink
    rng: random.Random
    values: dict[str, str]
    size: tuple[float, float]
    page: NDArray[np.uint8] = field(init=False)
    fields: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paper = self.rng.randint(244, 253)
        shape = (round(self.size[1] * PX), round(self.size[0] * PX), 3)
        self.page = np.full(shape, (paper, paper, paper - 3), np.uint8)
        self.style = self.rng.randrange(12)
        self.words = {key: self.rng.choice(words) for key, words in _WORDS.items()}

    def print(self, x: float, middle: float, text: str, mm: float = 4.0) -> float:
        end = write_line(
            self.page, text, x * PX, middle * PX, round(mm * PX), PRINTER, _BLACK, self.rng
        )
        return end / PX

    def width(self, text: str, mm: float = 4.0) -> float:
        return font(PRINTER.words, round(mm * PX)).getlength(text) / PX

    def line(self, x1: float, y1: float, x2: float, y2: float, mm: float = 0.25) -> None:
        start, end = (round(x1 * PX), round(y1 * PX)), (round(x2 * PX), round(y2 * PX))
        cv2.line(self.page, start, end, (30, 30, 30), max(1, round(mm * PX)), cv2.LINE_AA)

    def box(self, x: float, y: float, w: float, h: float) -> None:
        for a, b, c, d in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h)):
            self.line(a, b, c, d)
        self.line(x + w, y, x + w, y + h)

    def fill(self, key: str, x: float, middle: float, room: float, pitch: float = 9.0) -> None:
        """Write a value from `x`, at most `room` wide; long ones go on every `pitch` below."""
        value = self.values.get(key, "")
        if not value:
            return
        text = spoken(key, value, self.style)
        mm = 5.2 if self.hand.unsteady else 4.4
        mm = min(mm, room / max(1.0, self.width(text, 1.0))) if pitch == 0 else mm
        lines = [text] if pitch == 0 else wrapped(text, max(6, int(room / mm) - 2))
        for index, line in enumerate(lines):
            y = (middle + index * pitch) * PX
            write_line(self.page, line, x * PX, y, round(mm * PX), self.hand, self.ink, self.rng)
        self.fields[key] = value

    def options(self, group: tuple[str, tuple[str, ...]], x: float, middle: float) -> None:
        name, options = group
        chosen = []
        for option in options:
            box = BoxMm(x, middle - 2, 4, 4)
            self.box(box.x, box.y, box.w, box.h)
            if self.rng.random() < 0.35:
                chosen.append(option)
                tick(self.page, box, self.hand, self.ink, self.rng)
            x = self.print(x + 5.2, middle, option, 3.8) + 6
        self.ticks[name] = tuple(chosen)


def title(sheet: Sheet, top: float = 18) -> None:
    """Print a form's heading in the middle."""
    text = sheet.rng.choice(("客户投诉登记单", "顾客意见处理表", "门店客诉记录", "消费者投诉表"))
    mm = sheet.rng.uniform(6, 8)
    sheet.print((sheet.size[0] - sheet.width(text, mm)) / 2, top, text, mm)


def pairs(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the short fields in a drawn order, two for a row."""
    keys = [*_SHORT, "receipt_no", "amount"]
    sheet.rng.shuffle(keys)
    return list(zip(keys[::2], keys[1::2], strict=True))


def table(sheet: Sheet) -> None:
    """Draw a bordered table with labels in cells of their own."""
    title(sheet)
    left, top, row = sheet.rng.uniform(12, 20), 32.0, sheet.rng.uniform(11, 14)
    wide = sheet.size[0] - 2 * left
    label = sheet.rng.uniform(24, 30)
    for index, keys in enumerate(pairs(sheet)):
        y = top + index * row
        for side, key in enumerate(keys):
            x = left + side * wide / 2
            sheet.box(x, y, label, row)
            sheet.box(x + label, y, wide / 2 - label, row)
            sheet.print(x + 3, y + row / 2, sheet.words[key], 3.8)
            sheet.fill(key, x + label + 3, y + row / 2, wide / 2 - label - 5, 0)
    y = top + 4 * row
    group = sheet.rng.choice(GROUPS)
    rows = (("", row), ("description", 48.0), ("expected_resolution", 30.0), ("received_by", row))
    for key, high in rows:
        sheet.box(left, y, label, high)
        sheet.box(left + label, y, wide - label, high)
        sheet.print(left + 3, y + high / 2, sheet.words[key] if key else group[0], 3.8)
        if not key:
            sheet.options(group, left + label + 4, y + high / 2)
        elif high > row:
            sheet.fill(key, left + label + 4, y + 8, wide - label - 8)
        else:
            sheet.fill(key, left + label + 4, y + high / 2, wide - label - 8, 0)
        y += high


def underlined(sheet: Sheet) -> None:
    """Draw labels with colons before underlined blanks."""
    title(sheet)
    y = 36.0
    for keys in pairs(sheet):
        for side, key in enumerate(keys):
            x = 15 + side * 92
            end = sheet.print(x, y, sheet.words[key] + "：")
            sheet.line(end, y + 3.2, x + 84, y + 3.2)
            sheet.fill(key, end + 2, y - 0.4, x + 82 - end, 0)
        y += 13
    options_line(sheet, 15, y)
    y += 13
    for key, lines in (("description", 4), ("expected_resolution", 3)):
        sheet.print(15, y, sheet.words[key] + "：")
        for index in range(lines):
            sheet.line(15, y + 13.5 + index * 10, 192, y + 13.5 + index * 10)
        sheet.fill(key, 17, y + 9.5, 170, 10)
        y += 10 * lines + 12
    end = sheet.print(110, y, sheet.words["received_by"] + "：")
    sheet.line(end, y + 3.2, 190, y + 3.2)
    sheet.fill("received_by", end + 2, y - 0.4, 188 - end, 0)


def options_line(sheet: Sheet, x: float, y: float) -> None:
    """Draw a group of tick boxes on a line."""
    group = sheet.rng.choice(GROUPS)
    end = sheet.print(x, y, group[0] + "：")
    sheet.options(group, end + 3, y)


def above(sheet: Sheet) -> None:
    """Draw a grid whose labels stand in heading cells above the values."""
    title(sheet)
    y, wide = 32.0, 45.0
    rows = pairs(sheet)
    for keys in (rows[0] + rows[1], rows[2] + rows[3]):
        for index, key in enumerate(keys):
            x = 15 + index * wide
            sheet.box(x, y, wide, 9)
            sheet.box(x, y + 9, wide, 12)
            text = sheet.words[key]
            sheet.print(x + (wide - sheet.width(text, 3.8)) / 2, y + 4.5, text, 3.8)
            sheet.fill(key, x + 2.5, y + 15, wide - 5, 0)
        y += 21
    options_line(sheet, 17, y + 7)
    y += 14
    for key, high in (("description", 46.0), ("expected_resolution", 30.0), ("received_by", 12.0)):
        sheet.box(15, y, 180, 9)
        sheet.box(15, y + 9, 180, high)
        text = sheet.words[key]
        sheet.print((sheet.size[0] - sheet.width(text, 3.8)) / 2, y + 4.5, text, 3.8)
        sheet.fill(key, 19, y + 15, 172, 0 if key == "received_by" else 9.5)
        y += 9 + high


def inside(sheet: Sheet) -> None:
    """Draw cells with small labels in their upper left corners."""
    title(sheet)
    y = 32.0
    for keys in pairs(sheet):
        for side, key in enumerate(keys):
            x = 14 + side * 91
            sheet.box(x, y, 91, 17)
            sheet.print(x + 1.5, y + 3, sheet.words[key], 3.2)
            sheet.fill(key, x + 6, y + 11, 80, 0)
        y += 17
    options_line(sheet, 15, y + 7)
    y += 14
    for key, high in (("description", 50.0), ("expected_resolution", 34.0), ("received_by", 17.0)):
        sheet.box(14, y, 182, high)
        sheet.print(15.5, y + 3, sheet.words[key], 3.2)
        sheet.fill(key, 20, y + 11, 170, 0 if key == "received_by" else 9.5)
        y += high


def unruled(sheet: Sheet) -> None:
    """Draw labels with colons and nothing else: no line, no cell."""
    title(sheet)
    y = 38.0
    for keys in pairs(sheet):
        for side, key in enumerate(keys):
            x = 18 + side * 92
            end = sheet.print(x, y, sheet.words[key] + "：")
            sheet.fill(key, end + 2, y - 0.4, x + 82 - end, 0)
        y += 13
    options_line(sheet, 18, y)
    y += 14
    for key, high in (("description", 44.0), ("expected_resolution", 30.0)):
        sheet.print(18, y, sheet.words[key] + "：")
        sheet.fill(key, 20, y + 10, 168, 10)
        y += high
    end = sheet.print(18, y, sheet.words["received_by"] + "：")
    sheet.fill("received_by", end + 2, y - 0.4, 80, 0)


LAYOUTS: Final[dict[str, Callable[[Sheet], None]]] = {
    "table": table,
    "underlined": underlined,
    "above": above,
    "inside": inside,
    "unruled": unruled,
}
