"""What is sensitive asks people to have proved who they are a moment ago, and leads them there and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from verify.codes import CLOCK_TOLERANCE
from wallet import numbers
from wallet.app import create_app
from wallet.config import Config
from wallet.web.guards import client, guard, holder, person, staff

PAGE: Final = {"Accept": "text/html"}
API: Final = "/api/v1/sensitive"


@pytest.fixture
def sensitive(own_app: Flask) -> Flask:
    """The app with routes that ask for it, as other parts declare them."""
    for name, path, methods, declared in (
        ("api", API, ["POST"], holder(fresh=True)),
        ("staff_api", f"{API}/staff", ["POST"], staff("desk", fresh=True)),
        ("either", f"{API}/either", ["POST"], holder() | staff("desk", fresh=True)),
        ("client_api", f"{API}/client", ["POST"], client("issuing") | person(fresh=True)),
        ("page", "/sensitive", ["GET", "POST"], person(fresh=True)),
        ("form", "/sensitive/form", ["POST"], person(fresh=True)),
    ):
        own_app.add_url_rule(path, name, guard(declared)(lambda: "done"), methods=methods)
    return own_app


def _session(visitor: Visitor) -> str:
    cookie = visitor.http.get_cookie("session")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize(
    ("persona", "path"),
    [("holder-li", API), ("desk-zhao", f"{API}/staff"), ("desk-zhao", f"{API}/either")],
)
def test_it_is_done_within_five_minutes_of_signing_in_and_no_second_later(
    sensitive: Flask, clock: Clock, persona: str, path: str
) -> None:
    visitor = sign_in(sensitive, persona)
    clock.advance(numbers.STEP_UP_FRESH - 1)
    assert visitor.post(path).text == "done"
    clock.advance(1)
    refused = visitor.post(path)
    assert refused.content_type == "application/problem+json"
    assert (refused.status_code, refused.get_json()["slug"]) == (403, "step_up_required")
    assert visitor.get("/api/v1/me").status_code == 200


def test_a_clock_that_was_put_back_proves_nothing_for_longer(
    sensitive: Flask, clock: Clock
) -> None:
    visitor = sign_in(sensitive, "holder-li")
    clock.advance(-CLOCK_TOLERANCE)
    assert visitor.post(API).text == "done"
    clock.advance(-1)
    assert visitor.post(API).get_json()["slug"] == "step_up_required"


def test_whoever_may_not_do_it_is_not_asked_to_confirm(sensitive: Flask, clock: Clock) -> None:
    clerk, nobody = sign_in(sensitive, "desk-zhao"), Visitor(sensitive)
    clock.advance(numbers.STEP_UP_FRESH)
    assert clerk.post(API).get_json()["slug"] == "not_permitted"
    assert nobody.post(API).get_json()["slug"] == "not_signed_in"


def test_a_machine_is_not_asked(sensitive: Flask, config: Config, clock: Clock) -> None:
    issuer = machine(sensitive, config.data, "issuer")
    clock.advance(numbers.STEP_UP_FRESH + 1)
    assert issuer.post(f"{API}/client").text == "done"


def test_a_page_leads_to_the_confirmation_and_back_with_a_new_token(
    sensitive: Flask, clock: Clock
) -> None:
    visitor = sign_in(sensitive, "holder-li")
    clock.advance(numbers.STEP_UP_FRESH)
    led = visitor.get("/sensitive?a=1&b=%E4%BA%AE", headers=PAGE)
    assert (led.status_code, led.location) == (
        303, "/step-up?next=/sensitive%3Fa%3D1%26b%3D%25E4%25BA%25AE",
    )  # fmt: skip
    asked = visitor.get(led.location, headers=PAGE)
    assert 'name="next" value="/sensitive?a=1&amp;b=%E4%BA%AE"' in asked.text
    before = _session(visitor)
    done = send_form(visitor, "/demo/step-up", next="/sensitive?a=1&b=%E4%BA%AE")
    assert (done.status_code, done.location) == (303, "/sensitive?a=1&b=%E4%BA%AE")
    assert visitor.get(done.location, headers=PAGE).text == "done"
    thief = Visitor(sensitive)
    thief.http.set_cookie("session", before)
    assert thief.get("/api/v1/me").status_code == 401


def test_a_form_leads_back_to_its_page_or_to_what_it_names(sensitive: Flask, clock: Clock) -> None:
    visitor = sign_in(sensitive, "desk-zhao")
    clock.advance(numbers.STEP_UP_FRESH)
    for path, named, back in (
        ("/sensitive", "/desk", "?next=/sensitive"),
        ("/sensitive/form", "/desk", "?next=/desk"),
        ("/sensitive/form", "//evil.example", ""),
    ):
        led = send_form(visitor, path, next=named)
        assert (led.status_code, led.location) == (303, f"/step-up{back}")


def test_confirming_neither_lengthens_the_session_nor_happens_without_the_csrf_token(
    sensitive: Flask, clock: Clock
) -> None:
    visitor = sign_in(sensitive, "holder-li")
    assert visitor.http.post("/demo/step-up").status_code == 403
    for _ in range(numbers.HOLDER_SESSION_LIFE // 1000):
        clock.advance(1000)
        assert send_form(visitor, "/demo/step-up").status_code == 303
    assert visitor.get("/api/v1/me").status_code == 200
    clock.advance(numbers.HOLDER_SESSION_LIFE % 1000)
    assert visitor.get("/api/v1/me").status_code == 401


def test_who_has_just_signed_in_goes_on_at_once(sensitive: Flask) -> None:
    visitor = sign_in(sensitive, "holder-li")
    answer = visitor.get("/step-up?next=/wallet/uses", headers=PAGE)
    assert (answer.status_code, answer.location) == (302, "/wallet/uses")


def test_there_is_no_demo_confirmation_outside_the_demo(config: Config) -> None:
    app = create_app(replace(config, demo=False))
    assert app.test_client().post("/demo/step-up").status_code == 404
    deps_of(app).db.close()
