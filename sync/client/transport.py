"""HTTP to headquarters: bounded answers, back-off on a bad line, bytes counted."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import msgspec
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from desktop.services.exchange_ports import ExchangeFailure
from sync import protocol

_OK: Final = frozenset({200, 206})
#: A door in between (proxy, balancer, captive portal) that says "later".
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

#: How OpenSSL numbers what is wrong with a certificate: not yet valid and expired; made for another
#: host name, another address.
_NOT_NOW: Final = (9, 10)
_NOT_FOR_HERE: Final = (62, 64)
#: What it says where whoever listens does not speak TLS.
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")

#: What httpx says of a connection that ended before any answer.
_HUNG_UP: Final = "disconnected without sending a response"

#: How long an idle connection is used again: a desk's next exchange is a minute later.
_KEPT_SECONDS: Final = 90.0

#: Bytes that the system may hold for HQ (Linux takes twice as many). What waits there counts as
#: sent, is lost with the line, and hides from a push that the line is slow or HQ is busy.
_UNSENT: Final = 65536

T = TypeVar("T", bound=msgspec.Struct)

#: Most requests of an exchange go to one of two addresses.
_parsed: Final = lru_cache(maxsize=4)(httpx.URL)


class LineFault(Exception):
    """The line or HQ failed in a way that may pass."""


class Failed(Exception):
    """An exchange that cannot go on; carries what to tell."""

    def __init__(self, failure: ExchangeFailure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Forked(Failed):
    """HQ holds another chain than the one that is here."""


@dataclass(frozen=True, slots=True)
class LineOptions:
    """How patient the client is: seconds, tries, seconds between tries."""

    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 5.0
    #: Whether http:// is taken for other than this PC's own addresses.
    allow_plain: bool = False
    #: The only certificate that is trusted (PEM), empty for those that this PC trusts.
    certificate: str = ""


@dataclass(slots=True)
class Traffic:
    """Bytes of HTTP/1.1 as they went over the line: start lines, headers and bodies.

    TLS, TCP and IP come on top and are not counted.
    """

    sent: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """One kept connection to HQ.

    Requests go to the library's transport as they are: its client, which adds headers, cookies and
    redirects that nobody here wants, takes longer than HQ does for a trip without news.
    """

    def __init__(
        self, url: str, options: LineOptions, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.traffic = Traffic()
        self._options = options
        self._url = url.rstrip("/")
        httpx.URL(self._url)  # raises InvalidURL
        timeout = httpx.Timeout(options.read_timeout, connect=options.connect_timeout)
        self._extensions = {"timeout": timeout.as_dict()}
        self._transport = transport or _transport(url, options)
        self._retrying = Retrying(
            stop=stop_after_attempt(options.attempts),
            wait=wait_exponential_jitter(
                multiplier=options.first_wait,
                max=options.longest_wait,
                jitter=options.first_wait,
            ),
            retry=retry_if_exception_type(LineFault),
            retry_error_callback=_give_up,
        )

    @property
    def url(self) -> str:
        """Where HQ is, without a slash at the end."""
        return self._url

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def ask(self, path: str, message: msgspec.Struct, kind: type[T], token: str = "") -> T:
        """Send a message and return the answer; raises Failed."""
        headers = {"content-type": protocol.MEDIA_TYPE}
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self.request("POST", path, headers, protocol.pack(message))
        if answer.status not in _OK:
            raise _failed(refusal(answer))
        try:
            return protocol.unpack(answer.body, kind)
        except protocol.NewerMessage as error:
            raise Failed(ExchangeFailure("outdated", str(error))) from error
        except protocol.BadMessage as error:
            raise Failed(ExchangeFailure("bad_answer", str(error))) from error

    def push(self, path: str, bodies: Iterable[bytes], kind: type[T], token: str) -> T | LineFault:
        """Send several bodies in one request, made while it is sent; raises Failed.

        A line that fails is told to the caller, who knows what to send again.
        """
        headers = {
            "content-type": protocol.MEDIA_TYPE,
            "authorization": f"Bearer {token}",
        }
        try:
            answer = self._once("POST", path, headers, self._counted(bodies))
        except LineFault as fault:
            return fault
        if answer.status not in _OK:
            raise _failed(refusal(answer))
        try:
            return protocol.unpack(answer.body, kind)
        except protocol.NewerMessage as error:
            raise Failed(ExchangeFailure("outdated", str(error))) from error
        except protocol.BadMessage as error:
            raise Failed(ExchangeFailure("bad_answer", str(error))) from error

    def once(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer | LineFault:
        """Send one request once, where sending it again would be a waste; raises Failed."""
        try:
            return self._once(method, path, headers, body)
        except LineFault as fault:
            return fault

    @property
    def attempts(self) -> int:
        """How often to try in vain."""
        return self._options.attempts

    def _counted(self, bodies: Iterable[bytes]) -> Iterator[bytes]:
        for body in bodies:
            framed = protocol.frame(body)
            # A chunk of HTTP/1.1: its length in hex and two line ends.
            self.traffic.sent += len(framed) + len(f"{len(framed):x}") + 4
            yield framed

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send one request, again after a pause when the line fails; raises Failed."""
        return self._retrying(self._once, method, path, headers, body)

    def _once(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Iterator[bytes],
    ) -> Answer:
        try:
            # No headers of the library's: every byte counts on a poor line.
            request = httpx.Request(
                method,
                _parsed(self._url + path),
                headers=headers,
                content=body or None,
                extensions=self._extensions,
            )
            target = request.url.raw_path
            self.traffic.sent += len(method) + len(target) + 12 + _size(request.headers)
            self.traffic.sent += len(body) if isinstance(body, bytes) else 0
            response = self._transport.handle_request(request)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Failed(ExchangeFailure("unreachable", f"no usable address: {error}")) from error
        except httpx.RemoteProtocolError as error:
            if _HUNG_UP in str(error):
                raise LineFault(str(error)) from error
            raise Failed(ExchangeFailure("bad_answer", f"no HTTP: {error}")) from error
        except httpx.HTTPError as error:
            refused = _untrusted(error)
            if refused is not None:
                raise Failed(refused) from error
            raise LineFault(str(error) or type(error).__name__) from error
        try:
            content = self._read(response)
        except httpx.HTTPError as error:
            raise LineFault(f"the answer broke off: {error}") from error
        finally:
            response.close()
        if response.status_code in _LATER:
            raise LineFault(f"HTTP {response.status_code}")
        return Answer(response.status_code, response.headers, content)

    def _read(self, response: httpx.Response) -> bytes:
        """Read an answer of at most a message's size."""
        status = len(response.reason_phrase) + len("HTTP/1.1 200 \r\n")
        self.traffic.received += status + _size(response.headers)
        content = bytearray()
        for piece in response.iter_raw():
            self.traffic.received += len(piece)
            content += piece
            if len(content) > protocol.MAX_BODY:
                raise Failed(ExchangeFailure("bad_answer", "the answer is too long"))
        return bytes(content)


