"""Draws small complaint forms of several layouts with known content, the same for every seed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from importlib.resources import as_file, files

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

BICUBIC = Image.Resampling.BICUBIC
WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dpi
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玲"
CITIES = ("苏州", "青岛", "长沙", "宁波", "昆明")
STREETS = ("观前街店", "台东店", "五一广场店", "天一店", "南屏街店")
GOODS = ("电热水壶", "羊毛围巾", "儿童水杯", "纯牛奶12盒装", "蓝牙音箱")
FACTS = (
    "昨天购买后发现包装破损，店员拒绝更换",
    "结账时价格与标签不符，多收了20元",
    "使用三天后无法开机，多次联系没有答复",
)
WISHES = ("要求全额退款", "希望更换新品并道歉", "请退还差价")
OPTIONS = ("质量问题", "服务态度", "价格争议", "物流延误")

ZH_WORDS = {
    "customer_name": "投诉人姓名",
    "phone": "手机号码",
    "member_no": "会员编号",
    "complaint_date": "受理日期",
    "store": "购买门店",
    "product": "品名",
    "receipt_no": "订单号",
    "amount": "消费金额",
    "description": "事情经过",
    "expected_resolution": "处理要求",
    "received_by": "经办人",
}
EN_WORDS = {
    "customer_name": "Customer Name",
    "phone": "Contact No.",
    "member_no": "Membership No.",
    "complaint_date": "Date of Complaint",
    "store": "Branch",
    "product": "Product",
    "receipt_no": "Receipt No.",
    "amount": "Amount Paid",
    "description": "Details of Complaint",
    "expected_resolution": "Resolution Requested",
    "received_by": "Handled by",
}
SHORT_ROWS = (
    ("customer_name", "phone"),
    ("member_no", "complaint_date"),
    ("store", "receipt_no"),
    ("product", "amount"),
)


@dataclass
class Drawn:
    """A picture and what is on it; boxes are x, y, w, h around the value's writing."""

    image: Image.Image
    fields: dict[str, str]
    ticks: dict[str, tuple[str, ...]]
    boxes: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)

    def jpeg(self) -> bytes:
        buffer = io.BytesIO()
        self.image.save(buffer, "JPEG", quality=88)
        return buffer.getvalue()


def font(size: int) -> ImageFont.FreeTypeFont:
    with as_file(files("resources") / "fonts" / "NotoSansSC_400Regular.ttf") as path:
        return ImageFont.truetype(str(path), size)


def content(seed: int) -> dict[str, str]:
    rng = random.Random(seed)
    digits = "".join(rng.choice("0123456789") for _ in range(30))
    return {
        "customer_name": rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)),
        "phone": "13" + digits[:9],
        "member_no": digits[9:17],
        "complaint_date": f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "store": rng.choice(CITIES) + rng.choice(STREETS),
        "product": rng.choice(GOODS),
        "receipt_no": "4" + digits[17:26],
        "amount": f"{rng.randint(9, 1999)}.{rng.randint(10, 99)}",
        "description": rng.choice(FACTS) + "。",
        "expected_resolution": rng.choice(WISHES) + "。",
        "received_by": rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 1)),
    }


def written(key: str, value: str, seed: int) -> str:
    """Return a value as people write it on paper."""
    if key == "complaint_date":
        year, month, day = (int(part) for part in value.split("-"))
        return (f"{year}年{month}月{day}日", f"{year}.{month}.{day}", value)[seed % 3]
    if key == "amount":
        return (f"¥{value}", f"{value}元", value)[seed % 3]
    return value


