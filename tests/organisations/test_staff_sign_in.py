"""Staff are found by their login, and neither a stranger nor who was disabled is let in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.clock import Clock
from wallet.base.deps import Deps
from wallet.organisations.model import Staff
from wallet.organisations.place import Place
from wallet.organisations.sign_in import find_staff
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found, Refusal


def found(
    deps: Deps, claims: dict[str, Any], login_claim: str = "sub", place: Place | None = None
) -> Found | Refusal:
    """Whom these claims mean."""
    with deps.db.begin() as tx:
        return find_staff(tx, Answer(claims, "", None), login_claim=login_claim, place=place)


def test_a_login_is_found_in_the_claim_that_is_set(deps: Deps) -> None:
    row = deps.db.row(select(Staff.id).where(Staff.login == "desk-zhao"))
    assert row is not None
    assert found(deps, {"sub": "desk-zhao"}) == Found(row.id)
    claims = {"sub": "other", "employee": {"number": "desk-zhao"}}
    assert found(deps, claims, "employee.number") == Found(row.id)


def test_whoever_takes_a_desk_over_works_under_its_label(deps: Deps) -> None:
    row = deps.db.row(select(Staff.id, Staff.unit_id).where(Staff.login == "desk-qian"))
    assert row is not None
    place = Place(row.unit_id, "3 号窗口", 0)
    assert found(deps, {"sub": "desk-qian"}, place=place) == Found(row.id, "3 号窗口")
    elsewhere = replace(place, unit_id=row.unit_id + 1)
    assert found(deps, {"sub": "desk-qian"}, place=elsewhere) == Found(row.id)


def test_a_desk_is_handed_over_to_clerks_alone(deps: Deps) -> None:
    row = deps.db.row(select(Staff.id, Staff.unit_id).where(Staff.login == "counter-wang"))
    assert row is not None
    place = Place(row.unit_id, "3 号窗口", 0)
    assert found(deps, {"sub": "counter-wang"}, place=place) == Found(row.id)


@pytest.mark.parametrize(
    "login",
    ["", "nobody", "desk-zhao ", "DESK-ZHAO", "desk-zhao\x00", "%", 7, None, ["desk-zhao"], True],
)
def test_a_login_that_nobody_has_is_unknown(deps: Deps, login: Any) -> None:
    assert found(deps, {"sub": login}) == "staff_unknown"


def test_a_disabled_member_of_staff_is_refused(deps: Deps, clock: Clock) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(Staff).where(Staff.login == "desk-zhao").values(disabled_at=clock.now))
    assert found(deps, {"sub": "desk-zhao"}) == "staff_disabled"
