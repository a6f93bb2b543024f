"""What stands on a form: believable values drawn from a seed; the reader knows none of them."""

from __future__ import annotations

import random
from typing import Final

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
_GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玲建国文斌志红梅丹晨阳雨轩子涵欣怡浩然"
)
_CITIES: Final = [
    "苏州",
    "青岛",
    "长沙",
    "宁波",
    "昆明",
    "南昌",
    "兰州",
    "大连",
    "无锡",
    "合肥",
    "贵阳",
    "太原",
    "珠海",
    "徐州",
]
_PLACES: Final = [
    "观前街店",
    "台东店",
    "五一广场店",
    "天一店",
    "南屏街店",
    "万达店",
    "人民路店",
    "中山店",
    "火车站店",
    "新城店",
]
_BRANDS: Final = [
    "美的",
    "苏泊尔",
    "小米",
    "海尔",
    "九阳",
    "罗莱",
    "格力",
    "安踏",
    "波司登",
    "三只松鼠",
    "蒙牛",
    "百雀羚",
]
_GOODS: Final = [
    "电热水壶",
    "羊毛围巾",
    "儿童水杯",
    "蓝牙音箱",
    "电饭煲",
    "四件套",
    "羽绒服",
    "坚果礼盒",
    "护手霜",
    "台灯",
    "运动鞋",
]
_SIZES: Final = ["500ml", "2件装", "黑色", "大号", "6只装", "白色", "家用款"]
_WHEN: Final = ["昨天", "上周六", "前天下午", "三天前", "本月5日", "上个月"]
_FACTS: Final = (
    "在店里购买后发现包装破损",
    "结账时价格与标签不符，多收了20元",
    "使用三天后无法开机，多次联系没有答复",
    "打开后发现已经过期，吃了以后肚子疼",
    "店员说话不耐烦，让我自己去找厂家",
    "约定送货的日期过了一周还没有收到",
    "洗了一次就严重掉色，把别的衣服染坏了",
    "维修两次仍然漏水，地板都泡坏了",
)
_MORE: Final = (
    "已保留小票和照片。",
    "希望尽快处理。",
    "家里老人在用，很不安全。",
    "客服电话一直打不通。",
    "",
)
_WISHES: Final = (
    "要求全额退款",
    "希望更换新品并道歉",
    "请退还差价",
    "免费上门维修",
    "赔偿损失200元",
    "请店长回电说明情况",
)


def values(rng: random.Random) -> dict[str, str]:
    """Return a value for every field of our form; receipt and amount fit its combs."""
    digits = "0123456789"
    member = "".join(rng.choice(digits) for _ in range(rng.choice((8, 8, 10))))
    receipt = rng.choice("123456789") + "".join(rng.choice(digits) for _ in range(9))
    sums = (9.9, 49.0, 128.5, 1299.0, rng.randint(100, 99999) / 10, rng.randint(500, 500000) / 100)
    amount = f"{rng.choice(sums):.2f}"
    wishes = rng.sample(_WISHES, rng.choice((1, 2)))
    return {
        "customer_name": rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2)))),
        "phone": "1" + rng.choice("35789") + "".join(rng.choice(digits) for _ in range(9)),
        "member_no": member,
        "complaint_date": _day(rng),
        "store": rng.choice(_CITIES) + rng.choice(_PLACES),
        "product": rng.choice(_BRANDS) + rng.choice(_GOODS) + rng.choice((*_SIZES, "")),
        "receipt_no": receipt,
        "amount": amount,
        "description": f"{rng.choice(_WHEN)}{rng.choice(_FACTS)}。{rng.choice(_MORE)}",
        "expected_resolution": "，".join(wishes) + "。",
        "received_by": rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2)))),
    }


def _day(rng: random.Random) -> str:
    return f"{rng.choice((2025, 2026))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def spoken(key: str, value: str, style: int) -> str:
    """Return a value as people write it on a line."""
    if key == "complaint_date":
        year, month, day = (int(part) for part in value.split("-"))
        ways = (
            f"{year}年{month}月{day}日",
            f"{year}.{month}.{day}",
            value,
            f"{year}/{month}/{day}",
        )
        return ways[style % 4]
    if key == "amount":
        return (f"¥{value}", f"{value}元", value)[style % 3]
    return value


def wrapped(text: str, signs: int) -> list[str]:
    """Break a text after every `signs` characters, no stop at the head of a line."""
    lines: list[str] = []
    while text:
        cut = signs
        while cut < len(text) and text[cut] in "，。；、":
            cut += 1
        lines.append(text[:cut])
        text = text[cut:]
    return lines
