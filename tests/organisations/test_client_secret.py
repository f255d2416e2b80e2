"""`POST /oauth/token` with a client secret: only in the Authorization header."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests.support.people import credentials
from tests.support.shared import deps_of
from wallet.config import Config
from wallet.organisations.model import Client
from wallet.web.sessions import Session

GRANT = {"grant_type": "client_credentials"}


def _basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


def _ask(app: Flask, path: str = "/oauth/token", **options: Any) -> TestResponse:
    return app.test_client(use_cookies=False).post(path, **options)


def _assert_refused(answer: TestResponse, error: str, status: int) -> None:
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert (answer.status_code, problem["status"]) == (status, status), problem
    assert (problem["error"], problem["slug"]) == (error, error)
    assert "access_token" not in answer.text


def _tokens(app: Flask) -> int:
    with deps_of(app).db.read() as tx:
        return tx.execute(select(func.count()).where(Session.subject_kind == "client")).scalar_one()


def test_the_right_secret_gives_a_bearer_token_of_ten_minutes(app: Flask, config: Config) -> None:
    client = credentials(config.data, "issuer")
    basic = _basic(client["client_id"], client["client_secret"])
    answer = _ask(app, data=GRANT, headers=basic)
    assert answer.status_code == 200
    token = answer.get_json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 600)
    assert answer.headers["Cache-Control"] == "no-store"
    me = app.test_client().get(
        "/api/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"}
    )
    assert (me.status_code, me.get_json()["roles"]) == (200, ["issuing"])


def test_a_wrong_secret_is_invalid_client_and_issues_nothing(app: Flask, config: Config) -> None:
    client = credentials(config.data, "issuer")
    for client_id, secret in (
        (client["client_id"], client["client_secret"] + "x"),
        (client["client_id"], client["client_secret"][:-1]),
        (client["client_id"], ""),
        ("nobody", client["client_secret"]),
        ("", ""),
        (f"{client['client_id']}\0", client["client_secret"]),
        ("客户", "密钥"),
        ("demo-seed-11150602MADEM0230U", ""),
    ):
        answer = _ask(app, data=GRANT, headers=_basic(client_id, secret))
        _assert_refused(answer, "invalid_client", 401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert _tokens(app) == 0


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic " + b64encode(b"\xff\xfe").decode(), "Bearer x", "Ba" * 99],
)
def test_a_garbled_authorization_header_is_invalid_client(shared_app: Flask, header: str) -> None:
    answer = _ask(shared_app, data=GRANT, headers={"Authorization": header})
    _assert_refused(answer, "invalid_client", 401)


def test_a_secret_in_the_address_is_refused(app: Flask, config: Config) -> None:
    client = credentials(config.data, "issuer")
    answer = _ask(app, data=GRANT, query_string=client)
    _assert_refused(answer, "invalid_request", 400)
    basic = _basic(client["client_id"], client["client_secret"])
    answer = _ask(app, data=GRANT, query_string=client, headers=basic)
    _assert_refused(answer, "invalid_request", 400)
    answer = _ask(app, query_string=GRANT, headers=basic)
    assert answer.status_code == 400
    assert _tokens(app) == 0


def test_a_secret_in_the_body_is_refused(app: Flask, config: Config) -> None:
    client = credentials(config.data, "issuer")
    _assert_refused(_ask(app, data=GRANT | client), "invalid_client", 401)
    assert _tokens(app) == 0


@pytest.mark.parametrize(
    "grant",
    [
        "",
        "password",
        "authorization_code",
        "refresh_token",
        "CLIENT_CREDENTIALS",
        "client_credentials\0",
    ],
)
def test_another_grant_is_unsupported(shared_app: Flask, grant: str) -> None:
    client = credentials(deps_of(shared_app).config.data, "issuer")
    basic = _basic(client["client_id"], client["client_secret"])
    answer = _ask(shared_app, data={"grant_type": grant}, headers=basic)
    _assert_refused(answer, "unsupported_grant_type", 400)


def test_a_client_that_is_disabled_loses_its_token_at_once(app: Flask, config: Config) -> None:
    client = credentials(config.data, "issuer")
    basic = _basic(client["client_id"], client["client_secret"])
    token = _ask(app, data=GRANT, headers=basic).get_json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    with deps_of(app).db.begin() as tx:
        tx.execute(
            update(Client)
            .where(Client.client_id == client["client_id"])
            .values(disabled_at=func.current_timestamp())
        )
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    _assert_refused(_ask(app, data=GRANT, headers=basic), "invalid_client", 401)