class Pen:
    """Draws and remembers where values stand."""

    def __init__(self, seed: int, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.seed = seed
        self.drawn = Drawn(Image.new("RGB", (width, height), (252, 252, 250)), {}, {})
        self.draw = ImageDraw.Draw(self.drawn.image)
        self.values = content(seed)

    def print(self, x: float, y: float, text: str, size: int = 26) -> float:
        self.draw.text((x, y), text, font=font(size), fill=(20, 20, 20))
        return x + self.draw.textlength(text, font=font(size))

    def fill(self, key: str, x: float, y: float, wrap: int = 0, size: int = 28) -> None:
        text = written(key, self.values[key], self.seed)
        lines = [text[i : i + wrap] for i in range(0, len(text), wrap)] if wrap else [text]
        for index, line in enumerate(lines):
            self.draw.text((x, y + index * 52), line, font=font(size), fill=(25, 35, 110))
        widest = max(self.draw.textlength(line, font=font(size)) for line in lines)
        self.drawn.boxes[key] = (x, y, widest, 52 * len(lines))
        self.drawn.fields[key] = self.values[key]

    def options(self, group: str, x: float, y: float, step: int, down: int = 0) -> None:
        chosen = []
        for index, option in enumerate(OPTIONS):
            left, top = x + (0 if down else index * step), y + index * down
            self.draw.rectangle((left, top, left + 26, top + 26), outline=(20, 20, 20), width=2)
            if (self.seed + index) % 3 == 0:
                chosen.append(option)
                mark = [(left + 4, top + 13), (left + 11, top + 22), (left + 24, top + 2)]
                self.draw.line(mark, fill=(25, 35, 110), width=4)
            self.print(left + 34, top - 5, option, 24)
        self.drawn.ticks[group] = tuple(chosen)


def title(pen: Pen, text: str) -> None:
    pen.print(pen.drawn.image.width / 2 - 22 * len(text), 70, text, 44)


def ruled(seed: int) -> Drawn:
    """Draw a bordered table with labels left of their cells."""
    pen = Pen(seed)
    title(pen, "顾客投诉受理单")
    xs, top, row = (90, 290, 620, 820, 1150), 180, 74
    for index, keys in enumerate(SHORT_ROWS):
        y = top + index * row
        for side, key in enumerate(keys):
            for left, right in (
                (xs[2 * side], xs[2 * side + 1]),
                (xs[2 * side + 1], xs[2 * side + 2]),
            ):
                pen.draw.rectangle((left, y, right, y + row), outline="black", width=2)
            pen.print(xs[2 * side] + 20, y + 20, ZH_WORDS[key])
            pen.fill(key, xs[2 * side + 1] + 18, y + 16)
    y = top + 4 * row
    rows = (("", 80), ("description", 300), ("expected_resolution", 160), ("received_by", 80))
    for key, high in rows:
        pen.draw.rectangle((xs[0], y, xs[1], y + high), outline="black", width=2)
        pen.draw.rectangle((xs[1], y, xs[4], y + high), outline="black", width=2)
        if key:
            pen.print(xs[0] + 20, y + high / 2 - 18, ZH_WORDS[key])
            pen.fill(key, xs[1] + 18, y + 18, wrap=18)
        else:
            pen.print(xs[0] + 20, y + 20, "投诉类别")
            pen.options("投诉类别", xs[1] + 18, y + 27, 200)
        y += high
    return pen.drawn


def underlined(seed: int) -> Drawn:
    """Draw labels with colons and underlined blanks, no table at all."""
    pen = Pen(seed)
    title(pen, "客户意见反馈表")
    y = 200
    for keys in SHORT_ROWS:
        for side, key in enumerate(keys):
            x = 100 + side * 540
            end = pen.print(x, y, ZH_WORDS[key] + "：")
            pen.draw.line((end, y + 38, x + 490, y + 38), fill="black", width=2)
            pen.fill(key, end + 14, y - 4)
        y += 86
    pen.print(100, y, "问题类型：")
    pen.options("问题类型", 270, y + 6, 210)
    y += 90
    for key, lines in (("description", 4), ("expected_resolution", 2)):
        end = pen.print(100, y, ZH_WORDS[key] + "：")
        for index in range(lines):
            start = end if index == 0 else 100
            pen.draw.line((start, y + 40 + 52 * index, 1130, y + 40 + 52 * index), fill="black")
        pen.fill(key, end + 10, y - 4, wrap=14)
        y += 52 * lines + 40
    end = pen.print(640, y, ZH_WORDS["received_by"] + "：")
    pen.draw.line((end, y + 38, 1130, y + 38), fill="black", width=2)
    pen.fill("received_by", end + 14, y - 4)
    return pen.drawn


def above(seed: int) -> Drawn:
    """Draw a table whose labels stand in heading rows above the cells of their values."""
    pen = Pen(seed)
    title(pen, "投诉登记表")
    y = 180
    groups = (
        ("customer_name", "phone", "member_no", "complaint_date"),
        ("store", "product", "receipt_no", "amount"),
    )
    for keys in groups:
        for index, key in enumerate(keys):
            x = 80 + index * 270
            pen.draw.rectangle((x, y, x + 270, y + 60), outline="black", width=2)
            pen.draw.rectangle((x, y + 60, x + 270, y + 140), outline="black", width=2)
            pen.print(x + 60, y + 12, ZH_WORDS[key])
            pen.fill(key, x + 16, y + 78)
        y += 140
    for key, high in (("description", 260), ("expected_resolution", 150), ("received_by", 90)):
        pen.draw.rectangle((80, y, 1160, y + 56), outline="black", width=2)
        pen.draw.rectangle((80, y + 56, 1160, y + 56 + high), outline="black", width=2)
        pen.print(540, y + 10, ZH_WORDS[key])
        pen.fill(key, 100, y + 72, wrap=24)
        y += 56 + high
    return pen.drawn


def inside(seed: int) -> Drawn:
    """Draw a table whose labels are printed small inside the cells, over the writing."""
    pen = Pen(seed)
    title(pen, "客诉处理单")
    y = 180
    for keys in SHORT_ROWS:
        for side, key in enumerate(keys):
            x = 90 + side * 530
            pen.draw.rectangle((x, y, x + 530, y + 104), outline="black", width=2)
            pen.print(x + 12, y + 8, ZH_WORDS[key], 20)
            pen.fill(key, x + 30, y + 46)
        y += 104
    for key, high in (("description", 300), ("expected_resolution", 170), ("received_by", 104)):
        pen.draw.rectangle((90, y, 1150, y + high), outline="black", width=2)
        pen.print(102, y + 8, ZH_WORDS[key], 20)
        pen.fill(key, 120, y + 46, wrap=24)
        y += high
    return pen.drawn


def bilingual(seed: int) -> Drawn:
    """Draw a landscape form in two languages: Chinese and English labels beside blanks."""
    pen = Pen(seed, HEIGHT, WIDTH)
    title(pen, "Complaint Form 投诉表")
    y = 190
    for keys in SHORT_ROWS:
        for side, key in enumerate(keys):
            x = 100 + side * 800
            end = pen.print(x, y, f"{ZH_WORDS[key]} {EN_WORDS[key]}:", 24)
            pen.draw.line((end + 6, y + 38, x + 760, y + 38), fill="black", width=2)
            pen.fill(key, end + 16, y - 4)
        y += 84
    pen.print(100, y, "Type of Complaint 投诉类型:", 24)
    pen.options("Type of Complaint 投诉类型", 480, y + 4, 230)
    y += 84
    for key in ("description", "expected_resolution", "received_by"):
        pen.print(100, y, f"{ZH_WORDS[key]} {EN_WORDS[key]}:", 24)
        pen.fill(key, 120, y + 44, wrap=30)
        y += 44 + (130 if key == "description" else 90)
    return pen.drawn


LAYOUTS = {
    "ruled": ruled,
    "underlined": underlined,
    "above": above,
    "inside": inside,
    "bilingual": bilingual,
}


def turned(drawn: Drawn, degrees: float) -> Drawn:
    """Scan a form turned by `degrees`, anticlockwise; quarter turns keep every pixel."""
    if degrees % 90:
        image = drawn.image.rotate(
            degrees, expand=True, fillcolor=(250, 250, 250), resample=BICUBIC
        )
    else:
        image = drawn.image.rotate(degrees, expand=True)
    return Drawn(image, drawn.fields, drawn.ticks)


def photographed(drawn: Drawn, seed: int) -> Drawn:
    """Lay the form on a dark desk, seen at an angle, with a shadow across it."""
    rng = np.random.default_rng(seed)
    width, height = drawn.image.size
    desk = Image.new("RGB", (width + 300, height + 300), (70, 58, 50))
    shift = rng.integers(40, 120, size=8)
    w, h = float(width + 300), float(height + 300)
    corners = [
        (shift[0], shift[1]),
        (w - shift[2], shift[3]),
        (w - shift[4], h - shift[5]),
        (shift[6], h - shift[7]),
    ]
    coefficients = _perspective(corners, [(0, 0), (width, 0), (width, height), (0, height)])
    layer = drawn.image.convert("RGBA").transform(
        desk.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
    )
    desk.paste(layer, (0, 0), layer)
    light = np.linspace(0.95, 0.6, desk.width)[None, :, None]
    pixels = np.asarray(desk, dtype=np.float64) * light
    pixels += rng.normal(0, 3, size=pixels.shape)
    return Drawn(
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), drawn.fields, drawn.ticks
    )


def stamped(drawn: Drawn, x: int, y: int) -> Drawn:
    """Press a round red seal over the form; ink shines through ink, so the two multiply."""
    layer = Image.new("RGB", drawn.image.size, "white")
    draw = ImageDraw.Draw(layer)
    red = (230, 90, 95)
    draw.ellipse((x - 110, y - 110, x + 110, y + 110), outline=red, width=8)
    draw.text((x - 75, y - 20), "客诉专用章", font=font(30), fill=red)
    image = ImageChops.multiply(drawn.image, layer)
    return Drawn(image, drawn.fields, drawn.ticks, drawn.boxes)


def _perspective(
    target: list[tuple[float, float]], source: list[tuple[float, float]]
) -> list[float]:
    """Return Pillow's eight coefficients that take `target` points back to `source` points."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right.extend([u, v])
    return [float(value) for value in np.linalg.solve(np.asarray(rows, float), np.asarray(right))]
