"""`amends verify FILE.amends --code …`: a courier file proven without taking it (AU-02)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from desktop.texts import Texts

if TYPE_CHECKING:
    from desktop.services.courier_ports import CheckedBundle

EXIT_BAD: Final = 1


def verify_bundle(
    file: Path, code: str | None, data: Path | None, key: str | None, as_json: bool, texts: Texts
) -> None:
    """Check chains, signatures and receipts in a courier file; exit codes as of `amends verify`.

    Whoever knows the code can write such a file under a key of their own. With `key`, or with the
    data of the PC that wrote it or that it is for, the signer is compared as well.
    """
    from desktop.adapters.courier import check_bundle
    from desktop.services.courier_ports import CourierRefusal

    if code is None:
        raise click.UsageError(texts.get("verify.bundle_code"))
    expected = _keys(data, key)
    found = check_bundle(file, code)
    if isinstance(found, CourierRefusal):
        line = texts.get(f"verify.bundle_{found.code}")
        if as_json:
            click.echo(json.dumps({"ok": False, "first_bad": None, "damage": line}))
        click.echo(line, err=True)
        raise SystemExit(EXIT_BAD)
    vouched = _vouched(found, expected)
    bad = found.fault is not None or vouched is False
    if as_json:
        click.echo(json.dumps(_plain(found, vouched, not bad), ensure_ascii=False))
    else:
        _say(found, vouched, texts)
    if found.fault is not None:
        fault = found.fault
        told = {"chain": fault.chain, "seq": fault.seq, "detail": fault.detail}
        click.echo(texts.get("verify.bundle_bad", **told), err=True)
    if vouched is False:
        click.echo(texts.get("verify.bundle_other_signer", signer=found.signer.hex()), err=True)
    if bad:
        raise SystemExit(EXIT_BAD)


def _keys(data: Path | None, key: str | None) -> dict[str, bytes]:
    """Return the keys to compare with: by chain, `hq`, and `given` for any file."""
    from desktop import data_folder
    from desktop.adapters.paper_check import key_of

    if key is None:
        return {} if data is None else data_folder.courier_keys(data)
    try:
        (raw,) = key_of(key).values()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--key") from error
    return {"given": raw}


def _vouched(found: CheckedBundle, keys: dict[str, bytes]) -> bool | None:
    """Tell whether the signer is who it should be; None when nobody here knows."""
    signer = "hq" if found.kind == "down" else found.chain
    expected = keys.get("given") or keys.get(signer)
    return None if expected is None else expected == found.signer


def _plain(found: CheckedBundle, vouched: bool | None, ok: bool) -> dict[str, Any]:
    fault = found.fault
    return {
        "ok": ok,
        "kind": found.kind,
        "store": found.store,
        "chain": found.chain,
        "written_at": found.written_at.isoformat(),
        "signer": found.signer.hex(),
        "signer_known": vouched,
        "events": found.events,
        "attachments": found.attachments,
        "chains": {
            place.chain: {
                "first_seq": place.first_seq,
                "seq": place.last_seq,
                "head": place.head.hex(),
            }
            for place in found.chains
        },
        "first_bad": None
        if fault is None
        else {
            "chain": fault.chain, "seq": fault.seq, "what": fault.what, "detail": fault.detail,
        },
    }  # fmt: skip


def _say(found: CheckedBundle, vouched: bool | None, texts: Texts) -> None:
    kind = texts.get(f"verify.bundle_{found.kind}", store=found.store, chain=found.chain)
    click.echo(kind)
    counts = {"events": found.events, "chains": len(found.chains)}
    click.echo(texts.get("verify.bundle_counted", attachments=found.attachments, **counts))
    if vouched is None:
        click.echo(texts.get("verify.bundle_signer", signer=found.signer.hex()))
    if found.fault is None and vouched is not False:
        click.echo(texts.get("verify.bundle_well"))
