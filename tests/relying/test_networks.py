"""A grant may be for some networks alone; what comes from elsewhere is refused and consumes nothing."""

from __future__ import annotations

import pytest

from tests.support.beyond import alerts, beyond, change_grant
from tests.support.people import Visitor
from tests.support.showing import RENEWAL, ask, show, state, verify
from wallet.base.deps import Deps
from wallet.relying.grants import admits


@pytest.mark.parametrize(
    ("networks", "address", "admitted"),
    [
        (None, None, True),
        (None, "203.0.113.9", True),
        ([], "203.0.113.9", False),
        (["203.0.113.0/24"], "203.0.113.0", True),
        (["203.0.113.0/24"], "203.0.113.255", True),
        (["203.0.113.0/24"], "203.0.114.0", False),
        (["203.0.113.0/24"], "203.0.112.255", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),
        (["203.0.113.7/32", "2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["203.0.113.0/24"], None, False),
        (["203.0.113.0/24"], "unknown", False),
    ],
)
def test_an_address_is_within_one_of_the_networks(
    networks: list[str] | None, address: str | None, admitted: bool
) -> None:
    assert admits(networks, address) is admitted


def test_from_another_network_nothing_is_given_and_nothing_consumed(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    change_grant(deps, networks=["203.0.113.0/24"])
    code = show(li)
    assert "网络" in beyond(ask(zhao, code["text"]))
    assert [(row.item, row.cause, row.times) for row in alerts(deps)] == [(RENEWAL, "network", 1)]
    assert state(li, code)["state"] == "waiting"
    change_grant(deps, networks=["127.0.0.0/8"])
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_fields_are_not_read_again_from_another_network(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    path = f"/api/v1/verifications/{verify(zhao, show(li)['text'])['id']}"
    change_grant(deps, networks=["203.0.113.0/24"])
    assert zhao.get(path).get_json()["licences"] == []
