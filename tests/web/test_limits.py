"""Outside the demo each account has its own limit; an answer beyond it is 429.

Processes that share a Redis limit together; one that has lost it limits for itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.people import Visitor
from tests.support.redis import RedisServer, running_redis
from tests.support.shared import deps_of
from wallet import numbers
from wallet.app import create_app
from wallet.base.clock import read_clock
from wallet.config import Config
from wallet.holders.model import Account
from wallet.organisations.model import Staff
from wallet.web import sessions
from wallet.web.principal import PrincipalKind


@pytest.fixture
def service(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app outside the demo, in one moment that does not pass."""
    app = create_app(replace(config, demo=False))
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)
    yield app
    deps_of(app).db.close()


def _signed_in(app: Flask, login: str) -> Visitor:
    deps = deps_of(app)
    with deps.db.begin() as tx:
        account = tx.execute(select(Account.id).where(Account.login == login)).scalar_one_or_none()
        member = tx.execute(select(Staff.id).where(Staff.login == login)).scalar_one_or_none()
        kind: PrincipalKind = "holder" if account else "staff"
        subject = account or member
        assert subject is not None
        token = sessions.start_session(tx, kind, subject, read_clock())
    visitor = Visitor(app)
    visitor.http.set_cookie("session", token)
    visitor.http.set_cookie("csrf_token", sessions.csrf_token(deps.config.secret_key, token))
    return visitor


def test_demo_sign_in_does_not_exist_outside_the_demo(service: Flask) -> None:
    answer = service.test_client().post("/demo/session", data={"persona": "holder-li"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("login", "path", "limit"),
    [
        ("holder-li", "/api/v1/me/codes/x", numbers.HOLDER_PER_SECOND),
        ("desk-zhao", "/api/v1/verifications/x", numbers.DESK_PER_SECOND),
    ],
)
def test_an_account_is_limited_and_another_is_not(
    service: Flask, login: str, path: str, limit: int
) -> None:
    hasty = _signed_in(service, login)
    assert [hasty.get(path).status_code for _ in range(limit)] == [404] * limit
    answer = hasty.get(path)
    assert (answer.status_code, answer.get_json()["slug"]) == (429, "too_many_requests")
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"
    second_session = _signed_in(service, login)
    assert second_session.get(path).status_code == 429
    calm = _signed_in(service, "holder-elder" if login == "holder-li" else "desk-qian")
    assert calm.get(path).status_code == 404


def test_the_public_check_is_limited_by_address(service: Flask) -> None:
    def check(address: str) -> TestResponse:
        return service.test_client().post(
            "/api/v1/public/verifications",
            json={"code": "x"},
            environ_base={"REMOTE_ADDR": address},
        )

    limit = numbers.PUBLIC_CHECKS_PER_MINUTE
    assert {check("192.0.2.1").status_code for _ in range(limit)} == {200}
    beyond = check("192.0.2.1")
    assert (beyond.status_code, beyond.headers["Retry-After"]) == (429, "60")
    assert check("192.0.2.2").status_code == 200


def test_an_address_cannot_give_itself_another_name(service: Flask) -> None:
    statuses = {
        service.test_client()
        .post(
            "/api/v1/public/verifications",
            json={"code": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
        .status_code
        for number in range(numbers.PUBLIC_CHECKS_PER_MINUTE + 1)
    }
    assert statuses == {200, 429}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis of this module; whoever takes it down brings it back."""
    with running_redis() as server:
        yield server


@pytest.fixture
def two_processes(
    config: Config, redis: RedisServer, service: Flask, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Flask]]:
    """Two servers on one database and one Redis, in that same moment."""
    # A machine with other work to do is not Redis being away.
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", 10_000)
    monkeypatch.setattr(numbers, "REDIS_REST", 0)
    redis.flush()
    settings = replace(config, demo=False, redis_url=redis.url)
    apps = [create_app(settings) for _ in range(2)]
    yield apps
    for app in apps:
        deps_of(app).db.close()
        deps_of(app).fast.close()


def _codes(visitor: Visitor, times: int) -> list[int]:
    return [visitor.get("/api/v1/me/codes/x").status_code for _ in range(times)]


def test_processes_with_a_redis_limit_together(two_processes: list[Flask]) -> None:
    one, other = (_signed_in(app, "holder-li") for app in two_processes)
    half = numbers.HOLDER_PER_SECOND // 2
    assert _codes(one, half) == [404] * half
    assert _codes(other, numbers.HOLDER_PER_SECOND - half + 1)[-2:] == [404, 429]
    assert _codes(one, 1) == [429]


def test_processes_that_lose_their_redis_limit_each_for_itself(
    two_processes: list[Flask], redis: RedisServer
) -> None:
    one, other = (_signed_in(app, "holder-li") for app in two_processes)
    assert _codes(one, 1) == [404]
    redis.kill()
    limit = numbers.HOLDER_PER_SECOND
    assert _codes(one, limit) == [404] * (limit - 1) + [429]
    assert _codes(other, limit + 1) == [404] * limit + [429]
    redis.start()


def test_redis_is_told_nothing_of_who_came(two_processes: list[Flask], redis: RedisServer) -> None:
    _codes(_signed_in(two_processes[0], "holder-li"), 2)
    for address in ("192.0.2.1", "192.0.2.2") * 2:
        two_processes[0].test_client().post(
            "/api/v1/public/verifications",
            json={"code": "x"},
            environ_base={"REMOTE_ADDR": address},
        )
    keys = redis.keys()
    assert {re.sub(r"\b[0-9a-f]{32}$", "#", key) for key in keys} == {
        f"lz:1:{int(time.time())}:holder:#",
        f"lz:60:{int(time.time()) // 60}:public:#",
    }
    assert len(keys) == 3
    assert all(0 < left <= 60 for left in keys.values())


def test_readiness_tells_of_redis_and_does_not_depend_on_it(
    two_processes: list[Flask], service: Flask, redis: RedisServer
) -> None:
    def ready(app: Flask) -> tuple[int, str, str]:
        answer = app.test_client().get("/readyz")
        said = answer.get_json()
        return answer.status_code, said["status"], said["redis"]

    assert ready(service) == (200, "ok", "off")
    assert ready(two_processes[0]) == (200, "ok", "ok")
    redis.kill()
    assert ready(two_processes[0]) == (200, "degraded", "away")
    redis.start()
    assert ready(two_processes[1]) == (200, "ok", "ok")
