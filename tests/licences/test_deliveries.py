"""Licences and their changes reach inboxes and channels, and it is known when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.channels import Line, connect
from tests.support.clock import Clock
from tests.support.licences import (
    FOOD,
    ISSUER_CODE,
    OTHER_ISSUER_CODE,
    client_of,
    person,
    stored_licence,
)
from tests.support.peers import Peer, running_peer
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import counted_statements, events
from tests.support.statuses import REVOKE, SUSPEND, set_status
from wallet.base.clock import rfc3339
from wallet.base.webhooks import sign
from wallet.licences.exempt import end_exemption, exempt
from wallet.queue.destinations import senders

INBOX = "/api/v1/me/inbox"


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A channel that takes everything."""
    with running_peer() as running:
        yield running


@pytest.fixture
def line(app: Flask, peer: Peer, clock: Clock) -> Line:
    """The demo with a channel to that peer, at the time of the requests."""
    deps = deps_of(app)
    secret = connect(deps, "loopback", peer.url)
    line = Line(app, deps, machine(app, deps.config.data, "issuer"), "channel:loopback", secret)
    line.now = clock.now
    return line


def news(visitor: Visitor, identifier: str) -> list[dict[str, Any]]:
    """The entries of one licence, oldest first."""
    items = visitor.get(f"{INBOX}?limit=200").get_json()["items"]
    return [entry for entry in reversed(items) if entry["licence"] == identifier]


def deliveries(line: Line, identifier: str) -> list[dict[str, Any]]:
    answer = line.issuer.get(f"/api/v1/licences/{identifier}/deliveries")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def send_receipts(line: Line, *receipts: dict[str, Any], **wrong: Any) -> TestResponse:
    body = orjson.dumps({"channel": wrong.get("channel", "loopback"), "receipts": receipts})
    headers = sign(
        wrong.get("secret", line.secret),
        "their-1",
        wrong.get("at", line.now),
        wrong.get("body", body),
    )
    return line.app.test_client().post(
        "/api/v1/delivery-receipts", data=body, headers=headers, content_type="application/json"
    )


def test_joint_holders_each_have_their_own_inbox_and_their_own_time_of_reading(
    line: Line, clock: Clock
) -> None:
    data = line.deps.config.data
    holders = [person(data), person(data, "holder-elder")]
    identifier = line.issue(holders=holders)["identifier"]
    assert stored_licence(line.deps, identifier).delivered_at == line.now
    li, elder = sign_in(line.app, "holder-li"), sign_in(line.app, "holder-elder")
    delegate = sign_in(line.app, "delegate-li")
    mine, hers = news(li, identifier), news(elder, identifier)
    assert [entry["act"] for entry in mine + hers] == ["issue", "issue"]
    assert news(delegate, identifier) == []
    (entry,) = mine
    clock.now += timedelta(minutes=2)
    read = f"{INBOX}/{entry['id']}/read"
    assert elder.post(read).status_code == delegate.post(read).status_code == 404
    assert li.post(read).get_json() == {"licence": identifier}
    first = rfc3339(clock.now)
    clock.now += timedelta(minutes=2)
    li.post(read)
    assert news(li, identifier)[0]["read_at"] == first
    assert news(elder, identifier)[0]["read_at"] is None
    ((_, told),) = events(line.deps, "inbox.")
    assert set(told) == {"entry", "licence", "account"}
    in_wallet = [one for one in deliveries(line, identifier) if one["channel"] == "wallet"]
    assert sorted(one["state"] for one in in_wallet) == ["delivered", "read"]


def test_every_change_and_a_new_version_is_news_and_opens_the_version_of_now(line: Line) -> None:
    li = sign_in(line.app, "holder-li")
    number = "JY00000000000001"
    first = line.issue(number=number, version=1)["identifier"]
    set_status(line.issuer, first, SUSPEND)
    second = line.issue(number=number, version=2)["identifier"]
    set_status(line.issuer, second, REVOKE)
    line.fan_out()
    old = news(li, first)
    assert [(entry["act"], entry["status_label"]) for entry in old] == [
        ("issue", ""), ("suspend", "暂扣"),
    ]  # fmt: skip
    assert [entry["act"] for entry in news(li, second)] == ["renew", "revoke"]
    assert li.post(f"{INBOX}/{old[0]['id']}/read").get_json() == {"licence": second}


@pytest.mark.parametrize("entry", ["0", "999999", str(2**31), str(2**80)])
def test_an_entry_that_is_nobodys_is_not_found(line: Line, entry: str) -> None:
    assert sign_in(line.app, "holder-li").post(f"{INBOX}/{entry}/read").status_code == 404


