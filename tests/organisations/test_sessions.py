"""Sessions and tokens end when they must, to the second, and at once when told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.clock import Clock
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from wallet import numbers
from wallet.app import create_app
from wallet.base.audit import AuditEvent
from wallet.config import Config
from wallet.organisations.model import Staff

KINDS = {
    "desk-zhao": (numbers.STAFF_SESSION_IDLE, numbers.STAFF_SESSION_LIFE),
    "holder-li": (numbers.HOLDER_SESSION_IDLE, numbers.HOLDER_SESSION_LIFE),
}


def _is_live(visitor: Visitor) -> bool:
    status = visitor.get("/api/v1/me").status_code
    assert status in (200, 401)
    return status == 200


@pytest.mark.parametrize("persona", KINDS)
def test_an_idle_session_ends_after_thirty_minutes(app: Flask, clock: Clock, persona: str) -> None:
    idle, _life = KINDS[persona]
    left, kept = sign_in(app, persona), sign_in(app, persona)
    clock.advance(idle - 1)
    assert _is_live(kept)
    clock.advance(1)
    assert not _is_live(left)
    assert _is_live(kept)


@pytest.mark.parametrize("persona", KINDS)
def test_a_busy_session_ends_with_its_absolute_life(app: Flask, clock: Clock, persona: str) -> None:
    idle, life = KINDS[persona]
    visitor = sign_in(app, persona)
    step = idle - 1
    for _ in range((life - 1) // step):
        clock.advance(step)
        assert _is_live(visitor)
    clock.advance((life - 1) % step)
    assert _is_live(visitor)
    clock.advance(1)
    assert not _is_live(visitor)


def test_an_access_token_ends_after_ten_minutes_however_busy(
    app: Flask, config: Config, clock: Clock
) -> None:
    issuer = machine(app, config.data, "issuer")
    clock.advance(numbers.ACCESS_TOKEN_LIFE - 1)
    assert issuer.get("/api/v1/me").status_code == 200
    clock.advance(1)
    answer = issuer.get("/api/v1/me")
    assert (answer.status_code, answer.get_json()["slug"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("persona", KINDS)
def test_sign_out_ends_this_session_everywhere_and_no_other(app: Flask, persona: str) -> None:
    first, second = sign_in(app, persona), sign_in(app, persona)
    cookie = first.http.get_cookie("session")
    assert cookie is not None
    answer = first.post("/sign-out")
    assert (answer.status_code, answer.location) == (302, "/")
    assert first.http.get_cookie("session") is None
    assert first.http.get_cookie("csrf_token") is None
    thief = Visitor(app)
    thief.http.set_cookie("session", cookie.value)
    assert not _is_live(thief)
    assert _is_live(second)
    with deps_of(app).db.read() as tx:
        names = list(tx.execute(select(AuditEvent.name).order_by(AuditEvent.id)).scalars())
    assert names[-3:] == ["session.started", "session.started", "session.ended"]


def test_a_disabled_staff_member_is_out_at_once_and_cannot_come_back(
    app: Flask, clock: Clock
) -> None:
    visitor = sign_in(app, "desk-zhao")
    with deps_of(app).db.begin() as tx:
        tx.execute(update(Staff).where(Staff.login == "desk-zhao").values(disabled_at=clock.now))
    assert not _is_live(visitor)
    answer = visitor.http.post("/demo/session", data={"persona": "desk-zhao"})
    assert answer.status_code == 404


def test_a_session_outlives_the_process(app: Flask, config: Config) -> None:
    visitor = sign_in(app, "holder-li")
    cookie = visitor.http.get_cookie("session")
    assert cookie is not None
    restarted = create_app(config)
    again = Visitor(restarted)
    again.http.set_cookie("session", cookie.value)
    assert _is_live(again)
    deps_of(restarted).db.close()


@pytest.mark.parametrize("token", ["", "h", "h.", "s.x", "c.x", "x.x", "h." + "A" * 3000, "h.汉"])
def test_a_token_that_is_none_of_ours_is_nobody(shared_app: Flask, token: str) -> None:
    visitor = Visitor(shared_app)
    visitor.http.set_cookie("session", token)
    assert not _is_live(visitor)
    answer = shared_app.test_client().get(
        "/api/v1/me", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    )
    assert answer.status_code == 401


def test_a_token_of_one_kind_does_not_work_in_the_place_of_another(
    app: Flask, config: Config
) -> None:
    cookie = sign_in(app, "holder-li").http.get_cookie("session")
    assert cookie is not None
    as_bearer = {"Authorization": f"Bearer {cookie.value}"}
    assert app.test_client().get("/api/v1/me", headers=as_bearer).status_code == 401
    token = machine(app, config.data, "issuer").headers["Authorization"].removeprefix("Bearer ")
    visitor = Visitor(app)
    visitor.http.set_cookie("session", token)
    assert not _is_live(visitor)
