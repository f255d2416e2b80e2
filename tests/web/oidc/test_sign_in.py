"""Citizens and staff sign in at their provider, and come back to where they were."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.demo import PUBLIC_URL
from tests.support.false_provider import USERINFO, FalseProvider, Traveller
from tests.support.identity import CLIENT_ID
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet import numbers
from wallet.base.audit import AuditEvent
from wallet.web.sessions import Session


def test_a_citizen_is_found_by_the_verified_number(traveller: Traveller) -> None:
    answer = traveller.sign_in("/sign-in/citizen?next=/wallet/uses")
    assert (answer.status_code, answer.location) == (303, "/wallet/uses")
    me = traveller.get("/api/v1/me").get_json()
    demo = sign_in(traveller.http.application, "holder-li").get("/api/v1/me").get_json()
    assert me["account"] == demo["account"]


def test_staff_are_found_by_their_login_and_have_our_roles(traveller: Traveller) -> None:
    traveller.provider.person |= {"roles": ["manager"], "unit": "x"}
    assert traveller.sign_in("/sign-in/staff").location == "/"
    me = traveller.get("/api/v1/me").get_json()
    assert (me["name"], me["roles"]) == ("赵静", ["desk"])


def test_what_is_asked_of_the_provider(traveller: Traveller) -> None:
    first, second = traveller.leave(), traveller.leave("/sign-in/citizen?anew=1")
    assert first["redirect_uri"] == f"{PUBLIC_URL}/sign-in/citizen/callback"
    assert (first["client_id"], first["response_type"]) == (CLIENT_ID, "code")
    assert (first["scope"], first["code_challenge_method"]) == ("openid profile", "S256")
    assert first["max_age"] == str(numbers.HOLDER_SESSION_LIFE)
    assert first["kept"] == "1"
    assert "prompt" not in first
    assert second["prompt"] == "login"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) == 43
        assert first[name] != second[name]
    assert traveller.leave("/sign-in/staff")["max_age"] == str(numbers.STAFF_SESSION_LIFE)


def test_claims_of_the_id_token_go_before_those_of_the_userinfo_endpoint(
    traveller: Traveller, provider: FalseProvider
) -> None:
    told = dict(provider.person)
    provider.person["id_number_verified"] = False
    provider.mend = lambda claims: claims | told
    assert traveller.sign_in().status_code == 303
    assert provider.asked[USERINFO] == 0


def test_signing_in_leaves_no_session_that_was_there_before(
    app: Flask, traveller: Traveller
) -> None:
    traveller.http.set_cookie("session", "h.fixed-by-someone-else")
    tokens = ["h.fixed-by-someone-else"]
    for _ in range(2):
        assert traveller.sign_in().status_code == 303
        cookie = traveller.http.get_cookie("session")
        assert cookie is not None
        tokens.append(cookie.value)
    assert len(set(tokens)) == 3
    thief = Visitor(app)
    for token in tokens[:2]:
        thief.http.set_cookie("session", token)
        assert thief.get("/api/v1/me").status_code == 401
    assert traveller.who() == "李明"


def test_signing_out_ends_the_session_and_leads_to_the_provider(traveller: Traveller) -> None:
    traveller.sign_in()
    answer = send_form(traveller, "/sign-out")
    assert traveller.who() is None
    link = answer.text.split('id="elsewhere" href="')[1].split('"')[0].replace("&amp;", "&")
    address = urlsplit(link)
    hints = parse_qs(address.query)
    assert address.path == "/end"
    assert hints["post_logout_redirect_uri"] == [f"{PUBLIC_URL}/"]
    assert hints["id_token_hint"][0].count(".") == 2


def test_a_demo_session_signs_out_here_alone(app: Flask) -> None:
    visitor = sign_in(app, "holder-li")
    answer = send_form(visitor, "/sign-out")
    assert (answer.status_code, answer.location) == (302, "/")


def test_the_id_token_is_sealed_in_the_database(app: Flask, traveller: Traveller) -> None:
    traveller.sign_in()
    newest = select(Session.id_token_sealed, Session.device).order_by(Session.id.desc()).limit(1)
    row = deps_of(app).db.row(newest)
    assert row is not None
    assert b"ey" not in row.id_token_sealed[:8]
    assert b'"sub"' not in row.id_token_sealed
    assert row.device == "other other"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_afterwards(traveller: Traveller, elsewhere: str) -> None:
    request = traveller.leave(f"/sign-in/citizen?next={elsewhere}")
    assert traveller.come_back(request).location == "/"


def test_what_is_recorded_tells_nothing_of_the_person(app: Flask, traveller: Traveller) -> None:
    for name in ("李某明", "李明"):
        traveller.provider.person["name"] = name
        traveller.sign_in()
    traveller.provider.person["id_number_verified"] = False
    traveller.sign_in()
    with deps_of(app).db.read() as tx:
        events = tx.execute(select(AuditEvent.name, AuditEvent.fields)).all()[-4:]
    assert [event.name for event in events] == [
        "account.renamed", "session.ended", "session.started", "sign_in.refused",
    ]  # fmt: skip
    assert events[3].fields == {"provider": "citizen", "reason": "number_unverified"}
    assert "李" not in str(events)


def test_a_provider_that_is_not_set_up_is_not_found(shared_app: Flask) -> None:
    for path in ("/sign-in/citizen", "/sign-in/staff/callback", "/sign-in/x"):
        assert shared_app.test_client().get(path).status_code == 404
