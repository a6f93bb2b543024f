"""`amends policy`: the tools for authors of policy packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from desktop.files import write_whole
from desktop.policy import PolicyError

if TYPE_CHECKING:
    from desktop.domain.policy import Policy

PUBLIC_KEY_BYTES: Final = 32


class NoSuchFolder(click.ClickException):
    """The folder given is none: exit code 2."""

    exit_code = 2


@click.group()
def policy() -> None:
    """Work on policy packs (政策包)."""


@policy.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def check(folder: Path | None) -> None:
    """Check the pack in FOLDER, or the built-in one, and name what is wrong by file and line.

    Example: amends policy check my-pack

    Exit codes: 0 fit to publish, 1 problems found, 2 no such folder.
    """
    from desktop.policy.loading import built_in_folder

    loaded, situations = _examined(folder or built_in_folder())
    click.echo(
        f"{loaded.version}: {len(loaded.flows)} flow(s), {len(loaded.codes)} codes, "
        f"{len(loaded.clocks)} time limits, {len(loaded.authority)} authorities; "
        f"no problem in {situations} situations. Digest {loaded.digest}"
    )


@policy.command()
def pin() -> None:
    """Pin the built-in pack after its sources changed (developers; refuses a faulty pack).

    Example: amends policy pin
    """
    from desktop.policy.checker import check_folder
    from desktop.policy.loading import built_in_folder
    from desktop.policy.pinning import pin_built_in

    try:
        problems = check_folder(built_in_folder())
    except PolicyError as error:
        problems = error.problems
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise click.ClickException("not pinned: correct the problems above first")
    click.echo(f"pinned {pin_built_in()}")


@policy.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
def sign(folder: Path, key: Path, out: Path) -> None:
    """Sign the pack in FOLDER with headquarters' Ed25519 key (PEM or 32 raw bytes).

    Example: amends policy sign my-pack --key hq.pem --out my-pack.zip

    Exit codes: 0 signed, 1 the pack has problems or the key is none, 2 no such folder.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from desktop.policy.reading import read_folder
    from desktop.policy.signing import KeyUnusable, read_key, sign_pack

    loaded, _ = _examined(folder)
    try:
        private = read_key(key.read_bytes())
        archive = sign_pack(read_folder(folder), loaded, private)
        write_whole(out, archive)
    except KeyUnusable as error:
        raise click.ClickException(f"{key}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"not signed: {error}") from error
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    click.echo(f"{loaded.version}, effective {loaded.effective}, expires {loaded.expires}: {out}")
    click.echo(f"Digest {loaded.digest}; signed by {public}")


@policy.command()
@click.argument("pack", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--hq-key", required=True, help="Headquarters' public key, 64 hex digits.")
def verify(pack: Path, hq_key: str) -> None:
    """Say whether a signed PACK is headquarters' and unaltered.

    Example: amends policy verify my-pack.zip --hq-key 3f…

    Exit codes: 0 it is, 1 it is not (the reason is told), 2 the key is none.
    """
    from desktop.policy.signing import PackRefused, open_pack

    opened = open_pack(pack.read_bytes(), _public_key(hq_key))
    if isinstance(opened, PackRefused):
        raise click.ClickException(f"{pack}: {opened.reason}: {opened.detail}")
    found = opened.policy
    click.echo(f"{found.version}, effective {found.effective}, expires {found.expires}: signed")


@policy.command()
@click.argument("pack", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False))
def install(pack: Path, data: Path) -> None:
    """Install a signed PACK in the store whose data is in --data (it must be enrolled).

    Example: amends policy install my-pack.zip --data ./store

    Exit codes: 0 installed, 1 refused (the reason is told).
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.domain.outcomes import Refusal
    from desktop.services.wording import refusal_text
    from desktop.texts import Texts

    desk = open_existing_desk(data)
    try:
        done = desk.install_policy(pack.read_bytes())
        in_force = desk.policy.version
    except OSError as error:
        raise click.ClickException(f"not installed: {error}") from error
    finally:
        desk.close()
    if isinstance(done, Refusal):
        raise click.ClickException(f"not installed: {refusal_text(done, Texts('en'))}")
    click.echo(f"{done.version} is installed, in force from {done.effective}; now: {in_force}")


@policy.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def simulate(folder: Path, data: Path, days: int, as_json: bool) -> None:
    """Replay the last month of a store under the pack in FOLDER; nothing is written.

    Example: amends policy simulate my-pack --data ./store

    Exit codes: 0 done, 1 the pack has problems, 2 no such folder, 3 no data.
    """
    import json

    from desktop.commands.policy_simulation import replay, table

    found = replay(data, _examined(folder)[0], days)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    for line in table(found, days):
        click.echo(line)


@policy.command()
@click.option("--channel", default="counter", show_default=True)
@click.option("--code", default="")
@click.option("--level", type=click.IntRange(0, 4), default=0, help="0 is not set yet.")
@click.option("--tier", type=click.Choice(["ordinary", "vip"]), default="ordinary")
@click.option("--emotion", type=click.IntRange(1, 5), default=1)
@click.option("--words", default="", help="What the customer says.")
def route(channel: str, code: str, level: int, tier: str, emotion: int, words: str) -> None:
    """Say which flow a complaint takes and who takes it first, and why.

    Example: amends policy route --channel 12315 --words 发票不给开
    """
    from desktop.domain.choosing import first_flow
    from desktop.policy.loading import load_policy

    pack = load_policy()
    known = pack.codes.get(code)
    if code and known is None:
        raise click.ClickException(f"there is no code {code}; see codes.yaml")
    facts: dict[str, object] = {"channel": channel, "code": code, "level": level, "tier": tier}
    facts |= {"emotion": emotion, "family": known.family if known else ""}
    facts |= {"class": (known.class_ or "") if known else ""}
    rule = first_flow(pack.flow_rules, facts)
    why = f"{rule.source} {rule.title['zh_CN']}" if rule else "default"
    flow = pack.flow(pack.flow_for(facts))
    click.echo(f"{flow.id} {flow.title['zh_CN']} ({why})")
    for hit in pack.routes_for(facts, words):
        row = hit.row
        said = f" 命中: {'、'.join(hit.words)}" if hit.words else ""
        click.echo(f"  {row.role} / {row.contact}: {row.source} {row.title['zh_CN']}{said}")


def _examined(folder: Path) -> tuple[Policy, int]:
    """The pack of a folder, proved, and in how many situations; every problem is told."""
    from desktop.policy.checker import examine_folder

    if not folder.is_dir():
        raise NoSuchFolder(f"there is no folder {folder}; name the folder of a pack")
    try:
        found = examine_folder(folder)
        problems, loaded, situations = found.problems, found.policy, found.situations
    except PolicyError as error:
        problems, loaded, situations = error.problems, None, 0
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems or loaded is None:
        raise click.ClickException(f"{len(problems)} problem(s) in {folder}")
    return loaded, situations


def _public_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != PUBLIC_KEY_BYTES:
        raise click.UsageError("--hq-key takes 64 hex digits")
    return key


@policy.command()
@click.argument("labelled", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--wrong", is_flag=True, help="List every text that was suggested otherwise.")
def accuracy(labelled: Path | None, wrong: bool) -> None:
    """Measure suggestions on LABELLED text that they did not learn from (CL-17).

    Example: amends policy accuracy

    Exit codes: 0 measured, 1 the text cannot be used.
    """
    from desktop.policy.accuracy import cross_validate, measure, read_labelled
    from desktop.policy.loading import built_in_folder, load_policy

    pack = load_policy()
    path = labelled or built_in_folder() / "held_back" / "complaints.yaml"
    try:
        how, asked = read_labelled(path)
    except PolicyError as error:
        raise click.ClickException(str(error)) from error
    inside, outside = cross_validate(pack), measure(pack.examples, asked, pack)
    for title, found in (
        (f"Held back: {len(asked)} texts of {path.name}, none learnt from", outside),
        (f"Cross-validation in 5 parts: {len(pack.examples)} examples of the pack", inside),
    ):
        click.echo(title)
        click.echo(f"  code    {found.code}")
        click.echo(f"  family  {found.family}")
        click.echo(f"  level   {found.level}")
        click.echo(f"  no suggestion for {found.silent}")
    click.echo(f"How labelled: {how}")
    if wrong:
        for words, code, suggested in outside.wrong:
            click.echo(f"  {code} -> {suggested or '-'}: {words}")
