"""Relying parties of `hostile.md`, case by case: refused, on record each time, alerted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.assertions import (
    ask_with,
    assertion_claims,
    client_key,
    register_key,
    signed_assertion,
)
from tests.support.beyond import alerts, change_grant, close_alerts
from tests.support.clock import Clock
from tests.support.people import Machine, Visitor, credentials, sign_in
from tests.support.showing import DRIVING, RENEWAL, ask, events, refusal, show, state, verify
from wallet import numbers
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.deps import Deps

TIMES: Final = 3
Step = Callable[[Deps, Clock], None]


def _nothing(deps: Deps, clock: Clock) -> None:
    pass


def _suspended(deps: Deps, clock: Clock) -> None:
    change_grant(deps, suspended_at=clock.now)


def _ended(deps: Deps, clock: Clock) -> None:
    change_grant(deps, ends_on=local_day(clock.now) - timedelta(days=1))


def _used_up(deps: Deps, clock: Clock) -> None:
    change_grant(deps, quota_per_day=0)


def _closed(deps: Deps, clock: Clock) -> None:
    hour = clock.now.astimezone(SHANGHAI).hour
    change_grant(deps, opens=time((hour + 2) % 24), closes=time((hour + 3) % 24))


def _elsewhere(deps: Deps, clock: Clock) -> None:
    change_grant(deps, networks=["203.0.113.0/24"])


@pytest.mark.parametrize(
    ("before", "shown", "wanted", "cause"),
    [
        (_nothing, DRIVING, {}, "type"),
        (_nothing, None, {"fields": ["licence_no", "legal_representative"]}, "fields"),
        (_nothing, None, {"item": "bank-merchant-account"}, "item"),
        (_suspended, None, {}, "suspended"),
        (_ended, None, {}, "ended"),
        (_used_up, None, {}, "quota"),
        (_elsewhere, None, {}, "network"),
        (_closed, None, {}, "hours"),
    ],
)
def test_a_token_of_one_grant_used_beyond_it(
    li: Visitor,
    reception: Machine,
    deps: Deps,
    clock: Clock,
    before: Step,
    shown: str | None,
    wanted: dict[str, Any],
    cause: str,
) -> None:
    before(deps, clock)
    code = show(li, shown) if shown else show(li)
    asked = {"item": RENEWAL, "terminal": "1"} | wanted
    for _ in range(TIMES):
        answer = ask(reception, code["text"], **asked)
        assert refusal(answer) == (403, "not_permitted")
        assert "licences" not in answer.get_json()
    told = [fields for name, fields in events(deps) if name.endswith("beyond_grant")]
    assert [(one["cause"], one["alert"]) for one in told] == _once(cause)
    assert [(row.cause, row.times) for row in alerts(deps)] == [(cause, TIMES)]
    assert state(li, code)["state"] == "waiting"


def test_what_is_granted_is_answered_and_tells_nobody(
    li: Visitor, reception: Machine, deps: Deps
) -> None:
    assert verify(reception, show(li)["text"], terminal="1")["verdict"] == "accepted"
    assert alerts(deps) == []


def _wrong_secret(app: Flask, client: dict[str, str], clock: Clock) -> TestResponse:
    return _token(app, auth=(client["client_id"], "wrong"))


def _in_the_address(app: Flask, client: dict[str, str], clock: Clock) -> TestResponse:
    return _token(app, query_string=client)


def _in_the_address_too(app: Flask, client: dict[str, str], clock: Clock) -> TestResponse:
    secret = {"client_secret": client["client_secret"]}
    return _token(app, query_string=secret, auth=(client["client_id"], client["client_secret"]))


def _alone_in_the_address(app: Flask, client: dict[str, str], clock: Clock) -> TestResponse:
    everything = client | {"grant_type": "client_credentials"}
    return app.test_client(use_cookies=False).post("/oauth/token", query_string=everything)


@pytest.mark.parametrize(
    ("attempt", "cause"),
    [
        (_wrong_secret, "secret"),
        (_in_the_address, "secret_in_url"),
        (_in_the_address_too, "secret_in_url"),
        (_alone_in_the_address, "secret_in_url"),
    ],
)
def test_a_client_secret_that_is_wrong_or_in_an_address(
    app: Flask, deps: Deps, clock: Clock, attempt: Callable[..., TestResponse], cause: str
) -> None:
    client = credentials(deps.config.data, "relying")
    for _ in range(TIMES):
        answer = attempt(app, client, clock)
        assert answer.status_code in (400, 401)
        assert "access_token" not in answer.text
    _assert_told(deps, cause)


@pytest.mark.parametrize(
    ("changes", "stranger", "cause"),
    [
        ({"exp": -31}, False, "assertion_expired"),
        ({"exp": numbers.CLIENT_ASSERTION_LIFE_MAX + 31}, False, "assertion"),
        ({"aud": "https://elsewhere.example"}, False, "assertion"),
        ({}, True, "assertion"),
    ],
)
def test_a_client_assertion_that_is_over_or_of_no_worth(
    app: Flask, deps: Deps, clock: Clock, changes: dict[str, Any], stranger: bool, cause: str
) -> None:
    client_id, key = credentials(deps.config.data, "relying")["client_id"], client_key()
    register_key(deps, client_id, key)
    if "exp" in changes:
        changes = {"exp": int(clock.now.timestamp()) + changes["exp"]}
    for _ in range(TIMES):
        claims = assertion_claims(client_id, clock.now, **changes)
        answer = ask_with(app, signed_assertion(claims, client_key() if stranger else key))
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    _assert_told(deps, cause)


def test_a_client_assertion_that_was_used(app: Flask, deps: Deps, clock: Clock) -> None:
    client_id, key = credentials(deps.config.data, "relying")["client_id"], client_key()
    register_key(deps, client_id, key)
    assertion = signed_assertion(assertion_claims(client_id, clock.now), key)
    assert ask_with(app, assertion).status_code == 200
    for _ in range(TIMES):
        assert ask_with(app, assertion).status_code == 401
    _assert_told(deps, "assertion_replayed")


def test_a_client_that_nobody_knows_opens_nothing(app: Flask, deps: Deps, clock: Clock) -> None:
    for number in range(TIMES):
        assert _token(app, auth=(f"nobody-{number}", "secret")).status_code == 401
        claims = assertion_claims("nobody", clock.now)
        assert ask_with(app, signed_assertion(claims, client_key())).status_code == 401
        assert _token(app, query_string={"client_id": "x", "client_secret": "y"}).status_code == 400
    assert (alerts(deps), events(deps, "client.")) == ([], [])


def test_beyond_so_many_in_a_minute_a_vain_try_is_429_and_a_good_one_goes_on(
    app: Flask, deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "DEMO_LIMIT_FACTOR", 1)
    monkeypatch.setattr("time.time", clock.now.timestamp)
    client = credentials(deps.config.data, "relying")
    limit = numbers.CLIENT_REFUSALS_PER_MINUTE
    tries = [_wrong_secret(app, client, clock).status_code for _ in range(limit + 1)]
    assert tries == [401] * limit + [429]
    assert [row.times for row in alerts(deps)] == [limit]
    good = (client["client_id"], client["client_secret"])
    assert _token(app, auth=good).status_code == 200


def test_the_manager_reads_it_closes_it_and_is_told_anew(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    client = credentials(deps.config.data, "relying")
    _wrong_secret(app, client, clock)
    sun = sign_in(app, "manager-sun")
    page = sun.get("/manager/grants").text
    assert "接入系统密钥不对" in page
    assert client["client_id"] in page
    close_alerts(deps, closed_at=clock.now)
    _wrong_secret(app, client, clock)
    assert [row.times for row in alerts(deps)] == [1, 1]


def _once(cause: str) -> list[tuple[str, bool]]:
    return [(cause, True)] + [(cause, False)] * (TIMES - 1)


def _assert_told(deps: Deps, cause: str) -> None:
    told = [fields for name, fields in events(deps, "client.") if name == "client.refused"]
    assert [(one["cause"], one["alert"]) for one in told] == _once(cause)
    assert [(row.item, row.cause, row.times) for row in alerts(deps)] == [("", cause, TIMES)]


def _token(app: Flask, **options: Any) -> TestResponse:
    form = {"grant_type": "client_credentials"}
    return app.test_client(use_cookies=False).post("/oauth/token", data=form, **options)
