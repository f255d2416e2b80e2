"""Who confirms at the provider does so anew, and is the same person."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.false_provider import Claims, FalseProvider, Traveller
from tests.support.people import Visitor, credentials
from tests.support.staff import send_form
from wallet import numbers
from wallet.config import Config
from wallet.web.guards import guard, person

PAGE = {"Accept": "text/html"}
CONFIRM = "/step-up/provider?next=/sensitive"


@pytest.fixture(scope="module", autouse=True)
def sensitive(shared: Flask) -> None:
    """The app has a page that asks for it."""
    shared.add_url_rule("/sensitive", "sensitive", guard(person(fresh=True))(lambda: "done"))


@pytest.fixture
def signed_in(traveller: Traveller, clock: Clock) -> Traveller:
    """Li Ming, who signed in a while ago."""
    traveller.sign_in()
    assert traveller.get("/sensitive", headers=PAGE).text == "done"
    clock.advance(numbers.STEP_UP_FRESH)
    led = traveller.get("/sensitive", headers=PAGE)
    assert led.location == "/step-up?next=/sensitive"
    assert 'href="/step-up/provider?next=/sensitive"' in traveller.get(led.location).text
    return traveller


def token_of(visitor: Visitor) -> str:
    """The session's token."""
    cookie = visitor.http.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_the_provider_is_asked_to_have_it_proved_anew(app: Flask, signed_in: Traveller) -> None:
    before = token_of(signed_in)
    request = signed_in.leave(CONFIRM)
    assert (request["prompt"], request["max_age"]) == ("login", "0")
    answer = signed_in.come_back(request)
    assert (answer.status_code, answer.location) == (303, "/sensitive")
    assert signed_in.get("/sensitive", headers=PAGE).text == "done"
    thief = Visitor(app)
    thief.http.set_cookie("session", before)
    assert thief.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("auth_time", [None, "now", True, 0, -31])
def test_a_provider_that_did_not_ask_anew_confirms_nothing(
    signed_in: Traveller, auth_time: object
) -> None:
    def mend(claims: Claims) -> Claims:
        if auth_time is None:
            return {name: claims[name] for name in claims if name != "auth_time"}
        given = claims["iat"] + auth_time if auth_time == -31 else auth_time
        return claims | {"auth_time": given}

    signed_in.provider.mend = mend
    answer = signed_in.sign_in(CONFIRM)
    assert (answer.status_code, 'data-slug="refused"' in answer.text) == (400, True)
    assert 'href="/step-up?next=/sensitive"' in answer.text
    assert signed_in.get("/sensitive", headers=PAGE).status_code == 303
    assert signed_in.who() == "李明"


def test_another_person_confirms_nothing(signed_in: Traveller, config: Config) -> None:
    token = token_of(signed_in)
    for login in ("holder-elder", None):
        code = credentials(config.data, "people")[login]["code"] if login else "11010119900307803X"
        signed_in.provider.person |= {"id_number": code, "name": "别人"}
        answer = signed_in.sign_in(CONFIRM)
        assert (answer.status_code, 'data-slug="other_person"' in answer.text) == (403, True)
        assert token_of(signed_in) == token
        assert signed_in.get("/sensitive", headers=PAGE).status_code == 303


def test_another_member_of_staff_confirms_nothing(
    app: Flask, provider: FalseProvider, clock: Clock
) -> None:
    clerk = Traveller(app, provider)
    clerk.sign_in("/sign-in/staff")
    clock.advance(numbers.STEP_UP_FRESH)
    provider.person["employee"] = "desk-qian"
    answer = clerk.sign_in("/step-up/provider")
    assert (answer.status_code, 'data-slug="other_person"' in answer.text) == (403, True)
    provider.person["employee"] = "desk-zhao"
    assert clerk.sign_in("/step-up/provider").status_code == 303


def test_a_session_that_ended_meanwhile_is_not_brought_back(signed_in: Traveller) -> None:
    request = signed_in.leave(CONFIRM)
    send_form(signed_in, "/sign-out")
    answer = signed_in.come_back(request)
    assert (answer.status_code, 'data-slug="session_ended"' in answer.text) == (401, True)
    assert signed_in.who() is None


def test_the_confirmation_of_one_session_is_none_of_another(
    app: Flask, signed_in: Traveller, provider: FalseProvider
) -> None:
    request = signed_in.leave(CONFIRM)
    provider.person |= {"employee": "desk-zhao"}
    signed_in.sign_in("/sign-in/staff")
    answer = signed_in.come_back(request)
    assert (answer.status_code, 'data-slug="session_ended"' in answer.text) == (401, True)


def test_signing_in_at_a_provider_that_knew_them_already_is_not_fresh(
    traveller: Traveller,
) -> None:
    for mend in (
        lambda claims: claims | {"auth_time": claims["iat"] - numbers.STEP_UP_FRESH},
        lambda claims: {name: claims[name] for name in claims if name != "auth_time"},
    ):
        traveller.provider.mend = mend
        assert traveller.sign_in().status_code == 303
        assert traveller.get("/sensitive", headers=PAGE).location == "/step-up?next=/sensitive"
    traveller.provider.mend = lambda claims: (
        claims | {"auth_time": claims["iat"] - numbers.STEP_UP_FRESH + 1}
    )
    traveller.sign_in()
    assert traveller.get("/sensitive", headers=PAGE).text == "done"
