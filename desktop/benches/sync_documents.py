"""Complaints for the sync measurements: eight events each, as a store writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import insert

from desktop.domain.events import Draft, JsonValue
from desktop.journal import digests
from desktop.journal.chain import next_hash
from desktop.journal.records import Record, Written, decode, encode_core
from desktop.storage import event_rows
from desktop.storage.event_rows import Entry, Head
from desktop.storage.store import StoreData
from desktop.storage.tables import salt

EVENTS_A_TICKET: Final = 8

_START: Final = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AT_ONCE: Final = 500

_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN: Final = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超霞平刚文博雨欣子涵思远"
_GOODS: Final = (
    "速冻水饺", "纯牛奶", "婴儿奶粉", "酸奶", "冷鲜鸡", "电饭煲", "行李箱", "洗衣液", "五花肉",
    "草莓", "面包", "保温杯", "儿童自行车", "羽绒服", "花生油", "火锅底料",
)  # fmt: skip
_TROUBLES: Final = (
    "买回家打开有异味，不敢给孩子吃", "生产日期看不清，怀疑过期", "结账价格和价签不一样，多收了钱",
    "促销写着第二件半价，收银说不参加", "用了两天就坏了，店员说不能退", "包装破损，里面漏了一地",
    "里面吃出异物，牙都硌疼了", "说好当天送到，等到晚上也没来", "店员态度不好，问了三次没人理",
    "称重少了快一百克，自己回家称过", "会员积分没有到账，客服让找门店",
)  # fmt: skip
_WISHES: Final = ("退款", "换货", "按海报价结算", "退一赔三", "道歉并退货", "补齐差价", "维修")


@dataclass(slots=True)
class Documents:
    """Makes the complaints of one store; same seed, same texts and times."""

    seed: int = 1
    store: str = "S0217"
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)  # noqa: S311 - not for secrets

    def ticket(self, number: int) -> list[tuple[str, datetime, str, Draft]]:
        """Return a complaint's events: stream, time, person, draft."""
        chance = self._chance
        stream = self._id("T")
        clerk, lead = chance.choice(("P6DGHK5D89A905", "P1ZK8WQ0M4R7TX")), "P9WXDEKNCMK4S3"
        at = _START + timedelta(seconds=number * 300 + chance.randrange(300_000) / 1000)
        found: list[tuple[str, datetime, str, Draft]] = []
        for person, minutes, draft in self._life(number, at, clerk, lead):
            at += timedelta(seconds=chance.randrange(minutes * 30_000, minutes * 90_000) / 1000)
            found.append((stream, at, person, draft))
        return found

    def _life(
        self, number: int, at: datetime, clerk: str, lead: str
    ) -> Iterator[tuple[str, int, Draft]]:
        chance = self._chance
        goods, wish = chance.choice(_GOODS), chance.choice(_WISHES)
        amount = f"{chance.randrange(200, 260_000) / 100:.2f}"
        opened: dict[str, JsonValue] = {
            "channel": chance.choice(("counter", "store_phone", "wechat")),
            "fields": {
                "amount": amount,
                "emotion": chance.randrange(1, 5),
                "receipt_no": str(chance.randrange(10**9, 10**10)),
                "tier": "ordinary",
            },
            "flow": "store",
            "number": f"{self.store}-A-{at:%y%m%d}-{number % 1000:03d}-R",
            "store": self.store,
        }
        told = {
            "customer_name": chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, 2)),
            "expectation": wish,
            "phone": f"13{chance.randrange(10**8, 10**9)}",
            "product": goods,
            "verbatim": f"{goods}{chance.choice(_TROUBLES)}",
        }
        yield clerk, 1, Draft("ticket.opened", opened, told)
        ticked: dict[str, JsonValue] = {"check": "listened", "done": True, "step": "calm"}
        yield clerk, 5, Draft("check.ticked", ticked)
        yield clerk, 1, Draft("step.completed", {"step": "calm"})
        code: dict[str, JsonValue] = {
            "code": chance.choice(("TD-02", "QS-01", "SV-03")),
            "level": 3,
        }
        yield clerk, 2, Draft("ticket.classified", code)
        reached: dict[str, JsonValue] = {
            "channel": "phone",
            "purpose": "first_response",
            "reached": True,
        }
        yield clerk, 60, Draft("customer.contacted", reached)
        item: dict[str, JsonValue] = {
            "amount": amount, "cumulative": amount, "decision": "within_limit",
            "instrument": "refund", "item": self._id("I"), "ledger": "refund", "limit": None,
            "payee": "customer", "role": "supervisor",
        }  # fmt: skip
        yield lead, 90, Draft("compensation.proposed", item, {"reason": wish})
        agreed = f"已与顾客达成一致：{wish}。"
        yield clerk, 30, Draft("solution.recorded", {}, {"text": agreed})
        yield lead, 600, Draft("ticket.closed", {}, {})

    def _id(self, prefix: str) -> str:
        return prefix + "".join(self._chance.choices(_CROCKFORD, k=13))

    def salt(self) -> bytes:
        """Return 16 bytes."""
        return self._chance.randbytes(digests.SALT_BYTES)


def fill(data: StoreData, documents: Documents, first: int, count: int) -> int:
    """Append `count` complaints to the store's own chain, list rows left out; return the events.

    Bytes, hashes, digests and salts are those that the desk would have written.
    """
    own = data.installation.chain
    done = 0
    for start in range(first, first + count, _AT_ONCE):
        with data.database.write() as connection:
            head = event_rows.head_of(connection, own)
            entries: list[Entry] = []
            salts: list[dict[str, object]] = []
            for number in range(start, min(start + _AT_ONCE, first + count)):
                key = documents.salt()
                for lc, (stream, at, person, draft) in enumerate(documents.ticket(number), 1):
                    written = Written(stream, lc, {}, at, 0, person, "2026.11.1")
                    record = _record(own, head, draft, written, key)
                    head = Head(record.seq, record.hash)
                    entries.append(Entry(record, decode(record, dict(draft.personal))))
                salts.append({"stream": stream, "chain": own, "salt": key})
            event_rows.add(connection, entries)
            connection.execute(insert(salt), salts)
            event_rows.set_head(connection, own, head)
            done += len(entries)
    return done


def _record(chain: str, head: Head, draft: Draft, written: Written, key: bytes) -> Record:
    seq = head.seq + 1
    core = encode_core(draft, written)
    run = digests.digests_of(key, chain, seq, dict(draft.personal))
    link = next_hash(head.hash, chain, seq, core, run)
    return Record(chain, seq, written.stream, core, run, link)
