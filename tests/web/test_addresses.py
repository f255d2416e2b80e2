"""Behind proxies the address of whoever asks is told by those alone that are trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import Flask

from tests.support.beyond import beyond, change_grant
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import ask, show
from wallet.app import create_app
from wallet.base.clock import read_clock
from wallet.config import Config
from wallet.doctor import Finding, examine
from wallet.web.addresses import client_address

TRUSTED = [ip_network("10.0.0.0/24"), ip_network("2001:db8:1::/48")]
CLIENT = "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        # nobody is trusted who is not named
        (CLIENT, "198.51.100.1", CLIENT),
        ("10.0.1.1", "198.51.100.1", "10.0.1.1"),
        ("unix:", "198.51.100.1", "unix:"),
        ("", "198.51.100.1", ""),
        # one proxy
        ("10.0.0.1", CLIENT, CLIENT),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", f"198.51.100.1, {CLIENT}", CLIENT),
        ("10.0.0.1", f"10.0.0.7, {CLIENT}", CLIENT),
        ("10.0.0.1", f"not an address, {CLIENT}", CLIENT),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),
        # a chain
        ("10.0.0.1", f"{CLIENT},10.0.0.2", CLIENT),
        ("10.0.0.1", f"198.51.100.1,{CLIENT} , 10.0.0.3,10.0.0.2", CLIENT),
        ("10.0.0.1", f"{CLIENT}, 10.0.1.2", "10.0.1.2"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        # IPv6
        ("2001:db8:1::1", "2001:db8:2::1", "2001:db8:2::1"),
        ("2001:db8:1::1", f"{CLIENT}, 2001:DB8:1:0::2, ::ffff:10.0.0.2", CLIENT),
        ("10.0.0.1", f"::ffff:{CLIENT}", CLIENT),
        # what is no address is nobody's
        ("10.0.0.1", "unknown", ""),
        ("10.0.0.1", f"{CLIENT}, unknown", ""),
        ("10.0.0.1", f"{CLIENT}:1234", ""),
        ("10.0.0.1", f"{CLIENT}/32", ""),
        ("10.0.0.1", f"{CLIENT}, 10.0.0.2, 999.1.1.1", ""),
        ("10.0.0.1", " , ,", "10.0.0.1"),
        ("10.0.0.1", "9" * 5000, ""),
    ],
)
def test_who_asks(peer: str, forwarded: str, told: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == told


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The demo behind a proxy on this machine."""
    made = create_app(replace(config, trusted_proxies=(ip_network("127.0.0.1/32"),)))
    yield made
    deps_of(made).db.close()


def _from(visitor: Visitor, address: str) -> None:
    visitor.http.environ_base["HTTP_X_FORWARDED_FOR"] = address


def test_networks_of_a_grant_see_through_a_trusted_proxy(app: Flask) -> None:
    li, zhao = (sign_in(app, persona) for persona in ("holder-li", "desk-zhao"))
    change_grant(deps_of(app), networks=["203.0.113.0/24"])
    code = show(li)["text"]
    _from(zhao, f"{CLIENT}, 198.51.100.1")
    assert "网络" in beyond(ask(zhao, code))
    _from(zhao, "unknown")
    assert "网络" in beyond(ask(zhao, code))
    _from(zhao, f"198.51.100.1, {CLIENT}")
    assert ask(zhao, code).get_json()["verdict"] == "accepted"


def _networks(config: Config) -> Finding:
    (found,) = (one for one in examine(config, read_clock()) if one.subject == "networks of grants")
    return found


def test_the_doctor_tells_of_networks_that_a_proxy_may_hide(config: Config, app: Flask) -> None:
    assert _networks(config).well
    change_grant(deps_of(app), networks=["203.0.113.0/24"])
    assert not _networks(config).well
    assert _networks(replace(config, trusted_proxies=(ip_network("10.0.0.1/32"),))).well
