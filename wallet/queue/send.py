"""Send what is due, to each destination by itself: one that is slow or away keeps nobody waiting.

Nothing is sent inside a transaction. A peer may get a dispatch twice, when a worker dies between its
answer and the note of it, with the same id and time after time the state of then: at least once, and
each once for a peer that drops repeats.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final

import structlog

from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.database import DATABASE_ERRORS
from wallet.base.deps import Deps
from wallet.base.dispatches import ClaimedDispatch, Outcome, claim_due, note_outcome, release
from wallet.base.webhooks import Request, Sender, open_web, post
from wallet.queue.destinations import senders

_THREADS: Final = 8
"""Destinations that are sent to at the same time."""

_log = structlog.get_logger()


def send_off(deps: Deps, stop: threading.Event) -> None:
    """Send until `stop` is set."""
    at_work: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(_THREADS, "queue") as threads:
        while not stop.is_set():
            try:
                for destination, sender in senders(deps).items():
                    if destination not in at_work or at_work[destination].done():
                        at_work[destination] = threads.submit(
                            _send_to, deps, destination, sender, stop
                        )
            except DATABASE_ERRORS as error:
                _log.error("queue interrupted", error=type(error).__name__)
            except Exception:  # noqa: BLE001 - one bad round must not end the others
                _log.error("queue interrupted", exc_info=True)
            stop.wait(numbers.WORKER_PAUSE)


def _send_to(deps: Deps, destination: str, sender: Sender, stop: threading.Event) -> None:
    try:
        while not stop.is_set() and send_due(deps, destination, sender, read_clock, stop.is_set):
            pass
    except DATABASE_ERRORS as error:
        _log.error("queue interrupted", error=type(error).__name__)
    except Exception:  # noqa: BLE001 - one bad destination must not end the others
        _log.error("queue interrupted", destination=destination, exc_info=True)


def send_due(
    deps: Deps,
    destination: str,
    sender: Sender,
    clock: Callable[[], datetime] = read_clock,
    stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Send a few that are due; True when there may be more, and the destination takes them.

    When it seems to be away the others are given back; one that it alone does not take holds no
    other up.
    """
    with deps.db.begin() as tx:
        waiting = claim_due(tx, destination, clock(), numbers.DISPATCH_BATCH)
    if not waiting:
        return False
    with open_web(sender.url, public=sender.public) as web:
        while waiting and not stopped():
            dispatch = waiting.pop(0)
            request = _built(deps, sender, dispatch, clock())
            outcome = (
                request
                if isinstance(request, Outcome)
                else post(web, request, dispatch.key, clock())
            )
            _note(deps, sender, dispatch, outcome, clock())
            if outcome.result == "away":
                break
        else:
            if not waiting:
                return True
    with deps.db.begin() as tx:
        release(tx, waiting, clock())
    return False


def _built(
    deps: Deps, sender: Sender, dispatch: ClaimedDispatch, now: datetime
) -> Request | Outcome:
    try:
        return sender.request(deps, dispatch, now)
    except DATABASE_ERRORS:
        raise
    except Exception:  # noqa: BLE001 - one bad message must not keep the others waiting
        _log.error("dispatch not built", dispatch=dispatch.id, exc_info=True)
        return Outcome("again", "not_built")


def _note(
    deps: Deps, sender: Sender, dispatch: ClaimedDispatch, outcome: Outcome, now: datetime
) -> None:
    with deps.db.begin() as tx:
        noted = note_outcome(tx, dispatch, outcome, now)
        if noted:
            sender.settle(tx, dispatch, outcome, now)
    if noted and outcome.result != "done":
        _log.warning(
            "dispatch failed",
            dispatch=dispatch.id,
            destination=dispatch.destination,
            attempts=dispatch.attempts,
            error=outcome.error,
        )
