"""Report models for the tests: one ordinary and one extreme of each document."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw

from desktop.domain.analytics.report import (
    ChartBlock,
    Column,
    Figure,
    FigureBlock,
    Mark,
    PairBlock,
    Report,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
)
from desktop.reports import models as m
from desktop.texts import Lang, Texts

TZ = "Asia/Shanghai"
OPENED = datetime(2026, 11, 21, 2, 20, tzinfo=UTC)
MADE = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
RARE_NAME = "䶮㛃镕喆堃"
LONG_NAME = "阿卜杜热西提·买买提依明·" + RARE_NAME * 5
STORE = m.Store("S0217", "无锡滨湖店", "0510-8512 3456", "江苏省无锡市滨湖区太湖大道 88 号一层")
LONG_STORE = m.Store(
    "S0217",
    "无锡滨湖区太湖新城万象生活广场旗舰体验店（含社区前置仓及自提服务点）二号楼一层东区",
    "0510-8512 3456",
)
WORDS = (
    "昨天在店里买的酸奶，打开后发现里面有异物，保质期也只剩一天，孩子吃了肚子疼。"
    "找到服务台，营业员说“特价商品概不退换”，态度不好。我保留了小票和照片，"
)


class Key:
    """A real Ed25519 key, the same in every run so that documents are reproducible."""

    key_id = "a1b2c3"

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"store key").digest())
        self.public_key = self._key.public_key()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def moment_text(at: datetime) -> str:
    return at.astimezone(ZoneInfo(TZ)).strftime("%Y-%m-%d %H:%M")


def receipt() -> m.Receipt:
    return m.Receipt(
        store=STORE,
        number="S0217-A-1121-006K",
        tz=TZ,
        made_at=MADE,
        opened_at=OPENED,
        handler="林晓",
        customer_name="侯辉",
        channel="walk_in",
        subject="PQ-12 保质期异常",
        customer_words=WORDS + "希望给个说法。",
        wanted="全额退款，并请店长向孩子道歉。",
        promises=(
            m.PromisedTime(
                "solution", OPENED + timedelta(hours=72), "三级投诉 72 小时内解决（CL-03）"
            ),
            m.PromisedTime(
                "first_response", OPENED + timedelta(hours=2), "首次答复不超过 2 小时（SL-01）"
            ),
            m.PromisedTime(
                "interim_feedback", OPENED + timedelta(hours=24), "24 小时初步反馈（FL-08）"
            ),
            m.PromisedTime(
                "survey", OPENED + timedelta(days=9), "解决后 48 小时内回访（NC-05）", True
            ),
        ),
        journal=m.JournalHead("S0217-A", 128, hashlib.sha256(b"head").hexdigest()),
    )


def settlement() -> m.Settlement:
    return m.Settlement(
        store=STORE,
        number="S0217-A-1121-006K",
        tz=TZ,
        made_at=MADE,
        opened_at=OPENED,
        customer_name="侯辉",
        customer_contact="158****2201",
        handler="林晓",
        subject="酸奶有异物，营业员态度不好",
        facts="顾客于 2026年11月20日购买酸奶一箱（小票 2832510581），开封后发现异物；"
        "门店已下架同批次商品并保留样品。",
        remedies=(
            m.RemedyLine("goodwill", "voucher", Decimal("300.00"), "紧急安抚，一年内有效"),
            m.RemedyLine("refund", "refund", Decimal("68.50"), "按小票原路退回"),
            m.RemedyLine(
                "statutory",
                "cash",
                Decimal("1000.00"),
                "《食品安全法》第一百四十八条第二款，经法务评估",
            ),
            m.RemedyLine("goodwill", "exchange", None, "换同款新品一箱"),
        ),
        pay_by=MADE + timedelta(hours=24),
    )


def apology() -> m.Apology:
    return m.Apology(
        store=STORE,
        number="S0217-A-1121-006K",
        tz=TZ,
        made_at=MADE,
        opened_at=OPENED,
        customer_name="侯辉先生",
        what_happened="您在本店购买的酸奶中有异物，您来店反映时，我们的员工又以“特价商品概不退换”推托。",
        what_we_did=("全额退款并已原路退回", "同批次商品全部下架并送检", "店长当面向您和孩子致歉"),
        prevention="本店已撤下“概不退换”的告示，并在每日晨会上重新培训受理投诉的做法。",
        contact_person="林晓",
        contact_phone="0510-8512 3456",
        signed_by="周敏",
        signed_role="店长",
    )


def picture(colour: str = "#667085", size: tuple[int, int] = (640, 900)) -> bytes:
    image = Image.new("RGB", size, "#F5F6F8")
    draw = ImageDraw.Draw(image)
    for y in range(60, size[1] - 60, 40):
        draw.line([(60, y), (size[0] - 60, y)], fill=colour, width=4)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def ticket_file(events: int = 14) -> m.TicketFile:
    people = ("林晓（客诉专员）", "周敏（店长）", "系统")
    acts = (
        ("受理投诉", "到店受理，顾客原话已记录。"),
        ("分类定级", "PQ-12 保质期异常，三级。"),
        ("首次答复", "当面答复：已下架同批次，约定次日回电。"),
        ("上传凭证", "照片 2 张，小票 1 张。"),
        ("提出补偿", "电子代金券 300.00 元。"),
        ("解决方案", "全额退款、换新、致歉。"),
        ("意见", ""),
    )
    timeline = tuple(
        m.TimelineEntry(OPENED + timedelta(minutes=13 * i), people[i % 3], *acts[i % len(acts)])
        for i in range(events)
    )
    return m.TicketFile(
        store=STORE,
        number="S0217-A-1121-006K",
        tz=TZ,
        made_at=MADE,
        made_by="周敏",
        stage="survey",
        handler="林晓",
        policy_version="2026.11-1",
        customer=m.Customer("侯辉", "158****2201", "57752202", "", ""),
        complaint=m.Complaint(
            received_at=OPENED,
            received_by="林晓",
            channel="paper",
            words=WORDS + "希望给个说法。",
            wanted="全额退款，并请店长向孩子道歉。",
            remedies_wanted=("refund", "apology"),
            happened_at=OPENED - timedelta(hours=20),
            place="无锡滨湖店 冷藏柜",
            recurrent=False,
            product="原味酸奶 12 杯装",
            sku="6901234567892",
            batch="20261105-B2",
            receipt_no="2832510581",
            amount=Decimal("68.50"),
            immediate_action="立即下架同批次商品，保留样品。",
        ),
        classification=m.Classification(
            "PQ-12",
            "产品质量 / 保质期异常",
            3,
            "命中：孩子、肚子疼；经店长确认未就医",
            4,
            2,
            "vip",
            ("食品", "儿童"),
        ),
        assessment=m.Assessment(
            "轻微", "中等", "普通", "单个顾客，同批次 24 箱", True, True, True, True
        ),
        solution="全额退款，换同款新品一箱，店长当面致歉；同批次送检。",
        remedies_given=("refund", "exchange", "apology"),
        tracking=(
            m.TrackingStep("acknowledged", OPENED, "林晓", "已给回执"),
            m.TrackingStep("assessed", OPENED + timedelta(minutes=13), "林晓"),
            m.TrackingStep(
                "investigated", OPENED + timedelta(minutes=90), "周敏", "冷藏柜温度记录正常"
            ),
            m.TrackingStep("resolved", OPENED + timedelta(hours=3), "周敏"),
        ),
        clocks=(
            m.ClockLine(
                "first_response",
                OPENED + timedelta(hours=1),
                "VIP 首次答复 1 小时（SL-02）",
                OPENED + timedelta(minutes=26),
                ("SL-01 2 小时", "SL-03 服务态度 4 小时"),
            ),
            m.ClockLine(
                "interim_feedback",
                OPENED + timedelta(hours=24),
                "24 小时初步反馈（FL-08）",
                OPENED + timedelta(hours=25),
            ),
            m.ClockLine(
                "solution",
                OPENED + timedelta(hours=72),
                "三级 72 小时（CL-03）",
                None,
                ("普通 3 个工作日（FL-11）",),
            ),
        ),
        compensation=(
            m.CompensationLine(
                "goodwill", "voucher", Decimal("300.00"), "granted", "林晓", "", "紧急安抚"
            ),
            m.CompensationLine("refund", "refund", Decimal("68.50"), "approved", "林晓", "周敏"),
            m.CompensationLine(
                "statutory", "cash", Decimal("1000.00"), "pending", "林晓", "", "待法务评估"
            ),
        ),
        timeline=timeline,
        evidence=(
            m.EvidenceItem(
                "纸质投诉单.jpg",
                "paper_form",
                482133,
                hashlib.sha256(b"1").hexdigest(),
                OPENED,
                "林晓",
                picture(),
            ),
            m.EvidenceItem(
                "小票.png",
                "receipt",
                93,
                hashlib.sha256(b"2").hexdigest(),
                OPENED,
                "林晓",
                picture("#B42318", (900, 500)),
            ),
            m.EvidenceItem(
                "柜台录音.m4a", "recording", 3482133, hashlib.sha256(b"3").hexdigest(), MADE, "周敏"
            ),
        ),
        satisfaction=None,
        journal=(
            m.JournalHead("S0217-A", 128, hashlib.sha256(b"a").hexdigest()),
            m.JournalHead("HQ-S0217", 17, hashlib.sha256(b"b").hexdigest()),
        ),
    )


def pack(lang: Lang) -> Report:
    """A report with every kind of block and chart, long names and a table over two pages."""
    texts = Texts(lang)
    definition = (
        "到期日在本期内的投诉中，到期前已给出方案的占比；括号、全角标点与很长的定义也要排好。"
    )
    figures = (
        Figure("on_time", "按时解决率", definition, "share", Decimal(141), 152, n=152),
        Figure(
            "satisfaction", "满意度", definition, "share", Decimal(21), 24, n=24, target="≥ 98%"
        ),
        Figure("mean", "平均补偿", definition, "mean", Decimal("8412.50"), 61, "yuan", n=61),
        Figure("none", "没有个案的指标", definition, "share", Decimal(0), 0),
    )
    names = tuple(f"PQ-{n:02d} 名称较长的投诉编码用来试排版与省略" for n in range(14))
    marks = tuple(Mark(name, float(40 - n * 2), str(40 - n * 2)) for n, name in enumerate(names))
    heat = tuple(Mark(str(n), float(n % 9), str(n % 9)) for n in range(168))
    bones = tuple(Mark("人", 1.0, f"原因 {n}：交接时没有人核对批次") for n in range(4))
    days = tuple("一二三四五六日")
    charts = (
        ChartBlock("pareto", "排列图", marks, rows=("其余",), heads=("件数", "累计")),
        ChartBlock("heat", "热力图", heat, rows=days),
        ChartBlock("trend", "趋势", marks, second=(1.0, None, *(2.0,) * 12)),
        ChartBlock("columns", "前后", marks, at=7),
        ChartBlock("bars", "条形", marks[:5]),
        ChartBlock("fishbone", "效果", bones, rows=("人", "机", "料", "法", "环", "测")),
    )
    columns = (Column("编码", 0.6), Column("件数", 0.4, "right"))
    rows = tuple((name, str(n)) for n, name in enumerate(names * 3))
    return Report(
        kind="month",
        lang=lang,
        title=texts.get("pack.kind.month"),
        period="2026-10",
        scope="无锡滨湖店 S0217",
        contact="",
        note=texts.get("pack.note", day="2026-11-01 09:00"),
        made_at=datetime(2026, 11, 1, 1, 0, tzinfo=UTC),
        timezone=TZ,
        sections=(
            Section("figures", texts.get("pack.sec.figures"), (FigureBlock(figures),)),
            Section("pareto", texts.get("pack.sec.pareto"), charts),
            Section("table", "表", (TableBlock(columns, rows, "无", (), ("合计", "861")),)),
            Section(
                "write",
                "填写",
                (TextBlock(definition), PairBlock((("问题", definition),)), WriteBlock("决定", 3)),
            ),
        ),
        facts={"p": "2026-10", "on_time": "141/152"},
    )


def long_receipt() -> m.Receipt:
    return replace(
        receipt(),
        store=LONG_STORE,
        customer_name=LONG_NAME,
        handler=LONG_NAME,
        customer_words=(WORDS * 7)[:500] + "\n\n第二段 😂 with an English sentence, please.",
        wanted=(WORDS * 3)[:200],
        subject="产品质量 / 食品 / 保质期异常（临期商品未按规定标识并混放于正价货架）",
    )


def empty_receipt() -> m.Receipt:
    return replace(
        receipt(),
        customer_name="",
        customer_words="",
        wanted="",
        promises=(),
        journal=None,
        subject="",
    )


def long_settlement() -> m.Settlement:
    base = settlement()
    return replace(
        base,
        store=LONG_STORE,
        customer_name=LONG_NAME,
        facts=(WORDS * 20)[:1500],
        remedies=tuple(replace(r, note=(WORDS * 3)[:160]) for r in base.remedies * 4),
    )


def long_ticket_file() -> m.TicketFile:
    base = ticket_file(200)
    return replace(
        base,
        store=LONG_STORE,
        customer=m.Customer(
            LONG_NAME, "158****2201", "5775220257752202", (WORDS * 2)[:90], LONG_NAME
        ),
        complaint=replace(base.complaint, words=(WORDS * 80)[:5000], product=(WORDS)[:60]),
        timeline=(*base.timeline, m.TimelineEntry(MADE, LONG_NAME, "意见", (WORDS * 40)[:2400])),
        evidence=base.evidence * 6,
    )


def empty_ticket_file() -> m.TicketFile:
    base = ticket_file(0)
    return replace(
        base,
        customer=m.Customer(),
        complaint=m.Complaint(OPENED, "", "", "", ""),
        classification=m.Classification("", "", 4),
        assessment=m.Assessment(),
        tracking=(),
        clocks=(),
        compensation=(),
        evidence=(),
        journal=(),
        solution="",
        remedies_given=(),
    )
