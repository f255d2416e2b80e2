"""A use reaches the channels too, as it was; the issuing unit is not told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.channels import Line, connect
from tests.support.clock import Clock
from tests.support.peers import OK, Peer, running_peer
from tests.support.people import Visitor, machine
from tests.support.showing import (
    FOOD,
    created,
    identifier_of,
    open_code,
    set_licence,
    show,
    verify,
)
from tests.support.statuses import SUSPEND, set_status
from wallet.base.deps import Deps
from wallet.licences.delivery.model import Channel
from wallet.showing.notices import tell_of_uses


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A channel that takes everything."""
    with running_peer() as running:
        yield running


@pytest.fixture
def line(app: Flask, deps: Deps, peer: Peer, clock: Clock) -> Line:
    """The demo with a channel to that peer, which has had all that was there before."""
    secret = connect(deps, "loopback", peer.url)
    line = Line(app, deps, machine(app, deps.config.data, "issuer"), "channel:loopback", secret)
    line.now = clock.now
    return line


def told(line: Line, peer: Peer) -> list[dict[str, Any]]:
    """What the channel has been told of uses, after a round of the worker."""
    tell_of_uses(line.deps, line.now)
    line.fan_out()
    while line.send():
        pass
    bodies = [one.members for one in peer.effects]
    return [body for body in bodies if body["type"] == "licence.used"]


def test_a_channel_is_told_of_a_use_with_all_of_it_and_no_name(
    line: Line, peer: Peer, li: Visitor, zhao: Visitor
) -> None:
    identifier = identifier_of(li, FOOD)
    verdict = verify(zhao, show(li)["text"])
    (body,) = told(line, peer)
    data = body["data"]
    assert (data["act"], data["identifier"], data["status"]) == ("used", identifier, "valid")
    assert data["licence_type"]["code"] == FOOD
    assert data["use"]["at"] == verdict["checked_at"]
    assert data["use"]["unit"] == "东胜区政务服务大厅（演示）"
    assert data["use"]["fields"] == ["许可证编号", "经营者名称", "经营场所", "经营项目"]
    assert [set(holder) for holder in data["holders"]] == [{"kind", "reference"}]
    assert "李明" not in str(body)
    assert told(line, peer) == [body]


def test_it_is_told_as_it_was_whatever_has_become_of_the_licence(
    line: Line, peer: Peer, li: Visitor, zhao: Visitor
) -> None:
    verify(zhao, show(li)["text"])
    tell_of_uses(line.deps, line.now)
    set_licence(line.deps, identifier_of(li, FOOD), status="suspended")
    (body,) = told(line, peer)
    assert (body["data"]["status"], body["data"]["use"]["outcome"]) == ("suspended", "accepted")


def test_a_channel_that_is_not_told_of_uses_is_not(
    line: Line, peer: Peer, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(Channel).where(Channel.code == "loopback").values(uses=False))
    verify(zhao, show(li)["text"])
    assert told(line, peer) == []


def test_the_issuing_unit_does_not_read_who_used_its_licence(
    line: Line, peer: Peer, li: Visitor, zhao: Visitor
) -> None:
    identifier = identifier_of(li, FOOD)
    path = f"/api/v1/licences/{identifier}/deliveries"
    before = line.issuer.get(path).get_json()["items"]
    verify(zhao, show(li)["text"])
    assert len(told(line, peer)) == 1
    assert line.issuer.get(path).get_json()["items"] == before


def test_a_change_of_the_licence_does_not_wait_for_a_use_that_the_channel_does_not_take(
    line: Line, peer: Peer, li: Visitor, zhao: Visitor
) -> None:
    issued = line.issue()
    while line.send():
        pass
    verify(zhao, created(open_code(li, issued["identifier"]))["text"])
    peer.otherwise = (503, {})
    told(line, peer)
    peer.otherwise = OK
    set_status(line.issuer, issued["identifier"], SUSPEND)
    line.fan_out()
    while line.send():
        pass
    assert peer.effects[-1].members["type"] == "licence.status_changed"