def test_the_inbox_comes_in_pages_and_the_wallet_counts_what_is_unread_in_one_query(
    line: Line,
) -> None:
    li = sign_in(line.app, "holder-li")
    with counted_statements(line.app) as statements:
        assert "条未读" in li.get("/wallet").text
    assert len(statements) == 3  # the session, the licences, the count
    everything = [entry["id"] for entry in li.get(f"{INBOX}?limit=200").get_json()["items"]]
    paged: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = li.get(f"{INBOX}?limit=2{cursor and '&cursor=' + cursor}").get_json()
        paged += [entry["id"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert paged == everything
    assert len(everything) > 4


def test_an_exempt_type_is_passed_over_and_that_is_noted(line: Line, peer: Peer) -> None:
    basis = "《演示办法》第八条"
    exempt(line.deps, "delivery", ISSUER_CODE, FOOD, basis, None, line.now, "当场领取")
    identifier = line.issue()["identifier"]
    line.send()
    assert peer.received == []
    assert news(sign_in(line.app, "holder-li"), identifier) == []
    assert stored_licence(line.deps, identifier).delivered_at is None
    (noted,) = deliveries(line, identifier)
    assert (noted["state"], noted["basis"], noted["channel"]) == ("exempt", basis, None)
    end_exemption(line.deps, "delivery", ISSUER_CODE, FOOD, line.now)
    assert len(deliveries(line, line.issue()["identifier"])) == 2


def test_a_channel_takes_its_types_and_kinds_and_is_told_codes_where_it_needs_them(
    line: Line, peer: Peer
) -> None:
    connect(line.deps, "others", peer.url, type_codes=["business-licence"])
    connect(line.deps, "firms", peer.url, holder_kinds=["organisation"])
    connect(line.deps, "codes", peer.url, holder_code=True)
    connect(line.deps, "disabled", peer.url, disabled_at=line.now)
    identifier = line.issue()["identifier"]
    told = {one["channel"] for one in deliveries(line, identifier)}
    assert told == {"wallet", "loopback", "codes"}
    assert set(senders(line.deps)) == {
        f"channel:{one}" for one in ("codes", "firms", "loopback", "others")
    }
    line.destination = "channel:codes"
    line.send()
    holder = person(line.deps.config.data)
    expected = {key: holder[key] for key in ("kind", "code_type", "code")}
    assert peer.received[0].members["data"]["holders"] == [expected]


def test_a_receipt_tells_later_when_it_was_delivered_and_read(line: Line, peer: Peer) -> None:
    identifier = line.issue()["identifier"]
    line.send()
    (request,) = peer.received
    through = deliveries(line, identifier)[1]
    assert (through["state"], through["receipt"], through["delivered_at"]) == (
        "accepted",
        "R-1",
        None,
    )
    at = rfc3339(line.now)
    answer = send_receipts(line, {"id": request.id, "delivered_at": at}, {"id": "not ours"})
    assert answer.get_json() == {"noted": 1}
    assert deliveries(line, identifier)[1]["state"] == "delivered"
    later = rfc3339(line.now + timedelta(seconds=60))
    send_receipts(line, {"id": request.id, "delivered_at": later, "read_at": later})
    through = deliveries(line, identifier)[1]
    assert (through["state"], through["delivered_at"]) == ("read", at)


def test_an_answer_may_tell_the_time_of_delivery_and_none_that_cannot_be(
    line: Line, peer: Peer
) -> None:
    ahead = rfc3339(line.now + timedelta(days=1))
    at = rfc3339(line.now - timedelta(seconds=1))
    peer.script = [
        (200, {"delivered_at": ahead, "read_at": "0001-01-01T00:00:00+14:00", "receipt": 7}),
        (200, {"delivered_at": at}),
    ]
    first, second = line.issue()["identifier"], line.issue()["identifier"]
    line.send()
    through = deliveries(line, first)[1]
    assert (through["state"], through["receipt"], through["read_at"]) == ("accepted", None, None)
    assert deliveries(line, second)[1]["delivered_at"] == at


def test_receipts_that_the_channel_did_not_sign_are_refused(line: Line, peer: Peer) -> None:
    other = connect(line.deps, "other", peer.url)
    receipt = {"id": "x"}
    wrongs: list[dict[str, Any]] = [
        {"secret": other},
        {"channel": "nobody"},
        {"channel": "mengsuban"},
        {"at": line.now - timedelta(seconds=301)},
        {"at": line.now + timedelta(seconds=301)},
        {"body": b"{}"},
    ]
    for wrong in wrongs:
        answer = send_receipts(line, receipt, **wrong)
        assert (answer.status_code, answer.get_json()["slug"]) == (401, "bad_signature"), wrong
    assert send_receipts(line, receipt).get_json() == {"noted": 0}


def test_another_units_licence_has_no_deliveries_to_see(line: Line) -> None:
    identifier = line.issue()["identifier"]
    stranger = client_of(line.app, OTHER_ISSUER_CODE, "issuing")
    assert stranger.get(f"/api/v1/licences/{identifier}/deliveries").status_code == 404
