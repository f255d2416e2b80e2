"""The demo over https, for a phone on the same network: a CA of this folder alone, and a certificate of it.

A browser gives a page camera, wake lock and service worker only over https. The CA is made once, so that a
phone trusts it once. It can vouch for nothing but this machine and private addresses (name constraints, RFC 5280
4.2.1.10): whoever trusts it opens no door to anything else.
"""

from __future__ import annotations

import fcntl
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wallet.base.private_files import read_private, write_private

FOLDER: Final = "tls"
CA_FILE: Final = "ca.pem"
_CA_KEY: Final = "ca.key"
_CERTIFICATE: Final = "server.pem"
_KEY: Final = "server.key"
_CA_LIFE: Final = timedelta(days=10 * 365)
_LIFE: Final = timedelta(days=397)
"""Browsers refuse certificates that live longer."""
_RENEWED: Final = timedelta(days=30)
"""A certificate that ends sooner is made anew when the demo starts."""
_ANYWHERE: Final = ("0.0.0.0", "::", "")  # noqa: S104 - what it is compared with
_PRIVATE: Final = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
    "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
_SIOCGIFADDR: Final = 0x8915


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def serve_tls(data: Path, settings: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The settings of a demo over https on every address of this machine; makes what is missing in `DATA/tls`.

    What `settings` has of address and port stays.
    """
    host = settings.get("LIANGZHENG_HOST", "0.0.0.0")  # noqa: S104 - a phone must get here
    port = settings.get("LIANGZHENG_PORT", "8000")
    addresses = own_addresses()
    reached = host if host not in _ANYWHERE else next(iter(addresses), "127.0.0.1")
    public_url = settings.get("LIANGZHENG_PUBLIC_URL") or f"https://{_bracketed(reached)}:{port}"
    name = socket.gethostname()
    names = ["127.0.0.1", "::1", "localhost", name, f"{name}.local", *addresses, reached]
    names.append(urlsplit(public_url).hostname or reached)
    folder = data / FOLDER
    make_certificate(folder, [one for one in dict.fromkeys(names) if one.isascii()], now)
    return {
        "LIANGZHENG_HOST": host,
        "LIANGZHENG_PUBLIC_URL": public_url,
        "LIANGZHENG_TLS_CERTIFICATE": str(folder / _CERTIFICATE),
        "LIANGZHENG_TLS_KEY": str(folder / _KEY),
    }


def make_certificate(folder: Path, names: Sequence[str], now: datetime) -> None:
    """Have a certificate for these names and addresses, of the CA in the folder.

    The one that is there stays while it names them all and does not end within 30 days; so does the CA while it
    may vouch for them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    subject = [_general(name) for name in names]
    ca = _kept(folder, CA_FILE, _CA_KEY)
    if ca is None or _ends(ca, now + _LIFE) or not all(_may_name(ca, one) for one in subject):
        ca = _made(now, _CA_LIFE, None, subject)
        _keep(folder, CA_FILE, _CA_KEY, ca)
    server = _kept(folder, _CERTIFICATE, _KEY)
    if (
        server is None
        or _ends(server, now + _RENEWED)
        or not {*subject} <= {*_names(server)}
        or server.certificate.issuer != ca.certificate.subject
        or not _is_signed_by(server, ca)
    ):
        _keep(folder, _CERTIFICATE, _KEY, _made(now, _LIFE, ca, subject))


def own_addresses() -> list[str]:
    """This machine's addresses (IPv4) on its networks, that of the way out first."""
    found = [*_way_out(), *_interfaces()]
    return [one for one in dict.fromkeys(found) if not ip_address(one).is_loopback]


def _way_out() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; an address of RFC 5737
            yield probe.getsockname()[0]
        except OSError:
            return


def _interfaces() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                asked = struct.pack("256s", name.encode()[:15])
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, asked)
            except OSError:
                continue  # it has none, or this is no Linux
            yield socket.inet_ntoa(answer[20:24])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.lower())


def _kept(folder: Path, certificate: str, key: str) -> Pair | None:
    if not (folder / certificate).is_file() or not (folder / key).is_file():
        return None
    loaded = load_pem_private_key(read_private(folder / key), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return Pair(x509.load_pem_x509_certificate(read_private(folder / certificate)), loaded)


def _keep(folder: Path, certificate: str, key: str, pair: Pair) -> None:
    plain = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / key, plain)
    write_private(folder / certificate, pair.certificate.public_bytes(Encoding.PEM))


def _ends(pair: Pair, by: datetime) -> bool:
    return pair.certificate.not_valid_after_utc <= by


def _names(pair: Pair) -> x509.SubjectAlternativeName:
    return pair.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _is_signed_by(server: Pair, ca: Pair) -> bool:
    try:
        server.certificate.verify_directly_issued_by(ca.certificate)
    except (ValueError, TypeError, InvalidSignature):  # another issuer, kind of key, or CA
        return False
    return True


def _may_name(ca: Pair, name: x509.GeneralName) -> bool:
    limits = ca.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    for one in limits.permitted_subtrees or []:
        if isinstance(name, x509.IPAddress) and isinstance(one, x509.IPAddress):
            if ip_address(str(name.value)) in ip_network(str(one.value)):
                return True
        elif name == one:
            return True
    return False


def _permitted(names: Sequence[x509.GeneralName]) -> list[x509.GeneralName]:
    networks = [ip_network(one) for one in _PRIVATE]
    networks += [ip_network(str(one.value)) for one in names if isinstance(one, x509.IPAddress)]
    hosts = [one for one in names if isinstance(one, x509.DNSName)]
    return [*(x509.IPAddress(one) for one in dict.fromkeys(networks)), *hosts]


def _made(
    now: datetime, life: timedelta, ca: Pair | None, names: Sequence[x509.GeneralName]
) -> Pair:
    """A certificate that a CA signs, or without one the CA itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    what = "亮证演示 CA（仅限本机）" if ca is None else "亮证演示"
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Liangzheng demo"),
            x509.NameAttribute(NameOID.COMMON_NAME, what),
            # Two folders' CAs are told apart in a phone's settings.
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{x509.random_serial_number():040x}"[-12:]),
        ]
    )
    signing = key if ca is None else ca.key
    issuer = subject if ca is None else ca.certificate.subject
    usage = x509.KeyUsage(
        digital_signature=ca is not None,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca is None,
        crl_sign=ca is None,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + life - timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca is None, 0 if ca is None else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
    )
    if ca is None:
        limits = x509.NameConstraints(_permitted(names), None)
        builder = builder.add_extension(limits, critical=True)
    else:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(names), critical=False
        ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Pair(builder.sign(signing, SHA256()), key)
