"""A message reaches its destination once, after however many attempts, or is a dead letter."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from click.testing import CliRunner

from tests.support.channels import Line, connect
from tests.support.peers import RETRY_AFTER, Peer, dripping_peer
from tests.support.showing import events
from tests.support.statuses import RESUME, SUSPEND, set_status
from wallet import numbers
from wallet.base.dispatches import claim_due
from wallet.base.webhooks import Request, is_signed
from wallet.cli import main
from wallet.doctor import examine
from wallet.queue.destinations import senders
from wallet.queue.send import send_due


def command(line: Line, *words: str) -> str:
    config = line.deps.config
    environment = {
        "DATA": str(config.data),
        "LIANGZHENG_SECRET_KEY": config.secret_key,
        "LIANGZHENG_DATABASE_URL": config.database_url,
    }
    done = CliRunner(env=environment).invoke(main, ["queue", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_licence_is_told_once_signed_and_with_the_least_that_it_needs(
    line: Line, peer: Peer, capfd: pytest.CaptureFixture[str]
) -> None:
    issued = line.issue()
    line.send()
    line.send()
    (request,) = peer.received
    assert is_signed(line.secret, request.headers, request.body, line.now)
    data = request.members["data"]
    assert data["identifier"] == issued["identifier"]
    assert data["licence_type"]["code"] == "food-operation-permit"
    assert (data["act"], data["status"]) == ("issue", "valid")
    assert [set(holder) for holder in data["holders"]] == [{"kind", "reference"}]
    for word in ("李明", "150602199003077513", "老李面馆"):
        assert word not in request.body.decode()
    (row,) = line.rows
    assert (row.state, row.receipt, row.attempts) == ("done", "R-1", 1)
    printed = "".join(capfd.readouterr())
    assert line.secret not in printed
    assert issued["identifier"] not in printed


@pytest.mark.parametrize(
    ("answer", "error"),
    [((500, {}), "http_500"), ((302, {}), "http_302"), ((401, {}), "http_401"),
     ((200, {"long": "x" * numbers.RECEIPT_MAX}), "answer_too_long")],
    ids=["500", "redirect", "unauthorised", "endless"],
)  # fmt: skip
def test_what_may_mend_is_tried_again_later_and_later_under_the_same_id(
    line: Line, peer: Peer, answer: Any, error: str
) -> None:
    peer.script = [answer, answer]
    line.issue()
    line.send()
    (row,) = line.rows
    assert (row.state, row.last_error) == ("waiting", error)
    first = (row.next_at - line.now).total_seconds()
    assert numbers.DISPATCH_PAUSE / 2 <= first <= numbers.DISPATCH_PAUSE
    line.later(seconds=first - 1)
    line.send()
    assert len(peer.received) == 1
    line.later(seconds=1)
    line.send()
    second = (line.rows[0].next_at - line.now).total_seconds()
    assert numbers.DISPATCH_PAUSE <= second <= 2 * numbers.DISPATCH_PAUSE
    line.later(seconds=second)
    line.send()
    assert len(peer.received) == 3
    assert len(peer.effects) == 1
    assert line.rows[0].state == "done"


def test_a_peer_that_says_when_is_left_alone_until_then(line: Line, peer: Peer) -> None:
    peer.script = [(429, {})]
    line.issue()
    line.send()
    assert (line.rows[0].next_at - line.now).total_seconds() == RETRY_AFTER


@pytest.mark.parametrize(
    ("status", "members", "error"),
    [(422, {}, "http_422"), (400, {"reason": "no_such_holder"}, "no_such_holder"),
     (410, {"reason": "李明不存在"}, "http_410")],
)  # fmt: skip
def test_a_refusal_is_a_dead_letter_at_once_with_its_reason_if_that_is_a_slug(
    line: Line, peer: Peer, status: int, members: dict[str, str], error: str
) -> None:
    peer.script = [(status, members)]
    line.issue()
    line.send()
    (row,) = line.rows
    assert (row.state, row.last_error) == ("dead", error)
    assert events(line.deps, "dispatch.")[-1][1]["error"] == error


def test_a_repeat_that_the_peer_already_had_is_done(line: Line, peer: Peer) -> None:
    peer.script = [(409, {"receipt": "R-0"})]
    line.issue()
    line.send()
    assert [(row.state, row.receipt) for row in line.rows] == [("done", "R-0")]


def test_after_the_last_attempt_it_is_a_dead_letter_that_an_operator_replays_or_drops(
    line: Line, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "DISPATCH_ATTEMPTS", 3)
    peer.otherwise = (503, {})
    line.issue()
    for _ in range(3):
        assert line.rows[0].state == "waiting"
        line.send()
        line.later(hours=5)
    (row,) = line.rows
    assert (row.state, row.attempts) == ("dead", 3)
    line.send()
    assert len(peer.received) == 3
    listed = command(line, "list")
    assert "channel:loopback  0 waiting, 1 dead" in listed
    assert f"{row.id}  channel:loopback  licence.issued" in listed
    findings = {one.subject: one.well for one in examine(line.deps.config, line.now)}
    assert findings["queue to channel:loopback"] is False

    assert command(line, "replay", "--all", "--to", "platform") == "0 replayed.\n"
    assert command(line, "replay", str(row.id)) == "1 replayed.\n"
    peer.script = [(422, {})]
    line.send()
    assert line.rows[0].state == "dead"
    assert command(line, "drop", "--all") == "1 dropped.\n"
    assert line.rows[0].state == "dropped"
    assert command(line, "list") == "Nothing waits.\n"
    assert [name for name, _ in events(line.deps, "dispatch.")] == [
        "dispatch.died", "dispatch.replayed", "dispatch.died", "dispatch.dropped",
    ]  # fmt: skip


def test_changes_of_one_licence_arrive_in_order_and_hold_no_other_up(
    line: Line, peer: Peer
) -> None:
    first = line.issue()
    set_status(line.issuer, first["identifier"], SUSPEND)
    set_status(line.issuer, first["identifier"], RESUME)
    line.fan_out()
    other = line.issue()
    peer.script = [(500, {})]
    line.send()
    line.send()
    line.send()
    told = [one.members["data"]["identifier"] for one in peer.received]
    assert told == [first["identifier"], other["identifier"]]
    line.later(hours=1)
    while line.send():
        pass
    told = [one.members["data"]["act"] for one in peer.received[2:]]
    assert told == ["issue", "suspend", "resume"]


def test_a_worker_killed_after_the_answer_sends_again_and_the_peer_drops_the_repeat(
    line: Line, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    line.issue()
    with monkeypatch.context() as dying:
        dying.setattr("wallet.queue.send.note_outcome", killed)
        with pytest.raises(KeyboardInterrupt):
            line.send()
    assert len(peer.received) == 1
    line.later(seconds=numbers.DISPATCH_CLAIM - 1)
    line.send()
    assert len(peer.received) == 1
    line.later(seconds=1)
    line.send()
    assert len(peer.received) == 2
    assert len(peer.effects) == 1
    assert line.rows[0].state == "done"


def test_two_workers_share_what_is_due(line: Line, peer: Peer) -> None:
    for _ in range(4):
        line.issue()
    sender = senders(line.deps)[line.destination]
    with line.deps.db.begin() as tx:
        mine = claim_due(tx, line.destination, line.now, 2)
    send_due(line.deps, line.destination, sender, lambda: line.now)
    assert len(peer.received) == 2
    assert {one.id for one in peer.received}.isdisjoint(one.key for one in mine)


def test_a_peer_that_is_away_is_asked_once_and_keeps_the_rest_for_later(
    line: Line, peer: Peer
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        for _ in range(3):
            line.issue()
        sender = senders(line.deps)[line.destination]

        def elsewhere(*arguments: Any) -> Any:
            request = sender.request(*arguments)
            assert isinstance(request, Request)
            return Request(address, request.body, request.secret, read=request.read)

        away = type(sender)(address, elsewhere, sender.settle)
        assert not send_due(line.deps, line.destination, away, lambda: line.now)
    assert [(row.attempts, row.last_error) for row in line.rows] == [
        (1, "unreachable"), (0, None), (0, None),
    ]  # fmt: skip
    while line.send():
        pass
    assert len(peer.received) == 2


def test_a_peer_that_is_silent_is_given_up(
    line: Line, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(numbers, "DISPATCH_WAIT", 0.05)
    peer.before_answer = lambda: go_on.wait(10)
    line.issue()
    line.send()
    go_on.set()
    assert line.rows[0].last_error == "timeout"


def test_a_peer_whose_headers_never_end_is_given_up(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "DISPATCH_LIMIT", 0.2)
    line.destination = "channel:dripping"
    with dripping_peer() as address:
        connect(line.deps, "dripping", address)
        line.issue()
        line.send()
    assert [(row.state, row.last_error) for row in line.rows] == [("waiting", "timeout")]