def is_own(url: str) -> bool:
    """Tell whether an address is this PC's own, where nobody listens in, or none at all.

    Raises httpx.InvalidURL.
    """
    host = httpx.URL(url).host
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _transport(url: str, options: LineOptions) -> httpx.HTTPTransport:
    """Return a transport over the proxy that this PC is set up with, if any; raises ValueError."""
    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if proxy is not None and "://" not in proxy:
        proxy = f"http://{proxy}"
    return httpx.HTTPTransport(
        # Reading the list of authorities takes longer than a whole trip; http needs none.
        verify=scheme == "https" and _trusted(options.certificate),
        proxy=None if proxy is None or proxy_bypass(host) else proxy,
        limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
        socket_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT)],
    )


def _trusted(certificate: str) -> ssl.SSLContext | bool:
    """Return what HQ's certificate is checked against; raises ValueError for no certificate."""
    if not certificate:
        return True
    try:
        return ssl.create_default_context(cadata=certificate)
    except ssl.SSLError as error:
        raise ValueError(f"the certificate to trust cannot be read: {error}") from error


def _untrusted(error: BaseException) -> ExchangeFailure | None:
    """Return why TLS with whoever answered there is refused, None for a line that failed."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        if cause.verify_code in _NOT_NOW:
            return ExchangeFailure("certificate_time", cause.verify_message)
        if cause.verify_code in _NOT_FOR_HERE:
            return ExchangeFailure("certificate_name", cause.verify_message)
        return ExchangeFailure("certificate_other", cause.verify_message)
    if cause is not None and cause.reason in _NO_TLS:
        return ExchangeFailure("not_encrypted", cause.reason)
    return None


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw) + 2


def _give_up(state: RetryCallState) -> Answer:
    error = state.outcome.exception() if state.outcome else None
    raise Failed(ExchangeFailure("unreachable", str(error))) from error


def _failed(failure: ExchangeFailure) -> Failed:
    return Forked(failure) if failure.code == "fork" else Failed(failure)


def refusal(answer: Answer) -> ExchangeFailure:
    """Return what HQ refused; an answer that is not HQ's is a bad one."""
    try:
        problem = protocol.unpack(answer.body, protocol.Problem)
    except protocol.BadMessage:
        return ExchangeFailure("bad_answer", f"HTTP {answer.status} without a reason")
    match problem.code:
        case "wrong_code":
            return ExchangeFailure("wrong_code", problem.detail)
        case "revoked":
            return ExchangeFailure("revoked", problem.detail)
        case "other_store":
            return ExchangeFailure("other_store", problem.detail)
        case "version":
            return ExchangeFailure("version", problem.detail)
        case "fork":
            return ExchangeFailure("fork", problem.detail)
        case _:
            return ExchangeFailure("refused", f"{problem.code}: {problem.detail}")
