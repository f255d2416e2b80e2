"""One tap opens a showing: what the phone gets, and what it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import (
    EXPIRED,
    FOOD,
    MARRIAGE,
    SENIOR,
    SUSPENDED,
    claims_of,
    created,
    identifier_of,
    instant,
    open_code,
    refusal,
    show,
)
from verify import codes
from verify.jws import decode_bytes


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests write nothing."""
    return shared_app


def test_a_code_lives_a_minute_is_refreshed_at_half_and_the_showing_ends_after_ten(
    li: Visitor, clock: Clock
) -> None:
    code = show(li)
    assert instant(code["server_time"]) == clock.now
    assert instant(code["refresh_at"]) == clock.now + timedelta(seconds=30)
    assert instant(code["expires_at"]) == clock.now + timedelta(seconds=60)
    assert instant(code["ends_at"]) == clock.now + timedelta(minutes=10)


def test_the_code_says_the_type_and_the_masked_name_and_nothing_else_of_the_holder(
    app: Flask, li: Visitor, clock: Clock
) -> None:
    code = show(li)
    deps = deps_of(app)
    now = int(clock.now.timestamp())
    claims = claims_of(code["text"])
    assert code["text"].startswith(f"{deps.config.public_url}/v#")
    assert claims.keys() == {"iss", "jti", "iat", "exp", "h", "t", "n"}
    assert (claims["iat"], claims["exp"], claims["t"]) == (now, now + 60, 1)
    assert (claims["n"], claims["iss"]) == ("李*", "150600")
    assert codes.read(code["text"], deps.keys.public, now).jti == claims["jti"]


def test_an_organisations_code_carries_no_name(app: Flask, clock: Clock) -> None:
    company = sign_in(app, "holder-company")
    assert "n" not in claims_of(show(company, "business-licence")["text"])


def test_both_holders_of_a_joint_licence_are_named_by_the_first(li: Visitor) -> None:
    assert claims_of(show(li, MARRIAGE)["text"])["n"] == "李*"


def test_two_showings_of_one_licence_cannot_be_linked(li: Visitor) -> None:
    shown = [claims_of(show(li)["text"]) for _ in range(8)]
    assert len({claims["jti"] for claims in shown}) == 8
    assert len({claims["h"] for claims in shown}) == 8
    handles = [decode_bytes(claims["h"]) for claims in shown]
    assert all(len(set(column)) > 1 for column in zip(*handles, strict=True))


def test_several_licences_are_shown_in_the_order_they_were_chosen(li: Visitor) -> None:
    assert claims_of(show(li, "driving-licence", FOOD)["text"])["t"] == [8, 1]
    assert claims_of(show(li, FOOD, "driving-licence")["text"])["t"] == [1, 8]


@pytest.mark.parametrize(
    ("type_code", "slug"), [(SUSPENDED, "licence_suspended"), (EXPIRED, "licence_expired")]
)
def test_a_licence_that_is_not_valid_is_refused_with_its_reason(
    li: Visitor, type_code: str, slug: str
) -> None:
    bad, good = identifier_of(li, type_code), identifier_of(li, FOOD)
    assert refusal(open_code(li, bad)) == (409, slug)
    assert refusal(open_code(li, good, bad)) == (409, slug)


def test_a_revoked_licence_is_refused_with_its_reason(app: Flask, clock: Clock) -> None:
    company = sign_in(app, "holder-company")
    revoked = identifier_of(company, "drug-operation-permit")
    slug = company.get(f"/api/v1/me/licences/{revoked}").get_json()["status"]
    assert refusal(open_code(company, revoked)) == (409, f"licence_{slug}")


def test_a_licence_of_another_or_of_nobody_is_not_found(li: Visitor, elder: Visitor) -> None:
    foreign = identifier_of(elder, SENIOR)
    own = identifier_of(li, FOOD)
    assert refusal(open_code(li, foreign)) == (404, "not_found")
    assert refusal(open_code(li, own, foreign)) == (404, "not_found")
    assert refusal(open_code(li, f"{own[:-1]}?")) == (404, "not_found")
    assert open_code(li, foreign).get_json() == open_code(li, "1.2.3").get_json()


def test_an_account_that_acts_for_a_company_shows_its_licences_and_no_other_does(
    app: Flask, li: Visitor
) -> None:
    company = sign_in(app, "holder-company")
    identifier = identifier_of(company, "business-licence")
    created(open_code(company, identifier))
    assert refusal(open_code(li, identifier)) == (404, "not_found")


def test_the_same_licence_twice_none_or_nine_are_refused(li: Visitor) -> None:
    own = identifier_of(li, FOOD)
    assert refusal(open_code(li, own, own)) == (422, "duplicate_licence")
    assert refusal(open_code(li)) == (422, "invalid")
    assert refusal(open_code(li, *(f"{number}" for number in range(9)))) == (422, "invalid")


def test_an_item_helps_to_choose_and_does_not_bind_the_code(li: Visitor) -> None:
    body = {"licences": [identifier_of(li, FOOD)], "item": "senior-allowance"}
    code = created(li.post("/api/v1/me/codes", body))
    assert "item" not in claims_of(code["text"])


def test_only_a_holder_shows(app: Flask, zhao: Visitor) -> None:
    assert refusal(open_code(zhao, "1.2.3")) == (403, "not_permitted")
    assert refusal(open_code(Visitor(app), "1.2.3")) == (401, "not_signed_in")
