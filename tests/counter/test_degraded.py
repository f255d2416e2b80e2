"""With a part stopped the counter goes on: a person is served, a copy printed, sealed and accepted, a code as well.

Each part is a real one, and really stopped or hung; `docs/operator.md` has the same table.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.channels import Line, connect
from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, begun, printed, revoke
from tests.support.documents import signature_of
from tests.support.identity import CLIENT_ID, SECRET
from tests.support.people import Visitor, machine, sign_in
from tests.support.redis import running_redis
from tests.support.shared import deps_of
from tests.support.showing import SENIOR, show, verify
from wallet import numbers
from wallet.app import create_app
from wallet.base.dispatches import Dispatch
from wallet.config import Config, OidcClient
from wallet.worker import work

PAGE: Final = Path(__file__).parents[2] / "docs" / "operator.md"
_TO_CHANNEL: Final = Dispatch.destination == "channel:loopback"
DATABASE: Final = "the database, stopped"
"""`tests/counter/test_slips_without_database.py` stops it: nobody is answered, slips are written."""
HEADING: Final = "### The counter with a part stopped\n"


def _nothing(_: object = None) -> None:
    pass


@dataclass(frozen=True)
class Part:
    """The library's settings; `stop` ends the part, `is_down` sees that it is, and `afterwards` that it was, once the
    worker has ended, if there is one."""

    config: Config
    stop: Callable[[], None] = _nothing
    is_down: Callable[[Flask], None] = _nothing
    afterwards: Callable[[Flask], None] = _nothing
    worker: bool = True


@contextmanager
def _all_there(config: Config) -> Iterator[Part]:
    yield Part(config)


@contextmanager
def _redis_stopped(config: Config) -> Iterator[Part]:
    with running_redis() as redis:
        yield Part(replace(config, redis_url=redis.url), redis.kill, _redis_is_away)


@contextmanager
def _redis_hung(config: Config) -> Iterator[Part]:
    with running_redis() as redis:
        yield Part(replace(config, redis_url=redis.url), redis.hang, _redis_is_away)
        redis.wake()


def _redis_is_away(app: Flask) -> None:
    assert app.test_client().get("/readyz").get_json()["redis"] == "away"


@contextmanager
def _sign_in_stopped(config: Config) -> Iterator[Part]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    yield Part(_signing_in_at(config, port), is_down=_sign_in_is_away)


@contextmanager
def _sign_in_hung(config: Config) -> Iterator[Part]:
    # It takes connections and never says a word.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield Part(_signing_in_at(config, silent.getsockname()[1]), is_down=_sign_in_is_away)


def _signing_in_at(config: Config, port: int) -> Config:
    provider = OidcClient(f"http://127.0.0.1:{port}", CLIENT_ID, SECRET, "openid")
    return replace(config, oidc_citizen=provider, oidc_staff=provider)


def _sign_in_is_away(app: Flask) -> None:
    for who in ("citizen", "staff"):
        assert 'data-slug="away"' in app.test_client().get(f"/sign-in/{who}").text


@contextmanager
def _target_stopped(config: Config) -> Iterator[Part]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    yield _sending_to(config, port)


@contextmanager
def _target_hung(config: Config) -> Iterator[Part]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield _sending_to(config, silent.getsockname()[1])


def _sending_to(config: Config, port: int) -> Part:
    """A channel at that port, and a licence that is on its way there all the time."""

    def issue_one(app: Flask) -> None:
        deps = deps_of(app)
        secret = connect(deps, "loopback", f"http://127.0.0.1:{port}/")
        issuer = machine(app, deps.config.data, "issuer")
        Line(app, deps, issuer, "channel:loopback", secret).issue()

    return Part(config, is_down=issue_one, afterwards=_waits)


def _waits(app: Flask) -> None:
    deps = deps_of(app)
    # The licence, and whatever the worker had time to send after it of what was done at the counter.
    assert {row.ended_at for row in deps.db.rows(select(Dispatch).where(_TO_CHANNEL))} == {None}


@contextmanager
def _worker_stopped(config: Config) -> Iterator[Part]:
    yield Part(config, worker=False)


@contextmanager
def _working(app: Flask) -> Iterator[None]:
    """The worker, with all that it does beside."""
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(deps_of(app), stop))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


PARTS: Final[Mapping[str, Callable[[Config], AbstractContextManager[Part]]]] = {
    "nothing": _all_there,
    "Redis, stopped": _redis_stopped,
    "Redis, hung": _redis_hung,
    "sign-in of citizens and staff, stopped": _sign_in_stopped,
    "sign-in of citizens and staff, hung": _sign_in_hung,
    "a webhook's target, stopped": _target_stopped,
    "a webhook's target, hung": _target_hung,
    "the worker, stopped": _worker_stopped,
}


@pytest.mark.parametrize("name", PARTS)
def test_the_counter_goes_on(config: Config, clock: Clock, tmp_path: Path, name: str) -> None:
    with PARTS[name](config) as part:
        app = create_app(part.config)
        with closing(deps_of(app).db), closing(deps_of(app).fast):
            wang, zhao, elder = (
                sign_in(app, persona) for persona in ("counter-wang", "desk-zhao", "holder-elder")
            )
            part.stop()
            part.is_down(app)
            with _working(app) if part.worker else nullcontext():
                _one_person_is_served(wang, zhao, elder, clock, tmp_path)
            part.afterwards(app)


def _one_person_is_served(
    wang: Visitor, zhao: Visitor, elder: Visitor, clock: Clock, folder: Path
) -> None:
    copy = printed(wang, begun(wang.http.application, wang))
    assert "Signature is Valid." in signature_of(wang.get(copy["pdf"]).data, folder)
    code = show(elder, SENIOR)["text"]
    for shown in (copy["text"], copy["serial"], code):
        assert verify(zhao, shown, ALLOWANCE)["verdict"] == "accepted"
    clock.advance(numbers.SAME_DESK_REPEAT + 1)
    assert verify(zhao, code, ALLOWANCE)["reason"] == "already_used"
    assert revoke(wang, copy["serial"]).status_code == 204
    assert verify(zhao, copy["text"], ALLOWANCE)["reason"] == "copy_revoked"


def test_the_page_has_the_same_table() -> None:
    _, _, after = PAGE.read_text("utf-8").partition(HEADING)
    table = [line for line in after.partition("\n#")[0].splitlines() if line.startswith("| ")]
    assert [line.split("|")[1].strip() for line in table[1:]] == [*PARTS, DATABASE]
