"""A platform that asks for it is told when a licence of a list changes: which line, the new answer, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.relying.merchant_checks.test_answers import by_number, set_status
from tests.support.beyond import change_grant
from tests.support.licences import day, food_licence, issue
from tests.support.merchants import CHECKS, COMPANY, ITEM, answer_all, sent, subscription
from tests.support.peers import Peer, running_peer
from tests.support.people import Machine
from tests.support.showing import events
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.base.dispatches import Dispatch
from wallet.base.webhooks import Request, is_signed, open_web, post
from wallet.licences.status.expire import note_expired
from wallet.queue.destinations import senders
from wallet.queue.fan_out import fan_out
from wallet.queue.send import send_due
from wallet.showing.model import LookUp

Body = dict[str, Any]


@dataclass
class Watched:
    """A list of one permit that the platform is told of, and the peer that it named."""

    deps: Deps
    peer: Peer
    check: str
    body: Body
    identifier: str
    secret: str

    def told(self, now: datetime | None = None) -> list[Body]:
        """What the peer hears by then."""
        at = now or read_clock()
        while fan_out(self.deps, at):
            pass
        for destination, sender in senders(self.deps).items():
            while send_due(self.deps, destination, sender, lambda: at):
                pass
        heard = [one.members for one in self.peer.received]
        self.peer.received.clear()
        return heard


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A peer that takes everything."""
    with running_peer() as running:
        yield running


@pytest.fixture
def watched(deps: Deps, platform: Machine, issuer: Machine, peer: Peer) -> Watched:
    """A list with a permit, the demo's company and a stranger, whose platform wants to be told."""
    body = food_licence(deps.config.data)
    identifier = issue(issuer, body)["identifier"]
    lines = [by_number(body) | {"ref": "M-1"}, COMPANY, {"number": "x", "name": "y"}]
    check = sent(platform, lines)["id"]
    answer_all(deps)
    answer = subscription(platform, check, peer.url)
    assert answer.status_code == 200, answer.text
    return Watched(deps, peer, check, body, identifier, answer.get_json()["secret"])


def test_suspended_resumed_and_revoked_are_each_told_once(
    watched: Watched, issuer: Machine
) -> None:
    steps = [("suspended", "02", "changed"), ("valid", "01", "match"), ("revoked", "07", "changed")]
    for status, code, answer in steps:
        set_status(issuer, watched.identifier, status, code)
        [told] = watched.told()
        assert told["type"] == "merchant_check.changed"
        assert told["data"] == {"check": watched.check, "line": 1, "ref": "M-1", "answer": answer}
        assert watched.told() == []


def test_a_newer_version_is_told_and_what_becomes_of_it_is_not(
    watched: Watched, issuer: Machine
) -> None:
    newer = issue(issuer, watched.body | {"version": 2})["identifier"]
    assert [told["data"]["answer"] for told in watched.told()] == ["changed"]
    set_status(issuer, newer, "revoked", "07")
    assert watched.told() == []


def test_that_one_expired_is_told(
    deps: Deps, platform: Machine, issuer: Machine, peer: Peer
) -> None:
    body = food_licence(deps.config.data, valid_until=day(0))
    issue(issuer, body)
    check = sent(platform, [by_number(body)])["id"]
    answer_all(deps)
    secret = subscription(platform, check, peer.url).get_json()["secret"]
    watched = Watched(deps, peer, check, body, "", secret)
    tomorrow = read_clock() + timedelta(days=1)
    note_expired(deps, tomorrow, 10)
    assert [told["data"]["answer"] for told in watched.told(tomorrow)] == ["changed"]


def test_a_change_that_was_taken_back_before_it_was_told_is_none(
    watched: Watched, issuer: Machine
) -> None:
    set_status(issuer, watched.identifier, "suspended", "02")
    set_status(issuer, watched.identifier, "valid", "01")
    assert watched.told() == []


def test_a_late_message_tells_how_it_stands_now(watched: Watched, issuer: Machine) -> None:
    set_status(issuer, watched.identifier, "suspended", "02")
    watched.peer.script = [(500, {})]
    [first] = watched.told()
    set_status(issuer, watched.identifier, "valid", "01")
    later = read_clock() + timedelta(minutes=5)
    told = watched.told(later)
    assert first["data"]["answer"] == "changed"
    assert {one["data"]["answer"] for one in told} == {"match"}


def test_what_is_told_is_signed_with_the_last_secret_and_in_the_history(
    watched: Watched, platform: Machine, issuer: Machine
) -> None:
    again = subscription(platform, watched.check, watched.peer.url).get_json()
    assert again["secret"] != watched.secret
    before = len(watched.deps.db.rows(select(LookUp)))
    set_status(issuer, watched.identifier, "suspended", "02")
    fan_out(watched.deps, read_clock())
    heard: list[Any] = []
    watched.peer.before_answer = lambda: heard.extend(watched.peer.received)
    watched.told()
    [request] = heard
    assert is_signed(again["secret"], request.headers, request.body, read_clock())
    assert not is_signed(watched.secret, request.headers, request.body, read_clock())
    assert len(watched.deps.db.rows(select(LookUp))) == before + 1
    assert [name for name, _ in events(watched.deps, "merchant_check.told")] == [
        "merchant_check.told"
    ]
    assert not [word for word in ("李明", watched.body["number"]) if word in request.body.decode()]


def test_who_asks_no_more_is_told_no_more(
    watched: Watched, platform: Machine, issuer: Machine
) -> None:
    set_status(issuer, watched.identifier, "suspended", "02")
    for _ in range(2):
        fan_out(watched.deps, read_clock())
    path = f"{CHECKS}/{watched.check}/subscription"
    assert [platform.delete(path).status_code for _ in range(2)] == [204, 204]
    assert watched.told() == []
    states = {row.state for row in watched.deps.db.rows(select(Dispatch))}
    assert states == {"dropped"}
    set_status(issuer, watched.identifier, "valid", "01")
    assert watched.told() == []


def test_while_the_grant_is_suspended_nothing_is_told_not_even_what_is_on_its_way(
    watched: Watched, issuer: Machine
) -> None:
    set_status(issuer, watched.identifier, "suspended", "02")
    for _ in range(2):
        fan_out(watched.deps, read_clock())
    change_grant(watched.deps, ITEM, suspended_at=read_clock())
    assert watched.told() == []
    assert [row.last_error for row in watched.deps.db.rows(select(Dispatch))] == ["grant_over"]
    set_status(issuer, watched.identifier, "valid", "01")
    assert watched.told() == []


@pytest.mark.parametrize(
    "webhook",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://u:p@example.com/", "/x",
        "https://example.com/#x", "https://example.com:99999/", "https://例子.example/", "https://a b/",
        "https://[::1/", "",
    ],
)  # fmt: skip
def test_a_webhook_is_an_address_of_https(deps: Deps, platform: Machine, webhook: str) -> None:
    check = sent(platform, [COMPANY])["id"]
    assert subscription(platform, check, webhook).status_code == 422


def test_no_address_of_an_inner_network_is_sent_to(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_peer() as peer:
        url = peer.url.replace("http://127.0.0.1", "https://localhost")
        request = Request(url, b"{}", "whsec_" + "A" * 43 + "=")
        with open_web(url, public=True) as web:
            outcome = post(web, request, "key", read_clock())
        assert (outcome.result, outcome.error) == ("away", "unreachable")
        with open_web(url) as web:
            assert post(web, request, "key", read_clock()).error == "tls"
