"""Several workers, and one that is killed: each message once for a peer that drops repeats."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from tests.support.channels import Line
from tests.support.peers import Peer
from tests.support.statuses import SUSPEND, set_status
from wallet import numbers
from wallet.queue.destinations import senders
from wallet.queue.send import send_due, send_off

_SEND = """
import os
from wallet.base.deps import build_deps
from wallet.config import load_config
from wallet.queue.destinations import senders
from wallet.queue.send import send_due

deps = build_deps(load_config(os.environ))
for destination, sender in senders(deps).items():
    send_due(deps, destination, sender)
"""


def test_a_worker_killed_before_it_notes_the_answer_leaves_the_message_to_another(
    line: Line, peer: Peer
) -> None:
    line.issue()
    config = line.deps.config
    environment = os.environ | {
        "DATA": str(config.data),
        "LIANGZHENG_SECRET_KEY": config.secret_key,
        "LIANGZHENG_DATABASE_URL": config.database_url,
    }
    workers: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def kill() -> None:
        started.wait(10)
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait(10)

    peer.before_answer = kill
    workers.append(subprocess.Popen([sys.executable, "-c", _SEND], env=environment))
    started.set()
    assert workers[0].wait(60) == -signal.SIGKILL
    peer.before_answer = lambda: None
    line.send()
    assert len(peer.received) == 1  # it is still claimed
    line.later(seconds=numbers.DISPATCH_CLAIM + 60)
    line.send()
    assert len(peer.received) == 2
    assert len(peer.effects) == 1
    assert [(row.state, row.attempts) for row in line.rows] == [("done", 2)]


def test_workers_at_the_same_time_fan_out_and_send_each_message_once_and_in_order(
    line: Line, peer: Peer
) -> None:
    identifiers = []
    for _ in range(5):
        identifiers.append(line.issue()["identifier"])
        set_status(line.issuer, identifiers[-1], SUSPEND)
    sender = senders(line.deps)[line.destination]

    def work() -> None:
        for _ in range(8):
            line.fan_out()
            send_due(line.deps, line.destination, sender, lambda: line.now)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.state for row in line.rows} == {"done"}
    assert len(peer.received) == len(peer.effects) == 10
    for identifier in identifiers:
        told = [one.members["data"] for one in peer.received]
        acts = [one["act"] for one in told if one["identifier"] == identifier]
        assert acts == ["issue", "suspend"]


def test_the_worker_sends_beside_its_rounds_until_it_is_told_to_stop(
    line: Line, peer: Peer
) -> None:
    line.issue()
    stop = threading.Event()
    peer.before_answer = stop.set
    send_off(line.deps, stop)
    assert len(peer.received) == 1
    assert line.rows[0].state == "done"
