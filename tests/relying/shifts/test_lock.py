"""A desk that is locked does nothing until its clerk has proved again who they are."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet.base.audit import AuditEvent

LOCK = "/api/v1/desk/lock"
NUMBERS = "/api/v1/desk-numbers"
PAGE = {"headers": {"Accept": "text/html"}}
CODE = {"code": "no code of ours", "item": "food-permit-renewal"}


@pytest.fixture
def clerk(app: Flask) -> Visitor:
    """A clerk who has locked the desk."""
    visitor = sign_in(app, "desk-zhao")
    assert visitor.post(LOCK, {"cause": "clerk"}).status_code == 204
    return visitor


def test_a_locked_desk_judges_reads_and_tells_nothing(clerk: Visitor) -> None:
    for answer in (
        clerk.post("/api/v1/verifications", CODE),
        clerk.get("/api/v1/verifications/x"),
        clerk.post("/api/v1/offline-verifications", {"judgements": []}),
        clerk.get("/api/v1/me"),
    ):
        assert (answer.status_code, answer.get_json()["slug"]) == (403, "locked")
        assert "赵静" not in answer.text
    for page in ("/desk", "/account", "/account/sessions"):
        answer = clerk.get(page, **PAGE)
        assert answer.status_code == 303
        assert answer.location.startswith("/step-up?next=")
    unlock = clerk.get("/step-up?next=/desk", **PAGE).text
    assert "赵*" in unlock
    assert "赵静" not in unlock


def test_it_is_locked_for_as_long_as_the_session_lasts_however_fresh_that_is(
    app: Flask, clock: Clock
) -> None:
    clerk = sign_in(app, "desk-zhao")
    clock.advance(1)
    clerk.post(LOCK, {"cause": "idle"})
    assert "已锁屏" in clerk.get("/step-up?next=/desk", **PAGE).text
    clock.advance(3600 // 3)
    assert clerk.post("/api/v1/verifications", CODE).status_code == 403


def test_the_clerk_unlocks_it_and_it_is_the_same_desk(app: Flask) -> None:
    clerk = sign_in(app, "desk-zhao")
    judged = clerk.post("/api/v1/verifications", CODE).get_json()["id"]
    clerk.post(LOCK, {"cause": "clerk"})
    answer = send_form(clerk, "/demo/step-up", next="/desk")
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert clerk.get("/desk", **PAGE).status_code == 200
    assert clerk.get(f"/api/v1/verifications/{judged}").status_code == 200


def test_another_clerk_signs_out_whoever_locked_it(app: Flask, clerk: Visitor) -> None:
    answer = send_form(clerk, "/sign-out")
    assert answer.location == "/"
    assert clerk.get("/api/v1/me").status_code == 401


def test_a_locked_desk_has_no_number_that_codes_could_be_sent_to(app: Flask) -> None:
    clerk, other, holder = (sign_in(app, who) for who in ("desk-zhao", "desk-qian", "holder-li"))
    locked, open_still = (one.post(NUMBERS, {}).get_json()["number"] for one in (clerk, other))
    clerk.post(LOCK, {"cause": "clerk"})
    assert holder.get(f"{NUMBERS}/{locked}").status_code == 404
    assert holder.get(f"{NUMBERS}/{open_still}").status_code == 200


def test_the_other_sessions_of_the_clerk_go_on(app: Flask, clerk: Visitor) -> None:
    elsewhere = sign_in(app, "desk-zhao")
    assert elsewhere.get("/api/v1/me").status_code == 200


def test_each_lock_is_recorded_once_with_its_cause(app: Flask, clerk: Visitor) -> None:
    assert clerk.post(LOCK, {"cause": "idle"}).status_code == 403
    send_form(clerk, "/demo/step-up")
    assert clerk.post(LOCK, {"cause": "idle"}).status_code == 204
    with deps_of(app).db.read() as tx:
        locked = select(AuditEvent.fields).where(AuditEvent.name == "session.locked")
        fields = tx.execute(locked.order_by(AuditEvent.id)).scalars().all()
    assert [one["cause"] for one in fields] == ["clerk", "idle"]
    assert len({(one["subject"], one["session"]) for one in fields}) == 1


@pytest.mark.parametrize("body", [{}, {"cause": "lunch"}, {"cause": None}, {"cause": ["idle"]}])
def test_a_lock_needs_a_cause_that_is_known(app: Flask, body: object) -> None:
    clerk = sign_in(app, "desk-zhao")
    assert clerk.post(LOCK, body).status_code == 422
    assert clerk.get("/api/v1/me").status_code == 200
