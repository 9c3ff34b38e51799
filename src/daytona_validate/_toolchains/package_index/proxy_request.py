"""What an installer asks of the proxy in its jail, read and put anew: pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_READING = frozenset({"GET", "HEAD"})
_OF_THE_HOP = frozenset(
    {
        *("connection", "content-length", "expect", "host", "keep-alive", "te", "trailer"),
        *("transfer-encoding", "upgrade"),
    }
)


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """Request to a proxy: a tunnel to a host, or one thing to read there without TLS."""

    host: str
    port: int
    is_tunnel: bool
    method: str = ""
    target: str = ""
    """Path and query of what is to be read."""
    headers: tuple[str, ...] = ()
    """As they came, but for those between two neighbours."""

    @property
    def authority(self) -> str:
        """The host and its port, as they stand in a request."""
        return f"{_bracketed(self.host)}:{self.port}"


def proxy_request(head: bytes) -> ProxyRequest | None:
    """Return what the head of a request asks for; None: nothing that an installer needs."""
    try:
        line, *headers = head.decode("ascii").split("\r\n")
        method, target, version = line.split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    # A bare line feed would be a second request to a server that takes it for the end of a line.
    if not host or not version.startswith("HTTP/1.") or not "".join((line, *headers)).isprintable():
        return None
    if method == "CONNECT":
        is_place = port is not None and parts.netloc == target and "@" not in target
        return ProxyRequest(host, port, is_tunnel=True) if port and is_place else None
    if parts.scheme != "http" or method not in _READING or "@" in parts.netloc:
        return None
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    # The rest of a broken line would follow one of ours, which takes the place of its first part.
    if any(each.startswith(" ") for each in headers):
        return None
    kept = tuple(each for each in headers if each and _is_for_the_host(each))
    return ProxyRequest(host, port or 80, is_tunnel=False, method=method, target=path, headers=kept)


def request_head(request: ProxyRequest, *, is_absolute: bool, authorization: str) -> bytes:
    """Return the head to send on for something that is to be read.

    Args:
        request: No tunnel.
        is_absolute: Whether it goes to another proxy, which has to be told the host.
        authorization: Of that proxy; empty: none.
    """
    target = f"http://{request.authority}{request.target}" if is_absolute else request.target
    host = _bracketed(request.host) if request.port == 80 else request.authority  # noqa: PLR2004 - http
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}", *request.headers]
    return _head([*lines, "Connection: close", *_authorized(authorization)])


def tunnel_head(request: ProxyRequest, authorization: str) -> bytes:
    """Return what asks another proxy for a tunnel."""
    lines = [f"CONNECT {request.authority} HTTP/1.1", f"Host: {request.authority}"]
    return _head([*lines, *_authorized(authorization)])


def answer_head(status: int, reason: str) -> bytes:
    """Return an answer of ours without a body; the reason is what installers show of it."""
    return _head([f"HTTP/1.1 {status} {reason}", "Content-Length: 0", "Connection: close"])


TUNNEL_IS_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


def _is_for_the_host(header: str) -> bool:
    name = header.partition(":")[0].strip().lower()
    return name not in _OF_THE_HOP and not name.startswith("proxy-")


def _authorized(authorization: str) -> list[str]:
    return [f"Proxy-Authorization: {authorization}"] if authorization else []


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _head(lines: list[str]) -> bytes:
    return "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
