"""Every step of phone approval by command, on real folders, against a real HQ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop.__main__ import cli
from sync.hq.__main__ import main as hq_main
from tests.phone.phone_kit import PASSWORD, World


def amends(*arguments: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(cli, list(arguments), env={"AMENDS_PASSWORD": password})


def at(world: World, side: str) -> list[str]:
    login = {"store": "wang", "mine": "luo"}[side]
    return ["--data", str(world.folder / side), "--login", login]


def hq(world: World, *arguments: str) -> Result:
    where = ["--data", str(world.hq.data), "--database-url", world.hq.database_url]
    return CliRunner().invoke(hq_main, [*arguments, *where])


def said(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def heard(asked: dict[str, object]) -> Sequence[str]:
    """The options of `phone code` as the approver types them."""
    options = ["phone", "code", str(asked["ticket"])]
    for name in ("envelope", "check", "instrument", "ledger", "amount", "payee"):
        options += [f"--{name}", str(asked[name])]
    return options


def test_the_whole_call_by_command(world: World) -> None:
    stream, item = world.waiting()
    number = world.store.use_cases.queries.row(stream).number  # type: ignore[union-attr]
    asked = said(amends("phone", "challenge", number, *at(world, "store"), "--json"))
    assert asked["amount"] == "6800.00"
    given = said(amends(*heard(asked), *at(world, "mine"), "--json"))
    done = amends("phone", "approve", number, str(given["code"]), *at(world, "store"), "--json")
    assert said(done) == {
        "ticket": number, "item": item, "amount": "6800.00", "envelope": asked["envelope"]
    }  # fmt: skip
    assert world.status(stream, item) == "approved"
    listed = said(amends("phone", "list", *at(world, "store"), "--json"))
    states = [line["state"] for line in listed["envelopes"]]  # type: ignore[attr-defined]
    assert states == ["used", "free", "free", "free", "free"]
    mine = said(amends("phone", "list", *at(world, "mine"), "--json"))
    assert [line["state"] for line in mine["envelopes"]][:2] == ["given", "free"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_each_step_speaks_both_languages(world: World, lang: str) -> None:
    stream, _ = world.waiting()
    asked = said(amends("phone", "challenge", stream, *at(world, "store"), "--json"))
    spoken = amends("phone", "challenge", stream, *at(world, "store"), "--lang", lang)
    for fact in ("6,800", "6800.00", str(asked["ticket"]), str(asked["check"]), "罗薇"):
        assert fact in spoken.stdout or fact == "6,800"
    first = amends(*heard(asked), *at(world, "mine"), "--lang", lang)
    again = amends(*heard(asked), *at(world, "mine"), "--lang", lang)
    assert (first.exit_code, again.exit_code) == (0, 0)
    code = said(amends(*heard(asked), *at(world, "mine"), "--json"))["code"]
    assert str(code) in first.stdout
    assert str(code) in again.stdout
    done = amends("phone", "approve", stream, str(code), *at(world, "store"), "--lang", lang)
    assert done.exit_code == 0
    assert "{" not in spoken.stdout + first.stdout + again.stdout + done.stdout
    assert amends("phone", "list", *at(world, "mine"), "--lang", lang).exit_code == 0


def test_refusals_are_one_line_and_exit_1(world: World) -> None:
    stream, _ = world.waiting()
    asked = said(amends("phone", "challenge", stream, *at(world, "store"), "--json"))
    for arguments in (
        ["phone", "approve", stream, "0000-0000-0000-0", *at(world, "store")],
        ["phone", "approve", stream, "no code", *at(world, "store")],
        ["phone", "challenge", "S0217-none", *at(world, "store")],
        ["phone", "challenge", world.ticket(), *at(world, "store")],
        [*heard({**asked, "amount": "6800.01", "check": "xx"}), *at(world, "mine")],
        ["phone", "list", "--data", str(world.folder / "store"), "--login", "nobody"],
    ):
        result = amends(*arguments)
        assert result.exit_code == 1, arguments
        assert len(result.stderr.strip().splitlines()) == 1
        assert result.stdout == ""
    none = amends("phone", "approve", world.ticket(), "0000-0000-0000-0", *at(world, "store"))
    assert "没有等待审批的补偿" in none.stderr


def test_a_sum_that_is_none_and_a_missing_folder_are_told(world: World, tmp_path: Path) -> None:
    stream, _ = world.waiting()
    asked = said(amends("phone", "challenge", stream, *at(world, "store"), "--json"))
    assert amends(*heard({**asked, "amount": "much"}), *at(world, "mine")).exit_code == 2
    empty = amends("phone", "list", "--data", str(tmp_path / "none"), "--login", "x")
    assert "holds no data" in str(empty.exception)


def test_hq_makes_and_matches_envelopes_by_command(world: World) -> None:
    device = world.device(world.mine)
    assert hq(world, "envelopes", "approver", "luo", device).exit_code == 0
    made = hq(world, "envelopes", "issue", "S0217", "--approver", "luo", "--cap", "9000",
              "--count", "1")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "6 to 6" in made.output
    world.exchange(world.store, world.mine)
    newest = world.store.phone_locks()[-1]
    assert newest.lock.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hq(world, "envelopes", "reconcile").exit_code == 0
    world.code(world.asked(*world.waiting()))
    world.exchange(world.mine)
    found = hq(world, "envelopes", "reconcile", "--json")
    assert found.exit_code == 1
    assert [m["code"] for m in json.loads(found.stdout)["mismatches"]] == ["given_not_used"]
    assert "given_not_used: envelope 1, S0217" in hq(world, "envelopes", "reconcile").stdout


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["S0217", "--approver", "nobody", "--cap", "1"], "nobody at HQ"),
        (["S0217", "--approver", "zhao", "--cap", "1"], "is a clerk"),
        (["S0217", "--approver", "sun", "--cap", "1"], "no device to answer on"),
        (["S9999", "--approver", "luo", "--cap", "1"], "no store with an enrolled device"),
        (["region:苏南", "--approver", "luo", "--cap", "1"], "no store with an enrolled device"),
        (["S0217", "--approver", "luo", "--cap", "much"], "is no sum"),
        (["S0217", "--approver", "luo", "--cap", "0"], "must be above 0"),
        (["S0217", "--approver", "luo", "--cap", "NaN"], "is no number"),
        (["S0217", "--approver", "luo", "--cap", "1", "--days", "93"], "1 to 92 days"),
        (["S0217", "--approver", "luo", "--cap", "1", "--count", "0"], "1 to 100"),
    ],
)
def test_envelopes_that_hq_does_not_make(world: World, options: list[str], reason: str) -> None:
    world.people.save("zhao", "赵", "clerk", PASSWORD)
    world.people.save("sun", "孙", "supervisor", PASSWORD)
    result = hq(world, "envelopes", "issue", *options)
    assert result.exit_code == 2
    assert reason in result.output


def test_an_approver_alone_at_the_store_gets_no_envelopes(world: World) -> None:
    world.bind("luo", world.store)
    result = hq(world, "envelopes", "issue", "S0217", "--approver", "luo", "--cap", "1")
    assert result.exit_code == 2
    assert "nobody releases alone" in result.output


def test_an_unknown_or_revoked_device_answers_nothing(world: World) -> None:
    assert hq(world, "envelopes", "approver", "luo", "D-none").exit_code == 2
    device = world.device(world.mine)
    assert hq(world, "revoke", device).exit_code == 0
    result = hq(world, "envelopes", "issue", "S0217", "--approver", "luo", "--cap", "1")
    assert result.exit_code == 2
