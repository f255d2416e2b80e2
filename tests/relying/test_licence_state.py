"""What the library knows of a licence decides, at the time the desk asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.codes import make
from tests.support.library import account_id, library_signer, licence_id
from tests.support.licences import food_licence, issue, stored_licence
from tests.support.people import Visitor, machine, sign_in
from tests.support.showing import (
    DRIVING,
    FOOD,
    IDENTITY,
    OPERATOR,
    claims_of,
    created,
    identifier_of,
    midnight_after,
    next_code,
    open_code,
    refusal,
    set_licence,
    show,
    verify,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.showing.handle import Shower

STATES: list[tuple[dict[str, Any], str]] = [
    ({"status": "suspended"}, "licence_suspended"),
    ({"status": "revoked"}, "licence_revoked"),
    ({"valid_until": date(2020, 1, 1)}, "licence_expired"),
    ({"status": "suspended", "valid_until": date(2020, 1, 1)}, "licence_suspended"),
    ({"status": "revoked", "valid_until": date(2020, 1, 1)}, "licence_revoked"),
    ({"valid_from": date(2999, 1, 1)}, "not_yet_valid"),
    ({"status": "revoked", "valid_from": date(2999, 1, 1)}, "licence_revoked"),
    ({"issued_at": None}, "unknown_licence"),
]


@pytest.mark.parametrize(("values", "reason"), STATES)
def test_a_change_before_the_scan_is_the_reason_and_consumes_nothing(
    li: Visitor, zhao: Visitor, deps: Deps, values: dict[str, Any], reason: str
) -> None:
    code = show(li)
    identifier = identifier_of(li, FOOD)
    row = stored_licence(deps, identifier)
    set_licence(deps, identifier, **values)
    verdict = verify(zhao, code["text"])
    assert (verdict["verdict"], verdict["reason"]) == ("refused", reason)
    assert (verdict["licences"], verdict["legal_effect"]) == ([], None)
    set_licence(deps, identifier, **{name: getattr(row, name) for name in values})
    assert verify(zhao, code["text"])["verdict"] == "accepted"


@pytest.mark.parametrize(("values", "reason"), STATES)
def test_a_change_after_the_use_ends_the_repeat(
    li: Visitor, zhao: Visitor, deps: Deps, values: dict[str, Any], reason: str
) -> None:
    code = show(li)
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    set_licence(deps, identifier_of(li, FOOD), **values)
    again = verify(zhao, code["text"])
    assert (again["reason"], again["repeated"], again["licences"]) == ("already_used", False, [])


def test_a_freeze_after_the_use_ends_the_repeat(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    with deps.db.begin() as tx:
        tx.execute(update(Account).values(frozen_at=clock.now))
    again = verify(zhao, code["text"])
    assert (again["reason"], again["repeated"], again["licences"]) == ("withdrawn", False, [])


def test_a_licence_is_good_to_the_end_of_its_last_local_day(
    app: Flask, li: Visitor, deps: Deps, clock: Clock
) -> None:
    identifier = identifier_of(li, FOOD)
    set_licence(deps, identifier, valid_until=local_day(clock.now))
    midnight = midnight_after(clock.now)
    clock.now = midnight - timedelta(seconds=1)
    holder, desk = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    codes = [show(holder), show(holder)]
    verdict = verify(desk, codes[0]["text"])
    assert verdict["licences"][0]["valid_until"] == local_day(clock.now).isoformat()
    clock.now = midnight
    assert verify(desk, codes[1]["text"])["reason"] == "licence_expired"
    assert refusal(open_code(holder, identifier)) == (409, "licence_expired")
    assert refusal(next_code(holder, codes[1])) == (409, "licence_expired")


def test_a_licence_is_good_from_the_start_of_its_first_local_day(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    identifier, code = identifier_of(li, FOOD), show(li)
    tomorrow = local_day(clock.now) + timedelta(days=1)
    set_licence(deps, identifier, valid_from=tomorrow)
    verdict = verify(zhao, code["text"])
    assert (verdict["reason"], verdict["licences"]) == ("not_yet_valid", [])
    assert verdict["message"].startswith(f"此证照自 {tomorrow} 起生效，")
    assert li.get(f"/api/v1/me/licences/{identifier}").get_json()["status"] == "not_yet_valid"
    set_licence(deps, identifier, valid_from=tomorrow - timedelta(days=1))
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    assert li.get(f"/api/v1/me/licences/{identifier}").get_json()["status"] == "valid"


def test_one_licence_that_does_not_stand_refuses_all_of_the_code(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(li, DRIVING, OPERATOR)
    set_licence(deps, identifier_of(li, OPERATOR), status="suspended")
    verdict = verify(zhao, code["text"], IDENTITY)
    assert (verdict["reason"], verdict["licences"]) == ("licence_suspended", [])
    set_licence(deps, identifier_of(li, OPERATOR), status="valid")
    assert verify(zhao, code["text"], IDENTITY)["verdict"] == "accepted"


def test_a_newer_version_withdraws_the_codes_of_the_older(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    data = deps.config.data
    issuer = machine(app, data, "issuer")
    body = food_licence(data)
    older = created(open_code(li, issue(issuer, body)["identifier"]))
    issue(issuer, body | {"version": 2})
    verdict = verify(zhao, older["text"])
    assert (verdict["reason"], verdict["licences"]) == ("withdrawn", [])
    assert refusal(next_code(li, older)) == (409, "withdrawn")


def test_a_licence_is_shown_as_soon_as_its_issuer_has_the_answer(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    issuer = machine(app, deps.config.data, "issuer")
    identifier = issue(issuer, food_licence(deps.config.data))["identifier"]
    verdict = verify(zhao, created(open_code(li, identifier))["text"])
    assert verdict["licences"][0]["identifier"] == identifier


def test_a_signed_code_of_licences_that_are_not_there_or_not_the_showers_is_refused(
    li: Visitor, elder: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    now = int(clock.now.timestamp())
    own = Shower(account_id(deps, "holder-li"), delegated=False)
    stranger = Shower(account_id(deps, "holder-elder"), delegated=False)
    food = licence_id(deps, identifier_of(li, FOOD))
    driving = licence_id(deps, identifier_of(li, DRIVING))

    def reason(shower: Shower, licences: list[int], types: int | list[int] = 1) -> str:
        text = make({}, library_signer(deps, shower, licences, types), now)
        verdict = verify(zhao, text)
        assert verdict["licences"] == [] or verdict["reason"] == "ok"
        given: str = verdict["reason"]
        return given

    assert reason(own, [food]) == "ok"
    assert reason(own, [999_999]) == "unknown_licence"
    assert reason(own, [food, 999_999], [1, 1]) == "unknown_licence"
    assert reason(own, [driving]) == "unknown_licence"  # the code says another type
    assert reason(own, [food, driving]) == "unknown_licence"  # and hides the second
    assert reason(own, [food, food], [1, 1]) == "unknown_licence"
    assert reason(own, []) == "malformed"
    assert reason(stranger, [food]) == "withdrawn"
    assert reason(Shower(999_999, delegated=False), [food]) == "withdrawn"
    assert reason(Shower(own.id, delegated=True), [food]) == "withdrawn"


def test_a_handle_that_is_none_of_ours_is_an_unknown_licence(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    own = Shower(account_id(deps, "holder-li"), delegated=False)
    signer = library_signer(deps, own, [licence_id(deps, identifier_of(li, FOOD))])
    now = int(clock.now.timestamp())
    for handle in (signer.handle[:-1] + "x", "A" * 15, "A" * 17, "A" * 128):
        verdict = verify(zhao, make({"claims": {"h": handle}}, signer, now))
        assert (verdict["reason"], verdict["licences"]) == ("unknown_licence", []), handle
    assert claims_of(make({}, signer, now))["h"] == signer.handle
    assert verify(zhao, make({}, signer, now))["verdict"] == "accepted"
