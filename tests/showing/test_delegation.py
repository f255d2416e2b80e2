"""A delegate shows another's licence: in scope, from the first day to the last, until it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    SENIOR,
    claims_of,
    created,
    events,
    identifier_of,
    midnight_after,
    next_code,
    open_code,
    refusal,
    show,
    verify,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.licences.delegations.model import Delegation, DelegationLicence

ALLOWANCE = "senior-allowance"


def change(deps: Deps, **values: Any) -> None:
    """Change the demo's one delegation that was accepted."""
    accepted = update(Delegation).where(Delegation.accepted_at.is_not(None))
    with deps.db.begin() as tx:
        assert tx.execute(accepted.values(**values)).rowcount == 1


def test_a_delegate_shows_the_grantors_licence_under_the_grantors_name(
    granddaughter: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    assert claims_of(code["text"])["n"] == "王*"
    verdict = verify(zhao, created(next_code(granddaughter, code))["text"], ALLOWANCE)
    assert (verdict["verdict"], verdict["shown_by"]) == ("accepted", "delegate")
    name = next(f["value"] for f in verdict["licences"][0]["fields"] if f["key"] == "name")
    assert name == "王秀英"
    assert events(deps)[-1][1]["verdict"] == "accepted"


def test_the_grantor_shows_the_same_licence_as_its_holder(elder: Visitor, zhao: Visitor) -> None:
    verdict = verify(zhao, show(elder, SENIOR)["text"], ALLOWANCE)
    assert (verdict["verdict"], verdict["shown_by"]) == ("accepted", "holder")


def test_a_licence_out_of_scope_is_not_found(elder: Visitor, granddaughter: Visitor) -> None:
    outside = identifier_of(elder, "disability-certificate")
    assert refusal(open_code(granddaughter, outside)) == (404, "not_found")
    assert granddaughter.get(f"/api/v1/me/licences/{outside}").status_code == 404


def test_own_and_delegated_licences_do_not_go_into_one_code(granddaughter: Visitor) -> None:
    own = identifier_of(granddaughter, "teacher-qualification")
    delegated = identifier_of(granddaughter, SENIOR, "delegate")
    assert refusal(open_code(granddaughter, own, delegated)) == (422, "mixed_showing")


def _ended(deps: Deps, clock: Clock) -> None:
    change(deps, ended_at=clock.now)


def _taken_out_of_scope(deps: Deps, _clock: Clock) -> None:
    with deps.db.begin() as tx:
        assert tx.execute(delete(DelegationLicence)).rowcount > 0


def _begins_tomorrow(deps: Deps, clock: Clock) -> None:
    change(deps, starts_on=local_day(clock.now) + timedelta(days=1))


def _ended_yesterday(deps: Deps, clock: Clock) -> None:
    change(deps, ends_on=local_day(clock.now) - timedelta(days=1))


def _given_to_another(deps: Deps, _clock: Clock) -> None:
    with deps.db.read() as tx:
        other = tx.execute(select(Account.id).where(Account.login == "holder-li")).scalar_one()
    change(deps, account_id=other)


def _grantor_no_longer_holds_it(deps: Deps, _clock: Clock) -> None:
    with deps.db.read() as tx:
        other = tx.execute(
            select(Account.holder_id).where(Account.login == "holder-li")
        ).scalar_one()
    change(deps, grantor_id=other)


@pytest.mark.parametrize(
    "end",
    [
        _ended,
        _taken_out_of_scope,
        _begins_tomorrow,
        _ended_yesterday,
        _given_to_another,
        _grantor_no_longer_holds_it,
    ],
)
def test_without_a_current_delegation_nothing_is_shown(
    granddaughter: Visitor, deps: Deps, clock: Clock, end: Callable[[Deps, Clock], None]
) -> None:
    identifier = identifier_of(granddaughter, SENIOR, "delegate")
    end(deps, clock)
    assert refusal(open_code(granddaughter, identifier)) == (404, "not_found")
    roles = [row["role"] for row in granddaughter.get("/api/v1/me/licences").get_json()["items"]]
    assert "delegate" not in roles


@pytest.mark.parametrize("end", [_ended, _taken_out_of_scope, _ended_yesterday])
def test_a_delegation_that_ends_takes_its_open_showings_along(
    granddaughter: Visitor,
    zhao: Visitor,
    deps: Deps,
    clock: Clock,
    end: Callable[[Deps, Clock], None],
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    end(deps, clock)
    assert refusal(next_code(granddaughter, code)) == (409, "withdrawn")
    verdict = verify(zhao, code["text"], ALLOWANCE)
    assert (verdict["reason"], verdict["licences"]) == ("withdrawn", [])


def test_a_delegation_holds_on_its_first_and_last_local_day(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    today = local_day(clock.now)
    tomorrow = midnight_after(clock.now)
    change(deps, starts_on=today, ends_on=today)
    identifier = identifier_of(sign_in(app, "delegate-li"), SENIOR, "delegate")

    def asked_at(seconds: int) -> int:
        clock.now = tomorrow + timedelta(seconds=seconds)
        return open_code(sign_in(app, "delegate-li"), identifier).status_code

    assert [asked_at(-1), asked_at(0)] == [201, 404]
    change(deps, starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=1))
    assert [asked_at(-1), asked_at(0)] == [404, 201]
