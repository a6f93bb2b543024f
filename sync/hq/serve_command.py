"""`amends-hq serve` and `amends-hq certificate`: running headquarters, over TLS by choice.

Plain HTTP leaves this machine only behind a proxy that speaks TLS itself.
"""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from sync.hq.command_data import Fault, opened, with_data

#: How long a thread that works a batch out keeps others waiting: each statement of the one that
#: writes needs its turn twice, and Python's own 5 ms a turn would double a transaction's time.
_SWITCH_SECONDS: Final = 0.001
#: A desk's next exchange is a minute later and spares itself a new connection, longer than the
#: desk itself keeps one.
_KEPT_SECONDS: Final = 120
_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@with_data
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8620,
    show_default=True,
    help="Port; 0 takes a free one.",
)
@click.option(
    "--tls", is_flag=True, help="Speak TLS with a certificate of HQ's own, made if needed."
)
@click.option("--tls-cert", type=_FILE, envvar="AMENDS_HQ_TLS_CERT", help="Certificate (PEM).")
@click.option("--tls-key", type=_FILE, envvar="AMENDS_HQ_TLS_KEY", help="Its private key.")
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy in front speaks TLS and names the caller in x-forwarded-for.",
)
@click.option(
    "--attachments",
    "attachments_url",
    default="",
    envvar="AMENDS_HQ_ATTACHMENTS",
    help="Object store: s3://bucket/prefix; without it a folder of --data.",
)
@click.option(
    "--silent-hours",
    type=click.IntRange(1, 720),
    default=24,
    show_default=True,
    help="Hours without contact after which a store counts as silent.",
)
@click.option(
    "--metrics-token",
    default="",
    envvar="AMENDS_HQ_METRICS_TOKEN",
    help="Lets other machines read /metrics with this bearer token.",
)
@click.option("--log", "log_form", type=click.Choice(["json", "text"]), default="json")
def serve(data: Path, database_url: str | None, host: str, port: int, **how: Any) -> None:
    """Run headquarters until it is told to stop.

    \b
    Example:
      amends-hq serve --data /srv/amends --host 0.0.0.0 --port 8620 --tls
    """
    pair = _pair(data, host, how)
    if pair is None and not how["behind_proxy"] and not _is_loopback(host):
        raise click.UsageError(
            f"{host} is reached from elsewhere and http is not encrypted: give --tls, "
            "--tls-cert and --tls-key, or --behind-proxy where a proxy speaks TLS"
        )
    _run(data, database_url, host, port, pair, how)


def _run(
    data: Path,
    database_url: str | None,
    host: str,
    port: int,
    pair: Any,
    how: dict[str, Any],
) -> None:
    import uvicorn

    from sync.hq import bootstrap, logs

    # So that the database is put away in order when the service is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logs.set_up(how["log_form"] == "json")
    url = how["attachments_url"]
    with opened(data, database_url, create=True, attachments_url=url) as hq:
        listening = _listen(host, port)
        if hq.embedded is not None:
            hq.embedded.watch()
        options = bootstrap.AppOptions(metrics_token=how["metrics_token"])
        app = bootstrap.make_server(hq, options, timedelta(hours=how["silent_hours"]))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=how["behind_proxy"],
                forwarded_allow_ips="*" if how["behind_proxy"] else None,
                timeout_graceful_shutdown=10,
                timeout_keep_alive=_KEPT_SECONDS,
                ssl_certfile=str(pair.certificate) if pair else None,
                ssl_keyfile=str(pair.key) if pair else None,
            )
        )
        # What is loaded now stays; batches hold no cycles, so the search for them may be rare.
        gc.freeze()
        gc.set_threshold(200_000, 20, 50)
        sys.setswitchinterval(_SWITCH_SECONDS)
        where = f"[{host}]" if ":" in host else host
        scheme = "https" if pair else "http"
        click.echo(f"amends-hq: {scheme}://{where}:{listening.getsockname()[1]}/")
        if pair:
            click.echo(f"amends-hq: certificate {pair.certificate} {pair.fingerprint}", err=True)
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            click.echo("amends-hq: stopped", err=True)


def _pair(data: Path, host: str, how: dict[str, Any]) -> Any:
    """Return the certificate to speak TLS with, None for plain HTTP."""
    from sync.hq import tls
    from sync.hq.bootstrap import utc_now

    certificate, key = how["tls_cert"], how["tls_key"]
    if (certificate is None) != (key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    try:
        if certificate is not None:
            return tls.given(certificate, key, utc_now())
        if how["tls"]:
            return tls.load_or_make(data, () if _is_wild(host) else (host,), utc_now())
    except tls.TlsFault as error:
        raise Fault(str(error)) from error
    return None


def _is_wild(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not listened on


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio takes Nagle's delay (40 ms) off such sockets only.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise Fault(
            f"{host} port {port} cannot be used ({error.strerror}): choose another --port"
        ) from error
    return listening


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--name", "names", multiple=True, help="A name or address that HQ is reached by.")
def certificate(data: Path, names: tuple[str, ...]) -> None:
    """Make a certificate of HQ's own for `serve --tls`; store PCs are given cert.pem.

    \b
    Example:
      amends-hq certificate --name hq.example --name 192.168.1.5 --data /srv/amends
    """
    from sync.hq import tls
    from sync.hq.bootstrap import utc_now

    try:
        pair = tls.make(data, names, utc_now())
        click.echo(f"{pair.certificate}  valid until {pair.expires:%Y-%m-%d}")
        click.echo(f"SHA-256 {pair.fingerprint}")
    except (tls.TlsFault, UnicodeError) as error:
        raise Fault(str(error)) from error
