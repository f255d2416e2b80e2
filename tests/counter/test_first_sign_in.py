"""Whoever was served for months without an account finds all of it at the first sign-in on a phone."""

from __future__ import annotations

from flask import Flask

from tests.showing.test_uses import uses
from tests.support.acts import confirm, prepared
from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, ask_assistance, licence_in, printed
from tests.support.delegations import listed
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, RENEWAL, verify
from wallet.base.deps import Deps
from wallet.holders.identify import find_citizen
from wallet.showing.look_up_notices import tell_of_look_ups
from wallet.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found
from wallet.web.sessions import Proof, start_session


def first_sign_in(app: Flask, deps: Deps, person: dict[str, str], clock: Clock) -> Visitor:
    """A phone after its owner has come back from the identity provider."""
    claims = {
        "id_type": person["code_type"],
        "id_number": person["code"],
        "id_number_verified": True,
        "name": person["name"],
    }
    with deps.db.begin() as tx:
        found = find_citizen(
            tx, Answer(claims, "e30.e30.AAAA", None), deps=deps, now=clock.now, add=True
        )
        assert isinstance(found, Found)
        token = start_session(tx, "holder", found.id, clock.now, Proof(clock.now))
    phone = Visitor(app)
    phone.http.set_cookie(SESSION_COOKIE, token)
    phone.http.set_cookie(CSRF_COOKIE, "c")
    return phone


def test_everything_is_there(
    app: Flask,
    wang: Visitor,
    liu: Visitor,
    zhao: Visitor,
    never_signed_in: dict[str, str],
    deps: Deps,
    clock: Clock,
) -> None:
    session = ask_assistance(wang, never_signed_in, matter="办理延续").get_json()
    food = licence_in(session, FOOD)
    copy = printed(wang, session, licence=food)
    confirm(liu, prepared(wang, session, licences=[food])["id"])
    assert verify(zhao, copy["text"], RENEWAL)["verdict"] == "accepted"
    tell_of_look_ups(deps, clock.now)
    wang.post(f"{ASSISTANCES}/{session['id']}/history", {})
    clock.advance(60 * 86400)
    session = ask_assistance(sign_in(app, "counter-wang"), never_signed_in).get_json()
    tell_of_look_ups(deps, clock.now)

    phone = first_sign_in(app, deps, never_signed_in, clock)

    (licence,) = phone.get("/api/v1/me/licences").get_json()["items"]
    assert (licence["identifier"], licence["role"]) == (food, "own")
    (kept,) = phone.get("/api/v1/me/copies").get_json()["items"]
    assert (kept["serial"], kept["uses"]) == (copy["serial"], 1)
    (given,) = listed(phone)
    assert given["side"] == "given"
    history = uses(phone)["items"]
    assert [one["act"] or one["kind"] for one in history] == [
        "assistance", "use", "history", "delegation", "copy", "assistance",
    ]  # fmt: skip
    told = phone.get("/api/v1/me/inbox?limit=200").get_json()["items"]
    assert {one["read_at"] for one in told} == {None}
    assert told[0]["act"] == "assisted"
    on_paper = [one for one in told if one["printed_at"]]
    assert 0 < len(on_paper) < len(told)
    assert told[0]["printed_at"] is None
    assert "已印给您" in phone.get("/wallet/inbox").text
