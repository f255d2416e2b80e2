"""The demo over https: a certificate that browsers take, from a CA that can vouch for nothing else."""

from __future__ import annotations

import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import zxingcpp
from cryptography import x509
from PIL import Image

from tests.support.server import free_port, running_demo, wait_until_said
from wallet.demo.tls import make_certificate, own_addresses, serve_tls

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAMES = ["127.0.0.1", "::1", "localhost", "hall", "192.168.1.20"]


def certificate(folder: Path, name: str = "server.pem") -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_the_certificate_names_the_machine_by_all_its_names(tmp_path: Path) -> None:
    make_certificate(tmp_path, NAMES, NOW)
    known = certificate(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    told = [str(one.value) for one in known.value]
    assert told == NAMES
    for file in ("ca.key", "server.key"):
        assert (tmp_path / file).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("days", "is_same"), [(0, True), (365, True), (367, False)])
def test_it_is_made_anew_a_month_before_it_ends_and_the_ca_stays(
    tmp_path: Path, days: int, is_same: bool
) -> None:
    make_certificate(tmp_path, NAMES, NOW)
    first, ca = certificate(tmp_path), certificate(tmp_path, "ca.pem")
    make_certificate(tmp_path, NAMES, NOW + timedelta(days=days))
    assert (certificate(tmp_path) == first) is is_same
    assert certificate(tmp_path, "ca.pem") == ca
    certificate(tmp_path).verify_directly_issued_by(ca)


def test_another_private_address_gets_a_certificate_of_the_same_ca(tmp_path: Path) -> None:
    make_certificate(tmp_path, NAMES, NOW)
    ca = certificate(tmp_path, "ca.pem")
    make_certificate(tmp_path, [*NAMES, "10.1.2.3"], NOW)
    assert certificate(tmp_path, "ca.pem") == ca
    make_certificate(tmp_path, [*NAMES, "10.1.2.3", "another"], NOW)
    assert certificate(tmp_path, "ca.pem") != ca
    certificate(tmp_path).verify_directly_issued_by(certificate(tmp_path, "ca.pem"))


def test_the_ca_can_vouch_for_nothing_but_this_machine_and_private_addresses(
    tmp_path: Path,
) -> None:
    make_certificate(tmp_path, NAMES, NOW)
    ca = certificate(tmp_path, "ca.pem")
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = limits.value.permitted_subtrees or []
    assert [one.value for one in permitted if isinstance(one, x509.DNSName)] == [
        "localhost",
        "hall",
    ]
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    assert all(one.is_private or str(one) == "100.64.0.0/10" for one in networks)


def test_the_public_address_is_that_of_this_machine_unless_it_is_said(tmp_path: Path) -> None:
    settings = {"LIANGZHENG_PORT": "8443"}
    found = next(iter(own_addresses()), "127.0.0.1")
    made = serve_tls(tmp_path, settings, NOW)
    assert (made["LIANGZHENG_HOST"], made["LIANGZHENG_PUBLIC_URL"]) == (
        "0.0.0.0", f"https://{found}:8443",
    )  # fmt: skip
    made = serve_tls(tmp_path, settings | {"LIANGZHENG_HOST": "127.0.0.1"}, NOW)
    assert made["LIANGZHENG_PUBLIC_URL"] == "https://127.0.0.1:8443"
    said = {"LIANGZHENG_PUBLIC_URL": "https://lz.test"}
    assert serve_tls(tmp_path, said, NOW)["LIANGZHENG_PUBLIC_URL"] == "https://lz.test"
    names = certificate(tmp_path / "tls").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert "lz.test" in names.value.get_values_for_type(x509.DNSName)


def test_a_demo_with_tls_speaks_https_to_who_trusts_its_ca_and_to_nobody_else(
    tmp_path: Path,
) -> None:
    data, port = tmp_path / "data", free_port()
    with running_demo(data, port, TLS="1") as address:
        assert address == f"https://127.0.0.1:{port}"
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{address}/readyz", timeout=10)
        trusted = ssl.create_default_context(cafile=data / "tls" / "ca.pem")
        host = urlsplit(address).netloc
        browser = HTTPSConnection(host, timeout=30, context=trusted)
        form = urlencode({"persona": "holder-li"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        browser.request("POST", "/demo/session", form, kind)
        answer = browser.getresponse()
        answer.read()
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        assert [cookie.split("=")[0] for cookie in cookies] == ["__Host-session", "csrf_token"]
        assert all("; Secure" in cookie for cookie in cookies)
        # Else the next demo without TLS on this host name could not be opened.
        assert answer.getheader("Strict-Transport-Security") is None
        browser.request("GET", "/demo/ca.crt")
        answer = browser.getresponse()
        given = x509.load_pem_x509_certificate(answer.read())
        assert answer.getheader("Content-Type") == "application/x-x509-ca-cert"
        assert given == certificate(data / "tls", "ca.pem")
        browser.close()
        said = wait_until_said(data.with_name("data.log"), "Ctrl-C")
    assert f"{address}/demo/ca.crt" in said
    assert read_off(said) == address


def read_off(terminal: str) -> str:
    """What the code on the terminal says, read as a camera does."""
    lines = [line for line in terminal.splitlines() if len(line) > 20 and not line.strip(" ▄▀█")]
    rows = [[255 * (mark not in pair) for mark in line] for line in lines for pair in ("▀█", "▄█")]
    picture = Image.new("L", (len(rows[0]), len(rows)))
    picture.putdata([square for row in rows for square in row])
    found = zxingcpp.read_barcodes(picture.resize((picture.width * 4, picture.height * 4)))
    return str(found[0].text)
