"""Who asks, where proxies stand before the server: told by those alone that are trusted.

One header, `X-Forwarded-For`: a proxy writes one and passes any other on as the client sent it. It is
read from right to left, since each proxy adds on the right who connected to it: the first address that
is no trusted proxy is the client's, and whatever stands left of it is the client's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def address_of(text: str | None) -> Address | None:
    """The address that a text is, an IPv4 address in IPv6 as IPv4; None where it is none."""
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address of whoever asks through `peer`, which connected, by its `X-Forwarded-For`.

    Empty where a trusted proxy tells of something that is no address: then nobody knows, and no network
    has it in.
    """
    if not _is_among(address_of(peer), trusted):
        return peer
    known = peer
    for text in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        address = address_of(text)
        if address is None:
            return ""
        known = str(address)
        if not _is_among(address, trusted):
            break
    return known


def see_through(application: WSGIApplication, trusted: Sequence[Network]) -> WSGIApplication:
    """The WSGI application, with `REMOTE_ADDR` as `client_address` has it."""
    if not trusted:
        return application

    def seen_through(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer, forwarded = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = client_address(peer, forwarded, trusted)
        return application(environ, start_response)

    return seen_through


def _is_among(address: Address | None, networks: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in networks)
